import { base64ToBytes, bytesToBase64, bytesToHex, hexToBytes, utf8ToBytes } from '@hufu/primitives'
import { p256 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { describe, expect, test } from 'vitest'
import type { MacAlgorithm } from './mac-algorithm.ts'
import { importMacSigner } from './mac-signer.ts'
import { importMacVerifier } from './mac-verifier.ts'

const secret = hexToBytes('11'.repeat(32))
const otherSecret = hexToBytes('22'.repeat(32))
const text = 'USER0001app0001张三true-12'

describe.each<MacAlgorithm>(['SM2', 'R1', 'K1'])('a mac by %s', algorithm => {
  const pair = async () => {
    const signer = await importMacSigner(algorithm, secret)
    return { signer, verifier: importMacVerifier(algorithm, signer.publicKey) }
  }

  test('is valid for its key and text, and for no other', async () => {
    const { signer, verifier } = await pair()
    const mac = await signer.sign(text)
    expect(await verifier.isValid(text, mac)).toBe(true)
    expect(await verifier.isValid(`${text} `, mac)).toBe(false)
    expect(await verifier.isValid('', mac)).toBe(false)
    const other = importMacVerifier(algorithm, (await importMacSigner(algorithm, otherSecret)).publicKey)
    expect(await other.isValid(text, mac)).toBe(false)
  })

  test('is refused with any bit flipped, cut, lengthened or spelled otherwise', async () => {
    const { signer, verifier } = await pair()
    const mac = await signer.sign(text)
    const der = base64ToBytes(mac)
    for (const at of der.keys()) {
      const flipped = der.slice()
      flipped[at]! ^= 1 << (at % 8)
      expect(await verifier.isValid(text, bytesToBase64(flipped)), `byte ${at}`).toBe(false)
    }
    for (const wrong of [
      '',
      ' ',
      mac.slice(4),
      `${mac}AAAA`,
      mac.replaceAll('=', ''),
      ` ${mac}`,
      `${mac}\n`,
      'ü',
      bytesToBase64(new Uint8Array(der.length)),
    ])
      expect(await verifier.isValid(text, wrong === mac ? `${mac}=` : wrong)).toBe(false)
  })

  test('cannot be made or checked with what is no key', async () => {
    const noKey = expect.objectContaining({ code: 'ERR_PCN_KEY' })
    for (const wrong of [new Uint8Array(32), new Uint8Array(31).fill(1), new Uint8Array(32).fill(255), new Uint8Array()])
      await expect(importMacSigner(algorithm, wrong)).rejects.toThrow(noKey)
    for (const wrong of [new Uint8Array(65).fill(4), new Uint8Array(33).fill(5), new Uint8Array([4]), new Uint8Array()])
      expect(() => importMacVerifier(algorithm, wrong)).toThrow(noKey)
  })
})

describe.each([
  ['R1', p256],
  ['K1', secp256k1],
] as const)('%s', (algorithm, curve) => {
  test('takes the lower s only, and makes none but such', async () => {
    const signer = await importMacSigner(algorithm, secret)
    const verifier = importMacVerifier(algorithm, signer.publicKey)
    for (let index = 0; index < 16; index++) {
      const mac = await signer.sign(`${text}${index}`)
      const { r, s } = curve.Signature.fromBytes(base64ToBytes(mac), 'der')
      const high = new curve.Signature(r, curve.Point.Fn.ORDER - s)
      expect(high.hasHighS()).toBe(true)
      // As good a signature, in ECDSA alone.
      expect(curve.verify(high.toBytes(), utf8ToBytes(`${text}${index}`), curve.getPublicKey(secret), { lowS: false })).toBe(true)
      expect(await verifier.isValid(`${text}${index}`, bytesToBase64(high.toBytes('der')))).toBe(false)
    }
  })

  test('takes its keys compressed and not', async () => {
    const { publicKey, sign } = await importMacSigner(algorithm, secret)
    const long = curve.Point.fromBytes(publicKey).toBytes(false)
    expect([publicKey.length, long.length]).toEqual([33, 65])
    expect(await importMacVerifier(algorithm, long).isValid(text, await sign(text))).toBe(true)
  })
})

test('a mac of one algorithm is none of another, with the same secret', async () => {
  const macs = { SM2: '', R1: '', K1: '' }
  for (const algorithm of ['SM2', 'R1', 'K1'] as const) macs[algorithm] = await (await importMacSigner(algorithm, secret)).sign(text)
  for (const algorithm of ['SM2', 'R1', 'K1'] as const) {
    const verifier = importMacVerifier(algorithm, (await importMacSigner(algorithm, secret)).publicKey)
    for (const of of ['SM2', 'R1', 'K1'] as const) expect(await verifier.isValid(text, macs[of])).toBe(of === algorithm)
  }
  expect(new Set(Object.values(macs).map(mac => bytesToHex(base64ToBytes(mac)))).size).toBe(3)
})
