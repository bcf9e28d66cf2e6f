import { equalBytes } from '@hufu/primitives'
import { ProofError } from '../errors.ts'
import type { NodeHasher } from './node-hasher.ts'
import type { TreeBucket, TreePath } from './tree-nodes.ts'
import { bucketLevels, bucketSize, childrenSize, maxTreeSize, nodeSize, treeArity, treeDepth } from './tree-shape.ts'

const upperCount = treeDepth - bucketLevels
const upperSize = upperCount * childrenSize

/**
 * Checks that a bucket belongs to a root.
 *
 * @throws ProofError `ERR_PROOF_TREE_ROOT`: it does not; `ERR_PROOF_TREE`: malformed; `ERR_PROOF_SCALAR`: a leaf or node not below the group's order
 */
export function verifyBucket(bucket: TreeBucket, root: Uint8Array, hasher: NodeHasher): void {
  checkShape(bucket)
  const levels = ownLevels(bucket, hasher)
  checkUp(bucket.bucketIndex, levels.at(-1)!, bucket.upperLevels, root, hasher)
}

/**
 * The path of one of a bucket's leaves. The bucket must have been verified.
 *
 * @throws ProofError `ERR_PROOF_TREE`: the leaf is not in this bucket
 */
export function pathInBucket(bucket: TreeBucket, index: number, hasher: NodeHasher): TreePath {
  checkShape(bucket)
  if (!Number.isInteger(index) || Math.floor(index / bucketSize) !== bucket.bucketIndex)
    throw new ProofError('ERR_PROOF_TREE', 'index: expected a leaf of this bucket')
  const lower = ownLevels(bucket, hasher)
    .slice(0, bucketLevels)
    .map((nodes, level) => {
      const start = Math.floor((index % bucketSize) / treeArity ** (level + 1)) * childrenSize
      return nodes.slice(start, start + childrenSize)
    })
  return { index, levels: [...lower, ...bucket.upperLevels] }
}

/** The leaf at the end of a path. */
export function leafOfPath({ index, levels }: TreePath): Uint8Array {
  return childAt(levels[0]!, index % treeArity)
}

/** Checks that a path leads to a root. @throws ProofError as {@link verifyBucket} */
export function verifyPath(path: TreePath, root: Uint8Array, hasher: NodeHasher): void {
  const { index, levels } = path
  if (!isIndexBelow(index, maxTreeSize) || levels.length !== treeDepth || levels.some(children => children.length !== childrenSize))
    throw new ProofError('ERR_PROOF_TREE', 'path: expected an index and eleven levels of eight children')
  checkUp(index, leafOfPath(path), levels, root, hasher)
}

/** A bucket as bytes: how many leaves follow (2 bytes, little-endian), the leaves up to the last that is not empty, then the upper levels. */
export function encodeBucket({ leaves, upperLevels }: TreeBucket): Uint8Array {
  let end = leaves.length
  while (end > 0 && leaves[end - 1] === 0) end--
  const count = Math.ceil(end / nodeSize)
  const bytes = new Uint8Array(2 + count * nodeSize + upperSize)
  new DataView(bytes.buffer).setUint16(0, count, true)
  bytes.set(leaves.subarray(0, count * nodeSize), 2)
  for (const [level, children] of upperLevels.entries()) bytes.set(children, 2 + count * nodeSize + level * childrenSize)
  return bytes
}

/** Parses {@link encodeBucket}'s bytes; their content is not verified. @throws ProofError `ERR_PROOF_TREE` */
export function decodeBucket(bucketIndex: number, bytes: Uint8Array): TreeBucket {
  const count = bytes.length < 2 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint16(0, true)
  const leavesEnd = 2 + count * nodeSize
  if (count > bucketSize || bytes.length !== leavesEnd + upperSize)
    throw new ProofError('ERR_PROOF_TREE', 'bucket: expected leaves and seven levels')
  const leaves = new Uint8Array(bucketSize * nodeSize)
  leaves.set(bytes.subarray(2, leavesEnd))
  const upperLevels = Array.from({ length: upperCount }, (_, level) =>
    bytes.slice(leavesEnd + level * childrenSize, leavesEnd + (level + 1) * childrenSize),
  )
  const bucket = { bucketIndex, leaves, upperLevels }
  checkShape(bucket)
  return bucket
}

function checkShape({ bucketIndex, leaves, upperLevels }: TreeBucket): void {
  if (!isIndexBelow(bucketIndex, maxTreeSize / bucketSize)) throw new ProofError('ERR_PROOF_TREE', 'bucket: expected an index below 2^20')
  if (leaves.length !== bucketSize * nodeSize) throw new ProofError('ERR_PROOF_TREE', 'bucket: expected 4,096 leaves')
  if (upperLevels.length !== upperCount || upperLevels.some(children => children.length !== childrenSize))
    throw new ProofError('ERR_PROOF_TREE', 'bucket: expected seven levels of eight children')
}

function isIndexBelow(index: number, bound: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < bound
}

/** The bucket's leaves and the levels of nodes above them, up to its root. */
function ownLevels({ leaves }: TreeBucket, hasher: NodeHasher): readonly Uint8Array[] {
  const levels = [leaves]
  for (let level = 0; level < bucketLevels; level++) levels.push(hasher.hashNodes(levels[level]!))
  return levels
}

/** Checks each node's place among its siblings, and the last one against the root. */
function checkUp(index: number, start: Uint8Array, levels: readonly Uint8Array[], root: Uint8Array, hasher: NodeHasher): void {
  let [node, position] = [start, index]
  for (const children of levels) {
    if (!equalBytes(childAt(children, position % treeArity), node)) throw otherRoot()
    node = hasher.hashNodes(children)
    position = Math.floor(position / treeArity)
  }
  if (!equalBytes(node, root)) throw otherRoot()
}

function childAt(children: Uint8Array, position: number): Uint8Array {
  return children.subarray(position * nodeSize, (position + 1) * nodeSize)
}

function otherRoot(): ProofError {
  return new ProofError('ERR_PROOF_TREE_ROOT', 'tree: the hashes do not lead to this root')
}
