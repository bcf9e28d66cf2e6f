import { type ByteReader, ByteWriter, doubleSha256, equalBytes, hexToBytes } from '@hufu/primitives'
import { LedgerError } from '../errors.ts'
import { readStrictly } from './read-strictly.ts'

/** Kinds of nodes in Neo's Merkle-Patricia trie. */
const nodeType = { branch: 0x00, extension: 0x01, leaf: 0x02, hash: 0x03, empty: 0x04 } as const

const idLength = 4
const maxKeyLength = 64
const maxValueLength = 65_535
const maxPathLength = (idLength + maxKeyLength) * 2
/** A branch takes one nibble, and only a branch can follow on an extension, so at most one node per nibble, and the leaf. */
const maxNodes = maxPathLength + 2
const maxNodeLength = 1 + 3 + maxValueLength
/** One child per nibble, and the value of the key that ends here. */
const branchChildren = 17
const valueChild = 16

/** Where a node on the path leads: on to a node of that hash, or to the value. */
type Step = { readonly nextHash: Uint8Array; readonly path: Uint8Array } | { readonly value: Uint8Array }

/**
 * Checks a proof that a contract's storage holds a key, the answer to `getproof`. It proves what is there; Neo nodes give no proof that a key is absent.
 *
 * @param stateRoot - from a verified header, 64 hexadecimal digits, big-endian
 * @param contractId - the contract's number, not its hash
 * @param key - storage key without the contract's number
 * @param proof - the key as bytes with their length, the number of nodes, the nodes from root to leaf as bytes with their length
 * @returns the value
 * @throws LedgerError `ERR_LEDGER_PROOF`: of another root or key, not of the one form that Neo nodes write, or a key over 64 bytes
 */
export function verifyStorageProof(stateRoot: string, contractId: number, key: Uint8Array, proof: Uint8Array): Uint8Array<ArrayBuffer> {
  if (key.length > maxKeyLength) throw new LedgerError('ERR_LEDGER_PROOF', `expected a storage key of at most ${maxKeyLength} bytes`)
  const trieKey = new ByteWriter().int32(contractId).bytes(key).toBytes()
  const { provenKey, nodes } = readStrictly(proof, readProof)
  if (!equalBytes(provenKey, trieKey)) throw new LedgerError('ERR_LEDGER_PROOF', 'proof is of another key')
  let nextHash: Uint8Array = hexToBytes(stateRoot).reverse()
  let path: Uint8Array = nibblesOf(trieKey)
  for (const [index, node] of nodes.entries()) {
    if (!equalBytes(doubleSha256(node), nextHash))
      throw new LedgerError('ERR_LEDGER_PROOF', 'a node of the proof does not have the expected hash')
    const step = readStrictly(node, reader => readNode(reader, path))
    if ('value' in step) {
      if (index !== nodes.length - 1) throw new LedgerError('ERR_LEDGER_PROOF', 'proof goes on behind its leaf')
      return new Uint8Array(step.value)
    }
    nextHash = step.nextHash
    path = step.path
  }
  throw new LedgerError('ERR_LEDGER_PROOF', 'proof ends before its leaf')
}

function readProof(reader: ByteReader): { provenKey: Uint8Array; nodes: readonly Uint8Array[] } {
  const provenKey = reader.varBytes(idLength + maxKeyLength)
  const count = reader.varUint(maxNodes)
  return { provenKey, nodes: Array.from({ length: count }, () => reader.varBytes(maxNodeLength)) }
}

// Layout: docs/light-client.md, after neo-go pkg/core/mpt (EncodeBinary of each node).
function readNode(reader: ByteReader, path: Uint8Array): Step {
  switch (reader.uint8()) {
    case nodeType.branch:
      return readBranch(reader, path)
    case nodeType.extension:
      return readExtension(reader, path)
    case nodeType.leaf:
      if (path.length > 0) throw new LedgerError('ERR_LEDGER_PROOF', 'proof ends in a leaf of a shorter key')
      return { value: reader.varBytes(maxValueLength) }
    default:
      throw new LedgerError('ERR_LEDGER_PROOF', 'expected a branch, an extension or a leaf')
  }
}

function readBranch(reader: ByteReader, path: Uint8Array): Step {
  const children = Array.from({ length: branchChildren }, () => readChild(reader))
  const nextHash = children[path[0] ?? valueChild]
  if (nextHash === undefined) throw new LedgerError('ERR_LEDGER_PROOF', 'proof leads to an empty child')
  return { nextHash, path: path.subarray(1) }
}

function readExtension(reader: ByteReader, path: Uint8Array): Step {
  const nibbles = reader.varBytes(maxPathLength)
  const nextHash = readChild(reader)
  if (nibbles.length === 0 || nextHash === undefined || !equalBytes(nibbles, path.subarray(0, nibbles.length))) {
    throw new LedgerError('ERR_LEDGER_PROOF', 'proof leads to another key')
  }
  return { nextHash, path: path.subarray(nibbles.length) }
}

/** Hash of a child, undefined if there is none. A node never stands inside another one. */
function readChild(reader: ByteReader): Uint8Array | undefined {
  const type = reader.uint8()
  if (type === nodeType.empty) return undefined
  if (type !== nodeType.hash) throw new LedgerError('ERR_LEDGER_PROOF', 'expected a hash or nothing as child')
  return reader.bytes(32)
}

/** High half first. */
function nibblesOf(bytes: Uint8Array): Uint8Array {
  const nibbles = new Uint8Array(bytes.length * 2)
  for (const [index, byte] of bytes.entries()) {
    nibbles[index * 2] = byte >> 4
    nibbles[index * 2 + 1] = byte & 0x0f
  }
  return nibbles
}
