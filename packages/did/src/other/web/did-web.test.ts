import { describe, expect, test } from 'vitest'
import { DidResolver } from '../did-resolver.ts'
import { findOtherKey } from '../find-other-key.ts'
import { didWebDriver } from './did-web.ts'

const did = 'did:web:bank.example'
const key = 'z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp'
const document = {
  '@context': ['https://www.w3.org/ns/did/v1'],
  id: did,
  verificationMethod: [{ id: '#key-1', type: 'Multikey', controller: did, publicKeyMultibase: key }],
  assertionMethod: ['#key-1', { id: `${did}#key-2`, type: 'Multikey', controller: did, publicKeyMultibase: key }],
  service: [{ id: '#hub', type: ['Hub'], serviceEndpoint: { uri: 'https://bank.example/hub' } }],
}

/** Hosts by address; a function makes the answer. */
function resolverOf(pages: Readonly<Record<string, unknown>>) {
  const asked: string[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    asked.push(String(input))
    expect(init).toMatchObject({ redirect: 'error', signal: expect.any(AbortSignal) })
    const page = pages[String(input)]
    if (typeof page === 'function') return page()
    return page === undefined ? new Response(null, { status: 404 }) : new Response(typeof page === 'string' ? page : JSON.stringify(page))
  }
  return { asked, resolver: new DidResolver({ drivers: [didWebDriver({ fetch, maxBytes: 4096, timeoutMs: 1000 })] }) }
}

const wellKnown = 'https://bank.example/.well-known/did.json'
const resolve = (page: unknown) => resolverOf({ [wellKnown]: page }).resolver.resolve(did)

test('gives the document that the host publishes, its ids absolute, by the word of one server', async () => {
  const { document: found, assurance, source } = await resolve(document)
  expect(found).toMatchObject({
    '@context': document['@context'],
    verificationMethod: [{ id: `${did}#key-1` }],
    assertionMethod: [`${did}#key-1`, { id: `${did}#key-2` }],
    service: [{ id: `${did}#hub`, serviceEndpoint: { uri: 'https://bank.example/hub' } }],
  })
  expect([assurance, source]).toMatchObject([{ kind: 'gatewaySigned' }, { method: 'web', driver: 'web/1', host: 'bank.example' }])
  for (const fragment of ['key-1', 'key-2']) expect(findOtherKey(found!, `${did}#${fragment}`, 'assertionMethod').algorithm).toBe('Ed25519')
  expect(() => findOtherKey(found!, `${did}#key-1`, 'authentication')).toThrow(expect.objectContaining({ code: 'ERR_DID_KEY_PURPOSE' }))
})

test.each([
  ['did:web:bank.example%3A8443', 'https://bank.example:8443/.well-known/did.json'],
  ['did:web:bank.example:branches:2', 'https://bank.example/branches/2/did.json'],
  ['did:web:bank.example%3a8443:a.b', 'https://bank.example:8443/a.b/did.json'],
])('%s stands at %s', async (asked, url) => {
  const { resolver } = resolverOf({ [url]: { id: asked } })
  expect((await resolver.resolve(asked)).document).toEqual({ id: asked })
})

test.each([
  ['an IP address', 'did:web:127.0.0.1'],
  ['an IP address as one number', 'did:web:2130706433'],
  ['IPv6', 'did:web:%5B%3A%3A1%5D'],
  ['a name without a dot', 'did:web:localhost'],
  ['upper case', 'did:web:Bank.example'],
  ['a dot at the end', 'did:web:bank.example.'],
  ['a user', 'did:web:user%40bank.example'],
  ['port 0', 'did:web:bank.example%3A0'],
  ['a port that is none', 'did:web:bank.example%3A99999'],
  ['two ports', 'did:web:bank.example%3A1%3A2'],
  ['a slash in the host', 'did:web:bank.example%2Fa'],
  ['a way up', 'did:web:bank.example:..'],
  ['a way up, encoded', 'did:web:bank.example:%2e%2e:secret'],
  ['a slash in a segment', 'did:web:bank.example:a%2Fb'],
  ['a query', 'did:web:bank.example:a%3Fb'],
  ['an empty segment', 'did:web:bank.example::a'],
])('asks nobody for %s', async (_, asked) => {
  const { resolver, asked: urls } = resolverOf({})
  await expect(resolver.resolve(asked)).rejects.toMatchObject({ code: 'ERR_DID_SYNTAX' })
  expect(urls).toEqual([])
})

describe('refuses', () => {
  test.each([
    ['nothing there', undefined, 'ERR_DID_NOT_FOUND'],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'http://169.254.169.254/' } }), 'ERR_DID_UNREACHABLE'],
    [
      'one that was followed',
      () => Object.defineProperty(new Response(JSON.stringify(document)), 'redirected', { value: true }),
      'ERR_DID_UNREACHABLE',
    ],
    ['a failure', () => new Response('{}', { status: 500 }), 'ERR_DID_UNREACHABLE'],
    ['no answer', () => Promise.reject(new Error('refused')), 'ERR_DID_UNREACHABLE'],
    ['an answer that breaks off', () => new Response(broken()), 'ERR_DID_UNREACHABLE'],
    ['one byte more than allowed', ' '.repeat(4097), 'ERR_DID_ANSWER'],
    ['bytes that are no text', () => new Response(Uint8Array.of(0xff)), 'ERR_DID_ANSWER'],
    ['no JSON', '<html>', 'ERR_DID_DOCUMENT'],
    ['a member twice', `{"id":"${did}","id":"${did}"}`, 'ERR_DID_DOCUMENT'],
    ['no object', '[]', 'ERR_DID_DOCUMENT'],
    ['another DID’s document', { ...document, id: 'did:web:other.example' }, 'ERR_DID_DOCUMENT'],
    ['a document without id', { ...document, id: undefined }, 'ERR_DID_DOCUMENT'],
    [
      'two methods of one id',
      { ...document, verificationMethod: [document.verificationMethod[0], document.verificationMethod[0]] },
      'ERR_DID_DOCUMENT',
    ],
    [
      'a private key',
      withMethod({ publicKeyMultibase: undefined, publicKeyJwk: { kty: 'OKP', crv: 'Ed25519', x: 'AQ', d: 'AQ' } }),
      'ERR_DID_DOCUMENT',
    ],
    ['a key that is none', withMethod({ publicKeyMultibase: 'z6Mk1' }), 'ERR_DID_DOCUMENT'],
    ['two keys in one method', withMethod({ publicKeyJwk: { kty: 'RSA', n: 'AQ', e: 'AQAB' } }), 'ERR_DID_DOCUMENT'],
    ['a method without controller', withMethod({ controller: undefined }), 'ERR_DID_DOCUMENT'],
    ['a reference to nothing', { ...document, authentication: ['#key-9'] }, 'ERR_DID_DOCUMENT'],
    ['an id that is no reference', withMethod({ id: 'key-1' }), 'ERR_DID_DOCUMENT'],
    ['65 methods', { ...document, verificationMethod: Array.from({ length: 65 }, () => ({})) }, 'ERR_DID_DOCUMENT'],
  ])('%s', async (_, page, code) => {
    await expect(resolve(page)).rejects.toMatchObject({ code })
  })
})

test('a key that another DID controls is not the DID’s own', async () => {
  const { document: found } = await resolve(withMethod({ controller: 'did:web:other.example' }))
  expect(() => findOtherKey(found!, `${did}#key-1`, 'assertionMethod')).toThrow(expect.objectContaining({ code: 'ERR_DID_KEY' }))
})

function withMethod(members: object): object {
  return { ...document, verificationMethod: [{ ...document.verificationMethod[0], ...members }] }
}

function broken(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: controller => controller.error(new Error('reset')) })
}
