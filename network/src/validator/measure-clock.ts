import { setTimeout as sleep } from 'node:timers/promises'
import type { AskOptions } from './ask-node.ts'

const pollMs = 15
const flipWithinMs = 1_500

/**
 * How far a node's clock is ahead of this one, in milliseconds, to some 20: HTTP's `Date` has whole seconds, so it is asked until its second turns.
 *
 * @returns null if it gives no dates
 */
export async function measureClock(url: string, { fetch, timeoutMs }: AskOptions, nowMs: () => number): Promise<number | null> {
  let before: { readonly second: number; readonly atMs: number } | undefined
  // By a clock that nobody sets.
  const deadline = performance.now() + flipWithinMs + timeoutMs
  while (performance.now() < deadline) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"jsonrpc":"2.0","id":1,"method":"getblockcount","params":[]}',
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.arrayBuffer()
    const second = Date.parse(response.headers.get('date') ?? '')
    if (Number.isNaN(second)) return null
    const atMs = nowMs()
    if (before !== undefined && second > before.second) return second - (before.atMs + atMs) / 2
    before = { second, atMs }
    await sleep(pollMs)
  }
  return null
}
