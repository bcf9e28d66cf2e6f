import { setTimeout as sleep } from 'node:timers/promises'
import type { SeededRandom } from '@hufu/network'

type Fetch = typeof globalThis.fetch
type Misdeed = 'slow' | 'silent' | 'cut' | 'not JSON' | 'refuses' | 'old' | 'lies' | 'keeps it'

const misdeeds: readonly Misdeed[] = ['slow', 'silent', 'cut', 'not JSON', 'refuses', 'old', 'lies', 'lies', 'lies', 'keeps it']
/** Of ten answers so many are as they should be: a node that is always wrong is soon left alone. */
const honestOfTen = 6

/** What a dishonest node did, counted. */
export type Misdeeds = Record<Misdeed, number>

/**
 * The way to nodes of which some are slow and lie: their answers are changed underway, which for a client is the same as a node that does it.
 *
 * @param isDishonest - by the origin of a node's address
 */
export function dishonestFetch(
  random: SeededRandom,
  isDishonest: (origin: string) => boolean,
): { readonly fetch: Fetch; readonly done: Misdeeds } {
  const done = Object.fromEntries(misdeeds.map(misdeed => [misdeed, 0])) as Misdeeds
  /** Earlier answers, by method. */
  const before = new Map<string, string[]>()

  const fetch: Fetch = async (input, init) => {
    if (!isDishonest(new URL(String(input)).origin) || random.below(10) < honestOfTen) return globalThis.fetch(input, init)
    const misdeed = random.pick(misdeeds)
    const method = methodOf(init?.body)
    done[misdeed]++
    switch (misdeed) {
      case 'slow':
        await sleep(100 + random.below(2_000), undefined, init?.signal ? { signal: init.signal } : {})
        return globalThis.fetch(input, init)
      case 'silent':
        // As long as the client waits, and no longer than a test.
        await sleep(20_000, undefined, init?.signal ? { signal: init.signal } : {})
        throw new TypeError('fetch failed')
      case 'keeps it':
        return method === 'sendrawtransaction' ? new Response(JSON.stringify(taken)) : globalThis.fetch(input, init)
      case 'refuses':
        return new Response(JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code: random.pick(errorCodes), message: 'refused' } }))
    }
    const text = await globalThis.fetch(input, init).then(answer => answer.text())
    const known = before.get(method) ?? []
    before.set(method, [...known, text].slice(-32))
    switch (misdeed) {
      case 'cut':
        return new Response(text.slice(0, random.below(text.length + 1)))
      case 'not JSON':
        return new Response('<html>')
      case 'old':
        return new Response(known.length === 0 ? text : random.pick(known))
      case 'lies':
        return new Response(method === 'metrics' ? lieOfMetrics(text, random) : lieOf(text, random))
    }
  }
  return { fetch, done }
}

const taken = { jsonrpc: '2.0', id: 1, result: { hash: `0x${'0'.repeat(64)}` } }

/** Unknown transaction, fees too low, on the chain already, in the pool already, internal. */
const errorCodes = [-100, -105, -500, -501, -503, -504, -511, -32603]

function methodOf(body: unknown): string {
  return typeof body === 'string' ? (JSON.parse(body) as { method: string }).method : 'metrics'
}

/** Says of a later block that it is on disk. */
function lieOfMetrics(text: string, random: SeededRandom): string {
  return text.replace(
    /^(neogo_persisted_block_height|neogo_current_block_height|.*height.*) (\d+)$/gm,
    (_, name, height) => `${name} ${Number(height) + 1 + random.below(1_000)}`,
  )
}

/** Changes one value of a result. */
function lieOf(text: string, random: SeededRandom): string {
  const answer = JSON.parse(text) as { result?: unknown }
  const leaves = leavesOf(answer.result).length
  if (leaves === 0) return text
  let left = random.below(leaves)
  const change = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(change)
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member)]))
    return left-- === 0 ? changedValue(value, random) : value
  }
  return JSON.stringify({ ...answer, result: change(answer.result) })
}

function leavesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf)
  if (value !== null && typeof value === 'object') return Object.values(value).flatMap(leavesOf)
  return value === undefined ? [] : [value]
}

function changedValue(value: unknown, random: SeededRandom): unknown {
  if (value === 'HALT') return 'FAULT'
  if (value === 'FAULT') return 'HALT'
  if (typeof value === 'number') return value + random.pick([-1_000, -1, 1, 1_000, 2 ** 40])
  if (typeof value === 'boolean') return !value
  if (typeof value !== 'string' || value === '') return random.pick([null, 0, '', [], {}, 'x'])
  if (/^\d+$/.test(value)) return String(BigInt(value) + BigInt(random.pick([1, 1_000_000, 10 ** 12])))
  const at = random.below(value.length)
  const other = random.pick([...'0123456789abcdefABCDEF'].filter(character => character !== value[at]))
  return value.slice(0, at) + other + value.slice(at + 1)
}
