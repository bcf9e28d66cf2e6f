import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { circumstancesNow } from '../circumstances.ts'
import type { MeasuredCurve } from './curve.ts'
import { growthParts } from './growth-parts.ts'
import { addCurves, readCurves } from './growth-results.ts'
import { curveTable } from './growth-table.ts'

const partScript = fileURLToPath(new URL('run-growth-part.ts', import.meta.url))
const resultsFile = fileURLToPath(new URL('../../results/growth.json', import.meta.url))
const names = growthParts.map(({ name }) => name)
const help = `npm run bench -- growth                  how figures grow, some eight minutes on a quiet machine
npm run bench -- growth PART …           only these: ${names.join(', ')}
npm run bench -- growth --long [PART …]  (or LONG=1) up to 10^6 wherever that is possible, some half an hour; curves are called …-long
npm run bench -- growth --table          no measuring: print what was measured last`

/**
 * Measures how figures grow, and keeps the curves. Each part runs in a process of its own, so that none finds another's memory.
 *
 * @returns exit code: 1 if a part failed, 2 for a part that does not exist
 */
export async function growth(wanted: readonly string[]): Promise<number> {
  const long = wanted.includes('--long') || process.env.LONG === '1'
  const chosen = wanted.filter(word => word !== '--long')
  if (chosen.includes('--help')) {
    console.log(help)
    return 0
  }
  if (chosen.includes('--table')) {
    for (const curve of await readCurves(resultsFile)) console.log(`${curveTable(curve)}\n`)
    return 0
  }
  const unknown = chosen.filter(name => !names.includes(name))
  if (unknown.length > 0) {
    console.error(`bench: growth has no part called ${unknown.join(', ')}. There are: ${names.join(', ')}`)
    return 2
  }
  let failed = 0
  for (const { name, description } of growthParts) {
    if (chosen.length > 0 && !chosen.includes(name)) continue
    console.error(`bench: growth: ${name}: ${description}`)
    const circumstances = circumstancesNow()
    const startedAt = performance.now()
    const measured = await runPart(name, long)
    console.error(`bench: growth: ${name}: ${Math.round((performance.now() - startedAt) / 1000)} s`)
    if (measured === undefined) {
      failed++
      continue
    }
    // Under names of their own: a quick run must not take the place of a long one.
    const curves = measured.map(curve => ({ ...curve, name: long ? `${curve.name}-long` : curve.name, circumstances }))
    await addCurves(resultsFile, curves)
    for (const curve of curves) console.log(`${curveTable(curve)}\n`)
  }
  return failed > 0 ? 1 : 0
}

/** Undefined where it failed; it has then said why. */
async function runPart(name: string, long: boolean): Promise<readonly MeasuredCurve[] | undefined> {
  const child = fork(partScript, [name, ...(long ? ['--long'] : [])], { execArgv: ['--expose-gc'] })
  let curves: readonly MeasuredCurve[] | undefined
  child.on('message', message => {
    curves = message as readonly MeasuredCurve[]
  })
  const code = await new Promise(resolve => child.once('exit', resolve))
  return code === 0 ? curves : undefined
}
