import { createCipheriv } from 'node:crypto'
import { bytesToHex, concatBytes, hexToBytes, randomBytes, utf8ToBytes } from '@hufu/primitives'
import { assert, property, uint8Array } from 'fast-check'
import { sm4 } from 'sm-crypto-v2'
import { describe, expect, test } from 'vitest'
import { openSm4Gcm, sealSm4Gcm } from './sm4-gcm.ts'

const damaged = expect.objectContaining({ code: 'ERR_KEY_CIPHERTEXT' })

/** RFC 8998 appendix A.1. */
const rfc8998 = {
  input: {
    key: hexToBytes('0123456789abcdeffedcba9876543210'),
    nonce: hexToBytes('00001234567800000000abcd'),
    associatedData: hexToBytes('feedfacedeadbeeffeedfacedeadbeefabaddad2'),
  },
  plaintext: hexToBytes(
    'aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd' + 'eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa',
  ),
  sealed:
    '17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735' +
    'd82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d' +
    '83de3541e4c2b58177e065a9bf7b62ec',
}

describe('SM4', () => {
  test('of GM/T 0002-2012, appendix A.1', () => {
    const key = hexToBytes('0123456789abcdeffedcba9876543210')
    expect(bytesToHex(sm4.encrypt(key, key, { padding: 'none', output: 'array' }))).toBe('681edf34d206965e86b3e94f536e4246')
  })
})

describe('SM4-GCM', () => {
  test('of RFC 8998', () => {
    const { input, plaintext, sealed } = rfc8998
    expect(bytesToHex(sealSm4Gcm(plaintext, input))).toBe(sealed)
    expect(openSm4Gcm(hexToBytes(sealed), input)).toEqual(plaintext)
  })

  test('with any bit turned is refused', () => {
    const sealed = hexToBytes(rfc8998.sealed)
    for (let bit = 0; bit < sealed.length * 8; bit += 5) {
      const turned = new Uint8Array(sealed)
      turned[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => openSm4Gcm(turned, rfc8998.input)).toThrow(damaged)
    }
  })

  test('with another key, nonce or context is refused', () => {
    const sealed = hexToBytes(rfc8998.sealed)
    const { key, nonce, associatedData } = rfc8998.input
    for (const change of [
      { key: new Uint8Array(key).fill(0, 15) },
      { nonce: new Uint8Array(nonce).fill(0, 11) },
      { associatedData: associatedData.subarray(1) },
      { associatedData: new Uint8Array(0) },
    ])
      expect(() => openSm4Gcm(sealed, { ...rfc8998.input, ...change })).toThrow(damaged)
  })

  test('with a part or all of its tag gone is refused', () => {
    const sealed = hexToBytes(rfc8998.sealed)
    for (let kept = 0; kept < sealed.length; kept += 3) expect(() => openSm4Gcm(sealed.subarray(0, kept), rfc8998.input)).toThrow(damaged)
    expect(() => openSm4Gcm(concatBytes(sealed, Uint8Array.of(0)), rfc8998.input)).toThrow(damaged)
  })

  test('of any length opens again, and is counter mode as OpenSSL has it', async () => {
    await assert(
      property(uint8Array({ maxLength: 300 }), uint8Array({ maxLength: 40 }), (plaintext, associatedData) => {
        const input = { key: randomBytes(16), nonce: randomBytes(12), associatedData }
        const sealed = sealSm4Gcm(plaintext, input)
        expect(openSm4Gcm(sealed, input)).toEqual(plaintext)
        const counter = createCipheriv('sm4-ctr', input.key, concatBytes(input.nonce, Uint8Array.of(0, 0, 0, 2)))
        expect(bytesToHex(sealed.subarray(0, plaintext.length))).toBe(counter.update(plaintext).toString('hex'))
      }),
    )
  })

  test('takes keys of 16 bytes and nonces of 12 only', () => {
    const text = utf8ToBytes('text')
    const associatedData = new Uint8Array(0)
    for (const [keySize, nonceSize] of [
      [32, 12],
      [15, 12],
      [16, 16],
      [16, 0],
    ] as const) {
      const input = { key: new Uint8Array(keySize), nonce: new Uint8Array(nonceSize), associatedData }
      expect(() => sealSm4Gcm(text, input)).toThrow(TypeError)
      expect(() => openSm4Gcm(new Uint8Array(20), input)).toThrow(TypeError)
    }
  })
})
