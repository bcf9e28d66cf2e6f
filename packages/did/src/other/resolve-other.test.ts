import { publicKeyToMultikey } from '@hufu/keys'
import { expect, test } from 'vitest'
import { ed25519, did as neoDid, sampleStates, sourceOf } from '../did-fixtures.ts'
import type { DidDriver } from './did-driver.ts'
import { didNeoDriver } from './did-neo.ts'
import { DidResolver } from './did-resolver.ts'
import { dereferenceOther, resolveOther } from './resolve-other.ts'
import { didKeyDriver } from './self-certifying/did-key.ts'

const multikey = publicKeyToMultikey(ed25519)
const did = `did:key:${multikey}`
const ended: DidDriver = {
  method: 'ended',
  version: 1,
  resolve: async () => ({ document: null, metadata: { deactivated: true }, assurance: { kind: 'gatewaySigned' }, origin: {} }),
}
const resolver = new DidResolver({ drivers: [didKeyDriver(), didNeoDriver(sourceOf(sampleStates()), { kind: 'lightClient' }), ended] })
const options = (record: Record<string, string>) => new Map(Object.entries(record))

test('resolving gives the document, and in the metadata what stands behind it', async () => {
  expect(await resolveOther(resolver, did)).toEqual({
    didDocument: expect.objectContaining({ '@context': ['https://www.w3.org/ns/did/v1.1'], id: did }),
    didResolutionMetadata: {
      contentType: 'application/did',
      assurance: { kind: 'selfCertifying' },
      source: { method: 'key', driver: 'key/1', retrieved: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/) },
    },
    didDocumentMetadata: {},
  })
  const legacy = await resolveOther(resolver, did, options({ accept: 'application/did+ld+json' }))
  expect(legacy.didDocument!['@context']).toEqual(['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'])
  expect((await resolveOther(resolver, did, options({ accept: 'application/did+json' }))).didDocument).not.toHaveProperty('@context')
})

test('did:neo stands behind the same door', async () => {
  const { didDocument, didResolutionMetadata, didDocumentMetadata } = await resolveOther(resolver, neoDid)
  expect(didDocument).toMatchObject({ id: neoDid })
  expect(didResolutionMetadata).toMatchObject({ assurance: { kind: 'lightClient' }, source: { driver: 'neo/1', network: 'test' } })
  expect(didDocumentMetadata.versionId).toBe('3')
})

test('a deactivated DID has no document', async () => {
  expect(await resolveOther(resolver, 'did:ended:1')).toMatchObject({ didDocument: null, didDocumentMetadata: { deactivated: true } })
  expect(await dereferenceOther(resolver, 'did:ended:1#k')).toEqual({
    dereferencingMetadata: {},
    contentStream: null,
    contentMetadata: { deactivated: true },
  })
})

test('a fragment gives the key that it names, for a purpose that it is listed for', async () => {
  const url = `${did}#${multikey}`
  expect((await dereferenceOther(resolver, url)).contentStream).toMatchObject({ id: url, publicKeyMultibase: multikey })
  expect((await dereferenceOther(resolver, did)).contentStream).toMatchObject({ id: did })
  expect((await dereferenceOther(resolver, url, options({ verificationRelationship: 'authentication' }))).contentStream).toMatchObject({
    id: url,
  })
})

test.each([
  ['did:example:1', {}, 'METHOD_NOT_SUPPORTED'],
  ['key', {}, 'INVALID_DID'],
  ['did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc', {}, 'FEATURE_NOT_SUPPORTED'],
  [did, { versionId: '1' }, 'FEATURE_NOT_SUPPORTED'],
  [did, { accept: 'image/png' }, 'REPRESENTATION_NOT_SUPPORTED'],
  [did, { hl: 'zh' }, 'FEATURE_NOT_SUPPORTED'],
])('%s with %o answers %s', async (asked, record, type) => {
  expect((await resolveOther(resolver, asked, options(record as Record<string, string>))).didResolutionMetadata).toEqual({
    error: expect.objectContaining({ type: `https://www.w3.org/ns/did#${type}` }),
  })
})

test.each([
  [`${did}#other`, {}, 'NOT_FOUND'],
  [`${did}/path`, {}, 'FEATURE_NOT_SUPPORTED'],
  [`${did}?service=a`, {}, 'FEATURE_NOT_SUPPORTED'],
  [`${did}#a#b`, {}, 'INVALID_DID_URL'],
  [did, { verificationRelationship: 'authentication' }, 'INVALID_VERIFICATION_METHOD'],
  [`${did}#${multikey}`, { verificationRelationship: 'keyAgreement' }, 'INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD'],
])('%s with %o leads to %s', async (url, record, type) => {
  expect((await dereferenceOther(resolver, url, options(record as Record<string, string>))).dereferencingMetadata.error?.type).toMatch(type)
})
