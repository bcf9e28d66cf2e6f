import { base58CheckToBytes, bytesToBase58Check, concatBytes, errorCode } from '@hufu/primitives'
import { LedgerError } from './errors.ts'
import { type ScriptHash, scriptHashFromBytes, scriptHashToBytes } from './script-hash.ts'

declare const parsed: unique symbol

/** A Neo N3 address: base58 of version 0x35, script hash and checksum; starts with `N`. */
export type Address = string & { readonly [parsed]: 'Address' }

const addressVersion = 0x35

/** The address of a script hash. */
export function addressOfScriptHash(hash: ScriptHash): Address {
  return bytesToBase58Check(concatBytes(Uint8Array.of(addressVersion), scriptHashToBytes(hash))) as Address
}

/** The script hash of an address. @throws LedgerError `ERR_LEDGER_SCRIPT_HASH`: not a Neo N3 address */
export function scriptHashOfAddress(text: string): ScriptHash {
  const payload = payloadOf(text)
  if (payload?.length !== 21 || payload[0] !== addressVersion) throw new LedgerError('ERR_LEDGER_SCRIPT_HASH', 'expected a Neo N3 address')
  return scriptHashFromBytes(payload.subarray(1))
}

function payloadOf(text: string): Uint8Array | undefined {
  try {
    return base58CheckToBytes(text)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}
