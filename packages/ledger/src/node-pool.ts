import type { Clock } from '@hufu/primitives'
import { delay } from './delay.ts'
import { LedgerError, type LedgerErrorCode, NodeError } from './errors.ts'
import { rpcCode } from './rpc-code.ts'
import type { RpcNode } from './rpc-node.ts'

/** A node of the pool. */
export interface PoolNode {
  readonly rpc: RpcNode
  /** JSON-RPC over WebSocket; without it, the node can only be polled. */
  readonly wsUrl: string | undefined
}

/** One node, or several as one. */
export interface RpcCaller {
  /**
   * Calls a method.
   *
   * @param parse - throws LedgerError on a malformed (`ERR_LEDGER_ANSWER`) or false result, which counts against the node
   */
  call<T>(method: string, params: readonly unknown[], parse: (result: unknown) => T): Promise<T>
}

/** Settings of a {@link NodePool}. */
export interface NodePoolOptions {
  readonly magic: number
  readonly clock: Clock
  /** A node this many blocks behind the others is asked last. */
  readonly maxLagBlocks: number
  /** How old the knowledge of the nodes' heights may get while the pool is in use. */
  readonly surveyMs: number
}

interface NodeState extends PoolNode {
  /** Settles when the node has shown that it is of our network. */
  identified: Promise<void> | undefined
  failures: number
  coolUntilMs: number
  blockCount: number | undefined
  isBehind: boolean
}

const firstCoolMs = 1_000
const maxCoolMs = 30_000
const firstSurveyMs = 300
/** Surveys left out before what the last one told counts as old. */
const restSurveys = 5

/**
 * Several nodes as one. Stays with a node while it answers well, so that a caller reads what it has just written; goes on to the next when it fails,
 * hangs, talks nonsense, belongs to another network, or falls behind.
 */
export class NodePool implements RpcCaller {
  readonly #nodes: readonly NodeState[]
  readonly #options: NodePoolOptions
  #current: number
  #surveyedAtMs = Number.NEGATIVE_INFINITY
  #heardAtMs = Number.NEGATIVE_INFINITY
  #survey: Promise<void> | undefined

  /** @param first - index of the node to start with: clients that start apart share the load */
  constructor(nodes: readonly PoolNode[], options: NodePoolOptions, first = 0) {
    if (nodes.length === 0) throw new TypeError('expected at least one node')
    this.#nodes = nodes.map(node => ({
      ...node,
      identified: undefined,
      failures: 0,
      coolUntilMs: 0,
      blockCount: undefined,
      isBehind: false,
    }))
    this.#options = options
    this.#current = first % nodes.length
  }

  /** Nodes that may all lie together without getting their way: f of n, as among the validators. */
  get faultTolerance(): number {
    return Math.floor((this.#nodes.length - 1) / 3)
  }

  /** Indices of the nodes, the one to ask first first. */
  get order(): readonly number[] {
    const nowMs = this.#options.clock.nowMs()
    const rank = (index: number) => {
      const { coolUntilMs, isBehind } = this.#nodes[index]!
      return (coolUntilMs > nowMs ? 2 : 0) + (isBehind ? 1 : 0)
    }
    const rotated = this.#nodes.map((_, step) => (this.#current + step) % this.#nodes.length)
    return rotated.sort((left, right) => rank(left) - rank(right))
  }

  /** Asks a node first from now on: it has shown what the caller will want to read next. */
  stayWith(node: number): void {
    this.#current = node
  }

  wsUrl(node: number): string | undefined {
    return this.#nodes[node]!.wsUrl
  }

  /**
   * Calls one method on the first node that gives a proper answer.
   *
   * @param options.prefer - index of the node to ask first
   * @throws NodeError: a node refused; others were not asked
   * @throws LedgerError `ERR_LEDGER_UNREACHABLE`; or what `parse` threw, if every node answered and none properly
   */
  async call<T>(
    method: string,
    params: readonly unknown[],
    parse: (result: unknown) => T,
    options: { prefer?: number | undefined; signal?: AbortSignal | undefined } = {},
  ): Promise<T> {
    this.#surveyInBackground()
    const { prefer, signal } = options
    const order = prefer === undefined ? this.order : [prefer, ...this.order.filter(index => index !== prefer)]
    const failures: LedgerError[] = []
    for (const index of order) {
      try {
        const result = await abortable(this.callNode(index, method, params, parse), signal)
        if (prefer === undefined) this.#current = index
        return result
      } catch (error) {
        if (signal?.aborted === true || !isNodeFailure(error)) throw error
        failures.push(error)
      }
    }
    if (failures.every(({ code }) => code !== 'ERR_LEDGER_UNREACHABLE')) throw failures[0]!
    throw new LedgerError('ERR_LEDGER_UNREACHABLE', 'no node answered', { cause: failures[0] })
  }

  /** One of the nodes on its own. */
  at(node: number): RpcCaller {
    return { call: (method, params, parse) => this.callNode(node, method, params, parse) }
  }

  /** Calls one method on one node. Throws as `call`. */
  async callNode<T>(index: number, method: string, params: readonly unknown[], parse: (result: unknown) => T): Promise<T> {
    const node = this.#nodes[index]!
    try {
      await this.#identify(node)
      const result = parse(await node.rpc.call(method, params))
      node.failures = 0
      node.coolUntilMs = 0
      return result
    } catch (error) {
      if (isNodeFailure(error)) {
        node.coolUntilMs = this.#options.clock.nowMs() + Math.min(firstCoolMs * 2 ** node.failures, maxCoolMs)
        node.failures++
        node.identified = undefined
      }
      throw error
    }
  }

  /**
   * Blocks on the chain, as at least one honest node says: with f liars among the nodes, the (f+1)th highest answer. As old as the last survey, which is made
   * every `surveyMs` while the pool is in use; after a longer rest it is waited for.
   *
   * @throws LedgerError `ERR_LEDGER_UNREACHABLE`
   */
  async blockCount(): Promise<number> {
    const survey = this.#surveyIfDue()
    // A node that hangs must not hold up the others' word.
    if (this.#agreedBlockCount() === undefined || this.#isOld()) await Promise.race([survey, delay(firstSurveyMs)])
    if (this.#agreedBlockCount() === undefined) await survey
    const count = this.#agreedBlockCount()
    if (count === undefined) throw new LedgerError('ERR_LEDGER_UNREACHABLE', 'no node told the height of the chain')
    return count
  }

  #identify(node: NodeState): Promise<void> {
    node.identified ??= node.rpc.call('getversion', []).then(version => {
      if (parseMagic(version) !== this.#options.magic)
        throw new LedgerError('ERR_LEDGER_ANSWER', 'expected a node of the network that the descriptor names')
    })
    return node.identified
  }

  #surveyInBackground(): void {
    if (this.#nodes.length > 1) void this.#surveyIfDue()
  }

  /** Never rejects. */
  #surveyIfDue(): Promise<void> {
    if (this.#options.clock.nowMs() - this.#surveyedAtMs < this.#options.surveyMs) return this.#survey ?? Promise.resolve()
    this.#surveyedAtMs = this.#options.clock.nowMs()
    this.#survey = this.#askHeights()
    return this.#survey
  }

  /** True after a rest: so many blocks may have been made that a transaction built on this height could no longer land. */
  #isOld(): boolean {
    return this.#options.clock.nowMs() - this.#heardAtMs > restSurveys * this.#options.surveyMs
  }

  async #askHeights(): Promise<void> {
    await Promise.all(
      this.#nodes.map(async (node, index) => {
        node.blockCount = await this.callNode(index, 'getblockcount', [], parseBlockCount).catch(() => undefined)
      }),
    )
    this.#heardAtMs = this.#options.clock.nowMs()
    const agreed = this.#agreedBlockCount() ?? 0
    for (const node of this.#nodes) node.isBehind = (node.blockCount ?? 0) + this.#options.maxLagBlocks < agreed
  }

  #agreedBlockCount(): number | undefined {
    const counts = this.#nodes.flatMap(node => node.blockCount ?? [])
    counts.sort((left, right) => right - left)
    return counts[Math.min(this.faultTolerance, counts.length - 1)]
  }
}

/** Parses the result of getblockcount. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function parseBlockCount(result: unknown): number {
  if (!Number.isSafeInteger(result) || (result as number) < 1) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected a block count')
  return result as number
}

function parseMagic(version: unknown): unknown {
  return (version as { protocol?: { network?: unknown } } | null)?.protocol?.network
}

const failureCodes: ReadonlySet<LedgerErrorCode> = new Set([
  'ERR_LEDGER_UNREACHABLE',
  'ERR_LEDGER_ANSWER',
  'ERR_LEDGER_PROOF',
  'ERR_LEDGER_CHAIN',
])

/** True if another node may do better: no answer, nonsense, a falsehood, or trouble inside the node. */
function isNodeFailure(error: unknown): error is LedgerError {
  if (error instanceof NodeError) return error.rpcCode === rpcCode.internalError
  return error instanceof LedgerError && failureCodes.has(error.code)
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
