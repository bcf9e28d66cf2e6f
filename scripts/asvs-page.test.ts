import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { asvsRequirements } from './supply/asvs-requirements.ts'
import { root } from './supply/shipped.ts'

const page = readFileSync(join(root, 'docs', 'asvs.md'), 'utf8')
const rows = [...page.matchAll(/^\| (\d+\.\d+\.\d+) +\|(.*)\|$/gm)].map(([, id = '', rest = '']) => {
  // A bar within a code span is escaped, and so no column.
  const [level = '', asked = '', status = '', how = '', shownBy = ''] = rest.split(/(?<!\\)\|/).map(cell => cell.trim())
  return { id, level, asked, status, how, shownBy }
})
const pathsIn = (text: string) => [...text.matchAll(/`([^`\s]*\/[^`\s]*|[^`\s]+\.md|\.[a-z]+ignore)`/g)].map(([, path = '']) => path)
const isThere = (path: string) => existsSync(join(root, path)) || globSync(path, { cwd: root }).length > 0

test('has every requirement of levels 1 and 2, once, at its level', () => {
  const wanted = Object.entries(asvsRequirements).flatMap(([level, ids]) => ids.split(' ').map(id => `${id} ${level}`))
  expect(wanted).toHaveLength(253)
  expect(rows.map(({ id, level }) => `${id} ${level}`).sort()).toEqual(wanted.sort())
})

test('each has a status that there is, and says how or why', () => {
  for (const { id, asked, status, how } of rows) {
    expect(['met', 'partly', 'not met', 'n/a'], id).toContain(status)
    expect(asked, id).not.toBe('')
    expect(how, id).not.toBe('')
  }
})

test('whatever is not out of place names a test; every file and test that is named is there', () => {
  for (const { id, status, shownBy } of rows) expect(pathsIn(shownBy).length > 0, id).toBe(status !== 'n/a')
  for (const { id, shownBy } of rows)
    for (const path of pathsIn(shownBy)) expect(/\.test\.ts$/.test(path) || !/\.ts$/.test(path), `${id}: ${path}`).toBe(true)
  expect(rows.flatMap(({ how, shownBy }) => pathsIn(`${how} ${shownBy}`)).filter(path => !isThere(path))).toEqual([])
})

test('counts at the top are those of the table', () => {
  const count = (level: string, status?: string) =>
    String(rows.filter(row => row.level === level && (status === undefined || row.status === status)).length)
  for (const level of ['1', '2']) {
    const line = new RegExp(`^\\| ${level} +\\|(.*)\\|$`, 'm')
      .exec(page)?.[1]
      ?.split('|')
      .map(cell => cell.trim())
    expect(line).toEqual([...['met', 'partly', 'not met', 'n/a'].map(status => count(level, status)), count(level)])
  }
})
