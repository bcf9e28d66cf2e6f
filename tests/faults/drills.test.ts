import { drillScenarios, runDrill } from '@hufu/network'
import { describe, expect, test } from 'vitest'

// A short slice: one fault that the network bears, a partition, a power cut, and a new node that fetches the chain and is voted in. The rest, and the long forms, run by `hufu drill`: docs/drills.md.
// `LONG=1`: all of them, as long as `hufu drill --long`.
const isLong = process.env.LONG === '1'
const shortNames = ['lose-one', 'partition-under-load', 'all-seven-killed', 'seat-changes-hands']
const names = isLong ? drillScenarios.map(({ name }) => name) : shortNames
const seed = process.env.SEED ?? 'tests'
/** Promises on time hold on a machine of its own; here other work may share the cores, so only those on what is kept are asked for. */
const isTimed = (text: string): boolean => text.includes('block times')

describe('drills', () => {
  test.each(names)('%s loses nothing, forks nothing, and goes on by itself', { timeout: isLong ? 3_600_000 : 120_000 }, async name => {
    const scenario = drillScenarios.find(each => each.name === name)
    const { runs } = await runDrill(scenario!, { seed, isLong })
    const promises = runs.flatMap(run => run.promises)
    expect(promises.filter(({ kept, text }) => !kept && !isTimed(text))).toEqual([])
    // However slow the machine: it went on.
    expect(promises.every(({ measured }) => Number.isFinite(measured))).toBe(true)
    const acknowledged = runs.at(-1)!.figures.find(({ name: figure }) => figure === 'acknowledged')
    expect(acknowledged!.value).toBeGreaterThan(100)
  })
})
