import { type ByteReader, compareBytes } from '@hufu/primitives'
import { LedgerError } from '../errors.ts'
import { interop, opcode } from '../script-writer.ts'
import { readStrictly } from './read-strictly.ts'

/** What a multi-signature verification script asks for. */
export interface MultisigScript {
  readonly threshold: number
  /** Compressed P-256 keys, 33 bytes each, ascending. */
  readonly publicKeys: readonly Uint8Array[]
}

const keyLength = 33
const signatureLength = 64

/**
 * Parses `threshold, keys…, number of keys, CheckMultisig` in the one form that Neo writes.
 *
 * @throws LedgerError `ERR_LEDGER_PROOF`: anything else, also longer pushes of the same values or keys out of order
 */
export function parseMultisigScript(script: Uint8Array): MultisigScript {
  return readStrictly(script, reader => {
    const threshold = readCount(reader)
    const publicKeys: Uint8Array[] = []
    while (reader.remaining > keyLength) publicKeys.push(readPush(reader, keyLength))
    const count = readCount(reader)
    if (reader.uint8() !== opcode.sysCall || reader.uint32() !== interop['System.Crypto.CheckMultisig']) throw malformed()
    if (count !== publicKeys.length || threshold > count || !isAscending(publicKeys)) throw malformed()
    return { threshold, publicKeys }
  })
}

/** Parses the invocation script that pushes exactly so many signatures of 64 bytes. @throws LedgerError `ERR_LEDGER_PROOF` */
export function parseSignatures(script: Uint8Array, count: number): readonly Uint8Array[] {
  return readStrictly(script, reader => Array.from({ length: count }, () => readPush(reader, signatureLength)))
}

/** As neo-go writes it: PUSH1 to PUSH15 and, above, PUSHINT8; more than 127 keys do not fit into a witness. */
function readCount(reader: ByteReader): number {
  const code = reader.uint8()
  if (code > opcode.push0 && code <= opcode.push0 + 15) return code - opcode.push0
  const count = code === opcode.pushInt8 ? reader.uint8() : 0
  if (count <= 15 || count > 127) throw malformed()
  return count
}

function readPush(reader: ByteReader, length: number): Uint8Array {
  if (reader.uint8() !== opcode.pushData1 || reader.uint8() !== length) throw malformed()
  return reader.bytes(length)
}

/** By x, which also keeps a key and its negative from counting twice. */
function isAscending(keys: readonly Uint8Array[]): boolean {
  return keys.every((key, index) => index === 0 || compareBytes(keys[index - 1]!.subarray(1), key.subarray(1)) < 0)
}

function malformed(): LedgerError {
  return new LedgerError('ERR_LEDGER_PROOF', "expected the validators' multi-signature witness in Neo's form")
}
