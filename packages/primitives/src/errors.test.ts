import { describe, expect, test } from 'vitest'
import { EncodingError, errorCode, IdentifierCodeError, PlatformError } from './errors.ts'

describe('errorCode', () => {
  test('gives the code of our errors', () => {
    expect(errorCode(new EncodingError('ERR_ENCODING_HEX', 'expected hex'))).toBe('ERR_ENCODING_HEX')
    expect(errorCode(new IdentifierCodeError('ERR_CODE_FORM', 'expected digits'))).toBe('ERR_CODE_FORM')
  })

  test('knows those of another copy of the package', () => {
    class Copy extends Error {
      readonly code = 'ERR_DID_SYNTAX'
      get [Symbol.for('hufu.error')](): true {
        return true
      }
    }
    expect(errorCode(new Copy())).toBe('ERR_DID_SYNTAX')
  })

  test('gives none for foreign errors and values, also with a code', () => {
    const foreign = Object.assign(new Error('no such file'), { code: 'ENOENT' })
    for (const value of [foreign, new TypeError('x'), { code: 'ERR_ENCODING_HEX' }, 'ERR_ENCODING_HEX', null, undefined])
      expect(errorCode(value)).toBeUndefined()
  })
})

test('an error carries its name, its cause, and nothing that a log would print besides', () => {
  const cause = new Error('inner')
  const error = new EncodingError('ERR_ENCODING_TIME', 'expected a time', { cause })
  expect(error).toBeInstanceOf(PlatformError)
  expect([error.name, error.message, error.cause, Object.keys(error)]).toEqual([
    'EncodingError',
    'expected a time',
    cause,
    ['code', 'name'],
  ])
})
