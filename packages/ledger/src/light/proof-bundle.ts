import { base64ToBytes, bytesToBase64, errorCode } from '@hufu/primitives'
import { LedgerError } from '../errors.ts'
import { type Header, parseHeader } from './header.ts'
import type { TrustAnchor } from './trust-anchor.ts'
import { verifyHeader } from './verify-header.ts'
import { verifyStorageProof } from './verify-storage-proof.ts'

/** All that anyone needs to check one storage entry without asking a node: plain JSON. */
export interface ProofBundle {
  readonly version: 1
  readonly magic: number
  readonly contractId: number
  /** Storage key, base64. */
  readonly key: string
  /** Headers that name new validators, in order, then the one with the state root; base64. */
  readonly headers: readonly string[]
  /** Answer to `getproof`, base64. */
  readonly proof: string
}

/** A storage entry that a quorum of the validators vouches for. */
export interface VerifiedEntry {
  readonly contractId: number
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** The entry had this value after this block. */
  readonly blockIndex: number
  /** Big-endian hexadecimal. */
  readonly stateRoot: string
  /** Hash of header `blockIndex` + 1, which carries the state root; big-endian hexadecimal. */
  readonly headerHash: string
  /** Time of that header: until then the entry had this value. */
  readonly headerTimeMs: number
}

const maxHeaders = 4096
const maxKeyTextLength = 88
const maxHeaderTextLength = 4096
const maxProofTextLength = 262_144

/**
 * Checks a bundle against a trust anchor, offline. It proves what was, not that it still is: compare `headerTimeMs` with the age you accept.
 *
 * @param bundle - parsed JSON from outside
 * @throws LedgerError `ERR_LEDGER_PROOF`: not a bundle of version 1, of another network, or false
 */
export async function verifyProofBundle(bundle: unknown, anchor: TrustAnchor): Promise<VerifiedEntry> {
  const { magic, contractId, key, headers, proof } = parseProofBundle(bundle)
  if (magic !== anchor.magic) throw new LedgerError('ERR_LEDGER_PROOF', 'proof bundle is of another network')
  const verified = await verifyHeaders(headers.map(parseHeader), anchor)
  return verifyEntry(verified.at(-1)!, contractId, key, proof)
}

/** Checks that each header is signed by the validators that the one before it names, the first by the anchor's. @returns the headers */
export async function verifyHeaders(headers: readonly Header[], anchor: TrustAnchor): Promise<readonly Header[]> {
  let trusted: Pick<TrustAnchor, 'blockIndex' | 'nextConsensus'> = anchor
  for (const header of headers) {
    if (header.blockIndex <= trusted.blockIndex)
      throw new LedgerError('ERR_LEDGER_PROOF', 'expected headers in ascending order behind the anchor')
    trusted = await verifyHeader(header, { magic: anchor.magic, nextConsensus: trusted.nextConsensus })
  }
  return headers
}

/** The entry that a proof shows under the state root of a verified header. @throws LedgerError `ERR_LEDGER_PROOF` */
export function verifyEntry(header: Header, contractId: number, key: Uint8Array, proof: Uint8Array): VerifiedEntry {
  return {
    contractId,
    key,
    value: verifyStorageProof(header.previousStateRoot, contractId, key, proof),
    blockIndex: header.blockIndex - 1,
    stateRoot: header.previousStateRoot,
    headerHash: header.hash,
    headerTimeMs: header.timeMs,
  }
}

/** The bundle of a proof that was verified under the last of these headers. */
export function makeProofBundle(
  magic: number,
  entry: Pick<VerifiedEntry, 'contractId' | 'key'>,
  headers: readonly Header[],
  proof: Uint8Array,
): ProofBundle {
  return {
    version: 1,
    magic,
    contractId: entry.contractId,
    key: bytesToBase64(entry.key),
    headers: headers.map(header => bytesToBase64(header.bytes)),
    proof: bytesToBase64(proof),
  }
}

interface ParsedBundle {
  readonly magic: number
  readonly contractId: number
  readonly key: Uint8Array
  readonly headers: readonly Uint8Array[]
  readonly proof: Uint8Array
}

function parseProofBundle(json: unknown): ParsedBundle {
  if (typeof json !== 'object' || json === null) throw malformed('an object')
  const { version, magic, contractId, key, headers, proof, ...others } = json as Record<string, unknown>
  if (version !== 1 || Object.keys(others).length > 0) throw malformed('version 1 and its members')
  if (!isInteger(magic, 0, 0xffffffff)) throw malformed('magic as an unsigned 32-bit integer')
  if (!isInteger(contractId, -0x80000000, 0x7fffffff)) throw malformed('contractId as a signed 32-bit integer')
  if (!Array.isArray(headers) || headers.length < 1 || headers.length > maxHeaders) throw malformed(`1 to ${maxHeaders} headers`)
  return {
    magic,
    contractId,
    key: parseBase64(key, maxKeyTextLength),
    headers: headers.map(header => parseBase64(header, maxHeaderTextLength)),
    proof: parseBase64(proof, maxProofTextLength),
  }
}

function isInteger(json: unknown, min: number, max: number): json is number {
  return Number.isInteger(json) && (json as number) >= min && (json as number) <= max
}

function parseBase64(json: unknown, maxLength: number): Uint8Array {
  try {
    if (typeof json === 'string' && json.length <= maxLength) return base64ToBytes(json)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
  }
  throw malformed(`base64 of at most ${maxLength} characters`)
}

function malformed(expected: string): LedgerError {
  return new LedgerError('ERR_LEDGER_PROOF', `proof bundle: expected ${expected}`)
}
