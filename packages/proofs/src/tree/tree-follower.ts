import { parseLeavesWrittenNotification, parseRootPublishedNotification } from '@hufu/bindings'
import type { FollowCursor, FollowedBlock, FollowedBlocks, Notification, ScriptHash } from '@hufu/ledger'
import { type Epoch, type EpochRoots, epochRootsOf, type IsAccredited } from './epoch-roots.ts'
import { FollowedTree } from './followed-tree.ts'
import type { NodeHasher } from './node-hasher.ts'
import { bucketOf, type TreeBucket } from './tree-nodes.ts'
import type { TreeReader } from './tree-reader.ts'
import { type TreeAlarm, type TreeKey, type TreeRoot, treeName } from './tree-root.ts'
import { decodeTreeState, encodeTreeState, type StoredTrees, type TreeSnapshot } from './tree-snapshot.ts'

/** Name of the counter of false roots in metrics. */
export const falseRootsMetric = 'hufu_tree_false_roots_total'

/** What a {@link TreeFollower} needs. */
export interface TreeFollowerOptions {
  /** The contract `status`. */
  readonly contract: ScriptHash
  readonly hasher: NodeHasher
  readonly isAccredited: IsAccredited
  /** Is told of every root that the leaves on the ledger do not give. The following goes on. */
  readonly onAlarm?: (alarm: TreeAlarm) => void
  /** Length of an epoch; default 60,000, which everybody must share. */
  readonly epochMs?: number
  /** For how long a tree is known as it was; default an hour. */
  readonly historyMs?: number
}

/** Epochs that are known: two days. */
const maxEpochs = 2_880
const maxEpochAnswers = 256
const blocksUntilSettled = 2

/**
 * Rebuilds every credential tree from the ledger's notifications and checks each root that is published. The same blocks give the same trees, wherever a
 * snapshot broke in between. Blocks go in one by one; an error leaves it unusable, to be made anew from the last snapshot.
 */
export class TreeFollower implements TreeReader {
  readonly #options: TreeFollowerOptions
  readonly #epochMs: number
  readonly #historyMs: number
  readonly #trees = new Map<string, FollowedTree>()
  readonly #epochAnswers = new Map<string, EpochRoots>()
  #epochs: Epoch[] = []
  #cursor: FollowCursor | undefined

  constructor(options: TreeFollowerOptions) {
    const { epochMs = 60_000, historyMs = 3_600_000 } = options
    this.#options = options
    this.#epochMs = epochMs
    this.#historyMs = historyMs
  }

  /** The last block that went in; undefined before the first. */
  get cursor(): FollowCursor | undefined {
    return this.#cursor
  }

  /** The latest epochs, the earliest first. */
  get epochs(): readonly Epoch[] {
    return this.#epochs
  }

  /** Every tree there is. */
  get trees(): readonly TreeKey[] {
    return [...this.#trees.values()].map(({ key }) => key)
  }

  /** Every false root so far, tree by tree. */
  get alarms(): readonly TreeAlarm[] {
    return [...this.#trees.values()].flatMap(({ key, roots }) => roots.flatMap(root => alarmOf(key, root) ?? []))
  }

  /** A tree itself, to be read at once; undefined where there is none. An issuer goes on from it. */
  followedTree(key: TreeKey): FollowedTree | undefined {
    return this.#trees.get(treeName(key))
  }

  /** Takes in blocks, one after the other. After each, `onBlock` may keep a snapshot; true where the block began an epoch. */
  async apply({ blocks, notifications }: FollowedBlocks, onBlock?: (isFirstOfEpoch: boolean) => Promise<void>): Promise<void> {
    let next = 0
    for (const block of blocks) {
      const first = next
      while (next < notifications.length && notifications[next]!.blockIndex === block.index) next++
      const isFirstOfEpoch = this.applyBlock(block, notifications.slice(first, next))
      await onBlock?.(isFirstOfEpoch)
    }
  }

  /**
   * Takes in the next block.
   *
   * @returns true where it is the first of an epoch
   * @throws LedgerError `ERR_LEDGER_ANSWER`: a notification is malformed; ProofError `ERR_PROOF_TREE`: blocks are missing before this one
   */
  applyBlock(block: FollowedBlock, notifications: readonly Notification[]): boolean {
    for (const notification of notifications) if (notification.contract === this.#options.contract) this.#take(notification)
    this.#cursor = { blockIndex: block.index, blockHash: block.hash }
    const epoch = Math.floor(block.timeMs / this.#epochMs)
    if (epoch === this.#epochs.at(-1)?.epoch) return false
    this.#epochs.push({ epoch, blockIndex: block.index, timeMs: block.timeMs })
    if (this.#epochs.length > maxEpochs) this.#epochs = this.#epochs.slice(-maxEpochs)
    for (const tree of this.#trees.values()) tree.forgetBefore(block.timeMs - this.#historyMs)
    return true
  }

  async latestRoot(key: TreeKey): Promise<TreeRoot | null> {
    return this.followedTree(key)?.roots.at(-1) ?? null
  }

  async rootAt(key: TreeKey, rootIndex: number): Promise<TreeRoot | null> {
    return this.followedTree(key)?.roots[rootIndex - 1] ?? null
  }

  async roots(key: TreeKey, { from, limit }: { readonly from: number; readonly limit: number }): Promise<readonly TreeRoot[]> {
    const first = Math.max(0, from - 1)
    return this.followedTree(key)?.roots.slice(first, first + limit) ?? []
  }

  async bucket(key: TreeKey, bucketIndex: number, rootIndex: number): Promise<TreeBucket | null> {
    const nodes = this.followedTree(key)?.nodesAt(rootIndex)
    return nodes === undefined ? null : bucketOf(nodes, bucketIndex)
  }

  async epochRoots(typeId: string, epoch: number | 'latest' | { readonly height: number }): Promise<EpochRoots | null> {
    const found =
      epoch === 'latest'
        ? this.#epochs.at(-1)
        : this.#epochs.find(each => (typeof epoch === 'number' ? each.epoch === epoch : each.blockIndex === epoch.height))
    return found === undefined ? null : this.#epochRoots(found, typeId)
  }

  /** Each issuer's accreditation is asked for, so an answer is kept; but not while the registry may not have the epoch's block yet. */
  async #epochRoots(epoch: Epoch, typeId: string): Promise<EpochRoots> {
    const name = `${epoch.epoch} ${typeId}`
    const known = this.#epochAnswers.get(name)
    if (known !== undefined) return known
    const isSettled = this.#cursor!.blockIndex >= epoch.blockIndex + blocksUntilSettled
    const roots = await epochRootsOf(epoch, typeId, [...this.#trees.values()], this.#options.isAccredited)
    if (isSettled && roots.lists.length > 0) this.#epochAnswers.set(name, roots)
    if (this.#epochAnswers.size > maxEpochAnswers) this.#epochAnswers.delete(this.#epochAnswers.keys().next().value!)
    return roots
  }

  /** All of it as bytes: a small state, and the nodes of each tree in pieces, to be read before the next block goes in. */
  snapshot(): TreeSnapshot {
    const trees = [...this.#trees.values()]
    return encodeTreeState({ cursor: this.#cursor, epochs: this.#epochs, trees })
  }

  /**
   * Goes on from a snapshot instead of from the first block, without hashing. Only for a new follower.
   *
   * @param readNodes - the bytes of a tree's nodes, by the name that the snapshot gave it
   * @throws ProofError `ERR_PROOF_TREE`: the bytes are not those of the snapshot
   */
  async load(state: Uint8Array, readNodes: (name: string) => Promise<Uint8Array>): Promise<void> {
    const stored: StoredTrees = await decodeTreeState(state, readNodes, this.#options.hasher)
    for (const tree of stored.trees) this.#trees.set(treeName(tree.key), tree)
    this.#epochs = [...stored.epochs]
    this.#cursor = stored.cursor
  }

  #take(notification: Notification): void {
    const { blockIndex, blockTimeMs: timeMs } = notification
    if (notification.name === 'LeavesWritten') {
      const { issuer, typeId, firstIndex, leaves } = parseLeavesWrittenNotification(notification)
      this.#treeOf({ issuer, typeId }).write(Number(firstIndex), leaves)
    }
    if (notification.name === 'RootPublished') {
      const { issuer, typeId, rootIndex, size, root } = parseRootPublishedNotification(notification)
      const key = { issuer, typeId }
      const published = this.#treeOf(key).publish({ rootIndex: Number(rootIndex), size: Number(size), root, timeMs, blockIndex })
      const alarm = alarmOf(key, published)
      if (alarm !== undefined) this.#options.onAlarm?.(alarm)
    }
  }

  #treeOf(key: TreeKey): FollowedTree {
    const name = treeName(key)
    let tree = this.#trees.get(name)
    if (tree === undefined) {
      tree = new FollowedTree(key, this.#options.hasher)
      this.#trees.set(name, tree)
    }
    return tree
  }
}

function alarmOf(key: TreeKey, { fault, root, rootIndex, blockIndex, timeMs }: TreeRoot): TreeAlarm | undefined {
  if (fault === undefined) return undefined
  return { ...key, rootIndex, blockIndex, timeMs, ...fault, published: root }
}
