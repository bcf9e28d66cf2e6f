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

test('wants a passphrase of some length', async () => {
  await expect(sealKeyFile(text, 'short words')).rejects.toThrow(expect.objectContaining({ code: 'ERR_SERVICE_CONFIG' }))
})
