import { createCipheriv, scryptSync } from 'node:crypto'
import { generateSm2Secret, importSm2Signer, isSm2SignatureValid, sm2SecretToJwk, sm2SignerFromJwk } from '@hufu/keys/sm2'
import { expect, test } from 'vitest'
import { isSealedKeyFile, openKeyFile, sealKeyFile } from './seal-key-file.ts'

const text = JSON.stringify({ version: 1, did: 'did:neo:test:N', keys: [{ secret: 'geheim' }] })
const passphrase = 'twelve long words and a horse 城'
const keyError = expect.objectContaining({ code: 'ERR_SERVICE_KEY' })

test('a sealed file opens with its passphrase and nothing else', async () => {
  const sealed = await sealKeyFile(text, passphrase)
  expect([isSealedKeyFile(sealed), isSealedKeyFile(text), isSealedKeyFile('no JSON')]).toEqual([true, false, false])
  expect(sealed).not.toContain('geheim')
  expect(await openKeyFile(sealed, passphrase)).toBe(text)
  await expect(openKeyFile(sealed, `${passphrase} `)).rejects.toEqual(keyError)
  const file = JSON.parse(sealed)
  const changed = [
    ...['salt', 'nonce', 'ciphertext'].map(name => ({
      ...file,
      [name]: `${file[name].startsWith('A') ? 'B' : 'A'}${file[name].slice(1)}`,
    })),
    { ...file, ciphertext: '' },
    { ...file, logN: 10 },
    { ...file, logN: 40 },
    { ...file, sealed: 'hufu-2' },
    { ...file, kdf: 'none' },
    { ...file, salt: 5 },
  ]
  for (const other of changed) await expect(openKeyFile(JSON.stringify(other), passphrase)).rejects.toEqual(keyError)
  await expect(openKeyFile('{', passphrase)).rejects.toEqual(keyError)
}, 30_000)

test('a file sealed with SM4-GCM opens, and neither cipher is taken for the other', async () => {
  const sealed = await sealKeyFile(text, passphrase, { cipher: 'sm4-gcm' })
  const file = JSON.parse(sealed)
  expect([file.cipher, isSealedKeyFile(sealed)]).toEqual(['sm4-gcm', true])
  expect(sealed).not.toContain('geheim')
  expect(await openKeyFile(sealed, passphrase)).toBe(text)
  const { cipher: _, ...without } = file
  const withAes = JSON.parse(await sealKeyFile(text, passphrase))
  expect(withAes.cipher).toBeUndefined()
  const changed = [
    without,
    { ...withAes, cipher: 'sm4-gcm' },
    { ...file, cipher: 'sm4-cbc' },
    { ...file, cipher: 'none' },
    { ...file, cipher: null },
    { ...file, ciphertext: `${file.ciphertext.startsWith('A') ? 'B' : 'A'}${file.ciphertext.slice(1)}` },
    { ...file, ciphertext: file.ciphertext.slice(0, 16) },
  ]
  for (const other of changed) await expect(openKeyFile(JSON.stringify(other), passphrase)).rejects.toEqual(keyError)
}, 30_000)

test('a file sealed before there was a choice of ciphers opens', async () => {
  const before = {
    sealed: 'hufu-1',
    kdf: 'scrypt',
    logN: 17,
    salt: 'AAECAwQFBgcICQoLDA0ODw',
    nonce: 'AAECAwQFBgcICQoL',
  }
  const key = scryptSync(
    passphrase,
    Uint8Array.from({ length: 16 }, (_, index) => index),
    32,
    { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 },
  )
  const cipher = createCipheriv(
    'aes-256-gcm',
    key,
    Uint8Array.from({ length: 12 }, (_, index) => index),
  )
  cipher.setAAD(Buffer.from(JSON.stringify(Object.values(before))))
  const ciphertext = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64url')
  expect(await openKeyFile(JSON.stringify({ ...before, ciphertext }), passphrase)).toBe(text)
}, 30_000)

test('keeps a key of SM2, which signs again once opened', async () => {
  const secret = generateSm2Secret()
  const sealed = await sealKeyFile(JSON.stringify(sm2SecretToJwk(secret)), passphrase, { cipher: 'sm4-gcm' })
  const signer = sm2SignerFromJwk(JSON.parse(await openKeyFile(sealed, passphrase)))
  const message = new Uint8Array([1, 2, 3])
  expect(isSm2SignatureValid(importSm2Signer(secret).publicKey, message, await signer.sign(message))).toBe(true)
}, 30_000)

test('wants a passphrase of some length', async () => {
  await expect(sealKeyFile(text, 'short words')).rejects.toThrow(expect.objectContaining({ code: 'ERR_SERVICE_CONFIG' }))
})
