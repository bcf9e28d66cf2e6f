import { canonicalJsonBytes } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { dereference } from './dereference-did-url.ts'
import { account, did, document, ed25519, otherAccount, p256, sampleStates, sourceOf } from './did-fixtures.ts'
import { findVerificationKey } from './find-verification-key.ts'
import { didOf } from './parse-did.ts'
import { resolve } from './resolution-result.ts'
import { resolveDid } from './resolve-did.ts'

const source = sourceOf(sampleStates())
const [first, second, third] = sampleStates()
const other = didOf('test', otherAccount)
const options = (record: Record<string, string>) => new Map(Object.entries(record))
const errorOf = (type: string) => ({ error: expect.objectContaining({ type: `https://www.w3.org/ns/did#${type}` }) })

describe('resolving', () => {
  test('gives the latest document with its metadata', async () => {
    const result = await resolve(source, did)
    expect(result.didDocument).toMatchObject({ '@context': ['https://www.w3.org/ns/did/v1.1'], id: did })
    expect(result.didResolutionMetadata).toEqual({ contentType: 'application/did' })
    expect(result.didDocumentMetadata).toEqual({ created: '2026-03-03T14:02:00Z', updated: '2026-03-03T14:04:00Z', versionId: '3' })
  })

  test('gives an earlier version with what came next, and no update for the first', async () => {
    const result = await resolve(source, did, options({ versionId: '1' }))
    expect(result.didDocumentMetadata).toEqual({
      created: '2026-03-03T14:02:00Z',
      versionId: '1',
      nextUpdate: '2026-03-03T14:03:00Z',
      nextVersionId: '2',
    })
  })

  test.each([
    ['2026-03-03T14:02:00.250Z', '1'],
    ['2026-03-03T14:03:00.249Z', '1'],
    ['2026-03-03T14:03:00.250Z', '2'],
    ['2026-03-03T14:03:01Z', '2'],
    ['2099-01-01T00:00:00Z', '3'],
  ])('at %s version %s was in force', async (versionTime, versionId) => {
    expect((await resolve(source, did, options({ versionTime }))).didDocumentMetadata.versionId).toBe(versionId)
  })

  test('finds nothing one millisecond before it was created', async () => {
    expect((await resolve(source, did, options({ versionTime: '2026-03-03T14:02:00.249Z' }))).didResolutionMetadata).toEqual(
      errorOf('NOT_FOUND'),
    )
  })

  test.each([
    ['not-a-did', {}, 'INVALID_DID'],
    ['did:example:123', {}, 'METHOD_NOT_SUPPORTED'],
    [other, {}, 'NOT_FOUND'],
    [didOf('elsewhere', account), {}, 'NOT_FOUND'],
    [did, { versionId: '4' }, 'NOT_FOUND'],
    [did, { versionId: '0' }, 'INVALID_OPTIONS'],
    [did, { versionId: '01' }, 'INVALID_OPTIONS'],
    [did, { versionId: '1.5' }, 'INVALID_OPTIONS'],
    [did, { versionTime: 'yesterday' }, 'INVALID_OPTIONS'],
    [did, { versionTime: '2026-02-30T00:00:00Z' }, 'INVALID_OPTIONS'],
    [did, { versionTime: '2026-03-03T14:02:00+08:00' }, 'INVALID_OPTIONS'],
    [did, { versionTime: '2026-03-03' }, 'INVALID_OPTIONS'],
    [did, { versionId: '1', versionTime: '2026-03-03T14:02:00Z' }, 'INVALID_OPTIONS'],
    [did, { noCache: 'maybe' }, 'INVALID_OPTIONS'],
    [did, { transformKeys: 'jwks' }, 'FEATURE_NOT_SUPPORTED'],
    [did, { accept: 'application/did+cbor' }, 'REPRESENTATION_NOT_SUPPORTED'],
  ])('%s with %o answers %s', async (text, record, type) => {
    expect(await resolve(source, text, options(record as Record<string, string>))).toEqual({
      didDocument: null,
      didResolutionMetadata: errorOf(type),
      didDocumentMetadata: {},
    })
  })

  test('asked again with options that change nothing, gives the same', async () => {
    expect(await resolve(source, did, options({ noCache: 'true', expandRelativeUrls: 'true' }))).toEqual(await resolve(source, did))
  })

  test('produces each representation with its own context', async () => {
    const contextOf = async (accept: string) => (await resolve(source, did, options({ accept, versionId: '1' }))).didDocument!['@context']
    expect(await contextOf('application/did+ld+json')).toEqual([
      'https://www.w3.org/ns/did/v1',
      'https://w3id.org/security/jwk/v1',
      'https://w3id.org/security/multikey/v1',
    ])
    expect(await contextOf('application/did+json')).toBeUndefined()
  })

  test('gives no document once deactivated, and the earlier versions still', async () => {
    const ended = sourceOf(sampleStates({ operation: 'deactivate', deactivated: true }))
    expect(await resolve(ended, did)).toMatchObject({ didDocument: null, didDocumentMetadata: { deactivated: true, versionId: '3' } })
    expect(await resolve(ended, did, options({ versionId: '2' }))).toMatchObject({ didDocument: { id: did } })
  })

  test('names the controller that the ledger has, once it is another', async () => {
    const rotated = sourceOf(sampleStates({ controller: otherAccount }))
    expect((await resolveDid(rotated, did)).document).toMatchObject({ id: did, controller: other })
    expect((await resolveDid(rotated, did, { version: 2 })).document).not.toHaveProperty('controller')
  })

  test.each([
    ['text that is not JSON', new TextEncoder().encode('hello')],
    ['bytes that are not UTF-8', Uint8Array.of(0xff)],
    ['a member named twice', new TextEncoder().encode(`{"id":"${did}","id":"${did}"}`)],
    ['personal data', canonicalJsonBytes({ id: did, name: 'x' })],
    ["another DID's document", canonicalJsonBytes({ id: other })],
  ])('shows nobody a stored document that is %s', async (_, bytes) => {
    expect((await resolve(sourceOf(sampleStates({ document: bytes })), did)).didResolutionMetadata).toEqual(errorOf('INVALID_DID_DOCUMENT'))
  })

  test('passes on what is not the caller’s doing', async () => {
    const broken = { network: 'test', findState: () => Promise.reject(new Error('node is down')) }
    await expect(resolve(broken, did)).rejects.toThrow('node is down')
  })
})

describe('dereferencing', () => {
  const content = async (url: string, record: Record<string, string> = {}) => dereference(source, url, options(record))

  test('a DID alone gives its document, with parameters that of another version', async () => {
    expect(await content(did)).toMatchObject({ contentStream: { id: did }, contentMetadata: { versionId: '3' } })
    expect(await content(`${did}?versionId=1`)).toMatchObject({ contentMetadata: { versionId: '1' } })
    expect(await content(did, { versionId: '1' })).toMatchObject({ contentMetadata: { versionId: '1' } })
  })

  test('a fragment gives the key or the service', async () => {
    expect((await content(`${did}#key-1`)).contentStream).toEqual({
      '@context': ['https://www.w3.org/ns/did/v1.1'],
      ...document.verificationMethod![0],
    })
    expect((await content(`${did}#files`)).contentStream).toMatchObject({ type: 'Files' })
    expect((await content(`${did}?versionId=1#key-2`)).contentStream).toMatchObject({ type: 'Multikey' })
  })

  test('a service and a relative reference give a URL', async () => {
    for (const [query, url] of [
      ['service=files&relativeRef=resume.pdf', 'https://files.example/public/resume.pdf'],
      ['service=%23files&relativeRef=%2Fresume.pdf%3Fversion%3D2#intro', 'https://files.example/resume.pdf?version=2#intro'],
      ['serviceType=Files&relativeRef=a%2520b', 'https://files.example/public/a%20b'],
    ]) {
      expect(await content(`${did}?${query}`)).toEqual({
        dereferencingMetadata: { contentType: 'text/uri-list' },
        contentStream: [url],
        contentMetadata: {},
      })
    }
    expect((await content(`${did}?service=files`, { accept: 'text/uri-list' })).contentStream).toEqual(['https://files.example/public/'])
  })

  test('a service alone gives the document with that service only', async () => {
    expect((await content(`${did}?service=files`)).contentStream).toMatchObject({ id: did, service: [document.service![1]] })
    expect((await content(`${did}?serviceType=Files&service=files`)).contentStream).toMatchObject({ service: [document.service![1]] })
  })

  test('a purpose is checked', async () => {
    expect((await content(`${did}#key-1`, { verificationRelationship: 'authentication' })).contentStream).toMatchObject({
      id: `${did}#key-1`,
    })
    for (const [url, purpose, type] of [
      [`${did}#key-1`, 'capabilityInvocation', 'https://w3id.org/security#INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD'],
      [`${did}#files`, 'authentication', 'https://w3id.org/security#INVALID_VERIFICATION_METHOD'],
      [did, 'authentication', 'https://w3id.org/security#INVALID_VERIFICATION_METHOD'],
      [`${did}#key-1`, 'anything', 'https://www.w3.org/ns/did#INVALID_OPTIONS'],
    ] as const) {
      expect((await content(url, { verificationRelationship: purpose })).dereferencingMetadata.error?.type).toBe(type)
    }
  })

  test.each([
    ['not-a-did', 'INVALID_DID_URL'],
    [`${did}?service=a&service=b`, 'INVALID_DID_URL'],
    ['did:example:1#k', 'METHOD_NOT_SUPPORTED'],
    [`${other}#key-1`, 'NOT_FOUND'],
    [`${did}#key-9`, 'NOT_FOUND'],
    [`${did}#key-2`, 'NOT_FOUND'],
    [`${did}/path`, 'NOT_FOUND'],
    [`${did}?service=nothing`, 'NOT_FOUND'],
    [`${did}?service=${encodeURIComponent(other)}%23files`, 'NOT_FOUND'],
    [`${did}?relativeRef=a`, 'INVALID_OPTIONS'],
    [`${did}?hl=zh`, 'FEATURE_NOT_SUPPORTED'],
    [`${did}?accept=image/png`, 'FEATURE_NOT_SUPPORTED'],
    [`${did}?service=files&relativeRef=..%2Fx`, 'INVALID_DID_URL'],
    [`${did}?service=files&relativeRef=a%2F%252e%252E%2Fx`, 'INVALID_DID_URL'],
    [`${did}?service=files&relativeRef=%25252e%25252e%252fx`, 'INVALID_DID_URL'],
    [`${did}?service=files&relativeRef=%2F%2Fevil.example%2F`, 'INVALID_DID_URL'],
    [`${did}?service=files&relativeRef=https%3A%2F%2Fevil.example%2F`, 'INVALID_DID_URL'],
    [`${did}?service=files&relativeRef=%5C%5Cevil.example`, 'INVALID_DID_URL'],
    [`${did}?service=files&relativeRef=.%09.%2Fx`, 'INVALID_DID_URL'],
    [`${did}?service=files&relativeRef=%20%2F%2Fevil.example%2F`, 'INVALID_DID_URL'],
    [`${did}?service=files&relativeRef=%20https%3A%2F%2Fevil.example%2F`, 'INVALID_DID_URL'],
    [`${did}?service=files&relativeRef=a%23b#c`, 'INVALID_DID_URL'],
  ])('%s answers %s', async (url, type) => {
    expect(await content(url)).toEqual({ dereferencingMetadata: errorOf(type), contentStream: null, contentMetadata: {} })
  })

  test('an option may stand in the DID URL or beside it, not in both', async () => {
    expect((await content(`${did}?versionId=1`, { versionId: '1' })).dereferencingMetadata).toEqual(errorOf('INVALID_OPTIONS'))
  })

  test('a deactivated DID has nothing to give', async () => {
    const ended = sourceOf(sampleStates({ deactivated: true }))
    expect(await dereference(ended, `${did}#key-1`)).toMatchObject({ contentStream: null, contentMetadata: { deactivated: true } })
  })
})

describe('finding a key', () => {
  const find = (url: string, timeMs: number, purpose: 'assertionMethod' | 'authentication' = 'assertionMethod') =>
    findVerificationKey(source, url, purpose, { timeMs })

  test('gives the key that was listed then, with the version as evidence', async () => {
    expect(await find(`${did}#key-2`, first!.timeMs)).toEqual({ did, id: `${did}#key-2`, publicKey: ed25519, state: first })
    expect(await find(`${did}#key-2`, second!.timeMs - 1)).toMatchObject({ state: first })
    expect(await find(`${did}#key-1`, third!.timeMs)).toMatchObject({ publicKey: p256, state: third })
  })

  test.each([
    ['a key from the moment its DID dropped it', `${did}#key-2`, second!.timeMs, 'assertionMethod', 'ERR_DID_KEY'],
    ['a key for a purpose it is not listed for', `${did}#key-2`, first!.timeMs, 'authentication', 'ERR_DID_KEY_PURPOSE'],
    ['a key before its DID was created', `${did}#key-1`, first!.timeMs - 1, 'assertionMethod', 'ERR_DID_NOT_FOUND'],
    ['a service', `${did}#files`, first!.timeMs, 'assertionMethod', 'ERR_DID_KEY'],
    ['a DID without fragment', did, first!.timeMs, 'assertionMethod', 'ERR_DID_KEY'],
    ['a DID URL that chooses its own version', `${did}?versionId=1#key-2`, third!.timeMs, 'assertionMethod', 'ERR_DID_KEY'],
    ['a key of an unknown DID', `${other}#key-1`, first!.timeMs, 'assertionMethod', 'ERR_DID_NOT_FOUND'],
    ['a key of another method', 'did:key:z6Mk#z6Mk', first!.timeMs, 'assertionMethod', 'ERR_DID_METHOD'],
  ] as const)('refuses %s', async (_, url, timeMs, purpose, code) => {
    await expect(find(url, timeMs, purpose)).rejects.toMatchObject({ code })
  })

  test('refuses any key once its DID is deactivated, and accepts it for before', async () => {
    const ended = sourceOf(sampleStates({ deactivated: true }))
    await expect(findVerificationKey(ended, `${did}#key-1`, 'assertionMethod', 'latest')).rejects.toMatchObject({
      code: 'ERR_DID_DEACTIVATED',
    })
    await expect(findVerificationKey(ended, `${did}#key-1`, 'assertionMethod', { version: 2 })).resolves.toMatchObject({ publicKey: p256 })
  })
})
