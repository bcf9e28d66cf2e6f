import { assert, bigInt, integer, property, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { bytesToHex, hexToBytes } from './hex.ts'

const refusal = expect.objectContaining({ code: 'ERR_ENCODING_BINARY' })

describe('ByteReader and ByteWriter', () => {
  test('read back every field, little-endian', async () => {
    await assert(
      property(
        integer({ min: 0, max: 0xff }),
        integer({ min: 0, max: 0xffff }),
        integer({ min: 0, max: 0xffffffff }),
        integer(),
        bigInt({ min: 0n, max: 0xffffffffffffffffn }),
        uint8Array({ maxLength: 700 }),
        (uint8, uint16, uint32, int32, uint64, bytes) => {
          const written = new ByteWriter().uint8(uint8).uint16(uint16).uint32(uint32).int32(int32).uint64(uint64).varBytes(bytes).toBytes()
          const reader = new ByteReader(written)
          expect([reader.uint8(), reader.uint16(), reader.uint32(), reader.int32(), reader.uint64()]).toEqual([
            uint8,
            uint16,
            uint32,
            int32,
            uint64,
          ])
          expect(reader.varBytes(1000)).toEqual(bytes)
          reader.end()
        },
      ),
    )
    expect(bytesToHex(new ByteWriter().uint32(0x01020304).toBytes())).toBe('04030201')
  })

  test.each([
    [0, '00'],
    [0xfc, 'fc'],
    [0xfd, 'fdfd00'],
    [0xffff, 'fdffff'],
    [0x10000, 'fe00000100'],
    [0xffffffff, 'feffffffff'],
    [0x100000000, 'ff0000000001000000'],
  ])('the length %i has one form, %s', (value, hex) => {
    expect(bytesToHex(new ByteWriter().varUint(value).toBytes())).toBe(hex)
    expect(new ByteReader(hexToBytes(hex)).varUint(value)).toBe(value)
    if (value > 0) expect(() => new ByteReader(hexToBytes(hex)).varUint(value - 1)).toThrow(refusal)
  })

  test.each(['fdfc00', 'feffff0000', 'ffffffffff00000000', 'fd00', 'fe000000', 'ff00000000000000'])('refuses the length %s', hex => {
    expect(() => new ByteReader(hexToBytes(hex)).varUint(Number.MAX_SAFE_INTEGER)).toThrow(refusal)
  })

  test('refuses to read past the end and to leave bytes over', () => {
    expect(() => new ByteReader(new Uint8Array(3)).uint32()).toThrow(refusal)
    expect(() => new ByteReader(new Uint8Array(3)).bytes(4)).toThrow(refusal)
    expect(() => new ByteReader(hexToBytes('05ffff')).varBytes(10)).toThrow(refusal)
    expect(() => new ByteReader(new Uint8Array(1)).end()).toThrow(refusal)
  })

  test('starts where a view starts, and gives copies, also of a Buffer', () => {
    const buffer = Buffer.from('00aabbcc', 'hex')
    const reader = new ByteReader(buffer.subarray(1))
    const bytes = reader.bytes(2)
    buffer.fill(0)
    expect(bytes).toEqual(Uint8Array.of(0xaa, 0xbb))
    expect(reader.remaining).toBe(1)
  })
})
