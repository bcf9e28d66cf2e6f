import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { publicKeyOfPem, secretOfPem } from './keys-of-pem.ts'
import type { MacAlgorithm } from './mac-algorithm.ts'
import { importMacSigner } from './mac-signer.ts'
import { importMacVerifier } from './mac-verifier.ts'

const noKey = expect.objectContaining({ code: 'ERR_PCN_KEY' })
const curves = { SM2: 'SM2', R1: 'P-256', K1: 'secp256k1' } as const

/** By OpenSSL. */
function makePem(algorithm: MacAlgorithm) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curves[algorithm] })
  return {
    secret: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
  }
}

describe.each<MacAlgorithm>(['SM2', 'R1', 'K1'])('keys by %s in PEM', algorithm => {
  test('are a pair: what one signs the other checks', async () => {
    const pem = makePem(algorithm)
    const signer = await importMacSigner(algorithm, secretOfPem(algorithm, pem.secret))
    const verifier = importMacVerifier(algorithm, publicKeyOfPem(algorithm, pem.publicKey))
    expect(await verifier.isValid('text', await signer.sign('text'))).toBe(true)
    const other = importMacVerifier(algorithm, publicKeyOfPem(algorithm, makePem(algorithm).publicKey))
    expect(await other.isValid('text', await signer.sign('text'))).toBe(false)
  })

  test('are refused as those of another curve, one as the other, and cut', () => {
    const pem = makePem(algorithm)
    for (const other of ['SM2', 'R1', 'K1'] as const) {
      if (other === algorithm) continue
      expect(() => secretOfPem(other, pem.secret)).toThrow(noKey)
      expect(() => publicKeyOfPem(other, pem.publicKey)).toThrow(noKey)
    }
    expect(() => secretOfPem(algorithm, pem.publicKey)).toThrow(noKey)
    expect(() => publicKeyOfPem(algorithm, pem.secret)).toThrow(noKey)
    for (const wrong of [
      '',
      'x',
      pem.publicKey.slice(10),
      `${pem.publicKey}${pem.publicKey}`,
      pem.publicKey.replace(/.=*\n-----END/, '\n-----END'),
    ])
      expect(() => publicKeyOfPem(algorithm, wrong)).toThrow(noKey)
  })
})
