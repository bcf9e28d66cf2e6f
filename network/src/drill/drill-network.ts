import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { decide } from '@hufu/council'
import type { Signer } from '@hufu/keys'
import {
  type Account,
  type ContractCall,
  LedgerClient,
  type NetworkDescriptor,
  nativeContracts,
  quorumOf,
  type ScriptHash,
} from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'
import { deployContracts } from '../deploy-contracts.ts'
import { NetworkError } from '../errors.ts'
import { foundNetwork } from '../found-network.ts'
import { LocalNetwork } from '../local-network.ts'
import {
  committeeAccount,
  createNetworkFolder,
  type NetworkFolder,
  networkDescriptor,
  noContracts,
  validatorsAccount,
} from '../network-folder.ts'
import { localCouncil } from '../new-council.ts'
import type { NodeProgram } from '../node-process.ts'
import { freePorts } from '../ports.ts'
import { registerCandidate } from '../register-candidate.ts'
import { fundAccounts } from '../treasury.ts'
import { BlockWatch } from './block-watch.ts'
import { type AcknowledgedWrite, compareLedgers, type LedgerComparison } from './compare-ledgers.ts'
import { drillKey } from './drill-keys.ts'
import { askNode } from './drill-rpc.ts'
import { PeerProxy } from './peer-proxy.ts'
import { routePeers } from './route-peers.ts'
import { seededRandom } from './seeded-random.ts'
import { SpareNode } from './spare-node.ts'
import { type LoadedWrite, WriteLoad } from './write-load.ts'

/** Effective time between blocks while there are writes. */
export const blockTimeMs = 200
export const validatorCount = 7

export interface DrillNetworkOptions {
  readonly seed: string
  readonly writesPerSecond: number
  readonly delayMs: number
  readonly jitterMs: number
  /** Deploy the contracts and found the council, whose seats choose the validators. */
  readonly hasCouncil?: boolean
  /** Settings of neo-go's `P2P` section to try instead of the network's own. */
  readonly p2p?: Readonly<Record<string, unknown>>
  /** Path of the program that the nodes run; default: the pinned neo-go. */
  readonly binary?: string
  /** Path of the program that an upgrade brings; default: the same one, as a stand-in. */
  readonly upgradeBinary?: string
}

interface Parts {
  readonly folder: string
  readonly nodes: LocalNetwork
  readonly proxy: PeerProxy
  readonly spare: SpareNode
  readonly program: NodeProgram
  readonly upgradedProgram: NodeProgram
  readonly payer: Account
  readonly receiver: ScriptHash
  readonly seed: string
  readonly writesPerSecond: number
}

const folderPrefix = 'hufu-drill-'
const datoshi = 100_000_000n
const pollMs = 25
const readyTimeoutMs = 60_000
const settleTimeoutMs = 90_000

/**
 * Seven validators on this machine whose words to each other pass a proxy, a spare node, a load of writes, and a watch over the blocks.
 * In a temporary folder of its own; keys follow from the seed, so that a seed always makes the same order of speakers.
 */
export class DrillNetwork {
  readonly seed: string
  readonly nodes: LocalNetwork
  readonly proxy: PeerProxy
  readonly spare: SpareNode
  readonly program: NodeProgram
  readonly upgradedProgram: NodeProgram
  readonly ledger: LedgerClient
  readonly blocks: BlockWatch
  readonly load: WriteLoad
  /** Indexes of the nodes in the order in which they are speakers. */
  readonly speakers: readonly number[]
  /** With the contracts, where the network has a council. */
  descriptor: NetworkDescriptor
  readonly #folder: string
  readonly #payer: Account
  readonly #receiver: ScriptHash

  private constructor({ folder, nodes, proxy, spare, program, upgradedProgram, payer, receiver, seed, writesPerSecond }: Parts) {
    this.seed = seed
    this.nodes = nodes
    this.proxy = proxy
    this.spare = spare
    this.program = program
    this.upgradedProgram = upgradedProgram
    this.speakers = speakerOrder(nodes.files)
    this.descriptor = networkDescriptor(nodes.files, noContracts)
    this.ledger = new LedgerClient({ network: this.descriptor, waitMs: 10 * 60_000 })
    this.blocks = new BlockWatch(this.descriptor.validators.map(({ rpcUrl, wsUrl }) => ({ rpcUrl, wsUrl: wsUrl! })))
    this.load = new WriteLoad({ ledger: this.ledger, payer, receiver, perSecond: writesPerSecond, name: `drill ${seed}` })
    this.#folder = folder
    this.#payer = payer
    this.#receiver = receiver
  }

  /** @throws NetworkError as `LocalNetwork.start` */
  static async start(options: DrillNetworkOptions): Promise<DrillNetwork> {
    const { seed, writesPerSecond, delayMs, jitterMs, p2p, binary, upgradeBinary, hasCouncil = false } = options
    removeLeftovers()
    const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`))
    const files = await createFolder(join(folder, 'network'), seed)
    const [spareKey, payer, receiver] = await Promise.all(['spare', 'payer', 'receiver'].map(name => drillKey(seed, name)))
    const [sparePorts, ...proxyPorts] = await freePorts(1 + Math.ceil((validatorCount * (validatorCount + 1)) / 3))
    const proxy = await PeerProxy.start(
      [...files.nodes.map(node => node.ports.p2p), sparePorts!.p2p],
      proxyPorts.flatMap(ports => [ports.p2p, ports.rpc, ports.metrics]),
      seededRandom(`${seed} delays`),
    )
    proxy.delay(delayMs, jitterMs)
    const all = [...files.nodes.keys()]
    for (const [index, { configFile, ports }] of files.nodes.entries())
      routePeers({ index, configFile, p2pPort: ports.p2p }, all, proxy, p2p)
    const program = binary === undefined ? {} : { binary }
    const nodes = await LocalNetwork.start(files, program).catch(error => {
      proxy.stop()
      throw error
    })
    const network = new DrillNetwork({
      folder,
      nodes,
      proxy,
      spare: SpareNode.create(files, spareKey!, sparePorts!, proxy),
      program,
      upgradedProgram: upgradeBinary === undefined ? program : { binary: upgradeBinary },
      payer: payer!.account,
      receiver: receiver!.account.scriptHash,
      seed,
      writesPerSecond,
    })
    try {
      await network.#found(hasCouncil)
      return network
    } catch (error) {
      await network.stop()
      throw error
    }
  }

  get files(): NetworkFolder {
    return this.nodes.files
  }

  /** Lets as many seats as are needed decide something, as their operators would: propose, vote, wait, execute. */
  async decide(title: string, calls: readonly ContractCall[]): Promise<void> {
    const seats = this.files.nodes.slice(0, quorumOf(validatorCount)).map(({ name }, index) => ({
      name,
      account: this.files.seatAccounts[index]!,
    }))
    const ledger = { client: this.ledger, network: this.descriptor }
    await decide(ledger, { seats, sponsor: this.#payer, title, calls, attempt: title })
  }

  /** Makes a key one that can be voted for. */
  registerCandidate(signer: Signer): Promise<void> {
    return registerCandidate(this.ledger, signer, this.#payer)
  }

  async #found(hasCouncil: boolean): Promise<void> {
    const treasury = validatorsAccount(this.files)
    await fundAccounts(this.ledger, treasury, [this.#payer.scriptHash], 200_000n * datoshi, 'drill: fund the payer')
    if (!hasCouncil) return
    const committee = committeeAccount(this.files)
    await fundAccounts(this.ledger, treasury, [committee.scriptHash], 200_000n * datoshi, 'drill: fund the committee')
    const contracts = await deployContracts(this.ledger, committee, { production: false, council: localCouncil(this.files) })
    this.descriptor = networkDescriptor(this.files, contracts)
    await foundNetwork(this.ledger, this.files, contracts)
  }

  /** Name of a node, for people. */
  nameOf(index: number): string {
    return this.files.nodes[index]!.name
  }

  /** Waits until all of these answer, have enough peers for consensus, and have the blocks up to the one before the latest. @returns the time it took */
  async healthy(indexes: readonly number[], timeoutMs = readyTimeoutMs): Promise<number> {
    const startedAt = performance.now()
    for (;;) {
      // What was known before asking: the chain goes on meanwhile.
      const { height } = this.blocks
      const status = await this.nodes.status()
      const isHealthy = (index: number): boolean =>
        (status[index]!.peers ?? 0) >= quorumOf(validatorCount) - 1 && (status[index]!.height ?? -1) >= height - 1
      if (indexes.every(isHealthy)) return performance.now() - startedAt
      if (performance.now() - startedAt > timeoutMs) throw notTogether(timeoutMs)
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
    const urls = await this.#urlsOfRunning()
    const height = await commonHeight(urls)
    const acknowledged = this.load.writes.flatMap(acknowledgedWrite)
    const comparison = await compareLedgers(urls, 0, height, acknowledged)
    return { ...comparison, acknowledged: acknowledged.length, unsettled, balancesOff: await this.#balancesOff(urls, acknowledged.length) }
  }

  async stop(): Promise<void> {
    this.load.pause()
    this.blocks.close()
    this.ledger.close()
    await Promise.all([this.nodes.stop(), this.spare.stop()])
    this.proxy.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get #rpcUrls(): readonly string[] {
    return this.descriptor.validators.map(({ rpcUrl }) => rpcUrl)
  }

  /** Every node that is meant to be up; the spare one, too. */
  async #urlsOfRunning(): Promise<readonly string[]> {
    const urls = this.#rpcUrls.filter((_, index) => this.nodes.pids[index] !== null)
    return (await this.spare.status()).up ? [...urls, this.spare.rpcUrl] : urls
  }

  /** How many nodes have another balance of the receiver than the number of acknowledged writes. */
  async #balancesOff(urls: readonly string[], acknowledged: number): Promise<number> {
    const params = [
      'invokefunction',
      `0x${nativeContracts.gasToken}`,
      'balanceOf',
      [{ type: 'Hash160', value: `0x${this.#receiver}` }],
    ] as const
    const answers = await Promise.all(urls.map(url => askNode(url, [params])))
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

async function createFolder(path: string, seed: string): Promise<NetworkFolder> {
  const names = Array.from({ length: validatorCount }, (_, index) => `city-${index + 1}`)
  const secretsOf = async (what: string) => Promise.all(names.map(async name => (await drillKey(seed, `${what} ${name}`)).secret))
  const [secrets, seatSecrets] = await Promise.all([secretsOf('validator'), secretsOf('seat')])
  return createNetworkFolder(path, { name: 'drill', magic: 20_261_101, validators: names, secrets, seatSecrets })
}

async function commonHeight(urls: readonly string[]): Promise<number> {
  const deadline = performance.now() + readyTimeoutMs
  for (;;) {
    const counts = await Promise.all(urls.map(async url => (await askNode(url, [['getblockcount']]))[0]))
    if (typeof counts[0] === 'number' && counts.every(count => count === counts[0])) return counts[0] - 1
    if (performance.now() > deadline) throw notTogether(readyTimeoutMs)
    await sleep(pollMs)
  }
}

function notTogether(timeoutMs: number): NetworkError {
  return new NetworkError('ERR_NETWORK_START_TIMEOUT', `the nodes did not come together within ${timeoutMs / 1000} s`)
}
