import { expect, test } from 'vitest'
import { csvReport, jsonReport } from './error-report.ts'
import type { Problem } from './problem.ts'
import { rules } from './rules.ts'
import { splitRow } from './split-row.ts'

const problems: readonly Problem[] = [
  { line: 2, column: { number: 1, name: 'resident_number' }, rule: 'resident-number-check-character' },
  { line: 9, column: { number: 13, name: '' }, rule: 'row-too-many-cells' },
]

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

test('the CSV report names line, column, rule and what to do in both languages', async () => {
  const text = await textOf(csvReport(problems))
  const lines = text.replace('\ufeff', '').trimEnd().split('\n').map(splitRow)
  const { message, fix } = rules['row-too-many-cells']
  expect(lines).toHaveLength(3)
  expect(lines[0]).toEqual(['line', 'column', 'column_name', 'rule', 'message_zh_cn', 'message_en', 'fix_zh_cn', 'fix_en'])
  expect(lines[2]).toEqual(['9', '13', '', 'row-too-many-cells', message['zh-CN'], message.en, fix['zh-CN'], fix.en])
})

test('the JSON report says the same', async () => {
  expect(JSON.parse(await textOf(jsonReport(problems)))).toEqual(problems.map(problem => ({ ...problem, ...rules[problem.rule] })))
  expect(JSON.parse(await textOf(jsonReport([])))).toEqual([])
})
