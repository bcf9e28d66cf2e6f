import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { importSigner } from '@hufu/keys'
import { type Account, LedgerClient, type NetworkDescriptor, nativeContracts, quorumOf, type ScriptHash, singleAccount } from '@hufu/ledger'
import { bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import { LocalNetwork } from '../local-network.ts'
import { createNetworkFolder, type NetworkFolder, networkDescriptor, noContracts, validatorsAccount } from '../network-folder.ts'
import type { NodeProgram } from '../node-process.ts'
import { freePorts } from '../ports.ts'
import { fundAccounts } from '../treasury.ts'
import { BlockWatch } from './block-watch.ts'
import { type AcknowledgedWrite, compareLedgers, type LedgerComparison } from './compare-ledgers.ts'
import { askNode } from './drill-rpc.ts'
import { PeerProxy } from './peer-proxy.ts'
import { routePeers } from './route-peers.ts'
import { seededRandom } from './seeded-random.ts'
import { type LoadedWrite, WriteLoad } from './write-load.ts'

/** Effective time between blocks while there are writes. */
export const blockTimeMs = 200
export const validatorCount = 7

export interface DrillNetworkOptions {
  readonly seed: string
  readonly writesPerSecond: number
  readonly delayMs: number
  readonly jitterMs: number
  /** Settings of neo-go's `P2P` section to try instead of the network's own. */
  readonly p2p?: Readonly<Record<string, unknown>>
  /** Path of the program that an upgrade brings; default: the same one, as a stand-in. */
  readonly upgradeBinary?: string
}

const folderPrefix = 'hufu-drill-'
const datoshiOfPayer = 100_000n * 100_000_000n
const pollMs = 25
const readyTimeoutMs = 60_000
const settleTimeoutMs = 90_000

/**
 * Seven validators on this machine whose words to each other pass a proxy, a load of writes, and a watch over their blocks.
 * In a temporary folder of its own; keys follow from the seed, so that a seed always makes the same order of speakers.
 */
export class DrillNetwork {
  readonly files: NetworkFolder
  readonly nodes: LocalNetwork
  readonly proxy: PeerProxy
  readonly blocks: BlockWatch
  readonly load: WriteLoad
  readonly descriptor: NetworkDescriptor
  readonly ledger: LedgerClient
  /** Indexes of the nodes in the order in which they are speakers. */
  readonly speakers: readonly number[]
  readonly upgradedProgram: NodeProgram
  readonly #folder: string
  readonly #receiver: ScriptHash

  private constructor(parts: {
    readonly files: NetworkFolder
    readonly nodes: LocalNetwork
    readonly proxy: PeerProxy
    readonly ledger: LedgerClient
    readonly descriptor: NetworkDescriptor
    readonly blocks: BlockWatch
    readonly load: WriteLoad
    readonly folder: string
    readonly receiver: ScriptHash
    readonly upgradedProgram: NodeProgram
  }) {
    this.files = parts.files
    this.nodes = parts.nodes
    this.proxy = parts.proxy
    this.ledger = parts.ledger
    this.descriptor = parts.descriptor
    this.blocks = parts.blocks
    this.load = parts.load
    this.upgradedProgram = parts.upgradedProgram
    this.#folder = parts.folder
    this.#receiver = parts.receiver
    this.speakers = speakerOrder(parts.files)
  }

  static async start(options: DrillNetworkOptions): Promise<DrillNetwork> {
    const { seed, writesPerSecond, delayMs, jitterMs, p2p } = options
    removeLeftovers()
    const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`))
    const files = await createNetworkFolder(join(folder, 'network'), {
      name: 'drill',
      magic: 20_261_101,
      validators: Array.from({ length: validatorCount }, (_, index) => `city-${index + 1}`),
      secrets: Array.from({ length: validatorCount }, (_, index) => secretOf(seed, `validator ${index + 1}`)),
    })
    const p2pPorts = files.nodes.map(node => node.ports.p2p)
    // Three a node and more than enough in a row: one for each ordered pair.
    const proxyPorts = (await freePorts(validatorCount * 2)).flatMap(({ p2p: first, rpc, metrics }) => [first, rpc, metrics])
    const proxy = await PeerProxy.start(p2pPorts, proxyPorts, seededRandom(`${seed} delays`))
    proxy.delay(delayMs, jitterMs)
    routePeers(files, proxy, p2p)
    const nodes = await LocalNetwork.start(files).catch(error => {
      proxy.stop()
      throw error
    })
    const descriptor = networkDescriptor(files, noContracts)
    const ledger = new LedgerClient({ network: descriptor, waitMs: 10 * 60_000 })
    const payer = await accountOf(seed, 'payer')
    const receiver = (await accountOf(seed, 'receiver')).scriptHash
    const watched = descriptor.validators.map(({ rpcUrl, wsUrl }) => ({ rpcUrl, wsUrl: wsUrl! }))
    const blocks = new BlockWatch(watched)
    const load = new WriteLoad({ ledger, payer, receiver, perSecond: writesPerSecond, name: `drill ${seed}` })
    const upgradedProgram = options.upgradeBinary === undefined ? {} : { binary: options.upgradeBinary }
    const network = new DrillNetwork({ files, nodes, proxy, ledger, descriptor, blocks, load, folder, receiver, upgradedProgram })
    try {
      await fundAccounts(ledger, validatorsAccount(files), [payer.scriptHash], datoshiOfPayer, 'drill: fund the payer')
      return network
    } catch (error) {
      await network.stop()
      throw error
    }
  }

  /** Name of a node, for people. */
  nameOf(index: number): string {
    return this.files.nodes[index]!.name
  }

  /** Waits until all of these answer, have enough peers for consensus, and are at most one block behind the highest. @returns the time it took */
  async healthy(indexes: readonly number[], timeoutMs = readyTimeoutMs): Promise<number> {
    const startedAt = performance.now()
    for (;;) {
      const status = await this.nodes.status()
      const heights = indexes.map(index => status[index]!.height ?? -1)
      const height = Math.max(...heights, this.blocks.height)
      const hasPeers = indexes.every(index => (status[index]!.peers ?? 0) >= quorumOf(validatorCount) - 1)
      if (hasPeers && heights.every(each => each >= height - 1)) return performance.now() - startedAt
      if (performance.now() - startedAt > timeoutMs) throw new Error(`the nodes did not come together within ${timeoutMs / 1000} s`)
      await sleep(pollMs)
    }
  }

  /** Waits until so many nodes answer. @returns the moment */
  async answering(count: number, timeoutMs = readyTimeoutMs): Promise<number> {
    const deadline = performance.now() + timeoutMs
    for (;;) {
      const answers = await Promise.all(this.#rpcUrls.map(url => askNode(url, [['getblockcount']]).catch(() => [undefined])))
      if (answers.filter(([blocks]) => blocks !== undefined).length >= count) return performance.now()
      if (performance.now() > deadline) return Number.POSITIVE_INFINITY
      await sleep(pollMs)
    }
  }

  /** Stops the load, waits until every write is settled and every node has the same height, and compares their ledgers. */
  async compare(): Promise<LedgerComparison & { readonly acknowledged: number; readonly unsettled: number; readonly balancesOff: number }> {
    const unsettled = await this.load.settle(settleTimeoutMs)
    const height = await this.#commonHeight()
    const acknowledged = this.load.writes.flatMap(acknowledgedWrite)
    const comparison = await compareLedgers(this.#rpcUrls, 0, height, acknowledged)
    return { ...comparison, acknowledged: acknowledged.length, unsettled, balancesOff: await this.#balancesOff(acknowledged.length) }
  }

  async stop(): Promise<void> {
    this.load.pause()
    this.blocks.close()
    this.ledger.close()
    await this.nodes.stop()
    this.proxy.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get #rpcUrls(): readonly string[] {
    return this.descriptor.validators.map(({ rpcUrl }) => rpcUrl)
  }

  async #commonHeight(): Promise<number> {
    const deadline = performance.now() + readyTimeoutMs
    for (;;) {
      const heights = (await this.nodes.status()).map(({ height }) => height)
      if (heights.every(height => height !== null && height === heights[0])) return heights[0]!
      if (performance.now() > deadline) throw new Error('the nodes did not come to the same height within a minute')
      await sleep(pollMs)
    }
  }

  /** How many nodes have another balance of the receiver than the number of acknowledged writes. */
  async #balancesOff(acknowledged: number): Promise<number> {
    const params = [
      'invokefunction',
      `0x${nativeContracts.gasToken}`,
      'balanceOf',
      [{ type: 'Hash160', value: `0x${this.#receiver}` }],
    ] as const
    const answers = await Promise.all(this.#rpcUrls.map(url => askNode(url, [params])))
    return answers.filter(([answer]) => Number((answer as { stack?: { value?: string }[] })?.stack?.[0]?.value) !== acknowledged).length
  }
}

/** Removes the folders of drills that were killed. */
function removeLeftovers(): void {
  for (const entry of readdirSync(tmpdir())) {
    const pid = entry.startsWith(folderPrefix) ? entry.slice(folderPrefix.length).split('-')[0] : undefined
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(tmpdir(), entry), { recursive: true, force: true })
  }
}

function acknowledgedWrite({ transactionHash, blockIndex }: LoadedWrite): readonly AcknowledgedWrite[] {
  return transactionHash === undefined || blockIndex === undefined ? [] : [{ transactionHash, blockIndex }]
}

/** dBFT takes the speakers in the order of their public keys, compared as points: by x, which is the key without its first byte. */
function speakerOrder({ signers }: NetworkFolder): readonly number[] {
  const xOf = (index: number): string => bytesToHex(signers[index]!.publicKey.bytes).slice(2)
  return [...signers.keys()].sort((left, right) => (xOf(left) < xOf(right) ? -1 : 1))
}

async function accountOf(seed: string, name: string): Promise<Account> {
  return singleAccount(await importSigner('P-256', secretOf(seed, name)))
}

/** Keys of drills are made of their seed: never for anything real. */
function secretOf(seed: string, name: string): Uint8Array<ArrayBuffer> {
  return sha256(utf8ToBytes(`hufu drill ${seed}: ${name}`))
}
