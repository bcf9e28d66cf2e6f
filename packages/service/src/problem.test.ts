import { PlatformError } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { problemOf } from './problem.ts'

test('one of our errors keeps its code and message', () => {
  expect(problemOf(new PlatformError('ERR_CREDENTIAL_EXPIRED', 'credential has expired'))).toEqual({
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    code: 'ERR_CREDENTIAL_EXPIRED',
    detail: 'credential has expired',
  })
})

test('what could not be found out is worth another try', () => {
  expect(problemOf(new PlatformError('ERR_CREDENTIAL_LOOKUP', 'no answer')).status).toBe(503)
})

test.each([
  ['an error of ours that is not for the edge', new PlatformError('ERR_FILE_DAMAGED', 'record 5')],
  ['a foreign error', new Error('password=1')],
  ['a foreign error with a code like ours', Object.assign(new Error('x'), { code: 'ERR_CREDENTIAL_EXPIRED' })],
  ['a code that is a name of Object', new PlatformError('constructor', 'x')],
  ['text', 'x'],
  ['nothing', undefined],
  ['null', null],
])('%s is a 500 that says nothing', (_, error) => {
  expect(problemOf(error)).toEqual({ type: 'about:blank', title: 'Internal Server Error', status: 500, code: 'ERR_SERVICE_INTERNAL' })
})

test("the framework's refusal keeps its status, not its message", () => {
  const error = Object.assign(new Error('Request body is too large'), { statusCode: 413 })
  expect(problemOf(error)).toEqual({ type: 'about:blank', title: 'Payload Too Large', status: 413, code: 'ERR_SERVICE_REQUEST' })
})
