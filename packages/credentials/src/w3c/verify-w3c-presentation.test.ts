import { beforeAll, describe, expect, test } from 'vitest'
import { CredentialError } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'
import { contextLoader } from './context-loader.ts'
import { addProof } from './data-integrity.ts'
import { credentialWith, type FixedParty, fixedNowMs, fixedParty, openPolicy } from './fixture.ts'
import { issueW3cCredential } from './issue-w3c-credential.ts'
import { presentW3cCredentials } from './present-w3c-credentials.ts'
import { resolveDidKey } from './verification-method.ts'
import { type VerifyW3cPresentationOptions, verifyW3cPresentation } from './verify-w3c-presentation.ts'

const context = ['https://www.w3.org/ns/credentials/v2']
const policy: VerifyW3cPresentationOptions = { ...openPolicy, resolveHolderKey: resolveDidKey, domain: 'bank.example', challenge: 'c-1' }
let issuer: FixedParty
let holder: FixedParty
let thief: FixedParty
let credential: JsonObject

beforeAll(async () => {
  issuer = await fixedParty('P-256', 1)
  holder = await fixedParty('Ed25519', 2)
  thief = await fixedParty('Ed25519', 3)
  const claims = credentialWith({ issuer: issuer.did, credentialSubject: { id: holder.did, district: 'Harbour' } })
  credential = await issueW3cCredential(claims, { key: issuer.key, createdMs: fixedNowMs })
})

function presentationWith(members: { readonly [name: string]: unknown } = {}): JsonObject {
  const whole = {
    '@context': context,
    type: ['VerifiablePresentation'],
    holder: holder.did,
    verifiableCredential: [credential],
    ...members,
  }
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as JsonObject
}

async function presented(
  members: { readonly [name: string]: unknown } = {},
  by = holder,
  to = { domain: 'bank.example', challenge: 'c-1' },
) {
  return addProof(presentationWith(members), by.key, { purpose: 'authentication', createdMs: fixedNowMs, ...to }, contextLoader())
}

async function refusal(presentation: unknown, options: Partial<VerifyW3cPresentationOptions> = {}): Promise<CredentialError> {
  const error = await verifyW3cPresentation(presentation, { ...policy, ...options }).then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (!(error instanceof CredentialError)) throw new Error('expected a refusal', { cause: error })
  expect(error.receipt?.verdict).toBe('refused')
  return error
}

test('what is presented verifies, with a receipt of the presentation and of each credential', async () => {
  const presentation = await presentW3cCredentials(presentationWith(), {
    key: holder.key,
    createdMs: fixedNowMs,
    domain: 'bank.example',
    challenge: 'c-1',
  })
  const verified = await verifyW3cPresentation(presentation, policy)
  expect(verified).toMatchObject({ holder: holder.did, credentials: [{ issuer: issuer.did }] })
  expect(verified.receipt.rules.map(rule => rule.rule)).toEqual([
    'form',
    'proof-purpose',
    'audience',
    'nonce',
    'presenter-key',
    'presenter-signature',
    'presenter-subject',
  ])
  expect(verified.credentials[0]?.receipt.verdict).toBe('accepted')
})

test('a presentation without credentials, and one whose holder is an object', async () => {
  await expect(verifyW3cPresentation(await presented({ verifiableCredential: undefined }), policy)).resolves.toMatchObject({
    credentials: [],
  })
  await expect(verifyW3cPresentation(await presented({ holder: { id: holder.did } }), policy)).resolves.toMatchObject({
    holder: holder.did,
  })
  await expect(verifyW3cPresentation(await presented({ holder: undefined }), policy)).resolves.toMatchObject({ holder: holder.did })
})

describe('refuses', () => {
  test('a presentation without a signature', async () => {
    expect(await refusal(presentationWith())).toMatchObject({ code: 'ERR_CREDENTIAL_KEY_BINDING_MISSING' })
  })

  test('a presentation for another verifier, for several, or for none', async () => {
    expect(await refusal(await presented({}, holder, { domain: 'hospital.example', challenge: 'c-1' }))).toMatchObject({
      code: 'ERR_CREDENTIAL_AUDIENCE',
    })
    const forBoth = await presented()
    const proof = { ...(forBoth.proof as JsonObject), domain: ['bank.example', 'hospital.example'] }
    expect(await refusal({ ...forBoth, proof })).toMatchObject({ code: 'ERR_CREDENTIAL_AUDIENCE' })
    const { domain: _, ...forNone } = forBoth.proof as { domain: string }
    expect(await refusal({ ...forBoth, proof: forNone })).toMatchObject({ code: 'ERR_CREDENTIAL_AUDIENCE' })
  })

  test('a presentation made for an earlier challenge', async () => {
    expect(await refusal(await presented(), { challenge: 'c-2' })).toMatchObject({ code: 'ERR_CREDENTIAL_NONCE' })
    const replayed = await presented()
    const renamed = { ...replayed, proof: { ...(replayed.proof as JsonObject), challenge: 'c-2' } }
    expect(await refusal(renamed, { challenge: 'c-2' })).toMatchObject({ code: 'ERR_CREDENTIAL_SIGNATURE' })
  })

  test('a stolen credential', async () => {
    expect(await refusal(await presented({}, thief))).toMatchObject({ code: 'ERR_CREDENTIAL_KEY_BINDING' })
    const inOwnName = await presented({ holder: thief.did }, thief)
    expect(await refusal(inOwnName)).toMatchObject({ code: 'ERR_CREDENTIAL_KEY_BINDING' })
    await expect(verifyW3cPresentation(inOwnName, { ...policy, presenterIsSubject: false })).resolves.toMatchObject({ holder: thief.did })
  })

  test('two presenters', async () => {
    const one = await presented({ holder: undefined })
    const two = await presented({ holder: undefined }, thief)
    expect(await refusal({ ...one, proof: [one.proof!, two.proof!] })).toMatchObject({ code: 'ERR_CREDENTIAL_KEY_BINDING' })
  })

  test('a signature made to issue with', async () => {
    const options = { purpose: 'assertionMethod', createdMs: fixedNowMs, domain: 'bank.example', challenge: 'c-1' } as const
    const presentation = await addProof(presentationWith(), holder.key, options, contextLoader())
    expect(await refusal(presentation)).toMatchObject({ code: 'ERR_CREDENTIAL_PROOF_PURPOSE' })
  })

  test('a key that the holder does not list for authentication, or no longer does', async () => {
    const presentation = await presented()
    expect(await refusal(presentation, { resolveHolderKey: async () => null })).toMatchObject({ code: 'ERR_CREDENTIAL_ISSUER_KEY' })
    const resolveHolderKey: VerifyW3cPresentationOptions['resolveHolderKey'] = async query =>
      query.purpose === 'authentication' && query.atMs < fixedNowMs ? resolveDidKey(query) : null
    expect(await refusal(presentation, { resolveHolderKey })).toMatchObject({ code: 'ERR_CREDENTIAL_ISSUER_KEY' })
  })

  test('a credential that does not hold, with its own receipt', async () => {
    const forged = { ...credential, credentialSubject: { id: holder.did, district: 'Hills' } }
    const error = await refusal(await presented({ verifiableCredential: [credential, forged] }))
    expect(error).toMatchObject({ code: 'ERR_CREDENTIAL_SIGNATURE' })
    expect(error.receipt?.rules.at(-1)?.rule).toBe('issuer-signature')
  })

  test('credentials swapped after signing', async () => {
    const claims = credentialWith({ issuer: issuer.did, credentialSubject: { id: holder.did, district: 'Hills' } })
    const another = await issueW3cCredential(claims, { key: issuer.key, createdMs: fixedNowMs })
    expect(await refusal({ ...(await presented()), verifiableCredential: [another] })).toMatchObject({ code: 'ERR_CREDENTIAL_SIGNATURE' })
  })

  test.each([
    ['no object', 'text', 'ERR_CREDENTIAL_MALFORMED'],
    ['no context', { '@context': undefined }, 'ERR_CREDENTIAL_MALFORMED'],
    ['another first context', { '@context': [{}, ...context] }, 'ERR_CREDENTIAL_MALFORMED'],
    ['another type', { type: ['Presentation'] }, 'ERR_CREDENTIAL_MALFORMED'],
    ['an id that is no URL', { id: 'one' }, 'ERR_CREDENTIAL_MALFORMED'],
    ['a holder that is no URL', { holder: 'z6Mk' }, 'ERR_CREDENTIAL_MALFORMED'],
    ['a holder without id', { holder: { name: 'Li' } }, 'ERR_CREDENTIAL_MALFORMED'],
    ['a credential in text', { verifiableCredential: ['ey'] }, 'ERR_CREDENTIAL_MALFORMED'],
    [
      'a credential in an envelope',
      { verifiableCredential: [{ '@context': context[0], type: 'EnvelopedVerifiableCredential' }] },
      'ERR_CREDENTIAL_MALFORMED',
    ],
    ['a credential without context', { verifiableCredential: [{ type: ['VerifiableCredential'] }] }, 'ERR_CREDENTIAL_MALFORMED'],
    ['seventeen credentials', { verifiableCredential: new Array(17).fill({}) }, 'ERR_CREDENTIAL_MALFORMED'],
    ['a context below the top', { termsOfUse: { type: 'T', '@context': {} } }, 'ERR_CREDENTIAL_CONTEXT'],
    ['an inline context', { '@context': [...context, { a: 'urn:x:a' }] }, 'ERR_CREDENTIAL_CONTEXT'],
  ])('%s', async (_, members, code) => {
    const presentation = typeof members === 'string' ? members : presentationWith(members)
    expect(await refusal(presentation)).toMatchObject({ code })
  })
})

describe('presenting refuses', () => {
  const options = () => ({ key: holder.key, createdMs: fixedNowMs, domain: 'bank.example', challenge: 'c-1' })

  test("a holder that is somebody else's DID", async () => {
    await expect(presentW3cCredentials(presentationWith({ holder: thief.did }), options())).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_KEY_BINDING',
    })
  })
  test('a presentation that is signed already', async () => {
    await expect(presentW3cCredentials(await presented(), options())).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_MALFORMED' })
  })
})
