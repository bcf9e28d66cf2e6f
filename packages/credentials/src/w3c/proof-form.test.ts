import { describe, expect, test } from 'vitest'
import { checkProofs } from './proof-form.ts'

const multikey = 'z6MkpJySvETLnxhQG9DzEdmKJtysBDjuuTeDfUj1uNNCUqcj'
const whole = {
  type: 'DataIntegrityProof',
  cryptosuite: 'eddsa-rdfc-2022',
  created: '2026-11-23T12:00:00Z',
  verificationMethod: `did:key:${multikey}#${multikey}`,
  proofPurpose: 'assertionMethod',
  proofValue: `z${'2'.repeat(87)}`,
}

test('reads a proof', () => {
  expect(checkProofs({ ...whole, domain: 'bank.example', challenge: 'c' })).toMatchObject([
    { controller: `did:key:${multikey}`, createdMs: Date.UTC(2026, 10, 23, 12), domains: ['bank.example'], challenge: 'c', previous: [] },
  ])
})

test('reads a chain', () => {
  const first = { ...whole, id: 'urn:uuid:first' }
  expect(checkProofs([first, { ...whole, previousProof: 'urn:uuid:first' }])[1]?.previous).toEqual(['urn:uuid:first'])
  expect(checkProofs([first, { ...whole, previousProof: ['urn:uuid:first'] }])[1]?.previous).toEqual(['urn:uuid:first'])
})

describe('refuses', () => {
  const { type: _, ...noType } = whole
  const cases: Readonly<Record<string, unknown>> = {
    'no proof': undefined,
    null: null,
    text: 'proof',
    'an empty list': [],
    'nine proofs': new Array(9).fill(whole),
    'a proof without type': noType,
    'another type': { ...whole, type: 'Ed25519Signature2020' },
    'a suite that is no text': { ...whole, cryptosuite: 5 },
    'no key': { ...whole, verificationMethod: undefined },
    'a key without fragment': { ...whole, verificationMethod: `did:key:${multikey}` },
    'a key that is no DID URL': { ...whole, verificationMethod: 'https://example.org/key#1' },
    'a key object': { ...whole, verificationMethod: { id: whole.verificationMethod } },
    'a DID URL with a query': { ...whole, verificationMethod: `did:key:${multikey}?a=1#${multikey}` },
    'no purpose': { ...whole, proofPurpose: undefined },
    'no signature': { ...whole, proofValue: undefined },
    'a signature that is null': { ...whole, proofValue: null },
    'a signature without multibase prefix': { ...whole, proofValue: '2'.repeat(87) },
    'a signature in base64url': { ...whole, proofValue: `u${'A'.repeat(86)}` },
    'a time that is none': { ...whole, created: 'invalidDate' },
    'an end that is none': { ...whole, expires: 'invalidDate' },
    'a domain that is a number': { ...whole, domain: 5 },
    'an empty domain': { ...whole, domain: '' },
    'a challenge that is a number': { ...whole, challenge: 5 },
    'an id that is no URL': { ...whole, id: 'first' },
    'the same id twice': [
      { ...whole, id: 'urn:a:b' },
      { ...whole, id: 'urn:a:b' },
    ],
    'a previous proof that is not there': [
      { ...whole, id: 'urn:a:b' },
      { ...whole, previousProof: 'urn:a:c' },
    ],
  }
  test.each(Object.entries(cases))('%s', (_name, proof) => {
    expect(() => checkProofs(proof)).toThrow(expect.objectContaining({ code: 'ERR_CREDENTIAL_MALFORMED' }))
  })
})
