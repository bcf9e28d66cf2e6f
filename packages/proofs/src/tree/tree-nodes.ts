import { ProofError } from '../errors.ts'
import { bucketLevels, bucketSize, childrenSize, nodeSize, treeArity, treeDepth } from './tree-shape.ts'

/** A tree as it is now, or as it was: what paths and buckets are read from. */
export interface TreeNodes {
  /** Leaves written. */
  readonly size: number
  /** Copies nodes of a level into `target`, empty ones where there is nothing; `count` divides 4,096 and `first`. */
  copyNodes(level: number, first: number, count: number, target: Uint8Array): void
}

/** What shows that a leaf stands in a tree. */
export interface TreePath {
  /** Position of the leaf. */
  readonly index: number
  /** For each level from the leaves up, the eight children among which the path's own node is: 11 times 256 bytes. */
  readonly levels: readonly Uint8Array[]
}

/** The 4,096 leaves around a leaf, and what connects them with the root: what a wallet asks for, so that nobody learns which leaf it means. */
export interface TreeBucket {
  /** Position of the bucket: its leaves are those from 4,096 times this on. */
  readonly bucketIndex: number
  /** 4,096 leaves of 32 bytes. */
  readonly leaves: Uint8Array
  /** For each level from the bucket's root up, the eight children among which the path's own node is: 7 times 256 bytes. */
  readonly upperLevels: readonly Uint8Array[]
}

/** Path of a leaf. @throws ProofError `ERR_PROOF_TREE`: no such leaf */
export function pathOf(nodes: TreeNodes, index: number): TreePath {
  if (!Number.isInteger(index) || index < 0 || index >= nodes.size)
    throw new ProofError('ERR_PROOF_TREE', 'index: expected a leaf of the tree')
  return { index, levels: levelsAbove(nodes, index, 0) }
}

/** A bucket that has leaves. @throws ProofError `ERR_PROOF_TREE`: no such bucket */
export function bucketOf(nodes: TreeNodes, bucketIndex: number): TreeBucket {
  if (!Number.isInteger(bucketIndex) || bucketIndex < 0 || bucketIndex * bucketSize >= nodes.size)
    throw new ProofError('ERR_PROOF_TREE', 'bucket: expected one that has leaves')
  const leaves = new Uint8Array(bucketSize * nodeSize)
  nodes.copyNodes(0, bucketIndex * bucketSize, bucketSize, leaves)
  return { bucketIndex, leaves, upperLevels: levelsAbove(nodes, bucketIndex, bucketLevels) }
}

function levelsAbove(nodes: TreeNodes, index: number, firstLevel: number): readonly Uint8Array[] {
  const levels: Uint8Array[] = []
  let first = index
  for (let level = firstLevel; level < treeDepth; level++) {
    const children = new Uint8Array(childrenSize)
    first = Math.floor(first / treeArity)
    nodes.copyNodes(level, first * treeArity, treeArity, children)
    levels.push(children)
  }
  return levels
}
