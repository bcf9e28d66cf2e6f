import { ByteReader, errorCode } from '@hufu/primitives'
import { LedgerError } from '../errors.ts'

/** Reads bytes that a node gave as proof: each one must be accounted for. @throws LedgerError `ERR_LEDGER_PROOF` */
export function readStrictly<T>(bytes: Uint8Array, read: (reader: ByteReader) => T): T {
  const reader = new ByteReader(bytes)
  try {
    const value = read(reader)
    reader.end()
    return value
  } catch (cause) {
    if (errorCode(cause) !== 'ERR_ENCODING_BINARY') throw cause
    throw new LedgerError('ERR_LEDGER_PROOF', 'proof is not of its binary form', { cause })
  }
}
