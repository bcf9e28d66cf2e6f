import { expect, test } from 'vitest'
import { DatabaseFailures } from './database-failures.ts'
import { databaseReady } from './database-ready.ts'
import { problemOf } from './problem.ts'

/** As drivers throw what the server says. */
function sqlError(code: string): Error {
  return Object.assign(new Error('Key (name)=(somebody)'), { code, severity: 'ERROR' })
}

test.each([
  ['53100', 'full', 503, 'ERR_SERVICE_DATABASE_FULL'],
  ['XX001', 'damaged', 500, 'ERR_SERVICE_DATABASE_DAMAGED'],
  ['58030', 'damaged', 500, 'ERR_SERVICE_DATABASE_DAMAGED'],
  ['58P01', 'damaged', 500, 'ERR_SERVICE_DATABASE_DAMAGED'],
  ['57P03', 'unreachable', 503, 'ERR_SERVICE_DATABASE'],
  ['08006', 'unreachable', 503, 'ERR_SERVICE_DATABASE'],
  ['25006', 'unreachable', 503, 'ERR_SERVICE_DATABASE'],
] as const)('SQLSTATE %s is %s: %i %s, without what the server said', (state, kind, status, code) => {
  const failures = new DatabaseFailures()
  const problem = problemOf(failures.told(sqlError(state)))
  expect(problem).toMatchObject({ status, code })
  expect(JSON.stringify(problem)).not.toContain('somebody')
  expect(failures.counts[kind]).toBe(1)
  expect(failures.within(1_000)).toBe(kind)
})

test.each(['23505', '40P01', '40001', '42703', 'XX000', '53200'])('SQLSTATE %s is a matter of the statement: it stays as it is', state => {
  const failures = new DatabaseFailures()
  const error = sqlError(state)
  expect(failures.told(error)).toBe(error)
  expect(failures.counts).toEqual({ unreachable: 0, full: 0, damaged: 0 })
})

test('a connection that was lost or never came is no answer; a wrong call of ours is not', () => {
  const failures = new DatabaseFailures()
  expect(problemOf(failures.told(new Error('Connection terminated unexpectedly')))).toMatchObject({
    status: 503,
    code: 'ERR_SERVICE_DATABASE',
  })
  const wrong = new TypeError('values')
  expect(failures.told(wrong)).toBe(wrong)
})

test('is not ready while it answers and has no room', async () => {
  const failures = new DatabaseFailures()
  const database = { failures, query: async () => [], transaction: () => Promise.reject(new Error()), close: async () => undefined }
  await databaseReady(database)
  failures.told(sqlError('53100'))
  await expect(databaseReady(database)).rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE_FULL' })
})
