import { status, statusFaults } from '@hufu/bindings'
import {
  type Account,
  type ContractCall,
  type LedgerClient,
  LedgerError,
  type ScriptHash,
  type Write,
  type WriteOutcome,
} from '@hufu/ledger'
import { bytesToHex, type Clock, concatBytes, hexToBytes, sha256, systemClock, utf8ToBytes } from '@hufu/primitives'
import { ProofError } from '../errors.ts'
import { findLeaves } from './find-leaves.ts'
import { FollowedTree } from './followed-tree.ts'
import type { NodeHasher } from './node-hasher.ts'
import type { TreeChange } from './tree-change.ts'
import type { TreeLog, TreeLogEntry } from './tree-log.ts'
import { type TreeKey, treeName } from './tree-root.ts'
import { nodeSize } from './tree-shape.ts'

/** Trees that follow the ledger. */
export interface TreeSource {
  /** The tree as it is now; undefined before its first leaf. */
  followedTree(key: TreeKey): FollowedTree | undefined
  /** Settles once the block is in the trees. */
  reached(blockIndex: number): Promise<void>
  /** Settles once the latest block that a node knows is in the trees. */
  refresh(): Promise<void>
}

/** What a {@link TreeWriter} needs. */
export interface TreeWriterOptions {
  readonly client: Pick<LedgerClient, 'submit' | 'resume'>
  /** The contract `status`. */
  readonly contract: ScriptHash
  readonly key: TreeKey
  /** The issuer's controller. */
  readonly account: Account | readonly Account[]
  /** Pays the fees. */
  readonly sponsor?: Account
  readonly source: TreeSource
  readonly hasher: NodeHasher
  readonly log: TreeLog
  readonly clock?: Clock
}

/** One of the leaves that a change writes, as it writes it. */
interface OwnLeaf {
  readonly index: number
  readonly leaf: Uint8Array
}

/** The most leaves that one call appends, and overwrites: limits of the contract. */
const maxAppend = 2_000
const maxSet = 500
/** Another writer may have been quicker; then the change is worked out again. */
const attempts = 5

/**
 * Writes an issuer's tree: works roots out ahead, one change on its way at a time. The ledger is the truth: what was on it before a crash is found there,
 * and nothing is kept here but the log. Two writers of one tree are safe, if slow: a root that became false because the other was quicker is put right.
 */
export class TreeWriter {
  readonly #options: TreeWriterOptions
  readonly #empty: FollowedTree
  #queue: Promise<unknown> = Promise.resolve()
  /** A write that may still land. */
  #unsettled: Write | undefined

  private constructor(options: TreeWriterOptions) {
    this.#options = options
    this.#empty = new FollowedTree(options.key, options.hasher)
  }

  /**
   * Waits for what a crash left on its way.
   *
   * @throws LedgerError `ERR_LEDGER_UNKNOWN`: it may still land; open again later
   */
  static async open(options: TreeWriterOptions): Promise<TreeWriter> {
    const writer = new TreeWriter(options)
    for (const [idempotencyKey, write] of await options.client.resume()) {
      if (idempotencyKey.startsWith(writer.#keyPrefix)) await write.inBlock().catch(rethrowUnlessSettled)
    }
    return writer
  }

  /**
   * Appends leaves, in batches. Leaves that are on the ledger already are not appended again, so a call that failed can be repeated (before any of its leaves is revoked).
   *
   * @param leaves - 32 bytes each; none of them 0, none twice
   * @param options.since - the tree's size when these leaves were first to be appended: none stands before it; default 0
   * @returns the index of each leaf, durable
   * @throws ProofError `ERR_PROOF_TREE`: a leaf is 0 or stands twice; `ERR_PROOF_SCALAR`, `ERR_PROOF_TREE_FULL`; LedgerError as `LedgerClient.submit` and `Write`
   */
  append(leaves: Uint8Array, options: { readonly since?: number } = {}): Promise<readonly number[]> {
    return this.#inTurn(() => this.#append(leaves, options.since ?? 0))
  }

  /** Sets leaves to 0 for good. @throws as {@link suspendLeaves} */
  revokeLeaves(indices: readonly number[], reason: string): Promise<void> {
    return this.#inTurn(() => this.#clear('revoke', indices, reason))
  }

  /**
   * Sets leaves to 0 until they are reinstated.
   *
   * @param reason - for the issuer's own log; it is not on the ledger
   * @throws ProofError `ERR_PROOF_TREE`: no such leaf, an index twice, or a leaf that was revoked; LedgerError as `LedgerClient.submit` and `Write`
   */
  suspendLeaves(indices: readonly number[], reason: string): Promise<void> {
    return this.#inTurn(() => this.#clear('suspend', indices, reason))
  }

  /** Sets suspended leaves back to what they were; one that was reinstated stays. @throws as {@link suspendLeaves}; also for a leaf that never was suspended */
  reinstateLeaves(indices: readonly number[], reason: string): Promise<void> {
    return this.#inTurn(() => this.#reinstate(indices, reason))
  }

  get #keyPrefix(): string {
    return `tree ${treeName(this.#options.key)} `
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(async () => {
      await this.#settle()
      await this.#options.source.refresh()
      return work()
    })
    this.#queue = result.catch(() => undefined)
    return result
  }

  /** Nothing is worked out while an earlier change may still land. */
  async #settle(): Promise<void> {
    await this.#unsettled?.inBlock().catch(rethrowUnlessSettled)
    this.#unsettled = undefined
  }

  async #append(leaves: Uint8Array, since: number): Promise<readonly number[]> {
    const texts = Array.from({ length: leaves.length / nodeSize }, (_, index) =>
      bytesToHex(leaves.subarray(index * nodeSize, (index + 1) * nodeSize)),
    )
    if (new Set(texts).size !== texts.length || texts.some(text => /^0+$/.test(text)))
      throw new ProofError('ERR_PROOF_TREE', 'leaves: expected none that is 0 and none twice')
    const known = new Map(findLeaves(this.#tree.tree, leaves, since))
    const missing = texts.filter(text => !known.has(text))
    const writes: Write[] = []
    for (let first = 0; first < missing.length; first += maxAppend) {
      const batch = missing.slice(first, first + maxAppend)
      const bytes = concatBytes(...batch.map(hexToBytes))
      const { size, write } = await this.#submit(
        tree => tree.tree.stageAppend(bytes),
        (size, root) => this.#contract.append({ ...this.#options.key, firstIndex: BigInt(size), leaves: bytes, root }),
        size => ({ index: size, leaf: bytes.slice(0, nodeSize) }),
      )
      for (const [offset, text] of batch.entries()) known.set(text, size + offset)
      writes.push(write)
    }
    for (const write of writes) await write.durable()
    return texts.map(text => known.get(text)!)
  }

  async #clear(action: 'revoke' | 'suspend', indices: readonly number[], reason: string): Promise<void> {
    const entries: { readonly index: number; readonly leaf: string }[] = []
    for (const index of distinct(indices)) {
      const leaf = bytesToHex(this.#tree.tree.leaf(index))
      const before = await this.#options.log.latest(index)
      if (before?.action === 'revoke' && action === 'suspend')
        throw new ProofError('ERR_PROOF_TREE', 'leaf: expected one that was not revoked')
      entries.push({ index, leaf: /^0+$/.test(leaf) && before !== undefined ? before.leaf : leaf })
    }
    await this.#record(action, reason, entries)
    await this.#set(entries.map(({ index }) => ({ index, leaf: '0'.repeat(2 * nodeSize) })))
  }

  async #reinstate(indices: readonly number[], reason: string): Promise<void> {
    const entries: { readonly index: number; readonly leaf: string }[] = []
    for (const index of distinct(indices)) {
      this.#tree.tree.leaf(index)
      const before = await this.#options.log.latest(index)
      if (before === undefined || before.action === 'revoke') throw new ProofError('ERR_PROOF_TREE', 'leaf: expected one that is suspended')
      entries.push({ index, leaf: before.leaf })
    }
    await this.#set(entries)
    // Only now: whoever stops in between finds them suspended, and does it again.
    await this.#record('reinstate', reason, entries)
  }

  async #record(action: TreeLogEntry['action'], reason: string, leaves: TreeLogEntry['leaves']): Promise<void> {
    const atMs = (this.#options.clock ?? systemClock).nowMs()
    for (let first = 0; first < leaves.length; first += maxSet) {
      await this.#options.log.append({ action, reason, atMs, leaves: leaves.slice(first, first + maxSet) })
    }
  }

  /** Overwrites the leaves that are not yet what they are to be. */
  async #set(entries: TreeLogEntry['leaves']): Promise<void> {
    const missing = entries.filter(({ index, leaf }) => bytesToHex(this.#tree.tree.leaf(index)) !== leaf)
    const writes: Write[] = []
    for (let first = 0; first < missing.length; first += maxSet) {
      const batch = missing.slice(first, first + maxSet)
      writes.push(
        await this.#submitLeaves(
          batch.map(({ index }) => index),
          concatBytes(...batch.map(({ leaf }) => hexToBytes(leaf))),
        ),
      )
    }
    for (const write of writes) await write.durable()
  }

  async #submitLeaves(indices: readonly number[], leaves: Uint8Array): Promise<Write> {
    const { write } = await this.#submit(
      tree => tree.tree.stageSet(indices, leaves),
      (_, root) => this.#contract.setLeaves({ ...this.#options.key, indices: indices.map(BigInt), leaves, root }),
      () => ({ index: indices[0]!, leaf: leaves.slice(0, nodeSize) }),
    )
    return write
  }

  /** Works a change out, submits it, and waits until it is in the followed tree. */
  async #submit(
    stage: (tree: FollowedTree) => TreeChange,
    callOf: (size: number, root: Uint8Array) => ContractCall,
    ownLeafOf: (size: number) => OwnLeaf,
  ): Promise<{ readonly size: number; readonly write: Write }> {
    for (let attempt = 1; ; attempt++) {
      const { size } = this.#tree.tree
      const { root } = stage(this.#tree)
      try {
        const write = await this.#submitCall(callOf(size, root), root)
        await this.#putRight(ownLeafOf(size))
        return { size, write }
      } catch (error) {
        if (attempt === attempts || !isOvertaken(error)) throw error
        await this.#options.source.refresh()
      }
    }
  }

  async #submitCall(call: ContractCall, root: Uint8Array): Promise<Write> {
    const { client, account, sponsor, source } = this.#options
    // The same change of the same tree is the same write, also after a crash; of another tree, another.
    const digest = sha256(concatBytes(utf8ToBytes(call.method), root))
    const idempotencyKey = `${this.#keyPrefix}${this.#tree.roots.length + 1} ${bytesToHex(digest.slice(0, 16))}`
    const write = await client.submit([call], { account, idempotencyKey, ...(sponsor === undefined ? {} : { sponsor }) })
    this.#unsettled = write
    let outcome: WriteOutcome
    try {
      outcome = await write.inBlock()
    } catch (error) {
      if (isSettled(error)) this.#unsettled = undefined
      throw error
    }
    this.#unsettled = undefined
    await source.reached(outcome.blockIndex)
    return write
  }

  /**
   * Where another change came in between, the root that was published is false: one of the leaves of this change once more, with the right one. Not any
   * leaf: another writer may be revoking that one just now, and what is written here would undo it.
   */
  async #putRight({ index, leaf }: OwnLeaf): Promise<void> {
    for (let attempt = 1; attempt <= attempts && this.#tree.roots.at(-1)?.fault !== undefined; attempt++) {
      const { root } = this.#tree.tree.stageSet([index], leaf)
      await this.#submitCall(this.#contract.setLeaves({ ...this.#options.key, indices: [BigInt(index)], leaves: leaf, root }), root)
    }
  }

  get #tree(): FollowedTree {
    return this.#options.source.followedTree(this.#options.key) ?? this.#empty
  }

  get #contract(): ReturnType<typeof status> {
    return status(this.#options.contract)
  }
}

function distinct(indices: readonly number[]): readonly number[] {
  if (new Set(indices).size !== indices.length) throw new ProofError('ERR_PROOF_TREE', 'indices: expected none twice')
  return indices
}

/** Whether a write has failed for good: it can no longer land. */
function isSettled(error: unknown): boolean {
  return error instanceof LedgerError && (error.code === 'ERR_LEDGER_FAULT' || error.code === 'ERR_LEDGER_EXPIRED')
}

function rethrowUnlessSettled(error: unknown): void {
  if (!isSettled(error)) throw error
}

/** Whether a call failed because the tree had grown meanwhile. */
function isOvertaken(error: unknown): boolean {
  if (!(error instanceof LedgerError) || error.reason === undefined) return false
  return ['ERR_LEDGER_DRY_RUN_FAULT', 'ERR_LEDGER_FAULT'].includes(error.code) && error.reason.includes(statusFaults.size)
}
