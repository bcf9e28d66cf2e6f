import { csvReport, type Problem, rules } from '@hufu/records'
import { expect, test } from 'vitest'
import { readProblems } from './read-problems.ts'

const problems: readonly Problem[] = [
  { line: 2, column: { number: 1, name: 'resident_number' }, rule: 'resident-number-check-character' },
  { line: 9, column: { number: 13, name: '' }, rule: 'row-too-many-cells' },
]

test('reads what the server writes, as many rows as are shown', async () => {
  let csv = ''
  for await (const piece of csvReport(problems)) csv += piece
  const [first, second] = readProblems(csv, 10)
  expect(first).toEqual({ line: '2', column: '1 resident_number', ...{ rule: problems[0]!.rule }, ...rules[problems[0]!.rule] })
  expect([second?.line, second?.column]).toEqual(['9', '13'])
  expect(readProblems(csv, 1)).toHaveLength(1)
  expect(readProblems('\ufeffline\n"a ""b"", c"\n', 5)[0]?.line).toBe('a "b", c')
})
