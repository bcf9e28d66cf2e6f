import { publicKeyToJwk } from '@hufu/keys'
import { canonicalJsonBytes } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { did, document, ed25519, otherAccount, p256 } from './did-fixtures.ts'
import { didOf } from './parse-did.ts'
import { maxDocumentBytes, parseStoredDocument } from './parse-stored-document.ts'
import { prepareDocument } from './prepare-document.ts'
import { documentMediaTypes, produceDocument } from './produce-document.ts'

const [jwkMethod, multikeyMethod] = document.verificationMethod!
const service = document.service![0]!
const jwk = publicKeyToJwk(p256)
const other = didOf('test', otherAccount)

test('accepts a document that uses every member, and one that has only an id', () => {
  expect(parseStoredDocument(document, did)).toEqual(document)
  expect(parseStoredDocument({ id: did }, did)).toEqual({ id: did })
})

test('accepts what it produced, in every representation, as input again', () => {
  for (const mediaType of documentMediaTypes) {
    expect(prepareDocument(produceDocument(document, mediaType), did, did)).toEqual(document)
    expect(prepareDocument(produceDocument({ controller: other, ...document }, mediaType), did, other)).toEqual(document)
  }
})

const withMethod = (change: object) => ({ ...document, verificationMethod: [{ ...jwkMethod, ...change }] })
const withService = (change: object) => ({ id: did, service: [{ ...service, ...change }] })

describe('refuses', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['text', 'text'],
    ['another id', { id: other }],
    ['no id', {}],
    ['@context in the stored form', { '@context': 'https://www.w3.org/ns/did/v1', id: did }],
    ['a controller in the stored form', { id: did, controller: did }],
    ['a name', { id: did, name: 'x' }],
    ['a birth date', { id: did, birthDate: '2000-01-01' }],
    ['a proof', { id: did, proof: {} }],
    ['an inherited-looking member', JSON.parse(`{"id":"${did}","__proto__":{"a":1}}`)],
    ['an empty list', { id: did, verificationMethod: [] }],
    ['a map where a list belongs', { id: did, service: {} }],
    ['an e-mail address in alsoKnownAs', { id: did, alsoKnownAs: ['mailto:a@b.example'] }],
    ['a telephone number in alsoKnownAs', { id: did, alsoKnownAs: ['tel:+8613800000000'] }],
    ['text in alsoKnownAs', { id: did, alsoKnownAs: ['张三'] }],
    ['one name twice in alsoKnownAs', { id: did, alsoKnownAs: ['https://a.example/', 'https://a.example/'] }],
    ['a key of another DID', withMethod({ id: `${other}#key-1` })],
    ['a relative key id', withMethod({ id: '#key-1' })],
    ['a key id without fragment', withMethod({ id: did })],
    ['a key id with text in it', withMethod({ id: `${did}#张三` })],
    ['a long fragment', withMethod({ id: `${did}#${'a'.repeat(65)}` })],
    ['a key that another DID controls', withMethod({ controller: other })],
    ['a key of unknown type', withMethod({ type: 'RsaVerificationKey2018' })],
    ['a private JWK', withMethod({ publicKeyJwk: { ...jwk, d: jwk.x } })],
    ['a JWK with a free text kid', withMethod({ publicKeyJwk: { ...jwk, kid: 'x' } })],
    ['a JWK off its curve', withMethod({ publicKeyJwk: { ...jwk, y: jwk.x } })],
    ['a JWK of another curve', withMethod({ publicKeyJwk: { ...jwk, crv: 'secp256k1' } })],
    ['a symmetric JWK', withMethod({ publicKeyJwk: { kty: 'oct', crv: 'x', x: 'AAAA' } })],
    ['an Ed25519 JWK with y', withMethod({ publicKeyJwk: { ...publicKeyToJwk(ed25519), y: jwk.x } })],
    [
      'a JWK and a Multikey in one',
      withMethod({ publicKeyMultibase: (multikeyMethod as { publicKeyMultibase: string }).publicKeyMultibase }),
    ],
    ['a Multikey that is a JWK', withMethod({ type: 'Multikey' })],
    [
      'a Multikey of another codec',
      { id: did, verificationMethod: [{ ...multikeyMethod, publicKeyMultibase: 'z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc' }] },
    ],
    ['a private Multikey', { id: did, verificationMethod: [{ ...multikeyMethod, secretKeyMultibase: 'z' }] }],
    ['one key id twice', { id: did, verificationMethod: [jwkMethod, jwkMethod] }],
    ['a service with the id of a key', { ...document, service: [{ ...service, id: `${did}#key-1` }] }],
    ['a purpose that names no key', { ...document, authentication: [`${did}#key-9`] }],
    ['a purpose that names a service', { ...document, authentication: [`${did}#resolver`] }],
    ['a purpose with an embedded key', { ...document, authentication: [jwkMethod] }],
    ['a purpose with one key twice', { ...document, authentication: [`${did}#key-1`, `${did}#key-1`] }],
    ['key agreement with an Ed25519 key', { ...document, keyAgreement: [`${did}#key-2`] }],
    ['an endpoint over plain HTTP', withService({ serviceEndpoint: 'http://bureau.example/' })],
    ['an endpoint on another machine than localhost', withService({ serviceEndpoint: 'http://localhost.bureau.example:8080' })],
    ['an endpoint on localhost with a path', withService({ serviceEndpoint: 'http://localhost:8080/a' })],
    ['an endpoint with a password', withService({ serviceEndpoint: 'https://a:b@bureau.example/' })],
    ['an endpoint with a fragment', withService({ serviceEndpoint: 'https://bureau.example/#a' })],
    ['an endpoint with a space', withService({ serviceEndpoint: 'https://bureau.example/a b' })],
    ['an endpoint with letters beyond ASCII', withService({ serviceEndpoint: 'https://bureau.example/张三' })],
    ['an endpoint that is a map', withService({ serviceEndpoint: { uri: 'https://bureau.example/' } })],
    ['a javascript endpoint', withService({ serviceEndpoint: 'javascript:alert(1)' })],
    ['a service type with text in it', withService({ type: 'call 110' })],
    ['a service with a description', withService({ description: 'x' })],
  ])('%s', (_, json) => {
    expect(() => parseStoredDocument(json, did)).toThrow(expect.objectContaining({ code: 'ERR_DID_DOCUMENT' }))
  })

  test('a document one byte over the limit, and not one at it', () => {
    const filled = (length: number) => ({ id: did, alsoKnownAs: namesOf(length) })
    const atLimit = filled(maxDocumentBytes)
    expect(canonicalJsonBytes(atLimit).length).toBe(maxDocumentBytes)
    expect(parseStoredDocument(atLimit, did)).toEqual(atLimit)
    expect(() => parseStoredDocument(filled(maxDocumentBytes + 1), did)).toThrow(expect.objectContaining({ code: 'ERR_DID_DOCUMENT_SIZE' }))
  })

  test('a controller that the ledger would not name, and foreign contexts', () => {
    for (const json of [
      { id: did, controller: other },
      { id: did, controller: [did] },
      { id: did, '@context': 'https://evil.example/v1' },
      { id: did, '@context': ['https://w3id.org/security/multikey/v1'] },
      { id: did, '@context': ['https://www.w3.org/ns/did/v1', { name: 'http://schema.org/name' }] },
      { id: did, '@context': [] },
    ]) {
      expect(() => prepareDocument(json, did, did)).toThrow(expect.objectContaining({ code: 'ERR_DID_DOCUMENT' }))
    }
  })

  test('and names the member, never its value', () => {
    expect(() => parseStoredDocument(withService({ serviceEndpoint: 'mailto:zhang.san@example' }), did)).toThrow(
      /^service\[0\]\.serviceEndpoint: (?!.*zhang)/,
    )
  })
})

/** Distinct https names that make a document of the id and them exactly so long. */
function namesOf(documentLength: number): string[] {
  const empty = canonicalJsonBytes({ id: did, alsoKnownAs: [] }).length
  const names: string[] = []
  let left = documentLength - empty
  for (let index = 10; left > 0; index++) {
    const length = left > 300 ? 200 : left
    names.push(`https://a${index}.example/`.padEnd(length - (names.length === 0 ? 2 : 3), 'x'))
    left -= length
  }
  return names
}
