import { expect, test } from 'vitest'
import { checkHistory, type FinalVersion, type RecordedOperation, type RecordedRead, type RecordedWrite } from './check-history.ts'

const finals = new Map<string, readonly FinalVersion[]>([
  [
    'a',
    [
      { version: 1, value: 'made', blockIndex: 1 },
      { version: 2, value: 'x', blockIndex: 5 },
      { version: 3, value: 'y', blockIndex: 8 },
    ],
  ],
])

function write(changes: Partial<RecordedWrite>): RecordedWrite {
  return {
    kind: 'write',
    register: 'a',
    expectedVersion: 1,
    value: 'x',
    calledMs: 10,
    returnedMs: 20,
    outcome: { kind: 'unknown' },
    ...changes,
  }
}
function read(changes: Partial<RecordedRead>): RecordedRead {
  return { kind: 'read', register: 'a', node: 'city-1', life: 1, calledMs: 21, returnedMs: 22, version: 2, value: 'x', ...changes }
}

const first = write({ outcome: { kind: 'durable', version: 2, blockIndex: 5 } })
const second = write({
  expectedVersion: 2,
  value: 'y',
  calledMs: 30,
  returnedMs: 40,
  outcome: { kind: 'durable', version: 3, blockIndex: 8 },
})
const good: readonly RecordedOperation[] = [first, second, read({}), read({ calledMs: 41, returnedMs: 42, version: 3, value: 'y' })]

test('finds nothing in a history that one order explains', () => {
  expect(checkHistory(good, finals)).toEqual({ violations: [], staleness: { staleReads: 0, staleConflicts: 0, mostMs: 0 } })
  const lost = write({ value: 'z', calledMs: 12, returnedMs: 25, outcome: { kind: 'conflict' } })
  const unknown = write({ expectedVersion: 2, value: 'w', calledMs: 31, returnedMs: Number.POSITIVE_INFINITY })
  expect(checkHistory([...good, lost, unknown], finals).violations).toEqual([])
  // Nobody was told, and it took effect all the same.
  expect(checkHistory([{ ...first, outcome: { kind: 'unknown' } }, second], finals).violations).toEqual([])
})

test('a node that is behind is measured, not refused', () => {
  const stale = read({ calledMs: 60, returnedMs: 61, version: 2, node: 'city-2' })
  expect(checkHistory([...good, stale], finals)).toEqual({ violations: [], staleness: { staleReads: 1, staleConflicts: 0, mostMs: 20 } })
})

test('a conflict that a node told which was behind is counted: with nobody, or with a write that was called later', () => {
  const withNobody = write({ expectedVersion: 3, value: 'q', outcome: { kind: 'conflict' } })
  expect(checkHistory([...good, withNobody], finals)).toMatchObject({ violations: [], staleness: { staleConflicts: 1 } })
  const tooEarly = write({ expectedVersion: 2, value: 'q', calledMs: 30, returnedMs: 38, outcome: { kind: 'conflict' } })
  expect(checkHistory([first, { ...second, calledMs: 39 }, tooEarly], finals)).toMatchObject({
    violations: [],
    staleness: { staleConflicts: 1 },
  })
})

test.each<[string, readonly RecordedOperation[], string]>([
  [
    'a durable write is gone',
    [
      ...good,
      write({ expectedVersion: 3, value: 'q', calledMs: 50, returnedMs: 60, outcome: { kind: 'durable', version: 4, blockIndex: 9 } }),
    ],
    'is not what was written',
  ],
  [
    'a durable write is in another block',
    [{ ...first, outcome: { kind: 'durable', version: 2, blockIndex: 6 } }, second],
    'is not what was written',
  ],
  ['a version that nobody made', [second], 'version 2 was made by 0 writes'],
  ['a write that counted twice', [first, first, second], 'version 2 was made by 2 writes'],
  ['a write that skipped a version', [{ ...first, expectedVersion: 0 }, second], 'made version 2'],
  ['a conflict told to the write that made the version', [{ ...first, outcome: { kind: 'conflict' } }, second], 'was told to the write'],
  ['a read of another value', [...good, read({ value: 'z' })], 'told of version 2 what it is not'],
  ['a read of what is not there', [...good, read({ version: 9 })], 'told of version 9 what it is not'],
  ['a read of what nobody had called yet', [...good, read({ calledMs: 1, returnedMs: 2 })], 'before it was called'],
  ['a node that goes back', [...good, read({ calledMs: 43, returnedMs: 44 })], 'went back from version 3 to 2'],
])('finds %s', (_, operations, violation) => {
  expect(checkHistory(operations, finals).violations.join('; ')).toContain(violation)
})

test('a node that was killed may begin further back, and only then', () => {
  expect(checkHistory([...good, read({ calledMs: 43, returnedMs: 44, life: 2 })], finals).violations).toEqual([])
})

test('finds that what was durable came after what was called later: in its register, in another one', () => {
  const reversed = { ...second, calledMs: 1, returnedMs: 5 }
  expect(checkHistory([first, reversed], finals).violations.join('; ')).toContain('a later write made an earlier version')
  const two = new Map([
    ...finals,
    [
      'b',
      [
        { version: 1, value: 'made', blockIndex: 1 },
        { version: 2, value: 'v', blockIndex: 4 },
      ],
    ],
  ])
  const late = write({ register: 'b', value: 'v', calledMs: 50, returnedMs: 60, outcome: { kind: 'durable', version: 2, blockIndex: 4 } })
  expect(checkHistory([...good, late], two).violations.join('; ')).toContain('an earlier block')
})

test('finds a gap in the versions, and blocks that go back', () => {
  const broken = new Map([['a', [finals.get('a')![0]!, { version: 3, value: 'y', blockIndex: 0 }]]])
  const { violations } = checkHistory([second], broken)
  expect(violations.join('; ')).toContain('version 2 is missing')
  expect(violations.join('; ')).toContain('in an earlier block than the one before')
})
