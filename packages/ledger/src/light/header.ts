import { type ByteReader, bytesToHex, reverseBytes, sha256 } from '@hufu/primitives'
import { LedgerError } from '../errors.ts'
import { type ScriptHash, scriptHashFromBytes } from '../script-hash.ts'
import { readStrictly } from './read-strictly.ts'

/** Header of a Neo N3 block on a network with `StateRootInHeader`. Hashes are big-endian hexadecimal, as displayed. */
export interface Header {
  readonly blockIndex: number
  readonly hash: string
  readonly previousHash: string
  readonly merkleRoot: string
  readonly timeMs: number
  /** Position in the list of validators of the one that proposed the block. */
  readonly primaryIndex: number
  /** Account of the validators that sign the next block. */
  readonly nextConsensus: ScriptHash
  /** Root of the state that the block before this one left. */
  readonly previousStateRoot: string
  /** Pushes of the signatures. */
  readonly invocationScript: Uint8Array
  /** The validators' keys and how many of them must sign. */
  readonly verificationScript: Uint8Array
  /** The whole header as it travels. */
  readonly bytes: Uint8Array
}

const hashableLength = 4 + 32 + 32 + 8 + 8 + 4 + 1 + 20 + 32
const maxScriptLength = 1024

/**
 * Parses a header, `getblockheader` with `verbose` false. Its signatures are not checked: see `verifyHeader`.
 *
 * @throws LedgerError `ERR_LEDGER_PROOF`: not a header, bytes missing or left over
 */
export function parseHeader(bytes: Uint8Array): Header {
  return readStrictly(bytes, reader => readHeader(bytes, reader))
}

// Layout: docs/light-client.md, after neo-go pkg/core/block/header.go (EncodeBinary).
function readHeader(bytes: Uint8Array, reader: ByteReader): Header {
  if (reader.uint32() !== 0) throw new LedgerError('ERR_LEDGER_PROOF', 'expected a header of version 0')
  const previousHash = readHash(reader)
  const merkleRoot = readHash(reader)
  const timeMs = Number(reader.uint64())
  if (!Number.isSafeInteger(timeMs)) throw new LedgerError('ERR_LEDGER_PROOF', 'expected a header time below 2^53 milliseconds')
  reader.uint64() // Nonce: random, of no use to a reader.
  const blockIndex = reader.uint32()
  const primaryIndex = reader.uint8()
  const nextConsensus = scriptHashFromBytes(reader.bytes(20))
  const previousStateRoot = readHash(reader)
  if (reader.varUint(1) !== 1) throw new LedgerError('ERR_LEDGER_PROOF', 'expected a header with one witness')
  return {
    blockIndex,
    hash: bytesToHex(reverseBytes(sha256(bytes.subarray(0, hashableLength)))),
    previousHash,
    merkleRoot,
    timeMs,
    primaryIndex,
    nextConsensus,
    previousStateRoot,
    invocationScript: reader.varBytes(maxScriptLength),
    verificationScript: reader.varBytes(maxScriptLength),
    bytes: bytes.slice(),
  }
}

function readHash(reader: ByteReader): string {
  return bytesToHex(reader.bytes(32).reverse())
}
