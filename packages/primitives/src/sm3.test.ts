import { createHash } from 'node:crypto'
import { assert, property, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8ToBytes } from './bytes.ts'
import { bytesToHex } from './hex.ts'
import { sm3 } from './sm3.ts'

describe('SM3', () => {
  // GM/T 0004-2012, appendix A.
  test.each([
    ['abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
    ['abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
  ])('of %s, an example of the standard', (text, digest) => {
    expect(bytesToHex(sm3(utf8ToBytes(text)))).toBe(digest)
  })

  test('as OpenSSL has it, around the ends of blocks', () => {
    for (let length = 0; length <= 260; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 151 + length) % 256)
      expect(bytesToHex(sm3(bytes))).toBe(createHash('sm3').update(bytes).digest('hex'))
    }
  })

  test('as OpenSSL has it, of anything', async () => {
    await assert(
      property(uint8Array({ maxLength: 2000 }), bytes => {
        expect(bytesToHex(sm3(bytes))).toBe(createHash('sm3').update(bytes).digest('hex'))
      }),
    )
  })

  test('leaves its input as it was, and reads a view from where it starts', () => {
    const whole = Uint8Array.of(9, 9, ...utf8ToBytes('abc'), 9)
    expect(bytesToHex(sm3(whole.subarray(2, 5)))).toBe(bytesToHex(sm3(utf8ToBytes('abc'))))
    expect([...whole]).toEqual([9, 9, 0x61, 0x62, 0x63, 9])
  })
})
