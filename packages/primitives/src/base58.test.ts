import { assert, property, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { base58CheckToBytes, base58ToBytes, bytesToBase58, bytesToBase58Check } from './base58.ts'
import { bytesToHex, hexToBytes } from './hex.ts'

// Bitcoin Core, src/test/data/base58_encode_decode.json
const vectors = [
  ['', ''],
  ['61', '2g'],
  ['626262', 'a3gV'],
  ['73696d706c792061206c6f6e6720737472696e67', '2cFupjhnEsSn59qHXstmK2ffpLv2'],
  ['00eb15231dfceb60925886b67d065299925915aeb172c06647', '1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L'],
  ['516b6fcd0f', 'ABnLTmg'],
  ['10c8511e', 'Rt5zm'],
  ['00000000000000000000', '1111111111'],
] as const

describe('base58', () => {
  test.each(vectors)('%s is %s', (hex, text) => {
    expect(bytesToBase58(hexToBytes(hex))).toBe(text)
    expect(bytesToHex(base58ToBytes(text))).toBe(hex)
  })

  test('reads back what it wrote', async () => {
    await assert(
      property(uint8Array({ maxLength: 64 }), bytes => {
        expect(base58ToBytes(bytesToBase58(bytes))).toEqual(bytes)
      }),
    )
  })

  test.each(['0', 'O', 'I', 'l', ' 2g', '2g\n', '２', '1'.repeat(257)])('refuses %j', text => {
    expect(() => base58ToBytes(text)).toThrow(expect.objectContaining({ code: 'ERR_ENCODING_BASE58' }))
  })
})

describe('base58 with checksum', () => {
  test.each([
    ['the first Bitcoin address', '0062e907b15cbf27d5425399ebf6f0fb50ebb88f18', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
    ["the address of Neo's NEO contract", '35f563ea40bc283d4d0e05c48ea305b3f2a07340ef', 'NiHURyS83nX2mpxtA7xq84cGxVbHojj5Wc'],
  ])('knows %s', (_, payload, text) => {
    expect(bytesToBase58Check(hexToBytes(payload))).toBe(text)
    expect(bytesToHex(base58CheckToBytes(text))).toBe(payload)
  })

  test('refuses any changed, dropped or added character', () => {
    const text = bytesToBase58Check(hexToBytes('35'.repeat(21)))
    const neighbours = [...text].map((character, index) => text.slice(0, index) + (character === '2' ? '3' : '2') + text.slice(index + 1))
    for (const neighbour of [...neighbours, text.slice(1), text.slice(0, -1), `1${text}`, `${text}1`, '', '1111']) {
      expect(() => base58CheckToBytes(neighbour)).toThrow(expect.objectContaining({ code: 'ERR_ENCODING_BASE58' }))
    }
  })
})
