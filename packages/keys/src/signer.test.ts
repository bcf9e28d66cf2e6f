import { bytesToHex, hexToBytes, randomBytes, utf8ToBytes } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { joseAlgorithm, publicKeyLength, signatureLength } from './algorithm.ts'
import { generateSecret, generateSigner, importSigner } from './signer.ts'
import { isSignatureValid } from './verify-signature.ts'

const algorithms = ['P-256', 'Ed25519'] as const

describe.each(algorithms)('%s', algorithm => {
  test('signs what only this key and this message verify', async () => {
    const [signer, other] = await Promise.all([generateSigner(algorithm), generateSigner(algorithm)])
    const message = randomBytes(100)
    const signature = await signer.sign(message)
    expect([signature.length, signer.publicKey.bytes.length]).toEqual([signatureLength, publicKeyLength[algorithm]])
    expect(await isSignatureValid(signer.publicKey, message, signature)).toBe(true)
    expect(await isSignatureValid(other.publicKey, message, signature)).toBe(false)
    expect(await isSignatureValid(signer.publicKey, message.subarray(1), signature)).toBe(false)
    for (let place = 0; place < signatureLength; place++) {
      const changed = signature.slice()
      changed[place]! ^= 1
      expect(await isSignatureValid(signer.publicKey, message, changed)).toBe(false)
    }
  })

  test('answers false to signatures of any other length', async () => {
    const signer = await generateSigner(algorithm)
    const signature = await signer.sign(new Uint8Array(0))
    for (const other of [signature.slice(1), new Uint8Array([...signature, 0]), new Uint8Array(0)]) {
      expect(await isSignatureValid(signer.publicKey, new Uint8Array(0), other)).toBe(false)
    }
    expect(await isSignatureValid(signer.publicKey, new Uint8Array(0), new Uint8Array(64))).toBe(false)
  })

  test('an imported secret gives the same key each time, a generated one another', async () => {
    const secret = generateSecret(algorithm)
    const [first, second, other] = await Promise.all([
      importSigner(algorithm, secret),
      importSigner(algorithm, secret),
      importSigner(algorithm, generateSecret(algorithm)),
    ])
    expect(first.publicKey).toEqual(second.publicKey)
    expect(first.publicKey).not.toEqual(other.publicKey)
    const message = utf8ToBytes('虎符')
    expect(await isSignatureValid(second.publicKey, message, await first.sign(message))).toBe(true)
  })

  test('refuses a secret of another length', async () => {
    for (const length of [0, 31, 33]) {
      await expect(importSigner(algorithm, new Uint8Array(length).fill(1))).rejects.toMatchObject({ code: 'ERR_KEY_MALFORMED' })
    }
  })
})

test('P-256 refuses zero and the group order as a secret', async () => {
  const order = hexToBytes('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')
  for (const secret of [new Uint8Array(32), order])
    await expect(importSigner('P-256', secret)).rejects.toMatchObject({ code: 'ERR_KEY_MALFORMED' })
})

// RFC 6979 appendix A.2.5, message "sample" with SHA-256.
test('P-256 of RFC 6979: the key, and the signature verifies', async () => {
  const { publicKey } = await importSigner('P-256', hexToBytes('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721'))
  expect(bytesToHex(publicKey.bytes)).toBe('0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6')
  const signature = hexToBytes(
    'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
  )
  expect(await isSignatureValid(publicKey, utf8ToBytes('sample'), signature)).toBe(true)
  expect(await isSignatureValid(publicKey, utf8ToBytes('Sample'), signature)).toBe(false)
})

// RFC 8032 §7.1, test 1.
test('Ed25519 of RFC 8032: the key and the signature', async () => {
  const signer = await importSigner('Ed25519', hexToBytes('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'))
  expect(bytesToHex(signer.publicKey.bytes)).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
  expect(bytesToHex(await signer.sign(new Uint8Array(0)))).toBe(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  )
})

test('algorithms have the names JOSE headers use', () => {
  expect(algorithms.map(algorithm => joseAlgorithm[algorithm])).toEqual(['ES256', 'EdDSA'])
})
