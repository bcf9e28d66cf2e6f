import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sealKeyFile } from '@hufu/service'
import { expect, test } from 'vitest'
import { newFolder, partyOf, writeIdentity } from './fixture.ts'
import { openKeySources } from './open-key-sources.ts'
import { readSigningParty } from './signing-party.ts'

test('reads an identity and names it after its file', async () => {
  const party = await partyOf('bureau-1', 'P-256', 7)
  expect(party).toMatchObject({ name: 'bureau-1', account: undefined })
  expect(party.keys[0].id.startsWith(`${party.did}#`)).toBe(true)
})

test.each([
  ['no JSON', '{'],
  ['no keys', '{"did":"did:example:a","keys":[]}'],
  ['a key of another DID', '{"did":"did:example:a","keys":[{"id":"did:example:b#1","algorithm":"P-256","secret":"AQ"}]}'],
  ['a secret that is none', '{"did":"did:example:a","keys":[{"id":"did:example:a#1","algorithm":"P-256","secret":"c2VjcmV0"}]}'],
])('refuses %s without telling what it read', async (_, content) => {
  const file = join(newFolder(), 'bureau.json')
  writeFileSync(file, content)
  const error = await readSigningParty(file).catch((caught: unknown) => caught)
  expect(error).toMatchObject({ code: 'ERR_SERVICE_CONFIG' })
  expect((error as Error).cause).toBeUndefined()
  expect(String(error)).not.toContain('c2VjcmV0')
})

test('refuses a file that is not there, or whose name cannot be part of a URL', async () => {
  await expect(readSigningParty(join(newFolder(), 'bureau.json'))).rejects.toMatchObject({ code: 'ERR_SERVICE_CONFIG' })
  await expect(readSigningParty(await writeIdentity(newFolder(), 'My Bureau', 'P-256', 7))).rejects.toMatchObject({
    code: 'ERR_SERVICE_CONFIG',
  })
})

test('reads a sealed identity with its passphrase, and nothing without it', async () => {
  const file = await writeIdentity(newFolder(), 'bureau', 'P-256', 7)
  const plain = await readSigningParty(file)
  const passphraseFile = join(newFolder(), 'passphrase')
  writeFileSync(passphraseFile, 'twelve long words and a horse\n')
  writeFileSync(file, await sealKeyFile(readFileSync(file, 'utf8'), 'twelve long words and a horse'))
  const sourcesOf = (keyPassphraseFile: string | undefined) =>
    openKeySources({ keyPassphraseFile, pkcs11Module: undefined, pkcs11Token: undefined, pkcs11PinFile: undefined })
  const party = await readSigningParty(file, sourcesOf(passphraseFile))
  expect(party.keys[0].signer.publicKey).toBe(plain.keys[0].signer.publicKey)
  writeFileSync(passphraseFile, 'twelve long words and a house\n')
  await expect(readSigningParty(file, sourcesOf(passphraseFile))).rejects.toMatchObject({ code: 'ERR_SERVICE_KEY' })
  await expect(readSigningParty(file, sourcesOf(undefined))).rejects.toThrow('KEY_PASSPHRASE_FILE')
})

test.each([
  ['a key in a token, where none is configured', { pkcs11: { label: 'a' } }, 'PKCS11_MODULE'],
  ['a key in a token and a secret', { pkcs11: { label: 'a' }, secret: 'AQ' }, 'an identity with keys'],
  ['a key in a token of another algorithm', { pkcs11: { label: 'a' }, algorithm: 'Ed25519' }, 'an identity with keys'],
])('refuses %s', async (_, key, message) => {
  const file = join(newFolder(), 'bureau.json')
  const keys = [{ id: 'did:example:a#1', algorithm: 'P-256', ...key }]
  writeFileSync(file, JSON.stringify({ version: 1, did: 'did:example:a', keys }))
  await expect(readSigningParty(file)).rejects.toThrow(message)
})
