import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newFolder, partyOf, writeIdentity } from './fixture.ts'
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
