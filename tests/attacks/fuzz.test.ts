import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { seededRandom } from '@hufu/network'
import { errorCode } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { fuzzTargets } from './fuzz/targets.ts'

// A slice by default; `TRIES=1000000 npm run test:chain -- tests/attacks/fuzz` is the run that docs/reliability.md quotes. Each try has a seed of its own, so that one alone can be made again.
const tries = Number(process.env.TRIES ?? 20_000)
const seed = process.env.SEED ?? 'tests'

const targets = await fuzzTargets()
const weights = targets.reduce((sum, { weight }) => sum + weight, 0)

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

test.each(targets)(
  '$name: nothing nearly right is accepted, nothing ends otherwise than with a code',
  { timeout: 60_000 + tries },
  async target => {
    const share = Math.ceil((tries * target.weight) / weights)
    const outcomes = new Map<string, number>()
    let settledBytes = 0
    for (let attempt = 0; attempt < share; attempt++) {
      const input = target.make(seededRandom(`${seed}, ${target.name}, ${attempt}`))
      const outcome = await outcomeOf(target, input)
      if (outcome === 'accepted' || outcome.startsWith('no code'))
        expect.fail(`try ${attempt} of seed ${seed}: ${outcome}: ${JSON.stringify(input)?.slice(0, 2_000)}`)
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      if (attempt === Math.floor(share / 4)) settledBytes = heapBytes()
    }
    // Three times as many tries as before leave nothing behind.
    expect(heapBytes() - settledBytes).toBeLessThan(16_000_000)
    const refused = [...outcomes].filter(([outcome]) => outcome !== 'as true as before').reduce((sum, [, count]) => sum + count, 0)
    expect(refused / share, 'most of what is tried is wrong').toBeGreaterThan(0.3)
    console.log(
      `${target.name}: ${share} tries, ${[...outcomes]
        .sort((a, b) => b[1] - a[1])
        .map(([outcome, count]) => `${count} ${outcome}`)
        .join(', ')}`,
    )
  },
)

async function outcomeOf({ take }: (typeof targets)[number], input: unknown): Promise<string> {
  try {
    return (await take(input)) ? 'as true as before' : 'accepted'
  } catch (error) {
    return errorCode(error) ?? `no code: ${error}`
  }
}

function heapBytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}
