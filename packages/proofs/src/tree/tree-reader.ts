import type { EpochRoots } from './epoch-roots.ts'
import type { TreeBucket } from './tree-nodes.ts'
import type { TreeKey, TreeRoot } from './tree-root.ts'

/** Reads credential trees: out of a follower's memory, or by asking a node. The answer is the source's word until it was checked against a root. */
export interface TreeReader {
  /** A tree's latest root; null where there is no tree. */
  latestRoot(key: TreeKey): Promise<TreeRoot | null>
  /** Root number `rootIndex`; null where there is none. */
  rootAt(key: TreeKey, rootIndex: number): Promise<TreeRoot | null>
  /** Published roots from number `from` on, the earliest first, at most `limit`. */
  roots(key: TreeKey, range: { readonly from: number; readonly limit: number }): Promise<readonly TreeRoot[]>
  /**
   * A bucket of the tree as a root left it; null where there is none, or that root is too long ago.
   *
   * @throws ProofError `ERR_PROOF_TREE`: the bucket has no leaves then
   */
  bucket(key: TreeKey, bucketIndex: number, rootIndex: number): Promise<TreeBucket | null>
  /** The roots that count in an epoch, by its number or the height of its first block; null where that is not known. */
  epochRoots(typeId: string, epoch: number | 'latest' | { readonly height: number }): Promise<EpochRoots | null>
}
