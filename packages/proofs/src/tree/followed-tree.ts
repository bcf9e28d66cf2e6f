import { equalBytes } from '@hufu/primitives'
import { ProofError } from '../errors.ts'
import { isScalar } from '../field/is-scalar.ts'
import { CredentialTree } from './credential-tree.ts'
import type { NodeHasher } from './node-hasher.ts'
import { pastNodes } from './past-nodes.ts'
import type { TreeUndo } from './tree-change.ts'
import type { TreeNodes } from './tree-nodes.ts'
import type { TreeFault, TreeKey, TreeRoot } from './tree-root.ts'
import { nodeSize } from './tree-shape.ts'

interface Step {
  readonly timeMs: number
  readonly undo: TreeUndo
}

/** One tree as the ledger tells it: leaves are collected until the root that is published with them, and checked against it. */
export class FollowedTree {
  readonly key: TreeKey
  readonly tree: CredentialTree
  readonly #empty: CredentialTree
  readonly #hasher: NodeHasher
  readonly #roots: TreeRoot[]
  /** One for each of the latest roots: what was before it. */
  #steps: Step[] = []
  #indices: number[] = []
  #leaves: Uint8Array[] = []
  #hasMalformed = false

  constructor(key: TreeKey, hasher: NodeHasher, loaded?: { readonly tree: CredentialTree; readonly roots: readonly TreeRoot[] }) {
    this.key = key
    this.#hasher = hasher
    this.tree = loaded?.tree ?? new CredentialTree(hasher)
    this.#empty = new CredentialTree(hasher)
    this.#roots = [...(loaded?.roots ?? [])]
  }

  /** All published roots, the earliest first: number n stands at n − 1. */
  get roots(): readonly TreeRoot[] {
    return this.#roots
  }

  /** What hashes the tree. */
  get hasher(): NodeHasher {
    return this.#hasher
  }

  /** Collects leaves. One that is no scalar counts as 0, and the root that comes with it as false. */
  write(firstIndex: number, leaves: Uint8Array): void {
    for (let start = 0; start + nodeSize <= leaves.length; start += nodeSize) {
      const isLeaf = isScalar(leaves, start)
      this.#indices.push(firstIndex + start / nodeSize)
      this.#leaves.push(isLeaf ? leaves.slice(start, start + nodeSize) : new Uint8Array(nodeSize))
      if (!isLeaf) this.#hasMalformed = true
    }
  }

  /**
   * Writes what was collected, and compares.
   *
   * @returns the root as it is now in the history
   * @throws ProofError `ERR_PROOF_TREE`: roots or leaves are missing before this one, so the notifications are not all there
   */
  publish(published: Omit<TreeRoot, 'fault'>): TreeRoot {
    if (published.rootIndex !== this.#roots.length + 1) throw new ProofError('ERR_PROOF_TREE', 'root: expected the next of the tree')
    const undo = this.tree.apply(this.tree.stageWrite(this.#indices, joined(this.#leaves)))
    const reason = this.#faultOf(published)
    const fault: TreeFault | undefined = reason === undefined ? undefined : { reason, expected: this.tree.root }
    this.#indices = []
    this.#leaves = []
    this.#hasMalformed = false
    const root = fault === undefined ? published : { ...published, fault }
    this.#roots.push(root)
    this.#steps.push({ timeMs: published.timeMs, undo })
    return root
  }

  /** Gives up knowing the tree as it was before this time. */
  forgetBefore(timeMs: number): void {
    const kept = this.#steps.findIndex(step => step.timeMs >= timeMs)
    if (kept !== 0) this.#steps = kept === -1 ? [] : this.#steps.slice(kept)
  }

  /** The tree as a root left it; undefined where that is no longer known. To be read before the tree changes. */
  nodesAt(rootIndex: number): TreeNodes | undefined {
    const changes = this.#roots.length - rootIndex
    if (changes < 0 || changes > this.#steps.length || rootIndex < 1) return undefined
    const undos = this.#steps.slice(this.#steps.length - changes).map(step => step.undo)
    return pastNodes(this.tree, this.#empty, undos)
  }

  #faultOf({ root, size }: Omit<TreeRoot, 'fault'>): TreeFault['reason'] | undefined {
    if (this.#hasMalformed) return 'leaf'
    if (size !== this.tree.size) return 'size'
    return equalBytes(root, this.tree.root) ? undefined : 'root'
  }
}

function joined(leaves: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(leaves.length * nodeSize)
  for (const [index, leaf] of leaves.entries()) bytes.set(leaf, index * nodeSize)
  return bytes
}
