import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { afterLine, ConsensusLog } from './consensus-log.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hufu-log-'))
  file = join(folder, 'node.log')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

// As neo-go v0.122.0 wrote them.
const begins = '2026-11-27T14:28:48.468Z\tINFO\tinitializing dbft\t{"height": 6, "view": 0, "index": 1, "role": "Backup"}'
const asks =
  '2026-11-27T14:28:53.259Z\tINFO\trequest change view\t{"view": 0, "height": 6, "reason": "Timeout", "new_view": 1, "nc": 0, "nf": 1}'
const changes = '2026-11-27T14:28:53.264Z\tINFO\tchanging dbft view\t{"height": 6, "view": 1, "index": 1, "role": "Primary"}'
const commits = '2026-11-27T14:28:53.270Z\tINFO\tsending Commit\t{"height": 6, "view": 1}'
const starts = '2026-11-27T14:28:40.446Z\tINFO\tstarting consensus service'
const other = '2026-11-27T14:28:54.130Z\tINFO\tpersisted to disk\t{"blocks": 1, "keys": 20, "headerHeight": 6}'

test('follows a round: begins, asks for a view, changes, commits; and forgets it with a restart', () => {
  let state: ReturnType<typeof afterLine> = null
  const states = [begins, asks, other, changes, commits, starts].map(line => {
    state = afterLine(state, line)
    return state
  })
  expect(states).toEqual([
    { height: 6, view: 0, committedView: null, askedForView: null },
    { height: 6, view: 0, committedView: null, askedForView: 1 },
    { height: 6, view: 0, committedView: null, askedForView: 1 },
    { height: 6, view: 1, committedView: null, askedForView: null },
    { height: 6, view: 1, committedView: 1, askedForView: null },
    null,
  ])
})

test.each([
  'sending Commit',
  '\tsending Commit\t{"height": "6", "view": 1}',
  '\tsending Commit\t{"height": 6}',
  '\tsending Commit\t{"height": 6, "view": 1',
  '\tsending Commit\t',
  'x\tINFO\tproposed: sending Commit\t{"height": 6, "view": 1}',
  '',
])('a line that is none changes nothing: %j', line => {
  const state = { height: 5, view: 0, committedView: null, askedForView: null }
  expect(afterLine(state, line)).toBe(state)
})

test('one that only looks on has no part in it', () => {
  expect(afterLine(null, begins.replace('"index": 1', '"index": -1'))).toBeNull()
})

test('reads on from where it was, also over half a line', async () => {
  const log = new ConsensusLog(file)
  expect(await log.read()).toBeNull()
  writeFileSync(file, `${begins}\n${changes.slice(0, 70)}`)
  expect(await log.read()).toMatchObject({ view: 0 })
  appendFileSync(file, `${changes.slice(70)}\n`)
  expect(await log.read()).toMatchObject({ view: 1, committedView: null })
  appendFileSync(file, `${commits}\n`)
  expect(await log.read()).toMatchObject({ view: 1, committedView: 1 })
  expect(await log.read()).toMatchObject({ view: 1, committedView: 1 })
})

test('a new log in place of a longer one is of a node that has begun anew', async () => {
  const log = new ConsensusLog(file)
  writeFileSync(file, `${begins}\n${changes}\n${commits}\n`)
  await log.read()
  writeFileSync(file, `${other}\n`)
  expect(await log.read()).toBeNull()
})

test('of a long log, only the end is read', async () => {
  writeFileSync(file, `${commits}\n${`${other}\n`.repeat(5_000)}`)
  const log = new ConsensusLog(file)
  expect(await log.read()).toBeNull()
  appendFileSync(file, `${begins}\n`)
  expect(await log.read()).toMatchObject({ height: 6 })
})

test('a log that is gone says nothing', async () => {
  const log = new ConsensusLog(file)
  writeFileSync(file, `${begins}\n`)
  expect(await log.read()).not.toBeNull()
  rmSync(file)
  expect(await log.read()).toBeNull()
})
