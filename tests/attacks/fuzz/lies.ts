import type { SeededRandom } from '@hufu/network'
import { bytesToBase64, bytesToHex } from '@hufu/primitives'
import { mutateBytes, mutateJson, mutateText } from './mutate.ts'

/** Which answer is false, and a seed of what stands in its place. */
export interface Lie {
  /** 0 for the first answer that is asked for; -1 for all of them. */
  readonly at: number
  readonly seed: string
}

export function makeLie(random: SeededRandom, answers: number): Lie {
  return { at: random.below(4) === 0 ? -1 : random.below(answers), seed: `${random.below(2 ** 32)}` }
}

/** An answer over HTTP in the place of an honest one: whatever a peer may send that wants a client to believe something, to crash, or to wait for ever. */
export function lyingAnswer(honest: string, random: SeededRandom, headers: Readonly<Record<string, string>> = {}): Response {
  const answer = (body: string | Uint8Array | ReadableStream | null, status = 200) =>
    new Response(body as string, { status, headers: { 'content-type': 'application/json', ...headers } })
  switch (random.below(16)) {
    case 0:
    case 1:
      return answer(mutateText(honest, random))
    case 2:
      return answer(random.pick(oddAnswers)(honest))
    case 3:
      return answer(honest, random.pick([201, 202, 204, 301, 302, 400, 401, 404, 429, 500, 503]) as number)
    case 4:
      return answer(breakingOff(honest.slice(0, random.below(honest.length))))
    default:
      return answer(JSON.stringify(lieInJson(JSON.parse(honest), random)))
  }
}

/** JSON with a member changed, bytes in it in base64 or hexadecimal changed, or something huge or deep put in. */
function lieInJson(json: unknown, random: SeededRandom): unknown {
  switch (random.below(6)) {
    case 0:
      return inTexts(json, random, text => {
        const bytes = Uint8Array.from(Buffer.from(text, /^[0-9a-f]*$/.test(text) ? 'hex' : 'base64'))
        const mutated = mutateBytes(bytes, random)
        return /^[0-9a-f]*$/.test(text) ? bytesToHex(mutated) : bytesToBase64(mutated)
      })
    case 1:
      return inTexts(json, random, () => random.pick(oddTexts)())
    default:
      return mutateJson(json, random)
  }
}

/** With one of its texts, whichever comes, changed. */
function inTexts(json: unknown, random: SeededRandom, change: (text: string) => unknown): unknown {
  const copy = structuredClone({ json }) as Record<string, unknown>
  const places: (readonly [holder: Record<string, unknown>, name: string])[] = []
  const collect = (holder: Record<string, unknown>): void => {
    for (const [name, value] of Object.entries(holder)) {
      if (typeof value === 'string' || typeof value === 'number') places.push([holder, name])
      else if (typeof value === 'object' && value !== null) collect(value as Record<string, unknown>)
    }
  }
  collect(copy)
  if (places.length === 0) return json
  const [holder, name] = random.pick(places)
  holder[name] = change(String(holder[name]))
  return copy.json
}

const oddTexts: readonly (() => unknown)[] = [
  () => 'ff'.repeat(100_000),
  () => `0x${'ff'.repeat(100_000)}`,
  () => 'A'.repeat(100_000),
  () => '9'.repeat(1_000),
  () => `-${'9'.repeat(78)}`,
  () => '1e400',
  () => '0x10',
  () => 1e21,
  () => -1,
  () => Number.MAX_SAFE_INTEGER,
  () => 2 ** 32,
  () => '',
  () => nested(5_000),
  () => ({ type: 'Array', value: nestedItems(5_000) }),
  () => Array.from({ length: 10_000 }, () => null),
  () => Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`m${index}`, index])),
]

const oddAnswers: readonly ((honest: string) => string | Uint8Array | ReadableStream | null)[] = [
  () => null,
  () => '',
  () => 'null',
  () => '[]',
  () => '[null]',
  () => '{}',
  () => '0',
  () => '<html></html>',
  () => '['.repeat(20_000),
  () => '['.repeat(20_000) + ']'.repeat(20_000),
  () => '{"result":'.repeat(10_000),
  honest => `[${honest}]`,
  honest => `[${honest},${honest}]`,
  honest => `${honest}${honest}`,
  honest => `\ufeff${honest}`,
  honest => honest.replace('{', '{"__proto__":{"a":1},'),
  honest => honest.replace(/"id":\d+/, '"id":999999'),
  honest => honest.replace(/"id":(\d+)/, '"id":"$1"'),
  honest => honest.replace('"result":', '"result":null,"result":'),
  honest => honest.replace('"result":', '"error":{"code":-100,"message":"x"},"result":'),
  honest => honest.replace('"result":', '"error":{"code":"-100"},"x":'),
  honest => honest.replace('"result":', '"error":{"code":-104,"message":"unknown"},"x":'),
  honest => honest.replace('"result":', '"error":"no","x":'),
  () => JSON.stringify({ jsonrpc: '2.0', id: 1, result: 'x'.repeat(1_000_000) }),
  () => Uint8Array.of(0xff, 0xfe, 0x00),
  honest => `${' '.repeat(600_000)}${honest}`,
]

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

function nestedItems(depth: number): unknown {
  let value: unknown = []
  for (let level = 0; level < depth; level++) value = [{ type: 'Array', value }]
  return value
}

function breakingOff(text: string): ReadableStream {
  return new ReadableStream({
    start: controller => {
      controller.enqueue(new TextEncoder().encode(text))
      controller.error(new Error('reset'))
    },
  })
}
