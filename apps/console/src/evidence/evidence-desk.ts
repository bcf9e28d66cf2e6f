import { type Header, LedgerError, LightClient, type NetworkDescriptor } from '@hufu/ledger'
import { bytesToBase64, type Clock, errorCode } from '@hufu/primitives'
import type { Evidence } from '../api-types.ts'
import { ConsoleError } from '../errors.ts'
import type { Liars } from './liars.ts'
import { FalseDenial, type ProvingNode, RecordingReader } from './recording-reader.ts'

/** What the desk works with. */
export interface EvidenceDeskOptions {
  readonly network: NetworkDescriptor
  readonly liars: Liars
  readonly clock: Clock
  readonly fetch?: typeof globalThis.fetch
  readonly rpcTimeoutMs?: number
}

/** Something derived from proven entries, with their proofs. */
export interface Proven<Value> {
  readonly value: Value
  readonly evidence: Evidence
}

const maxHeaderAgeMs = 30_000

/** No evidence at all, to be filled. */
export const noEvidence: Evidence = { entries: [], headers: [], told: [], asOf: null, liars: [] }

/**
 * Gets evidence from the validators: asks them one by one, so that it is known who lied, and checks every answer before it goes on. One honest validator
 * that answers is enough.
 */
export class EvidenceDesk {
  readonly #network: NetworkDescriptor
  readonly #liars: Liars
  /** Refuse a node whose newest header is old. */
  readonly #nodes: readonly ProvingNode[]
  /** Take the newest there is, for a chain that stands still. */
  readonly #patientNodes: readonly ProvingNode[]
  #first = 0

  constructor({ network, liars, clock, fetch, rpcTimeoutMs = 2_000 }: EvidenceDeskOptions) {
    this.#network = network
    this.#liars = liars
    const settings = { network, clock, rpcTimeoutMs, ...(fetch === undefined ? {} : { fetch }) }
    const nodes = (maxAgeMs: number) =>
      network.validators.map(({ name, rpcUrl }) => ({ name, light: new LightClient({ ...settings, maxAgeMs, nodeUrls: [rpcUrl] }) }))
    this.#nodes = nodes(maxHeaderAgeMs)
    this.#patientNodes = nodes(Number.MAX_SAFE_INTEGER)
  }

  /**
   * Derives something from proven entries alone.
   *
   * @param derive - is given a reader in place of a light client; is called again where a node turns out to be of no use
   * @throws ConsoleError `ERR_CONSOLE_EVIDENCE`: no validator gave evidence that holds; and what `derive` throws
   */
  async derive<Value>(derive: (reader: RecordingReader) => Promise<Value>): Promise<Proven<Value>> {
    return this.#askNodes(async (node, others) => {
      const reader = new RecordingReader({ network: this.#network, node, others })
      const value = await derive(reader)
      return { value, evidence: { ...noEvidence, ...reader.evidence } }
    })
  }

  /** The headers that lead to a block, each checked. @throws as {@link derive} */
  async headers(blockIndex: number): Promise<Proven<Header>> {
    return this.#askNodes(async ({ light }) => {
      const line = await light.verifiedLine(blockIndex)
      const last = line.at(-1)!
      const asOf = { blockIndex: last.blockIndex, timeMs: last.timeMs }
      return { value: last, evidence: { ...noEvidence, headers: line.map(({ bytes }) => bytesToBase64(bytes)), asOf } }
    })
  }

  /** The one that answered last first, those who lied of late last. */
  async #askNodes<Value>(ask: Ask<Value>): Promise<Proven<Value>> {
    const order = this.#nodes.map((_, step) => (this.#first + step) % this.#nodes.length)
    const first = order.toSorted((one, other) => this.#weight(one) - this.#weight(other))
    const liars: string[] = []
    try {
      return await this.#askInTurn(this.#nodes, first, liars, ask)
    } catch (error) {
      if (errorCode(error) !== 'ERR_LEDGER_STALE') throw failed(error, liars)
    }
    // The chain stands still: then whoever has come furthest knows best.
    const heights = await Promise.all(
      this.#patientNodes.map(({ light }) =>
        light.sync().then(
          header => header.blockIndex,
          () => -1,
        ),
      ),
    )
    const furthest = heights.map((_, index) => index).toSorted((one, other) => heights[other]! - heights[one]!)
    try {
      return await this.#askInTurn(this.#patientNodes, furthest, liars, ask)
    } catch (error) {
      throw failed(error, liars)
    }
  }

  /** @throws LedgerError, FalseDenial: why the last one gave nothing, or that all they had was old */
  async #askInTurn<Value>(
    nodes: readonly ProvingNode[],
    order: readonly number[],
    liars: string[],
    ask: Ask<Value>,
  ): Promise<Proven<Value>> {
    let failure: unknown
    for (const index of order) {
      const node = nodes[index]!
      try {
        const proven = await ask(
          node,
          nodes.filter(other => other !== node),
        )
        this.#first = index
        return { ...proven, evidence: { ...proven.evidence, liars } }
      } catch (error) {
        if (!(error instanceof LedgerError) && !(error instanceof FalseDenial)) throw error
        if (errorCode(failure) !== 'ERR_LEDGER_STALE') failure = error
        if (errorCode(error) !== 'ERR_LEDGER_PROOF' && !(error instanceof FalseDenial)) continue
        if (!liars.includes(node.name)) liars.push(node.name)
        this.#liars.caught(node.name, error instanceof FalseDenial ? 'absence' : 'proof')
      }
    }
    throw failure
  }

  #weight(index: number): number {
    return this.#liars.has(this.#nodes[index]!.name) ? 1 : 0
  }
}

type Ask<Value> = (node: ProvingNode, others: readonly ProvingNode[]) => Promise<Proven<Value>>

function failed(cause: unknown, liars: readonly string[]): unknown {
  if (!(cause instanceof LedgerError) && !(cause instanceof FalseDenial)) return cause
  const who = liars.length === 0 ? '' : `; evidence of ${liars.join(', ')} was false`
  return new ConsoleError('ERR_CONSOLE_EVIDENCE', `no validator gave evidence that holds${who}`, { cause })
}
