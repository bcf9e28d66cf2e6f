import { base64ToBytes, bytesToBase64, type Clock, errorCode, systemClock } from '@hufu/primitives'
import { LedgerError, type LedgerErrorCode } from '../errors.ts'
import type { ContractDescriptor, NetworkDescriptor } from '../network-descriptor.ts'
import { RpcNode } from '../rpc-node.ts'
import { followValidators } from './follow-validators.ts'
import { type Header, parseHeader } from './header.ts'
import type { HeaderStore } from './header-store.ts'
import { LightNode } from './light-node.ts'
import { makeProofBundle, type ProofBundle, type VerifiedEntry, verifyEntry, verifyHeaders } from './proof-bundle.ts'
import { type TrustAnchor, trustAnchorOf } from './trust-anchor.ts'

/** Settings of a {@link LightClient}. */
export interface LightClientOptions {
  readonly network: Pick<NetworkDescriptor, 'magic' | 'validators'>
  /** JSON-RPC of the nodes to ask, trusted or not; default: the validators. */
  readonly nodeUrls?: readonly string[]
  /** Where trust starts; default: the first block with the validators that the descriptor names. A newer one shortens the long-range assumption. */
  readonly trustAnchor?: TrustAnchor
  /** Keeps verified headers from one run to the next; default: nowhere. */
  readonly store?: HeaderStore
  readonly fetch?: typeof globalThis.fetch
  readonly clock?: Clock
  /** How long a node may take for one answer; default 4,000. */
  readonly rpcTimeoutMs?: number
  /** How old the newest header may be; more than the longest time between blocks; default 30,000. */
  readonly maxAgeMs?: number
}

/** As of which block to read. */
export interface VerifiedReadOptions {
  /** A header this old will do, without asking for a newer one; default: the newest that a node has. */
  readonly maxAgeMs?: number
  /** The state after this block, however old, instead of the newest. */
  readonly atBlockIndex?: number
}

const maxKnownHeaders = 256
const maxAnswerBytes = 524_288
/** A header this far ahead of the clock shows that the clock is wrong. */
const maxClockErrorMs = 60_000

/** Which failure of several nodes to report: the first of these that occurred. */
const byWeight: readonly LedgerErrorCode[] = [
  'ERR_LEDGER_ABSENT',
  'ERR_LEDGER_PROOF',
  'ERR_LEDGER_STALE',
  'ERR_LEDGER_NODE',
  'ERR_LEDGER_ANSWER',
]

/**
 * Reads contracts' storage from nodes that need not be trusted: each answer is proven up to signatures of a quorum of the validators.
 * A node whose answer is false, stale or missing is passed over for the next; one honest node is enough.
 *
 * What is trusted and what is proven: docs/light-client.md.
 */
export class LightClient {
  readonly #anchor: TrustAnchor
  readonly #nodes: readonly LightNode[]
  readonly #store: HeaderStore | undefined
  readonly #clock: Clock
  readonly #maxAgeMs: number
  /** Verified headers that lead from the anchor to the newest: those that name new validators, and the newest. */
  #line: readonly Header[] = []
  /** By block, the verified line to its header; the latest used last. */
  readonly #lines = new Map<number, readonly Header[]>()
  #loaded: Promise<void> | undefined
  #firstNode = 0

  constructor(options: LightClientOptions) {
    const { network, fetch = globalThis.fetch, rpcTimeoutMs = 4_000 } = options
    const nodeUrls = options.nodeUrls ?? network.validators.map(validator => validator.rpcUrl)
    if (nodeUrls.length === 0) throw new TypeError('expected at least one node')
    this.#anchor = options.trustAnchor ?? trustAnchorOf(network)
    this.#nodes = nodeUrls.map(url => new LightNode(new RpcNode(url, { fetch, timeoutMs: rpcTimeoutMs, maxAnswerBytes })))
    this.#store = options.store
    this.#clock = options.clock ?? systemClock
    this.#maxAgeMs = options.maxAgeMs ?? 30_000
  }

  /**
   * Verifies the newest header that a node has, with all changes of validators on the way.
   *
   * @returns the header
   * @throws LedgerError as `verifiedStorage`, but for `ERR_LEDGER_ABSENT`
   */
  async sync(): Promise<Header> {
    return this.#askNodes(async node => (await this.#newestLine(node, undefined)).at(-1)!)
  }

  /** Header of a block, verified up to the trust anchor. Throws as {@link sync}. */
  async verifiedHeader(blockIndex: number): Promise<Header> {
    return (await this.verifiedLine(blockIndex)).at(-1)!
  }

  /** The headers that lead from the trust anchor to a block's, each signed by the validators that the one before names, for others to check. Throws as {@link sync}. */
  async verifiedLine(blockIndex: number): Promise<readonly Header[]> {
    return this.#askNodes(node => this.#lineTo(node, blockIndex))
  }

  /**
   * The value of a storage entry, with what proves it.
   *
   * Newest means: after block H, if H + 1 is the newest block, for it is the header of H + 1 that carries the state root of H.
   *
   * @param contract - its number is what the proof is checked for; its hash is only to ask nodes by
   * @param key - storage key, at most 64 bytes
   * @throws LedgerError `ERR_LEDGER_PROOF`: no node gave a true answer, and at least one gave a false one
   * @throws LedgerError `ERR_LEDGER_STALE`: no node has a header as new as asked for, or the clock is wrong
   * @throws LedgerError `ERR_LEDGER_ABSENT`: no node gave the entry, and at least one says that there is none; this is the nodes' word and not proven
   * @throws LedgerError `ERR_LEDGER_UNREACHABLE`, `ERR_LEDGER_NODE`, `ERR_LEDGER_ANSWER`: no node answered, or properly
   */
  async verifiedStorage(contract: ContractDescriptor, key: Uint8Array, options: VerifiedReadOptions = {}): Promise<VerifiedEntry> {
    return (await this.#prove(contract, key, options)).entry
  }

  /** The proof of a storage entry, verified, for others to check with `verifyProofBundle`. Throws as `verifiedStorage`. */
  async proofBundle(contract: ContractDescriptor, key: Uint8Array, options: VerifiedReadOptions = {}): Promise<ProofBundle> {
    return (await this.provenStorage(contract, key, options)).bundle
  }

  /** The value of a storage entry and its proof for others, of the same block. Throws as `verifiedStorage`. */
  async provenStorage(
    contract: ContractDescriptor,
    key: Uint8Array,
    options: VerifiedReadOptions = {},
  ): Promise<{ readonly entry: VerifiedEntry; readonly bundle: ProofBundle }> {
    const { entry, line, proof } = await this.#prove(contract, key, options)
    return { entry, bundle: makeProofBundle(this.#anchor.magic, entry, line, proof) }
  }

  /**
   * Storage keys that begin with a prefix. That these are all is the node's word: what is there can be proven, what is absent cannot.
   *
   * @throws LedgerError as `verifiedStorage`, but for `ERR_LEDGER_ABSENT`
   */
  storageKeys(contract: ContractDescriptor, prefix: Uint8Array, options: VerifiedReadOptions = {}): Promise<readonly Uint8Array[]> {
    return this.#askNodes(async node => {
      const line = await this.#lineOf(node, options)
      return node.storageKeys(line.at(-1)!.previousStateRoot, contract.hash, prefix)
    })
  }

  #prove(
    contract: ContractDescriptor,
    key: Uint8Array,
    options: VerifiedReadOptions,
  ): Promise<{ entry: VerifiedEntry; line: readonly Header[]; proof: Uint8Array }> {
    return this.#askNodes(async node => {
      const line = await this.#lineOf(node, options)
      const header = line.at(-1)!
      const proof = await node.storageProof(header.previousStateRoot, contract.hash, key)
      return { entry: verifyEntry(header, contract.id, key, proof), line, proof }
    })
  }

  /** The line to the header whose state is to be read. */
  #lineOf(node: LightNode, { maxAgeMs, atBlockIndex }: VerifiedReadOptions): Promise<readonly Header[]> {
    return atBlockIndex === undefined ? this.#newestLine(node, maxAgeMs) : this.#lineTo(node, atBlockIndex + 1)
  }

  /** The line to the newest header: a known one if it is new enough, or else the node's. */
  async #newestLine(node: LightNode, maxAgeMs: number | undefined): Promise<readonly Header[]> {
    await this.#load()
    if (maxAgeMs !== undefined && this.#isFresh(maxAgeMs)) return this.#line
    const newest = (await node.blockCount()) - 1
    if (newest > this.#newestBlockIndex) await this.#advance(await this.#lineTo(node, newest))
    if (!this.#isFresh(maxAgeMs ?? this.#maxAgeMs)) {
      throw new LedgerError('ERR_LEDGER_STALE', 'the newest header is older than allowed, or the clock is wrong')
    }
    return this.#line
  }

  #isFresh(maxAgeMs: number): boolean {
    const newest = this.#line.at(-1)
    if (newest === undefined) return false
    const ageMs = this.#clock.nowMs() - newest.timeMs
    return ageMs <= maxAgeMs && ageMs >= -maxClockErrorMs
  }

  /** The verified line from the anchor to the header of a block. */
  async #lineTo(node: LightNode, blockIndex: number): Promise<readonly Header[]> {
    if (!Number.isInteger(blockIndex) || blockIndex <= this.#anchor.blockIndex)
      throw new TypeError('expected a block at the trust anchor or behind it')
    await this.#load()
    const before = this.#lines.get(blockIndex)
    if (before !== undefined) {
      this.#remember(before)
      return before
    }
    const known = this.#line.filter(header => header.blockIndex < blockIndex)
    const from = { ...(known.at(-1) ?? this.#anchor), magic: this.#anchor.magic }
    const target = await node.header(blockIndex)
    const line = this.#shorten([...known, ...(await followValidators(from, target, index => node.header(index)))])
    this.#remember(line)
    return line
  }

  /** Leaves out the headers after which the same validators go on, but for the last. */
  #shorten(line: readonly Header[]): readonly Header[] {
    return line.filter(
      (header, index) => index === line.length - 1 || header.nextConsensus !== (line[index - 1] ?? this.#anchor).nextConsensus,
    )
  }

  #remember(line: readonly Header[]): void {
    const { blockIndex } = line.at(-1)!
    this.#lines.delete(blockIndex)
    this.#lines.set(blockIndex, line)
    if (this.#lines.size > maxKnownHeaders) this.#lines.delete(this.#lines.keys().next().value!)
  }

  get #newestBlockIndex(): number {
    return (this.#line.at(-1) ?? this.#anchor).blockIndex
  }

  async #advance(line: readonly Header[]): Promise<void> {
    // Another read may have come further meanwhile.
    if (line.at(-1)!.blockIndex <= this.#newestBlockIndex) return
    this.#line = line
    await this.#store?.save(line.map(header => bytesToBase64(header.bytes)))
  }

  #load(): Promise<void> {
    this.#loaded ??= this.#loadLine().catch(error => {
      this.#loaded = undefined
      throw error
    })
    return this.#loaded
  }

  async #loadLine(): Promise<void> {
    const stored = (await this.#store?.load()) ?? []
    try {
      this.#line = await verifyHeaders(
        stored.map(header => parseHeader(base64ToBytes(header))),
        this.#anchor,
      )
    } catch (error) {
      // Damaged, or of another network: the anchor is all that is needed.
      if (errorCode(error) === undefined) throw error
    }
  }

  /** Asks one node after the other, the one that answered last first, until one gives an answer that holds. */
  async #askNodes<T>(ask: (node: LightNode) => Promise<T>): Promise<T> {
    const failures: LedgerError[] = []
    const first = this.#firstNode
    for (let step = 0; step < this.#nodes.length; step++) {
      const index = (first + step) % this.#nodes.length
      try {
        const answer = await ask(this.#nodes[index]!)
        this.#firstNode = index
        return answer
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error
        failures.push(error)
      }
    }
    throw weightiest(failures)
  }
}

function weightiest(failures: readonly LedgerError[]): LedgerError {
  for (const code of byWeight) {
    const failure = failures.find(each => each.code === code)
    if (failure !== undefined) return failure
  }
  return failures[0]!
}
