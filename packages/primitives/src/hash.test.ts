import { createHash } from 'node:crypto'
import { assert, property, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8ToBytes } from './bytes.ts'
import { doubleSha256, hash160, hmacSha256, sha256 } from './hash.ts'
import { bytesToHex, hexToBytes } from './hex.ts'

describe('hashes', () => {
  test('SHA-256 of FIPS 180-4', () => {
    expect(bytesToHex(sha256(utf8ToBytes('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  test('SHA-256 as Node has it', async () => {
    await assert(
      property(uint8Array({ maxLength: 200 }), bytes => {
        expect(bytesToHex(sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'))
      }),
    )
  })

  test('double SHA-256', () => {
    expect(bytesToHex(doubleSha256(utf8ToBytes('hello')))).toBe('9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50')
  })

  // BIP 173, examples: the hash of the generator's public key.
  test('RIPEMD-160 of SHA-256', () => {
    const key = hexToBytes('0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798')
    expect(bytesToHex(hash160(key))).toBe('751e76e8199196d454941c45d1b3a323f1433bd6')
  })

  test('HMAC of RFC 4231, test case 2', () => {
    expect(bytesToHex(hmacSha256(utf8ToBytes('Jefe'), utf8ToBytes('what do ya want for nothing?')))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })
})
