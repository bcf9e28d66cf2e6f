import { expect, test } from 'vitest'
import { faultReason, parseApplicationLog, parseInvocation } from './execution.ts'

const refused = expect.objectContaining({ code: 'ERR_LEDGER_ANSWER' })

test.each([
  ['at instruction 812 (THROW): unhandled exception: "version is stale"', 'version is stale'],
  ['at instruction 812 (THROW): unhandled exception: "say \\"no\\"\\n"', 'say "no"\n'],
  ['at instruction 812 (THROW): unhandled exception: "\\x01"', '\\x01'],
  ['at instruction 5 (ABORTMSG): ABORTMSG is executed. Reason: enough', 'enough'],
  ['at instruction 29 (SYSCALL): negative amount', 'negative amount'],
  ['GAS limit exceeded', 'GAS limit exceeded'],
])('takes the reason out of %j', (exception, reason) => {
  expect(faultReason(exception)).toBe(reason)
})

test('parses dry runs', () => {
  expect(parseInvocation({ state: 'HALT', gasconsumed: '7', stack: [] })).toMatchObject({
    halted: true,
    systemFeeDatoshi: 7n,
    reason: undefined,
  })
  const failed = {
    state: 'FAULT',
    gasconsumed: '7',
    exception: 'at instruction 1 (THROW): unhandled exception: "no"',
    stack: ['unreadable'],
  }
  expect(parseInvocation(failed)).toMatchObject({ halted: false, reason: 'no' })
})

test.each([
  null,
  {},
  { state: 'BREAK' },
  { state: 'HALT', gasconsumed: 7, stack: [] },
  { state: 'HALT', gasconsumed: '-7', stack: [] },
  { state: 'HALT', gasconsumed: '7' },
])('refuses the dry run %j', json => {
  expect(() => parseInvocation(json)).toThrow(refused)
})

test('leaves out what a failed transaction had notified', () => {
  const notification = { contract: `0x${'ab'.repeat(20)}`, eventname: 'Changed', state: { type: 'Array', value: [] } }
  const log = (vmstate: string) => ({ executions: [{ vmstate, gasconsumed: '1', stack: [], notifications: [notification] }] })
  expect(parseApplicationLog(log('HALT')).events).toHaveLength(1)
  expect(parseApplicationLog(log('FAULT')).events).toHaveLength(0)
})

test.each([null, {}, { executions: [] }])('refuses the application log %j', json => {
  expect(() => parseApplicationLog(json)).toThrow(refused)
})
