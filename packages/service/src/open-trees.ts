import { takeLock, type Unlock } from '@hufu/files'
import { type LedgerClient, LedgerError, type NetworkDescriptor } from '@hufu/ledger'
import { errorCode } from '@hufu/primitives'
import {
  createNodeHasher,
  createScalarEngine,
  type NodeHasher,
  type TreeAlarm,
  TreeFollower,
  type TreeKey,
  type TreeReader,
  type TreeSource,
} from '@hufu/proofs'
import { mayIssue, type TrustSource } from '@hufu/trust'
import { ServiceError } from './errors.ts'
import { pause } from './pause.ts'
import { TreeFiles } from './tree-files.ts'

/** What following the trees needs. */
export interface TreesOptions {
  readonly client: Pick<LedgerClient, 'follow' | 'getBlockCount'>
  readonly network: NetworkDescriptor
  /** Says who was accredited when. */
  readonly trust: TrustSource
  /** Where snapshots are kept. */
  readonly folder: string
  /** Is told once of every root that the leaves on the ledger do not give. */
  readonly onAlarm?: (alarm: TreeAlarm) => void
  /** Is told of what went wrong in the background; the following goes on by itself. */
  readonly onError?: (error: unknown) => void
  /** How often a snapshot is kept, at the beginning of an epoch; default 600,000. */
  readonly snapshotMs?: number
  /** How long an answer may wait for the trees to come up to the latest block; default 5,000. */
  readonly freshWithinMs?: number
  /** How long to wait before following again after something went wrong; default 1,000. */
  readonly retryMs?: number
  /** Length of an epoch; default the network's, which everybody must share. */
  readonly epochMs?: number
}

/** Every credential tree, as the ledger has it. */
export interface Trees extends TreeReader, TreeSource {
  /** Which trees there are. */
  readonly keys: readonly TreeKey[]
  /** Every false root so far. */
  readonly alarms: readonly TreeAlarm[]
  /** Index of the last block that is in the trees; -1 before the first. */
  readonly height: number
  close(): Promise<void>
}

const attemptsForHeight = 3

/**
 * Opens the trees: goes on from the last snapshot, and follows. Returns once the snapshot is loaded.
 *
 * @throws FileError `ERR_FILE_LOCKED`: another process works on this folder
 */
export async function openTrees(options: TreesOptions): Promise<Trees> {
  const trees = new FollowedTrees(options, createNodeHasher(await createScalarEngine()))
  await trees.open()
  return trees
}

class FollowedTrees implements Trees {
  readonly #options: TreesOptions
  readonly #hasher: NodeHasher
  readonly #files: TreeFiles
  readonly #stop = new AbortController()
  /** Alarms that were told of: after a restart from a snapshot the same blocks come again. */
  readonly #told = new Set<string>()
  #follower: TreeFollower
  #done: Promise<void> = Promise.resolve()
  #waiting: { readonly blockIndex: number; readonly resolve: () => void }[] = []
  #savedAtMs = 0
  #unlock: Unlock = async () => undefined

  constructor(options: TreesOptions, hasher: NodeHasher) {
    this.#options = options
    this.#hasher = hasher
    this.#files = new TreeFiles(options.folder)
    this.#follower = this.#newFollower()
  }

  /** @throws FileError `ERR_FILE_LOCKED`: another process works on this folder */
  async open(): Promise<void> {
    this.#unlock = await takeLock(`${this.#options.folder}.lock`)
    try {
      await this.#load()
    } catch (error) {
      await this.#unlock()
      throw error
    }
    this.#done = this.#run()
  }

  get keys(): readonly TreeKey[] {
    return this.#follower.trees
  }

  get alarms(): readonly TreeAlarm[] {
    return this.#follower.alarms
  }

  get height(): number {
    return this.#follower.cursor?.blockIndex ?? -1
  }

  followedTree: TreeSource['followedTree'] = key => this.#follower.followedTree(key)
  latestRoot: TreeReader['latestRoot'] = key => this.#follower.latestRoot(key)
  rootAt: TreeReader['rootAt'] = (...query) => this.#follower.rootAt(...query)
  roots: TreeReader['roots'] = (...query) => this.#follower.roots(...query)
  bucket: TreeReader['bucket'] = (...query) => this.#follower.bucket(...query)
  epochRoots: TreeReader['epochRoots'] = (...query) => this.#follower.epochRoots(...query)

  /** @throws ServiceError `ERR_SERVICE_BEHIND`: the trees do not come up to the block in time */
  async reached(blockIndex: number): Promise<void> {
    if (this.height >= blockIndex) return
    const { freshWithinMs = 5_000 } = this.#options
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter(each => each !== waiter)
        reject(new ServiceError('ERR_SERVICE_BEHIND', 'the trees have not caught up with the ledger; try again later'))
      }, freshWithinMs)
      const waiter = {
        blockIndex,
        resolve: () => {
          clearTimeout(timer)
          resolve()
        },
      }
      this.#waiting.push(waiter)
    })
  }

  async refresh(): Promise<void> {
    await this.reached((await this.#options.client.getBlockCount()) - 1)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#done
    await this.#unlock()
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { onError, retryMs = 1_000 } = this.#options
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        await this.#follow(signal)
      } catch (error) {
        if (signal.aborted) return
        onError?.(error)
        await pause(retryMs, signal)
        await this.#recover(error)
      }
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { client, network } = this.#options
    const follower = this.#follower
    if (follower.cursor !== undefined) await this.#expectHeight(follower.cursor.blockIndex, signal)
    for await (const blocks of client.follow({ contracts: [network.contracts.status.hash], cursor: follower.cursor, signal })) {
      await follower.apply(blocks, async isFirstOfEpoch => {
        if (isFirstOfEpoch) await this.#saveIfDue(follower)
      })
      this.#tellWaiting()
    }
  }

  /** A snapshot that is ahead of the chain is of another one, unless the nodes are only late. */
  async #expectHeight(blockIndex: number, signal: AbortSignal): Promise<void> {
    const { client, retryMs = 1_000 } = this.#options
    for (let attempt = 0; attempt < attemptsForHeight; attempt++) {
      if ((await client.getBlockCount()) > blockIndex) return
      await pause(retryMs, signal)
    }
    throw new LedgerError('ERR_LEDGER_CHAIN', 'the trees are ahead of the chain')
  }

  /** At the beginning of an epoch, so that its roots can be served after a restart: a snapshot does not know what trees were before. */
  async #saveIfDue(follower: TreeFollower): Promise<void> {
    const { snapshotMs = 600_000 } = this.#options
    const nowMs = performance.now()
    if (nowMs - this.#savedAtMs < snapshotMs) return
    await this.#files.save(follower.snapshot())
    this.#savedAtMs = nowMs
  }

  /** From the last snapshot again; from the first block where the chain is another one, or the snapshot does not fit it. */
  async #recover(error: unknown): Promise<void> {
    try {
      const code = errorCode(error)
      if (code === 'ERR_LEDGER_CHAIN' || code === 'ERR_PROOF_TREE') await this.#files.clear()
      await this.#load()
    } catch (failure) {
      this.#options.onError?.(failure)
    }
  }

  async #load(): Promise<void> {
    const { onError } = this.#options
    this.#follower = this.#newFollower()
    try {
      await this.#files.load(this.#follower)
    } catch (error) {
      if (errorCode(error) !== 'ERR_PROOF_TREE') throw error
      onError?.(error)
      await this.#files.clear()
      this.#follower = this.#newFollower()
    }
  }

  #newFollower(): TreeFollower {
    const { network, trust, epochMs = network.epochMs } = this.#options
    return new TreeFollower({
      contract: network.contracts.status.hash,
      hasher: this.#hasher,
      isAccredited: async (issuer, typeId, atMs) => (await mayIssue(trust, issuer, typeId, atMs)).allowed,
      onAlarm: alarm => this.#tell(alarm),
      ...(epochMs === undefined ? {} : { epochMs }),
    })
  }

  #tell(alarm: TreeAlarm): void {
    const name = `${alarm.issuer} ${alarm.typeId} ${alarm.rootIndex}`
    if (this.#told.has(name)) return
    this.#told.add(name)
    this.#options.onAlarm?.(alarm)
  }

  #tellWaiting(): void {
    const { height } = this
    for (const { resolve } of this.#waiting.filter(waiter => waiter.blockIndex <= height)) resolve()
    this.#waiting = this.#waiting.filter(waiter => waiter.blockIndex > height)
  }
}
