/** Children of a node. */
export const treeArity = 8
/** Levels of nodes above the leaves; level 0 are the leaves, level 11 is the root. */
export const treeDepth = 11
/** The most leaves that the ledger takes, of the 2³³ that the shape has room for. */
export const maxTreeSize = 2 ** 32
/** Levels of nodes above the leaves that are a bucket's own. */
export const bucketLevels = 4
/** Leaves of a bucket. */
export const bucketSize = treeArity ** bucketLevels
/** Size of a leaf or node, in bytes. */
export const nodeSize = 32
/** Size of the children of one node, in bytes. */
export const childrenSize = treeArity * nodeSize

/** How many nodes of a level stand above at least one of the leaves written so far. */
export function levelWidth(size: number, level: number): number {
  return Math.ceil(size / treeArity ** level)
}
