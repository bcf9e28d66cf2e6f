import { assert, property, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesToHex, hexToBytes } from './hex.ts'

describe('hex', () => {
  test('reads back what it wrote, in either case', async () => {
    await assert(
      property(uint8Array(), bytes => {
        expect(bytesToHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
        expect(hexToBytes(bytesToHex(bytes))).toEqual(bytes)
        expect(hexToBytes(bytesToHex(bytes).toUpperCase())).toEqual(bytes)
      }),
    )
  })

  test.each(['a', '0x00', 'gg', '00 ', '00\n', '+1', '００'])('refuses %j', text => {
    expect(() => hexToBytes(text)).toThrow(expect.objectContaining({ code: 'ERR_ENCODING_HEX' }))
  })
})
