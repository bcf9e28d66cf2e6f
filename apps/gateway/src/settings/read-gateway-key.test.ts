import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bytesToBase64url } from '@hufu/primitives'
import { sealKeyFile } from '@hufu/service'
import { fixedSecret, fixedSigner } from '@hufu/testkit'
import { afterAll, expect, test } from 'vitest'
import { testFolder } from '../gateway-fixture.ts'
import { readGatewayKey } from './read-gateway-key.ts'

const did = 'did:neo:test:gateway'
const folder = testFolder()
const content = { version: 1, id: `${did}#to-bank`, secret: bytesToBase64url(fixedSecret('gateway key')) }
const { publicKey } = await fixedSigner('gateway key')
const passphrase = 'twelve characters or more'

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

test('reads a key of its DID, also a sealed one', async () => {
  const file = write('plain.json', JSON.stringify(content))
  expect(await readGatewayKey(file, did, undefined)).toMatchObject({ id: content.id, signer: { publicKey } })
  const sealed = write('sealed.json', await sealKeyFile(JSON.stringify(content), passphrase))
  expect((await readGatewayKey(sealed, did, passphrase)).signer.publicKey).toEqual(publicKey)
  await expect(readGatewayKey(sealed, did, 'another passphrase')).rejects.toThrow(expect.objectContaining({ code: 'ERR_SERVICE_KEY' }))
  await expect(readGatewayKey(sealed, did, undefined)).rejects.toThrow('KEY_PASSPHRASE_FILE')
})

test.each([
  ['of another DID', { ...content, id: 'did:neo:test:gateway2#to-bank' }],
  ['of another version', { ...content, version: 2 }],
  ['without a secret', { ...content, secret: undefined }],
  ['that is none of the curve', { ...content, secret: bytesToBase64url(new Uint8Array(32)) }],
])('refuses a key %s, and says nothing of it', async (_, key) => {
  const error = await readGatewayKey(write('wrong.json', JSON.stringify(key)), did, undefined).catch(reason => reason)
  expect(error).toMatchObject({ code: 'ERR_SERVICE_CONFIG' })
  expect(String(error.message)).not.toContain(content.secret)
})
