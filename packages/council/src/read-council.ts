import { council } from '@hufu/bindings'
import { asBoolean, asNumber, asStruct } from '@hufu/ledger'
import type { CouncilReader } from './council-ledger.ts'
import { decodeRules, type Rules } from './rules.ts'
import { decodeSeat, type Seat } from './seat.ts'

/** The council as it is, in one block. */
export interface Council {
  readonly seats: readonly Seat[]
  readonly rules: Rules
  /** True while the ledger's committee still acts as the council, without votes. */
  readonly isFounding: boolean
  /** True while an emergency stop lasts. */
  readonly isStopped: boolean
  /** When the latest emergency stop ends or ended; null if there was none. */
  readonly stoppedUntilMs: number | null
}

/** Reads who sits in the council and by which rules it decides. A node's word, as `LedgerReader` gives it. */
export async function readCouncil({ client, network }: CouncilReader): Promise<Council> {
  const contract = council(network.contracts.council.hash)
  const [seats, rules, isFounding, isStopped, stoppedUntilMs] = await client.invokeReadMany([
    contract.seats(),
    contract.rules(),
    contract.isFounding(),
    contract.isStopped(),
    contract.stoppedUntilMs(),
  ])
  const until = asNumber(stoppedUntilMs)
  return {
    seats: asStruct(seats).map(decodeSeat),
    rules: decodeRules(rules!),
    isFounding: asBoolean(isFounding),
    isStopped: asBoolean(isStopped),
    stoppedUntilMs: until === 0 ? null : until,
  }
}
