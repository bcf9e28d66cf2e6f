import { type DidProver, type DidSource, type DidState, didOf } from '@hufu/did'
import { LedgerError, parseScriptHash } from '@hufu/ledger'
import { canonicalJsonBytes } from '@hufu/primitives'
import { createHttpServer, createLog } from '@hufu/service'
import type { LightMyRequestResponse } from 'fastify'
import { expect, test } from 'vitest'
import { resolverRoutes } from './resolver-routes.ts'

const [alive, ended, unknown, broken] = ['11', '22', '33', '44'].map(byte => parseScriptHash(byte.repeat(20)))
const did = didOf('test', alive!)
const createdMs = Date.UTC(2026, 2, 3, 14, 2, 0, 250)

const first: DidState = {
  version: 1,
  operation: 'create',
  controller: alive!,
  recovery: null,
  recoveryDelayMs: 0,
  deactivated: false,
  timeMs: createdMs,
  blockIndex: 10,
  createdMs,
  latestVersion: 2,
  nextTimeMs: createdMs + 60_000,
  document: canonicalJsonBytes({
    id: did,
    verificationMethod: [
      { id: `${did}#key-1`, type: 'Multikey', controller: did, publicKeyMultibase: 'z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp' },
    ],
    assertionMethod: [`${did}#key-1`],
    service: [{ id: `${did}#files`, type: 'Files', serviceEndpoint: 'https://files.example/' }],
  }),
}
const second: DidState = { ...first, version: 2, operation: 'update', timeMs: createdMs + 60_000, nextTimeMs: null }

const source: DidSource = {
  network: 'test',
  findState: async (identifier, moment) => {
    if (identifier === broken) throw new LedgerError('ERR_LEDGER_UNREACHABLE', 'no node answered')
    if (identifier === ended) return { ...second, controller: ended!, operation: 'deactivate', deactivated: true }
    if (identifier !== alive) return null
    return moment === 'latest'
      ? second
      : ([first, second].findLast(state => ('version' in moment ? state.version === moment.version : state.timeMs <= moment.timeMs)) ??
          null)
  },
}

let refreshed = 0
const prover: DidProver = {
  ...source,
  proveState: async (...query) => {
    const state = await source.findState(...query)
    return state === null ? null : { state, proof: { type: 'HufuLedgerProof', entries: [] } }
  },
}
const server = createHttpServer({ log: createLog({ level: 'silent' }), bodyLimitBytes: 1000, requestTimeoutMs: 1000 })
resolverRoutes(server, {
  source,
  prover,
  refresh: async () => {
    refreshed++
  },
})

const resolution = 'application/did-resolution'
const dereferencing = 'application/did-url-dereferencing'
const legacy = 'application/ld+json;profile="https://w3id.org/did-resolution"'

function get(identifier: string, accept?: string): Promise<LightMyRequestResponse> {
  return server.inject({ url: `/1.0/identifiers/${identifier}`, headers: accept === undefined ? {} : { accept } })
}

test('gives a whole resolution result to whoever asks for one, or has no wishes', async () => {
  for (const accept of [resolution, undefined, '*/*', 'application/*', 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8']) {
    const answer = await get(did, accept)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({ 'content-type': resolution, vary: 'accept', 'access-control-allow-origin': '*' })
    expect(answer.json()).toMatchObject({
      didDocument: { '@context': ['https://www.w3.org/ns/did/v1.1'], id: did },
      didResolutionMetadata: { contentType: 'application/did' },
      didDocumentMetadata: { versionId: '2' },
    })
  }
})

test('gives the document alone in the representation asked for', async () => {
  for (const accept of ['application/did', 'application/did+ld+json', 'application/did+json', 'application/json']) {
    const answer = await get(did, `image/png, ${accept};q=0.9, ${resolution};q=0.1`)
    expect([answer.statusCode, answer.headers['content-type'], answer.json().id]).toEqual([200, accept, did])
    expect(answer.json()).not.toHaveProperty('didResolutionMetadata')
  }
})

test('speaks the older dialect to whoever asks for it', async () => {
  for (const accept of [legacy, 'application/ld+json', 'application/ld+json; profile="https://w3id.org/did-resolution"']) {
    const answer = await get(did, accept)
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, legacy])
    expect(answer.json().didResolutionMetadata).toEqual({ contentType: 'application/did+ld+json' })
  }
  expect((await get(didOf('test', unknown!), legacy)).json().didResolutionMetadata).toEqual({ error: 'notFound' })
  expect((await get('not-a-did', legacy)).json().didResolutionMetadata).toEqual({ error: 'invalidDid' })
  expect((await get(didOf('test', ended!), legacy)).json().didDocument).toEqual({
    '@context': ['https://www.w3.org/ns/did/v1'],
    id: didOf('test', ended!),
  })
  expect(
    (await get(encodeURIComponent(`${did}#x`), 'application/ld+json;profile="https://w3id.org/did-url-dereferencing"')).json(),
  ).toMatchObject({
    dereferencingMetadata: { error: 'notFound' },
  })
})

test.each([
  ['', 400, 'INVALID_DID'],
  ['not-a-did', 400, 'INVALID_DID'],
  ['did:example', 400, 'INVALID_DID'],
  ['did:neo:test:x', 400, 'INVALID_DID'],
  ['%20', 400, 'INVALID_DID'],
  ['did:unsupported:123456789abcdefghi', 501, 'METHOD_NOT_SUPPORTED'],
  [didOf('test', unknown!), 404, 'NOT_FOUND'],
  [didOf('elsewhere', alive!), 404, 'NOT_FOUND'],
  [`${did}?versionId=3`, 404, 'NOT_FOUND'],
  [`${did}?versionId=first`, 400, 'INVALID_OPTIONS'],
  [`${did}?versionTime=yesterday`, 400, 'INVALID_OPTIONS'],
  [`${did}?versionTime=2026-03-03T14:02:00.249Z`, 404, 'NOT_FOUND'],
  [`${did}?versionId=1&versionTime=2026-03-03T14:03:00Z`, 400, 'INVALID_OPTIONS'],
  [`${did}?versionId=1&versionId=2`, 400, 'INVALID_DID_URL'],
  [`${did}?transformKeys=jwks`, 501, 'FEATURE_NOT_SUPPORTED'],
  [encodeURIComponent(`${did}#key-1`), 400, 'INVALID_DID'],
  [didOf('test', broken!), 500, 'INTERNAL_ERROR'],
])('%j answers %i %s', async (identifier, status, type) => {
  const answer = await get(identifier, resolution)
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([status, resolution])
  expect(answer.json()).toEqual({
    didDocument: null,
    didResolutionMetadata: { error: { type: `https://www.w3.org/ns/did#${type}`, title: expect.any(String), detail: expect.any(String) } },
    didDocumentMetadata: {},
  })
})

test('says what went wrong also where a document alone was asked for', async () => {
  const answer = await get(didOf('test', unknown!), 'application/did+ld+json')
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([404, resolution])
})

test('refuses a representation that it does not have', async () => {
  for (const accept of ['image/png', 'application/did+cbor', `${resolution};q=0`, 'text/uri-list']) {
    const answer = await get(did, accept)
    expect([answer.statusCode, answer.json().didResolutionMetadata.error.type]).toEqual([
      406,
      'https://www.w3.org/ns/did#REPRESENTATION_NOT_SUPPORTED',
    ])
  }
})

test('answers 410 for a deactivated DID, with no document', async () => {
  for (const accept of [resolution, 'application/did']) {
    const answer = await get(didOf('test', ended!), accept)
    expect(answer.statusCode).toBe(410)
    expect(answer.json()).toMatchObject({ didDocument: null, didDocumentMetadata: { deactivated: true } })
  }
})

test('takes a percent-encoded DID with options beside it', async () => {
  const answer = await get(`${encodeURIComponent(did)}?versionTime=${encodeURIComponent('2026-03-03T14:02:30Z')}`, resolution)
  expect(answer.json().didDocumentMetadata).toEqual({
    created: '2026-03-03T14:02:00Z',
    versionId: '1',
    nextUpdate: '2026-03-03T14:03:00Z',
    nextVersionId: '2',
  })
  expect((await get(`${did}?versionId=1&accept=application/did`, 'image/png')).json()).toMatchObject({ id: did })
})

test('dereferences a fragment', async () => {
  const answer = await get(encodeURIComponent(`${did}#key-1`), dereferencing)
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, dereferencing])
  expect(answer.json()).toMatchObject({
    dereferencingMetadata: { contentType: 'application/did' },
    contentStream: { id: `${did}#key-1` },
    content: { id: `${did}#key-1` },
    contentMetadata: { versionId: '2' },
  })
  expect((await get(encodeURIComponent(`${did}#key-1`), 'application/json')).json()).toMatchObject({ type: 'Multikey' })
  expect((await get(encodeURIComponent(`${did}#key-9`))).statusCode).toBe(404)
  expect((await get(`${did}/path`)).statusCode).toBe(404)
  expect((await get(`${did}?service=files`, dereferencing)).json()).toMatchObject({ contentStream: { service: [{ type: 'Files' }] } })
})

test('sends the caller on to a service', async () => {
  for (const identifier of [
    `${did}?service=files&relativeRef=/resume.pdf`,
    `${did}?service=files&relativeRef=%2Fresume.pdf`,
    encodeURIComponent(`${did}?service=files&relativeRef=/resume.pdf`),
    encodeURIComponent(`${did}?service=files&relativeRef=%2Fresume.pdf`),
  ]) {
    const answer = await get(identifier, dereferencing)
    expect([answer.statusCode, answer.headers.location, answer.body]).toEqual([303, 'https://files.example/resume.pdf', ''])
  }
  expect((await get(`${did}?service=files`, 'text/uri-list')).headers.location).toBe('https://files.example/')
})

test('names a purpose that a key is not listed for', async () => {
  const answer = await get(`${encodeURIComponent(`${did}#key-1`)}?verificationRelationship=authentication`, dereferencing)
  expect([answer.statusCode, answer.json().dereferencingMetadata.error.type]).toEqual([
    500,
    'https://w3id.org/security#INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD',
  ])
})

test('gives a proof to whoever asks for one', async () => {
  const proof = [{ type: 'HufuLedgerProof', entries: [] }]
  expect((await get(`${did}?proof=true`, resolution)).json()).toMatchObject({
    didDocument: { id: did },
    didDocumentMetadata: { versionId: '2', proof },
  })
  expect((await get(`${did}?proof=true&versionId=1`, resolution)).json().didDocumentMetadata).toMatchObject({ versionId: '1', proof })
  expect((await get(`${didOf('test', ended!)}?proof=true`, resolution)).json().didDocumentMetadata).toMatchObject({
    deactivated: true,
    proof,
  })
  expect((await get(did, resolution)).json().didDocumentMetadata).not.toHaveProperty('proof')
  expect((await get(`${didOf('test', unknown!)}?proof=true`, resolution)).statusCode).toBe(404)
  expect((await get(`${did}?proof=please`, resolution)).statusCode).toBe(501)
})

test('brings its source up to date for whoever wants no cache', async () => {
  const before = refreshed
  await get(did, resolution)
  expect(refreshed).toBe(before)
  expect((await get(`${did}?noCache=true`, resolution)).statusCode).toBe(200)
  expect(refreshed).toBe(before + 1)
})
