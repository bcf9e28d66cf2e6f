import { array, assert, integer, property, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesToUtf8, compareBytes, concatBytes, equalBytes, randomBytes, reverseBytes, utf8ToBytes } from './bytes.ts'

describe('UTF-8', () => {
  test('reads back what it wrote, a byte order mark too', async () => {
    await assert(
      property(array(integer({ min: 0, max: 0x10ffff })), codePoints => {
        const text = String.fromCodePoint(...codePoints).toWellFormed()

        expect(bytesToUtf8(utf8ToBytes(text))).toBe(text)
      }),
    )
    expect(bytesToUtf8(utf8ToBytes('\ufeff虎符𡐓'))).toBe('\ufeff虎符𡐓')
  })

  // Unicode 16, table 3-7: stray, cut short, overlong, surrogate, above U+10FFFF.
  test.each([[0x80], [0xe8, 0x99], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xff]])('refuses %j', (...bytes) => {
    expect(() => bytesToUtf8(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code: 'ERR_ENCODING_BINARY' }))
  })
})

describe('byte strings', () => {
  test('join as Buffer.concat does', async () => {
    await assert(
      property(array(uint8Array()), parts => {
        expect(concatBytes(...parts)).toEqual(new Uint8Array(Buffer.concat(parts)))
      }),
    )
  })

  test('compare as Buffer.compare does', async () => {
    await assert(
      property(uint8Array({ maxLength: 3, max: 2 }), uint8Array({ maxLength: 3, max: 2 }), (left, right) => {
        expect(compareBytes(left, right)).toBe(Buffer.compare(left, right))
        expect(equalBytes(left, right)).toBe(Buffer.compare(left, right) === 0)
      }),
    )
  })

  test('turn around into a copy', () => {
    const bytes = Uint8Array.of(1, 2, 3)
    expect(reverseBytes(bytes)).toEqual(Uint8Array.of(3, 2, 1))
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3))
  })

  test('are random when asked', () => {
    expect(randomBytes(32)).toHaveLength(32)
    expect(equalBytes(randomBytes(32), randomBytes(32))).toBe(false)
    expect(randomBytes(0)).toHaveLength(0)
    const many = randomBytes(200_000)
    expect(many).toHaveLength(200_000)
    // Up to its end: zeros would be bytes that nobody filled.
    for (const end of [65_536, 131_072, 196_608, 200_000]) expect(many.subarray(end - 32, end).every(byte => byte === 0)).toBe(false)
  })
})
