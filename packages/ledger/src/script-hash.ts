import { bytesToHex, hexToBytes } from '@hufu/primitives'
import { LedgerError } from './errors.ts'

declare const parsed: unique symbol

/** Hash of a script, which names a contract or an account: 40 lower-case hexadecimal digits, big-endian as Neo displays it, without 0x. */
export type ScriptHash = string & { readonly [parsed]: 'ScriptHash' }

const pattern = /^(?:0x)?([0-9a-f]{40})$/

/** Parses display text, with or without `0x`. @throws LedgerError `ERR_LEDGER_SCRIPT_HASH` */
export function parseScriptHash(text: string): ScriptHash {
  const match = pattern.exec(text)
  if (match === null) throw new LedgerError('ERR_LEDGER_SCRIPT_HASH', 'expected a script hash of 40 lower-case hexadecimal digits')
  return match[1] as ScriptHash
}

/** The 20 bytes as they travel, little-endian. */
export function scriptHashToBytes(hash: ScriptHash): Uint8Array<ArrayBuffer> {
  return hexToBytes(hash).reverse()
}

/** Script hash of 20 bytes as they travel, little-endian. @throws LedgerError `ERR_LEDGER_SCRIPT_HASH`: not 20 bytes */
export function scriptHashFromBytes(littleEndian: Uint8Array): ScriptHash {
  if (littleEndian.length !== 20) throw new LedgerError('ERR_LEDGER_SCRIPT_HASH', 'expected a script hash of 20 bytes')
  return bytesToHex(new Uint8Array(littleEndian).reverse()) as ScriptHash
}
