import { beforeAll, describe, expect, test } from 'vitest'
import { CredentialError } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'
import { contextLoader } from './context-loader.ts'
import { addProof } from './data-integrity.ts'
import { credentialWith, type FixedParty, fixedClock, fixedNowMs, fixedParty, openPolicy } from './fixture.ts'
import { issueW3cCredential } from './issue-w3c-credential.ts'
import { resolveDidKey } from './verification-method.ts'
import { type VerifyW3cCredentialOptions, verifyW3cCredential } from './verify-w3c-credential.ts'

const undefinedTerms = 'https://www.w3.org/ns/credentials/undefined-terms/v2'
let issuer: FixedParty
let other: FixedParty

beforeAll(async () => {
  issuer = await fixedParty('P-256', 1)
  other = await fixedParty('P-256', 2)
})

/** Signs without any check, as an issuer that does not care would. */
async function signed(members: { readonly [name: string]: unknown } = {}, by = issuer, createdMs = fixedNowMs): Promise<JsonObject> {
  const credential = credentialWith({ issuer: by.did, ...members })
  return addProof(credential, by.key, { purpose: 'assertionMethod', createdMs }, contextLoader())
}

async function refusal(credential: unknown, options: Partial<VerifyW3cCredentialOptions> = {}): Promise<CredentialError> {
  const error = await verifyW3cCredential(credential, { ...openPolicy, ...options }).then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (!(error instanceof CredentialError)) throw new Error('expected a refusal', { cause: error })
  expect(error.receipt?.verdict).toBe('refused')
  expect(error.receipt?.rules.at(-1)?.passed).toBe(false)
  return error
}

const withProof = (credential: JsonObject, members: { readonly [name: string]: unknown }): JsonObject =>
  ({ ...credential, proof: { ...(credential.proof as JsonObject), ...members } }) as JsonObject

describe.each(['P-256', 'Ed25519'] as const)('%s', algorithm => {
  test('what is issued verifies, with a receipt of every rule', async () => {
    const party = await fixedParty(algorithm, 3)
    const credential = await issueW3cCredential(credentialWith({ issuer: party.did }), { key: party.key, createdMs: fixedNowMs })
    const verified = await verifyW3cCredential(credential, openPolicy)
    expect(verified).toMatchObject({
      issuer: party.did,
      issuerBound: true,
      signers: [party.did],
      types: ['ResidentCredential'],
      statuses: [],
    })
    expect(verified.receipt.rules.map(rule => rule.rule)).toEqual([
      'form',
      'issuer',
      'proof-purpose',
      'issuer-key',
      'issuer-signature',
      'validity',
      'issuer-trusted-then',
      'issuer-trusted-now',
    ])
  })

  test('one bit of the signature flipped', async () => {
    const credential = await signed({}, await fixedParty(algorithm, 3))
    const { proofValue } = credential.proof as { proofValue: string }
    const flipped = `${proofValue.slice(0, 40)}${proofValue[40] === '2' ? '3' : '2'}${proofValue.slice(41)}`
    expect(await refusal(withProof(credential, { proofValue: flipped }))).toMatchObject({ code: 'ERR_CREDENTIAL_SIGNATURE' })
  })
})

describe('refuses', () => {
  test('a changed claim, a claim added, a claim taken away', async () => {
    const credential = await signed({ credentialSubject: { id: 'did:example:subject', district: 'Harbour', level: 2 } })
    for (const subject of [
      { id: 'did:example:subject', district: 'Hills', level: 2 },
      { id: 'did:example:subject', district: 'Harbour', level: 2, admin: true },
      { id: 'did:example:subject', district: 'Harbour' },
      { id: 'did:example:other', district: 'Harbour', level: 2 },
    ])
      expect(await refusal({ ...credential, credentialSubject: subject })).toMatchObject({ code: 'ERR_CREDENTIAL_SIGNATURE' })
  })

  test('a changed proof option', async () => {
    const credential = await signed()
    for (const members of [{ created: '2026-11-23T11:59:59Z' }, { expires: '2027-01-01T00:00:00Z' }, { nonce: 'x' }])
      expect(await refusal(withProof(credential, members))).toMatchObject({ code: 'ERR_CREDENTIAL_SIGNATURE' })
  })

  test("another's signature under the issuer's name", async () => {
    const credential = await signed({ issuer: issuer.did }, other)
    expect(await refusal(credential)).toMatchObject({ code: 'ERR_CREDENTIAL_ISSUER_MISMATCH' })
  })

  test("another's signature that names the issuer's key", async () => {
    const credential = await addProof(
      credentialWith({ issuer: issuer.did }),
      { id: issuer.key.id, signer: other.key.signer },
      { purpose: 'assertionMethod', createdMs: fixedNowMs },
      contextLoader(),
    )
    expect(await refusal(credential)).toMatchObject({ code: 'ERR_CREDENTIAL_SIGNATURE' })
  })

  test("an issuer that is a plain URL, unless that is asked for; another's DID never", async () => {
    const credential = await signed({ issuer: 'https://bureau.example' })
    expect(await refusal(credential)).toMatchObject({ code: 'ERR_CREDENTIAL_ISSUER_MISMATCH' })
    const verified = await verifyW3cCredential(credential, { ...openPolicy, unboundIssuer: true })
    expect(verified).toMatchObject({ issuerBound: false, signers: [issuer.did] })
    expect(verified.receipt.rules.map(rule => rule.rule)).not.toContain('issuer')
    const stolen = await signed({ issuer: other.did })
    expect(await refusal(stolen, { unboundIssuer: true })).toMatchObject({ code: 'ERR_CREDENTIAL_ISSUER_MISMATCH' })
  })

  test('a key that the DID does not list, or that another DID listed', async () => {
    const credential = await signed()
    expect(await refusal(credential, { resolveIssuerKey: async () => null })).toMatchObject({ code: 'ERR_CREDENTIAL_ISSUER_KEY' })
    const publicKey = issuer.key.signer.publicKey
    const resolveIssuerKey = async () => ({ controller: other.did, publicKey, evidence: {} })
    expect(await refusal(credential, { resolveIssuerKey })).toMatchObject({ code: 'ERR_CREDENTIAL_ISSUER_MISMATCH' })
  })

  test('a key that was not listed when the proof was made, and, if asked, one that no longer is', async () => {
    const createdMs = fixedNowMs - 10_000
    const credential = await signed({}, issuer, createdMs)
    const listed =
      (fromMs: number, untilMs: number): VerifyW3cCredentialOptions['resolveIssuerKey'] =>
      async query =>
        query.atMs >= fromMs && query.atMs < untilMs ? resolveDidKey(query) : null
    expect(await refusal(credential, { resolveIssuerKey: listed(createdMs + 1000, Infinity) })).toMatchObject({
      code: 'ERR_CREDENTIAL_ISSUER_KEY',
    })
    const struckOff = { resolveIssuerKey: listed(0, createdMs + 1000) }
    await expect(verifyW3cCredential(credential, { ...openPolicy, ...struckOff })).resolves.toBeDefined()
    expect(await refusal(credential, { ...struckOff, keyListedNow: true })).toMatchObject({ code: 'ERR_CREDENTIAL_ISSUER_KEY' })
  })

  test('a key of another kind than the suite', async () => {
    const credential = await signed()
    const publicKey = (await fixedParty('Ed25519', 1)).key.signer.publicKey
    const resolveIssuerKey = async () => ({ controller: issuer.did, publicKey, evidence: {} })
    expect(await refusal(credential, { resolveIssuerKey })).toMatchObject({ code: 'ERR_CREDENTIAL_ALGORITHM' })
    for (const cryptosuite of ['eddsa-rdfc-2022', 'ecdsa-sd-2023', 'ecdsa-jcs-2019', 'none'])
      expect(await refusal(withProof(credential, { cryptosuite }))).toMatchObject({ code: 'ERR_CREDENTIAL_ALGORITHM' })
  })

  test('a proof made to sign in with', async () => {
    const credential = await addProof(
      credentialWith({ issuer: issuer.did }),
      issuer.key,
      { purpose: 'authentication', createdMs: fixedNowMs },
      contextLoader(),
    )
    expect(await refusal(credential)).toMatchObject({ code: 'ERR_CREDENTIAL_PROOF_PURPOSE' })
    expect(await refusal(withProof(await signed(), { proofPurpose: 'capabilityInvocation' }))).toMatchObject({
      code: 'ERR_CREDENTIAL_PROOF_PURPOSE',
    })
  })

  test('a proof from the future, and one that is over', async () => {
    expect(await refusal(await signed({}, issuer, fixedNowMs + 61_000))).toMatchObject({ code: 'ERR_CREDENTIAL_NOT_YET_VALID' })
    await expect(verifyW3cCredential(await signed({}, issuer, fixedNowMs + 59_000), openPolicy)).resolves.toBeDefined()
    expect(await refusal(withProof(await signed(), { expires: '2026-11-23T11:00:00Z' }))).toMatchObject({ code: 'ERR_CREDENTIAL_EXPIRED' })
  })

  test('a credential one second before and after its period', async () => {
    expect(await refusal(await signed({ validFrom: '2026-11-23T12:00:01Z' }))).toMatchObject({ code: 'ERR_CREDENTIAL_NOT_YET_VALID' })
    expect(await refusal(await signed({ validUntil: '2026-11-23T12:00:00Z' }))).toMatchObject({ code: 'ERR_CREDENTIAL_EXPIRED' })
    await expect(verifyW3cCredential(await signed({ validUntil: '2026-11-23T12:00:01Z' }), openPolicy)).resolves.toBeDefined()
  })

  test('an issuer that was or is not accredited, for one of its types', async () => {
    const credential = await signed({}, issuer, fixedNowMs - 1000)
    for (const deniedAtMs of [fixedNowMs - 1000, fixedNowMs]) {
      const mayIssue: VerifyW3cCredentialOptions['mayIssue'] = async ({ atMs }) => ({ allowed: atMs !== deniedAtMs, evidence: {} })
      expect(await refusal(credential, { mayIssue })).toMatchObject({ code: 'ERR_CREDENTIAL_ISSUER_NOT_TRUSTED' })
    }
    const two = await signed({ type: ['VerifiableCredential', 'ResidentCredential', 'BankCredential'] })
    const mayIssue: VerifyW3cCredentialOptions['mayIssue'] = async ({ credentialType }) => ({
      allowed: credentialType === 'ResidentCredential',
      evidence: {},
    })
    expect(await refusal(two, { mayIssue })).toMatchObject({ code: 'ERR_CREDENTIAL_ISSUER_NOT_TRUSTED' })
    expect(await refusal(await signed({ type: ['VerifiableCredential'] }), { mayIssue })).toMatchObject({
      code: 'ERR_CREDENTIAL_ISSUER_NOT_TRUSTED',
    })
  })

  test('claims that break the schema', async () => {
    const validateClaims: NonNullable<VerifyW3cCredentialOptions['validateClaims']> = async ({ credentialType, claims }) => ({
      valid: credentialType === 'ResidentCredential' && claims.district === 'Harbour' && !('id' in claims),
      evidence: {},
    })
    await expect(verifyW3cCredential(await signed(), { ...openPolicy, validateClaims })).resolves.toBeDefined()
    const credential = await signed({ credentialSubject: { id: 'did:example:subject', district: 5 } })
    expect(await refusal(credential, { validateClaims })).toMatchObject({ code: 'ERR_CREDENTIAL_SCHEMA' })
  })

  test('what no context defines, as nobody would have signed it', async () => {
    const plain = await signed({
      '@context': ['https://www.w3.org/ns/credentials/v2'],
      type: ['VerifiableCredential'],
      credentialSubject: { id: 'did:example:a' },
    })
    expect(await refusal({ ...plain, credentialSubject: { id: 'did:example:a', admin: true } })).toMatchObject({
      code: 'ERR_CREDENTIAL_UNDEFINED_TERM',
    })
    expect(await refusal({ ...plain, type: ['VerifiableCredential', 'Admin'] })).toMatchObject({ code: 'ERR_CREDENTIAL_UNDEFINED_TERM' })
    expect(await refusal(withProof(plain, { admin: true }))).toMatchObject({ code: 'ERR_CREDENTIAL_UNDEFINED_TERM' })
  })

  test('a context that is not known, or that is written into the document', async () => {
    const credential = await signed()
    const contexts = credential['@context'] as readonly string[]
    expect(await refusal({ ...credential, '@context': [...contexts, 'https://example.org/v1'] })).toMatchObject({
      code: 'ERR_CREDENTIAL_CONTEXT',
    })
    expect(await refusal({ ...credential, '@context': [...contexts, { a: 'urn:x:a' }] })).toMatchObject({ code: 'ERR_CREDENTIAL_CONTEXT' })
  })

  test('a renamed claim that canonicalizes to what was signed', async () => {
    const inline = { district: 'urn:x:district' }
    const credential = await signed({ '@context': ['https://www.w3.org/ns/credentials/v2', inline], type: ['VerifiableCredential'] })
    await expect(verifyW3cCredential(credential, { ...openPolicy, inlineContexts: true })).resolves.toBeDefined()
    const renamed = {
      ...credential,
      '@context': ['https://www.w3.org/ns/credentials/v2', { owner: 'urn:x:district' }],
      credentialSubject: { id: 'did:example:subject', owner: 'Harbour' },
    }
    expect(await refusal(renamed)).toMatchObject({ code: 'ERR_CREDENTIAL_CONTEXT' })
  })

  test('a context that redefines a protected term, refers to itself, or is not a context', async () => {
    const credential = await signed()
    for (const inline of [
      { VerifiableCredential: 'https://example.org/#Bad' },
      { '@context': 'https://www.w3.org/ns/credentials/unknown' },
      { '@version': 2 },
      { a: { '@id': 5 } },
      { a: 'b:c', b: 'a:d' },
      { '@import': 'https://example.org/v1' },
    ]) {
      const bent = { ...credential, '@context': ['https://www.w3.org/ns/credentials/v2', undefinedTerms, inline] }
      expect(await refusal(bent, { inlineContexts: true })).toMatchObject({ code: 'ERR_CREDENTIAL_CONTEXT' })
    }
  })

  test('a graph made to take for ever', async () => {
    // Blank nodes that all point at all: labelling them takes factorial time.
    const nodes = Array.from({ length: 12 }, () => ({ peer: Array.from({ length: 12 }, () => ({})) }))
    const credential = await signed()
    const startMs = performance.now()
    const error = await refusal({ ...credential, credentialSubject: { id: 'did:example:subject', nodes } })
    expect(['ERR_CREDENTIAL_TOO_LARGE', 'ERR_CREDENTIAL_SIGNATURE']).toContain(error.code)
    expect(performance.now() - startMs).toBeLessThan(5000)
  })

  test('no proof, and a document that is none', async () => {
    const { proof: _, ...bare } = await signed()
    expect(await refusal(bare)).toMatchObject({ code: 'ERR_CREDENTIAL_MALFORMED' })
    expect(await refusal(JSON.stringify(await signed()))).toMatchObject({ code: 'ERR_CREDENTIAL_MALFORMED' })
  })
})

test('tells a failed lookup from a refusal', async () => {
  const resolveIssuerKey = () => Promise.reject(new Error('all nodes down'))
  expect(await refusal(await signed(), { resolveIssuerKey })).toMatchObject({ code: 'ERR_CREDENTIAL_LOOKUP' })
})

test('compares domain and challenge if asked', async () => {
  const credential = await addProof(
    credentialWith({ issuer: issuer.did }),
    issuer.key,
    { purpose: 'assertionMethod', createdMs: fixedNowMs, domain: 'bank.example', challenge: 'c-1' },
    contextLoader(),
  )
  await expect(verifyW3cCredential(credential, { ...openPolicy, domain: 'bank.example', challenge: 'c-1' })).resolves.toBeDefined()
  expect(await refusal(credential, { domain: 'other.example' })).toMatchObject({ code: 'ERR_CREDENTIAL_AUDIENCE' })
  expect(await refusal(credential, { challenge: 'c-2' })).toMatchObject({ code: 'ERR_CREDENTIAL_NONCE' })
  expect(await refusal(await signed(), { challenge: 'c-1' })).toMatchObject({ code: 'ERR_CREDENTIAL_NONCE' })
})

describe('several proofs', () => {
  test('all must hold, and one must be the issuer’s', async () => {
    const { proof: first, ...credential } = await signed()
    const witness = await addProof(credential, other.key, { purpose: 'assertionMethod', createdMs: fixedNowMs }, contextLoader())
    const both = { ...credential, proof: [witness.proof!, first!] }
    expect(await verifyW3cCredential(both, openPolicy)).toMatchObject({ signers: [other.did, issuer.did] })
    const spoilt = { ...credential, proof: [{ ...(witness.proof as JsonObject), created: '2026-11-23T11:00:00Z' }, first!] }
    expect(await refusal(spoilt)).toMatchObject({ code: 'ERR_CREDENTIAL_SIGNATURE' })
    expect(await refusal(witness)).toMatchObject({ code: 'ERR_CREDENTIAL_ISSUER_MISMATCH' })
  })
})

describe('issuing', () => {
  const options = () => ({ key: issuer.key, createdMs: fixedNowMs })

  test.each([
    ['ERR_CREDENTIAL_ISSUER_MISMATCH', { issuer: 'did:example:other' }],
    ['ERR_CREDENTIAL_MALFORMED', { credentialSubject: {} }],
    ['ERR_CREDENTIAL_MALFORMED', { proof: {} }],
    ['ERR_CREDENTIAL_CONTEXT', { '@context': ['https://www.w3.org/ns/credentials/v2', 'https://example.org/v1'] }],
    ['ERR_CREDENTIAL_UNDEFINED_TERM', { '@context': ['https://www.w3.org/ns/credentials/v2'] }],
    ['ERR_CREDENTIAL_RESOURCE', { relatedResource: { id: 'https://www.w3.org/ns/credentials/v2', digestMultibase: `u${'A'.repeat(43)}` } }],
    ['ERR_CREDENTIAL_TOO_LARGE', { credentialSubject: { a: new Array(5000).fill(1) } }],
  ])('refuses with %s', async (code, members) => {
    await expect(issueW3cCredential(credentialWith({ issuer: issuer.did, ...members }), options())).rejects.toMatchObject({ code })
  })

  test('leaves its argument as it was', async () => {
    const credential = Object.freeze(credentialWith({ issuer: issuer.did }))
    await issueW3cCredential(credential, options())
    expect(credential).not.toHaveProperty('proof')
  })

  test('adds the context of proofs to a credential of VC Data Model 1.1', async () => {
    const credential = credentialWith({
      '@context': ['https://www.w3.org/2018/credentials/v1'],
      type: ['VerifiableCredential'],
      issuer: issuer.did,
      validFrom: undefined,
      validUntil: undefined,
      issuanceDate: '2026-01-01T00:00:00Z',
      credentialSubject: { id: 'did:example:subject' },
    })
    const issued = await issueW3cCredential(credential, options())
    expect(issued['@context']).toEqual(['https://www.w3.org/2018/credentials/v1', 'https://w3id.org/security/data-integrity/v2'])
    await expect(verifyW3cCredential(issued, openPolicy)).resolves.toMatchObject({ issuer: issuer.did })
  })

  test('passes on what the signer throws', async () => {
    const signer = { publicKey: issuer.key.signer.publicKey, sign: () => Promise.reject(new Error('device unplugged')) }
    const credential = credentialWith({ issuer: issuer.did })
    await expect(issueW3cCredential(credential, { key: { id: issuer.key.id, signer }, createdMs: fixedNowMs })).rejects.toThrow(
      'device unplugged',
    )
  })

  test('with a context that the caller trusts', async () => {
    const loadContext = contextLoader({ 'https://bureau.example/v1': { '@context': { district: 'https://bureau.example/#district' } } })
    const credential = credentialWith({
      '@context': ['https://www.w3.org/ns/credentials/v2', 'https://bureau.example/v1'],
      type: ['VerifiableCredential'],
      issuer: issuer.did,
    })
    const issued = await issueW3cCredential(credential, { ...options(), loadContext })
    await expect(verifyW3cCredential(issued, { ...openPolicy, loadContext })).resolves.toBeDefined()
    expect(await refusal(issued)).toMatchObject({ code: 'ERR_CREDENTIAL_CONTEXT' })
    expect(await refusal(issued, { clock: fixedClock })).toMatchObject({ code: 'ERR_CREDENTIAL_CONTEXT' })
  })
})
