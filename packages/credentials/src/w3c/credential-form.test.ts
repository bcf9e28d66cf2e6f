import { describe, expect, test } from 'vitest'
import { checkCredentialForm } from './credential-form.ts'
import { credentialWith } from './fixture.ts'

const base = 'https://www.w3.org/ns/credentials/v2'
const refused = (members: { readonly [name: string]: unknown }) => () => checkCredentialForm(credentialWith(members))

test('reads what a credential says', () => {
  expect(checkCredentialForm(credentialWith())).toMatchObject({
    model: '2.0',
    issuer: 'did:example:issuer',
    types: ['ResidentCredential'],
    validFromMs: Date.UTC(2026, 0, 1),
    validUntilMs: Date.UTC(2027, 0, 1),
    subjects: [{ id: 'did:example:subject', district: 'Harbour' }],
    statuses: [],
    hasInlineContext: false,
  })
})

describe('accepts', () => {
  const cases: Readonly<Record<string, { readonly [name: string]: unknown }>> = {
    'an inline context': { '@context': [base, { Extra: 'https://example.org/#Extra' }] },
    'a type that is a URL': { type: ['https://example.org/#Extra', 'VerifiableCredential'] },
    'one type outside a list': { type: 'VerifiableCredential' },
    'no id': { id: undefined },
    'an issuer object with a name': {
      issuer: { id: 'did:example:issuer', name: 'Bureau', description: { '@value': '局', '@language': 'zh-CN' } },
    },
    'several subjects': { credentialSubject: [{ id: 'did:example:a' }, { name: 'b' }] },
    'a name in two languages': {
      name: [
        { '@value': 'Pass', '@language': 'en' },
        { '@value': 'جواز', '@language': 'ar', '@direction': 'rtl' },
      ],
    },
    'no period': { validFrom: undefined, validUntil: undefined },
    'a period that ends when it begins': { validFrom: '2026-01-01T00:00:00Z', validUntil: '2026-01-01T08:00:00+08:00' },
    'milliseconds and an offset': { validFrom: '2025-12-31T18:00:00.123-06:00' },
    'a status of any type': { credentialStatus: { type: 'OtherStatus', id: 'did:example:status' } },
    'two schemas': {
      credentialSchema: [
        { id: 'did:example:1', type: 'JsonSchema' },
        { id: 'did:example:2', type: 'JsonSchema' },
      ],
    },
    'evidence, terms of use, refresh service': {
      evidence: { type: 'Seen' },
      termsOfUse: [{ type: 'Terms', id: 'did:example:t' }],
      refreshService: { type: 'R' },
    },
  }
  test.each(Object.entries(cases))('%s', (_, members) => {
    expect(() => checkCredentialForm(credentialWith(members))).not.toThrow()
  })
})

describe('refuses', () => {
  const cases: Readonly<Record<string, { readonly [name: string]: unknown }>> = {
    'no context': { '@context': undefined },
    'a context outside a list': { '@context': base },
    'an empty list of contexts': { '@context': [] },
    'another first context': { '@context': ['https://www.w3.org/ns/credentials/examples/v2', base] },
    'a context that is a number': { '@context': [base, 123] },
    'a context that is no URL': { '@context': [base, 'https ://example.org/v1'] },
    'a context twice': {
      '@context': [base, base, 'https://www.w3.org/ns/credentials/examples/v2', 'https://www.w3.org/ns/credentials/examples/v2'],
    },
    'seventeen contexts': { '@context': [base, ...new Array(16).fill({})] },
    'no type': { type: undefined },
    'an empty list of types': { type: [] },
    'types without VerifiableCredential': { type: ['ResidentCredential'] },
    'a type that is a number': { type: ['VerifiableCredential', 4] },
    'a type with a space': { type: ['VerifiableCredential', 'Resident Credential'] },
    'an empty type': { type: ['VerifiableCredential', ''] },
    'an id that is null': { id: null },
    'two ids': { id: ['urn:uuid:1', 'urn:uuid:2'] },
    'an id that is no URL': { id: 'not a url' },
    'an id with a space': { id: 'https ://example.org/1' },
    'no issuer': { issuer: undefined },
    'an issuer that is null': { issuer: null },
    'an issuer that is no URL': { issuer: 'bureau' },
    'an issuer without id': { issuer: { name: 'Bureau' } },
    'an issuer whose id is null': { issuer: { id: null } },
    'a list of issuers': { issuer: ['did:example:issuer'] },
    'no subject': { credentialSubject: undefined },
    'a subject without claims': { credentialSubject: {} },
    'an empty list of subjects': { credentialSubject: [] },
    'one subject of two without claims': { credentialSubject: [{ id: 'did:example:a' }, {}] },
    'a subject that is text': { credentialSubject: 'did:example:a' },
    'a subject with two ids': { credentialSubject: { id: ['did:example:a', 'did:example:b'] } },
    'validFrom in words': { validFrom: 'Sat 25 Feb 2023 07:16:31 PM CST' },
    'validFrom without time zone': { validFrom: '2026-01-01T00:00:00' },
    'validFrom without time': { validFrom: '2026-01-01' },
    'a day that does not exist': { validFrom: '2026-02-30T00:00:00Z' },
    'validUntil that is null': { validUntil: null },
    'a period that ends before it begins': { validFrom: '2026-01-01T00:00:01Z', validUntil: '2026-01-01T00:00:00Z' },
    'a name that is a number': { name: 7 },
    'a name with a further member': { name: { '@value': 'a', '@language': 'en', url: 'did:example:a' } },
    'a name without text': { name: { '@language': 'en' } },
    'a language that is none': { name: { '@value': 'a', '@language': 'not a language' } },
    'a direction that is none': { description: { '@value': 'a', '@language': 'en', '@direction': 'up' } },
    "an issuer's name with a further member": { issuer: { id: 'did:example:issuer', name: { '@value': 'a', url: 'b' } } },
    'a status without type': { credentialStatus: { id: 'did:example:status' } },
    'a status whose type is a number': { credentialStatus: { type: 2 } },
    'a status with two ids': { credentialStatus: { type: 'S', id: ['did:example:1', 'did:example:2'] } },
    'a status that is text': { credentialStatus: 'did:example:status' },
    'an empty list of statuses': { credentialStatus: [] },
    'a schema without type': { credentialSchema: { id: 'did:example:1' } },
    'a schema without id': { credentialSchema: { type: 'JsonSchema' } },
    'a schema whose id is no URL': { credentialSchema: { type: 'JsonSchema', id: 'https ://example.org' } },
    'evidence without type': { evidence: {} },
    'terms of use without type': { termsOfUse: { id: 'did:example:t' } },
    'a refresh service without type': { refreshService: { id: 'did:example:r' } },
    'a render method without type': { renderMethod: { id: 'did:example:r' } },
    'a related resource without digest': { relatedResource: { id: 'https://example.org/a' } },
    'a keyword at the top': { '@type': ['Admin'] },
    'a graph within': { credentialSubject: { id: 'did:example:a', x: { '@graph': [] } } },
  }
  test.each(Object.entries(cases))('%s', (_, members) => {
    expect(refused(members)).toThrow(expect.objectContaining({ code: 'ERR_CREDENTIAL_MALFORMED' }))
  })

  test.each([[null], ['text'], [[]], [7], [undefined]])('what is no object: %j', value => {
    expect(() => checkCredentialForm(value)).toThrow(expect.objectContaining({ code: 'ERR_CREDENTIAL_MALFORMED' }))
  })

  test('a context below the top', () => {
    expect(refused({ credentialSubject: { '@context': {}, a: 1 } })).toThrow(expect.objectContaining({ code: 'ERR_CREDENTIAL_CONTEXT' }))
  })
})

describe('VC Data Model 1.1', () => {
  const old = {
    '@context': ['https://www.w3.org/2018/credentials/v1'],
    validFrom: undefined,
    validUntil: undefined,
    issuanceDate: '2026-01-01T00:00:00Z',
  }

  test('is told by its context, with its own names for the period', () => {
    expect(checkCredentialForm(credentialWith({ ...old, expirationDate: '2027-01-01T00:00:00Z' }))).toMatchObject({
      model: '1.1',
      validFromMs: Date.UTC(2026, 0, 1),
      validUntilMs: Date.UTC(2027, 0, 1),
    })
  })

  test('needs an issuance date', () => {
    expect(refused({ ...old, issuanceDate: undefined })).toThrow(expect.objectContaining({ code: 'ERR_CREDENTIAL_MALFORMED' }))
  })
})

test('names the member, not its value', () => {
  expect(refused({ credentialSubject: { id: 'Li Lei' } })).toThrow('credentialSubject.id: expected one URL')
})
