import { asBytes, asNumber, asScriptHash, asStruct, asText, isNull, type ScriptHash, type StackItem } from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'

/** A city's place in the council, or the coordinator's. */
export interface Seat {
  readonly name: string
  /** Acts for the seat. */
  readonly account: ScriptHash
  /** Public key, 66 hexadecimal digits, of the validator that the seat's share of NEO votes for. */
  readonly validator: string | null
  /** Contract that holds that share. */
  readonly ballot: ScriptHash | null
  readonly sinceMs: number
  /** When it last asked for an emergency stop. */
  readonly stopAskedMs: number | null
}

/** Decodes the struct Seat of contracts/council. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function decodeSeat(item: StackItem): Seat {
  const [name, account, validator, ballot, sinceMs, stopAskedMs] = asStruct(item, 6)
  const asked = asNumber(stopAskedMs)
  return {
    name: asText(name),
    account: asScriptHash(account),
    validator: isNull(validator) ? null : bytesToHex(asBytes(validator)),
    ballot: isNull(ballot) ? null : asScriptHash(ballot),
    sinceMs: asNumber(sinceMs),
    stopAskedMs: asked === 0 ? null : asked,
  }
}
