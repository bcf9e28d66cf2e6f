import { assert, property, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { base64ToBytes, base64urlToBytes, bytesToBase64, bytesToBase64url } from './base64.ts'
import { bytesToUtf8, utf8ToBytes } from './bytes.ts'

// RFC 4648 §10
const vectors = [
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
] as const

describe('base64', () => {
  test.each(vectors)('%j is %j', (text, encoded) => {
    expect(bytesToBase64(utf8ToBytes(text))).toBe(encoded)
    expect(bytesToUtf8(base64ToBytes(encoded))).toBe(text)
  })

  test('writes as Node does and reads it back', async () => {
    await assert(
      property(uint8Array({ maxLength: 100 }), bytes => {
        expect(bytesToBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
        expect(base64ToBytes(bytesToBase64(bytes))).toEqual(bytes)
      }),
    )
  })

  test.each(['Zg', 'Zg=', 'Zg===', '=', '====', 'Z===', 'Zh==', 'Zm9=', 'Zm9v\n', 'Zm-v', 'Zm_v', 'Zg==Zg==', 'Zmé='])(
    'refuses %j',
    text => {
      expect(() => base64ToBytes(text)).toThrow(expect.objectContaining({ code: 'ERR_ENCODING_BASE64' }))
    },
  )
})

describe('base64url', () => {
  test('writes as Node does and reads it back', async () => {
    await assert(
      property(uint8Array({ maxLength: 100 }), bytes => {
        expect(bytesToBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
        expect(base64urlToBytes(bytesToBase64url(bytes))).toEqual(bytes)
      }),
    )
  })

  // One value has one text: RFC 7515 leaves padding out, RFC 4648 §3.5 wants stray bits zero.
  test.each(['Zg==', 'Zh', 'Zm9', 'Z', 'Zm+v', 'Zm/v', ' Zm9v', 'Zm9v ', '中文中文'])('refuses %j', text => {
    expect(() => base64urlToBytes(text)).toThrow(expect.objectContaining({ code: 'ERR_ENCODING_BASE64' }))
  })
})
