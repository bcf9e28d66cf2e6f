import type { NodeCondition, WatchedNode } from './fleet.ts'
import { type NodeMetrics, noMetrics, readHostDisk, readNodeMetrics } from './node-metrics.ts'

/** What to ask a node beside its height. */
export interface ProbeQuestion {
  /** Block to compare: its hash, and the root of the state after it. */
  readonly compareAt: number | null
  /** Whether to ask for the node's program and network: they change only with a restart. */
  readonly withVersion: boolean
}

/** What a node said, by its word alone. */
export interface ProbeAnswer {
  readonly condition: Exclude<NodeCondition, 'otherNetwork' | 'lies'>
  readonly answerMs: number | null
  readonly height: number | null
  readonly peers: number | null
  readonly compared: { readonly height: number; readonly blockHash: string | null; readonly stateRoot: string | null } | null
  readonly version: string | null
  readonly magic: number | null
  readonly metrics: NodeMetrics
  readonly hostDiskFreeBytes: number | null
}

export interface ProbeOptions {
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs: number
}

interface Call {
  readonly method: string
  readonly params: readonly unknown[]
}

const maxAnswerBytes = 262_144
const maxMetricsBytes = 4_194_304

/** Asks a node once: one JSON-RPC batch and its metrics, at the same time. Never throws. */
export async function probeNode(node: WatchedNode, question: ProbeQuestion, options: ProbeOptions): Promise<ProbeAnswer> {
  const [rpc, metrics, hostDiskFreeBytes] = await Promise.all([
    askRpc(node.rpcUrl, question, options),
    getText(node.metricsUrl, maxMetricsBytes, options).then(readNodeMetrics, () => noMetrics),
    node.hostMetricsUrl === undefined ? null : getText(node.hostMetricsUrl, maxMetricsBytes, options).then(readHostDisk, () => null),
  ])
  return { ...rpc, metrics, hostDiskFreeBytes }
}

const silent = { answerMs: null, height: null, peers: null, compared: null, version: null, magic: null } as const

async function askRpc(
  url: string,
  { compareAt, withVersion }: ProbeQuestion,
  options: ProbeOptions,
): Promise<Omit<ProbeAnswer, 'metrics' | 'hostDiskFreeBytes'>> {
  const calls: Call[] = [
    { method: 'getblockcount', params: [] },
    { method: 'getconnectioncount', params: [] },
    ...(compareAt === null
      ? []
      : [
          { method: 'getblockhash', params: [compareAt] },
          { method: 'getstateroot', params: [compareAt] },
        ]),
    ...(withVersion ? [{ method: 'getversion', params: [] }] : []),
  ]
  const startedAt = performance.now()
  try {
    const results = await callBatch(url, calls, options)
    const count = results.get('getblockcount')
    if (!isCount(count) || count < 1) return { condition: 'broken', ...silent }
    const version = results.get('getversion') as { useragent?: unknown; protocol?: { network?: unknown } } | null | undefined
    const peers = results.get('getconnectioncount')
    return {
      condition: 'answers',
      answerMs: Math.round(performance.now() - startedAt),
      height: count - 1,
      peers: isCount(peers) ? peers : null,
      compared:
        compareAt === null
          ? null
          : {
              height: compareAt,
              blockHash: hashOf(results.get('getblockhash')),
              stateRoot: hashOf((results.get('getstateroot') as { roothash?: unknown } | null | undefined)?.roothash),
            },
      version: typeof version?.useragent === 'string' ? version.useragent.slice(0, 64) : null,
      magic: isCount(version?.protocol?.network) ? version.protocol.network : null,
    }
  } catch (error) {
    return { condition: conditionOf(error), ...silent }
  }
}

/** By method; a call that the node refused is missing. */
async function callBatch(url: string, calls: readonly Call[], { fetch, timeoutMs }: ProbeOptions): Promise<ReadonlyMap<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }))),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const answers: unknown = JSON.parse(await bodyOf(response, maxAnswerBytes))
  if (!Array.isArray(answers)) throw new SyntaxError('expected an array of answers')
  const results = new Map<string, unknown>()
  for (const answer of answers as readonly ({ id?: unknown; result?: unknown } | null)[]) {
    const call = calls[answer?.id as number]
    if (call !== undefined && answer?.result !== undefined) results.set(call.method, answer.result)
  }
  return results
}

async function getText(url: string, maxBytes: number, { fetch, timeoutMs }: ProbeOptions): Promise<string> {
  // Plain text: compressing it costs the validator more than sending it.
  const headers = { 'accept-encoding': 'identity' }
  return bodyOf(await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) }), maxBytes)
}

async function bodyOf(response: Response, maxBytes: number): Promise<string> {
  if (!response.ok) {
    await response.body?.cancel()
    throw new SyntaxError('expected HTTP status 200')
  }
  const decoder = new TextDecoder()
  let text = ''
  for await (const part of response.body ?? []) {
    text += decoder.decode(part, { stream: true })
    if (text.length > maxBytes) throw new SyntaxError('expected a shorter answer')
  }
  return text + decoder.decode()
}

function conditionOf(error: unknown): 'hangs' | 'refused' | 'broken' {
  if (error instanceof SyntaxError) return 'broken'
  if (error instanceof Error && error.name === 'TimeoutError') return 'hangs'
  const { code } = ((error as Error).cause ?? {}) as { code?: unknown }
  return code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT' ? 'hangs' : 'refused'
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function hashOf(value: unknown): string | null {
  return typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value) ? value.slice(2) : null
}
