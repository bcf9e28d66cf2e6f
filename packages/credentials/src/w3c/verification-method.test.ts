import { expect, test } from 'vitest'
import { fixedParty } from './fixture.ts'
import { resolveByMethod, resolveDidKey } from './verification-method.ts'

const query = { purpose: 'assertionMethod', atMs: 0 } as const

test.each(['P-256', 'Ed25519'] as const)('finds the key that a did:key is: %s', async algorithm => {
  const { did, key } = await fixedParty(algorithm, 1)
  const found = await resolveDidKey({ ...query, issuer: did, kid: key.id })
  expect(found).toMatchObject({ controller: did, publicKey: key.signer.publicKey })
})

test('finds nothing under another fragment, for another DID, or in a key of another kind', async () => {
  const { did, key } = await fixedParty('P-256', 1)
  const other = await fixedParty('P-256', 2)
  const p384 = 'z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ'
  expect(await resolveDidKey({ ...query, issuer: did, kid: `${did}#key-1` })).toBeNull()
  expect(await resolveDidKey({ ...query, issuer: did, kid: other.key.id })).toBeNull()
  expect(await resolveDidKey({ ...query, issuer: 'did:example:a', kid: 'did:example:a#1' })).toBeNull()
  expect(await resolveDidKey({ ...query, issuer: `did:key:${p384}`, kid: `did:key:${p384}#${p384}` })).toBeNull()
  expect(await resolveDidKey({ ...query, issuer: 'did:key:zzz', kid: 'did:key:zzz#zzz' })).toBeNull()
  expect(key.id.startsWith(did)).toBe(true)
})

test('asks the resolver of the method, and none for other methods', async () => {
  const { did, key } = await fixedParty('P-256', 1)
  const resolve = resolveByMethod({ key: resolveDidKey })
  expect(await resolve({ ...query, issuer: did, kid: key.id })).not.toBeNull()
  expect(await resolve({ ...query, issuer: 'did:web:example.org', kid: 'did:web:example.org#1' })).toBeNull()
  expect(await resolve({ ...query, issuer: 'did:constructor:a', kid: 'did:constructor:a#1' })).toBeNull()
  expect(await resolve({ ...query, issuer: 'not a did', kid: 'x' })).toBeNull()
})
