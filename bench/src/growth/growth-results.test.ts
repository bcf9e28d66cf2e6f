import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Curve, SeriesSet } from './curve.ts'
import { addCurves, readCurves } from './growth-results.ts'
import { curveTable } from './growth-table.ts'

const circumstances = { at: '2026-11-27T00:00:00.000Z', cpu: 'x', cores: 2, memoryGiB: 24, load: 1, node: 'v24' }

function curve(name: string, ...ys: readonly number[]): Curve {
  const set = new SeriesSet()
  for (const [index, y] of ys.entries()) set.add('tables', 10 ** (3 + index), y, index === 0 ? { low: y - 1, high: y + 1 } : {})
  set.add('ledger', 1_000, 9)
  return { name, xLabel: 'identifiers', yLabel: 'time', unit: 'ms', logX: true, series: set.series, bottleneck: 'Nothing.', circumstances }
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hufu-growth-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('keeps curves, and replaces one that is measured again', async () => {
  const file = join(folder, 'results', 'growth.json')
  expect(await readCurves(file)).toEqual([])
  await addCurves(file, [curve('a', 1), curve('b', 2)])
  await addCurves(file, [curve('a', 3, 4)])
  expect(await readCurves(file)).toEqual([curve('a', 3, 4), curve('b', 2)])
})

test('does not take a broken file for an empty one', async () => {
  const file = join(folder, 'broken.json')
  await writeFile(file, '{"curves": [')
  await expect(addCurves(file, [curve('a', 1)])).rejects.toThrow(SyntaxError)
})

test('a table has a row for each size, and says what was not measured', () => {
  expect(curveTable(curve('a', 1.234, 20_000)).split('\n')).toEqual([
    '**a**: time (ms)',
    '',
    '| identifiers | tables | ledger |',
    '| --- | --- | --- |',
    '| 1,000 | 1.23 (0.234–2.23) | 9 |',
    '| 10,000 | 20,000 | – |',
    '',
    'Next: Nothing.',
  ])
})

test('asks in vain for a series that was not measured', () => {
  expect(() => new SeriesSet().last('tables')).toThrow(TypeError)
})
