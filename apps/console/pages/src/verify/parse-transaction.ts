import { scriptHashFromBytes } from '@hufu/ledger'
import { ByteReader, bytesToHex, sha256 } from '@hufu/primitives'
import { CheckFailure } from './verdict.ts'

/** What can be read out of a transaction's bytes, in the shape of the server's answer. */
export interface ReadTransaction {
  readonly hash: string
  readonly sizeBytes: number
  readonly signers: readonly string[]
  readonly systemFeeDatoshi: string
  readonly networkFeeDatoshi: string
  readonly validUntilBlock: number
  readonly script: string
}

const maxSigners = 16
const maxScriptLength = 65_535
const scope = { customContracts: 0x10, customGroups: 0x20, rules: 0x40 } as const
/** How long attributes are behind their type: high priority, not valid before, conflicts, notary assisted. */
const attributeLengths: Readonly<Record<number, number>> = { 1: 0, 32: 4, 33: 32, 34: 1 }

/**
 * Reads a Neo N3 transaction. Its hash covers everything before the witnesses.
 *
 * @throws CheckFailure: it uses what this does not know (witness rules, answers of oracles), or is none
 */
export function parseTransaction(bytes: Uint8Array): ReadTransaction {
  const reader = new ByteReader(bytes)
  if (reader.uint8() !== 0) throw new CheckFailure('transactionForm')
  reader.uint32() // Nonce.
  const systemFeeDatoshi = reader.uint64()
  const networkFeeDatoshi = reader.uint64()
  const validUntilBlock = reader.uint32()
  const signers = Array.from({ length: reader.varUint(maxSigners) }, () => readSigner(reader))
  const attributes = reader.varUint(maxSigners)
  for (let index = 0; index < attributes; index++) {
    const length = attributeLengths[reader.uint8()]
    if (length === undefined) throw new CheckFailure('transactionForm')
    reader.bytes(length)
  }
  const script = reader.varBytes(maxScriptLength)
  const signed = bytes.subarray(0, bytes.length - reader.remaining)
  return {
    hash: bytesToHex(sha256(signed).reverse()),
    sizeBytes: bytes.length,
    signers,
    systemFeeDatoshi: String(systemFeeDatoshi),
    networkFeeDatoshi: String(networkFeeDatoshi),
    validUntilBlock,
    script: bytesToHex(script),
  }
}

function readSigner(reader: ByteReader): string {
  const account = scriptHashFromBytes(reader.bytes(20))
  const scopes = reader.uint8()
  if ((scopes & scope.rules) !== 0) throw new CheckFailure('transactionForm')
  if ((scopes & scope.customContracts) !== 0) reader.bytes(reader.varUint(maxSigners) * 20)
  if ((scopes & scope.customGroups) !== 0) reader.bytes(reader.varUint(maxSigners) * 33)
  return account
}
