import { parseScriptHash, readCallScript, readTransaction } from '@hufu/ledger'
import { ByteReader, base64ToBytes, bytesToHex, bytesToUtf8, reverseBytes, sha256 } from '@hufu/primitives'

/** The one contract on the stand-in ledger: lists that grow. */
export const listsContract = parseScriptHash('1c'.repeat(20))

/** What a transaction asks of it. */
export interface Addition {
  readonly list: number
  readonly key: string
  /** How long the list must be; -1 for any length. */
  readonly expected: number
}

/** A transaction as the stand-in ledger knows it. Its signatures are not looked at: whether they hold is another test's affair. */
export interface SimulatedTransaction {
  readonly hash: string
  readonly validUntilBlock: number
  readonly addition: Addition
}

/** Transactions come again and again, and reading one costs. */
const known = new Map<string, SimulatedTransaction>()
const maxKnown = 500

export function parseSimulatedTransaction(base64: string): SimulatedTransaction {
  const before = known.get(base64)
  if (before !== undefined) return before
  const bytes = base64ToBytes(base64)
  const unsigned = bytes.subarray(0, unsignedLength(bytes))
  const { script, validUntilBlock } = readTransaction(unsigned)
  const transaction = { hash: bytesToHex(reverseBytes(sha256(unsigned))), validUntilBlock, addition: additionOf(script)! }
  if (known.size >= maxKnown) known.clear()
  known.set(base64, transaction)
  return transaction
}

/** Length of what the signatures cover: up to the script's end, before the count of witnesses. */
function unsignedLength(bytes: Uint8Array): number {
  const reader = new ByteReader(bytes)
  reader.bytes(25)
  for (let signers = reader.varUint(16); signers > 0; signers--) reader.bytes(21)
  reader.varUint(0)
  reader.varBytes(0xffff)
  return bytes.length - reader.remaining
}

/** @returns undefined for a script that only reads */
export function additionOf(script: Uint8Array): Addition | undefined {
  const text = bytesToUtf8(script.filter(byte => byte < 0x80))
  if (text.includes('getFeePerByte')) return undefined
  const [call] = readCallScript(script)
  const [list, key, expected] = call?.args ?? []
  if (list?.type !== 'Integer' || key?.type !== 'ByteString' || expected?.type !== 'Integer') throw new TypeError('expected an addition')
  return { list: Number(list.value), key: bytesToUtf8(key.value), expected: Number(expected.value) }
}
