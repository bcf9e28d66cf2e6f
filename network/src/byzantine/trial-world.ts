import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { importSigner } from '@hufu/keys'
import { type Account, LedgerClient, type NetworkDescriptor, singleAccount } from '@hufu/ledger'
import { sha256, utf8ToBytes } from '@hufu/primitives'
import { BlockWatch } from '../drill/block-watch.ts'
import { type AcknowledgedWrite, compareLedgers, type LedgerComparison } from '../drill/compare-ledgers.ts'
import { WriteLoad } from '../drill/write-load.ts'
import type { LocalNetwork } from '../local-network.ts'
import { createNetworkFolder, type NetworkFolder, networkDescriptor, noContracts, validatorsAccount } from '../network-folder.ts'
import { fundAccounts } from '../treasury.ts'
import type { Watch } from '../watch/fleet.ts'
import { watchNetwork } from '../watch/watch-network.ts'
import { watchedNodes } from '../watch/watched-nodes.ts'

const validatorCount = 7
const magic = 20_261_201
const folderPrefix = 'hufu-byzantine-'
const datoshiOfPayer = 100_000n * 100_000_000n
const pollMs = 25
const heightTimeoutMs = 60_000

/**
 * Seven validators in a temporary folder, with keys that follow from the seed (and with them the order in which they propose), and an account to write
 * with. How they are started is the caller's: directly, or with a switch between them.
 */
export class TrialWorld {
  readonly files: NetworkFolder
  readonly nodes: LocalNetwork
  readonly descriptor: NetworkDescriptor
  readonly ledger: LedgerClient
  readonly #payer: Account
  readonly #receiver: Account
  readonly #folder: string

  private constructor(files: NetworkFolder, nodes: LocalNetwork, payer: Account, receiver: Account, folder: string) {
    this.files = files
    this.nodes = nodes
    this.descriptor = networkDescriptor(files, noContracts)
    this.ledger = new LedgerClient({ network: this.descriptor, waitMs: 10 * 60_000 })
    this.#payer = payer
    this.#receiver = receiver
    this.#folder = folder
  }

  /** @param startNodes - gets the network's folder */
  static async start(seed: number, startNodes: (files: NetworkFolder) => Promise<LocalNetwork>): Promise<TrialWorld> {
    removeLeftovers()
    const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`))
    const names = Array.from({ length: validatorCount }, (_, index) => `city-${index + 1}`)
    const files = await createNetworkFolder(join(folder, 'network'), {
      name: 'byzantine',
      magic,
      validators: names,
      secrets: names.map(name => secretOf(seed, name)),
    })
    const nodes = await startNodes(files)
    const world = new TrialWorld(files, nodes, await accountOf(seed, 'payer'), await accountOf(seed, 'receiver'), folder)
    try {
      await fundAccounts(world.ledger, validatorsAccount(files), [world.#payer.scriptHash], datoshiOfPayer, 'byzantine: fund the payer')
      return world
    } catch (error) {
      await world.stop()
      throw error
    }
  }

  /** @param name - of its own: no two loads of a world may share one */
  load(name: string, perSecond: number): WriteLoad {
    return new WriteLoad({ ledger: this.ledger, payer: this.#payer, receiver: this.#receiver.scriptHash, perSecond, name })
  }

  blocks(indexes: readonly number[]): BlockWatch {
    return new BlockWatch(indexes.map(index => ({ rpcUrl: this.#rpcUrl(index), wsUrl: this.descriptor.validators[index]!.wsUrl! })))
  }

  /** The watch that an operator runs; it reads the nodes' logs, too. */
  watch(): Watch {
    return watchNetwork({ nodes: watchedNodes(this.descriptor, this.files.folder), magic })
  }

  /** Waits until all of these have the same height. */
  async commonHeight(indexes: readonly number[], timeoutMs = heightTimeoutMs): Promise<number> {
    for (const deadline = Date.now() + timeoutMs; ; await sleep(pollMs)) {
      const heights = await this.heights(indexes)
      if (heights.every(height => height !== null && height === heights[0])) return heights[0]!
      if (Date.now() > deadline) throw new Error(`the nodes did not come to the same height within ${timeoutMs / 1000} s`)
    }
  }

  async heights(indexes: readonly number[]): Promise<readonly (number | null)[]> {
    const status = await this.nodes.status()
    return indexes.map(index => status[index]!.height)
  }

  /** Compares what these nodes have, up to the height that all have, with what was acknowledged. */
  async compare(indexes: readonly number[], load: WriteLoad): Promise<LedgerComparison & { readonly acknowledged: number }> {
    const acknowledged = load.writes.flatMap(({ transactionHash, blockIndex }): readonly AcknowledgedWrite[] =>
      transactionHash === undefined || blockIndex === undefined ? [] : [{ transactionHash, blockIndex }],
    )
    const height = await this.commonHeight(indexes)
    const urls = indexes.map(index => this.#rpcUrl(index))
    return { ...(await compareLedgers(urls, 0, height, acknowledged)), acknowledged: acknowledged.length }
  }

  async stop(): Promise<void> {
    this.ledger.close()
    await this.nodes.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #rpcUrl(index: number): string {
    return this.descriptor.validators[index]!.rpcUrl
  }
}

/** Removes the folders of trials that were killed. */
function removeLeftovers(): void {
  for (const entry of readdirSync(tmpdir())) {
    const pid = entry.startsWith(folderPrefix) ? entry.slice(folderPrefix.length).split('-')[0] : undefined
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(tmpdir(), entry), { recursive: true, force: true })
  }
}

async function accountOf(seed: number, name: string): Promise<Account> {
  return singleAccount(await importSigner('P-256', secretOf(seed, name)))
}

/** Keys of trials are made of their seed: never for anything real. */
function secretOf(seed: number, name: string): Uint8Array<ArrayBuffer> {
  return sha256(utf8ToBytes(`hufu byzantine ${seed}: ${name}`))
}
