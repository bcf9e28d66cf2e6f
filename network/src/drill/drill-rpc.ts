/** One call to a node: method and parameters. */
export type RpcCall = readonly [method: string, ...params: readonly unknown[]]

const timeoutMs = 5_000
// neo-go's limit for one request.
const maxCallsPerRequest = 100

/**
 * Asks a node, and nothing of ours stands between: a drill must not trust what it tests.
 *
 * @returns the results in the order of the calls; undefined where the node answered with an error
 * @throws TypeError, DOMException: the node gave no answer
 */
export async function askNode(rpcUrl: string, calls: readonly RpcCall[]): Promise<readonly unknown[]> {
  const results: unknown[] = []
  for (let start = 0; start < calls.length; start += maxCallsPerRequest)
    results.push(...(await askAtOnce(rpcUrl, calls.slice(start, start + maxCallsPerRequest))))
  return results
}

async function askAtOnce(rpcUrl: string, calls: readonly RpcCall[]): Promise<readonly unknown[]> {
  const body = JSON.stringify(calls.map(([method, ...params], id) => ({ jsonrpc: '2.0', id, method, params })))
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(rpcUrl, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) })
  const answers = (await response.json()) as readonly { readonly id: number; readonly result?: unknown }[]
  const byId = new Map(answers.map(answer => [answer.id, answer.result]))
  return calls.map((_, id) => byId.get(id))
}
