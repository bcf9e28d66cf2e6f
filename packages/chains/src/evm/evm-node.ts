import { BaseError, createClient, type Hex, type HttpTransportConfig, http, isHex } from 'viem'
import { ChainError } from '../errors.ts'

/** How a node of an EVM chain is reached. */
export interface EvmNodeOptions {
  readonly url: string
  /** Sent along, such as the `x-api-key` of BSN's open permissioned chains. */
  readonly headers?: Readonly<Record<string, string>>
  /** Default 10 s. */
  readonly timeoutMs?: number
  /** Default the platform's own. */
  readonly fetch?: typeof globalThis.fetch
}

/** What a call gives: what it returned, or the data that it was refused with. */
export type CallOutcome = { readonly data: Hex } | { readonly revert: Hex }

/** A block, as far as it matters here. */
export interface EvmBlock {
  readonly number: number
  readonly hash: Hex
  readonly timeMs: number
}

/** An event, as nodes give it. */
export interface EvmLog {
  readonly address: Hex
  readonly topics: readonly Hex[]
  readonly data: Hex
  readonly blockNumber: number
  readonly blockHash: Hex
  readonly transactionHash: Hex
  readonly logIndex: number
}

/** One node, and its word for everything. All methods throw ChainError `ERR_CHAIN_UNREACHABLE`, `ERR_CHAIN_ANSWER`. */
export class EvmNode {
  readonly #request: (method: string, params: readonly unknown[]) => Promise<unknown>

  constructor({ url, headers, timeoutMs = 10_000, fetch }: EvmNodeOptions) {
    const config: HttpTransportConfig = {
      retryCount: 0,
      timeout: timeoutMs,
      fetchOptions: { headers: { ...headers } },
      ...(fetch !== undefined && { fetchFn: fetch }),
    }
    const client = createClient({ transport: http(url, config) })
    this.#request = (method, params) => client.request({ method, params } as never) as Promise<unknown>
  }

  /** @throws ChainError `ERR_CHAIN_ANSWER` with what the node said as reason, if it refused */
  async ask(method: string, params: readonly unknown[]): Promise<unknown> {
    try {
      return await this.#request(method, params)
    } catch (cause) {
      throw nodeFailure(cause)
    }
  }

  async chainId(): Promise<number> {
    return parseNumber(await this.ask('eth_chainId', []))
  }

  async height(): Promise<number> {
    return parseNumber(await this.ask('eth_blockNumber', []))
  }

  /** @returns undefined if there is none yet */
  async block(number: number): Promise<EvmBlock | undefined> {
    const answer = await this.ask('eth_getBlockByNumber', [hexOf(number), false])
    if (answer === null) return undefined
    const { hash, timestamp } = answer as { hash?: unknown; timestamp?: unknown }
    return { number, hash: parseHex(hash), timeMs: parseNumber(timestamp) * 1000 }
  }

  /** @param at - hash of a block; the newest state if not given */
  async call(call: { readonly to: Hex; readonly data: Hex; readonly from?: Hex }, at?: Hex): Promise<CallOutcome> {
    try {
      return { data: parseHex(await this.#request('eth_call', [call, at === undefined ? 'latest' : { blockHash: at }])) }
    } catch (error) {
      const revert = revertOf(error)
      if (revert === undefined) throw nodeFailure(error)
      return { revert }
    }
  }

  async logs(address: Hex, from: number, to: number, topics: readonly (Hex | null)[] = []): Promise<readonly EvmLog[]> {
    const answer = await this.ask('eth_getLogs', [{ address, fromBlock: hexOf(from), toBlock: hexOf(to), topics }])
    if (!Array.isArray(answer)) throw malformed()
    return answer.map(parseLog)
  }
}

/** Of JSON from outside. @throws ChainError `ERR_CHAIN_ANSWER` */
export function parseNumber(json: unknown): number {
  const number = Number(parseHex(json))
  if (!Number.isSafeInteger(number)) throw malformed()
  return number
}

export function hexOf(number: number): Hex {
  return `0x${number.toString(16)}`
}

function parseHex(json: unknown): Hex {
  if (!isHex(json)) throw malformed()
  return json
}

function parseLog(json: Record<string, unknown>): EvmLog {
  if (!Array.isArray(json.topics)) throw malformed()
  return {
    address: parseHex(json.address),
    topics: json.topics.map(parseHex),
    data: parseHex(json.data),
    blockNumber: parseNumber(json.blockNumber),
    blockHash: parseHex(json.blockHash),
    transactionHash: parseHex(json.transactionHash),
    logIndex: parseNumber(json.logIndex),
  }
}

function malformed(): ChainError {
  return new ChainError('ERR_CHAIN_ANSWER', 'expected an answer in the form of Ethereum’s JSON-RPC')
}

/** Data of a contract's refusal; nodes answer with error 3, some with another number and data all the same. */
function revertOf(error: unknown): Hex | undefined {
  if (!(error instanceof BaseError)) return undefined
  const found = error.walk(each => each !== null && typeof each === 'object' && 'data' in each && isHex(each.data))
  if (found !== null) return (found as Error & { data: Hex }).data
  return /execution reverted/i.test(error.message) ? '0x' : undefined
}

function nodeFailure(cause: unknown): unknown {
  if (!(cause instanceof BaseError)) return cause
  const refusal = cause.walk(each => each !== null && typeof each === 'object' && 'code' in each && typeof each.code === 'number')
  if (refusal === null) return new ChainError('ERR_CHAIN_UNREACHABLE', 'the node did not answer', { cause })
  return new ChainError('ERR_CHAIN_ANSWER', 'the node refused the question', { reason: (refusal as Error).message, cause })
}
