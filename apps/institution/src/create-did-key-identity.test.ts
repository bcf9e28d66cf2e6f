import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createDidKeyIdentity } from './create-did-key-identity.ts'
import { newFolder } from './fixture.ts'

test('writes a file that only its owner can read, and never over another', async () => {
  const file = join(newFolder(), 'bureau.json')
  const did = await createDidKeyIdentity(file, 'Ed25519', new Uint8Array(32).fill(1))
  expect(did).toMatch(/^did:key:z6Mk/)
  expect(JSON.parse(readFileSync(file, 'utf8')).did).toBe(did)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  await expect(createDidKeyIdentity(file, 'Ed25519', new Uint8Array(32).fill(2))).rejects.toThrow('EEXIST')
})
