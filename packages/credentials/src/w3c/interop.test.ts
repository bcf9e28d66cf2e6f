// Compared with @digitalbazaar/vc, the reference implementation of these proofs: each accepts what the other made.
import { type Cryptosuite, DataIntegrityProof } from '@digitalbazaar/data-integrity'
import { cryptosuite as ecdsaRdfc2019 } from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite'
import { cryptosuite as eddsaRdfc2022 } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
// @ts-expect-error: carries no types
import * as vc from '@digitalbazaar/vc'
import { publicKeyToMultikey } from '@hufu/keys'
import { describe, expect, test } from 'vitest'
import { contextLoader } from './context-loader.ts'
import { credentialWith, type FixedParty, fixedNowMs, fixedParty, openPolicy } from './fixture.ts'
import { issueW3cCredential } from './issue-w3c-credential.ts'
import { presentW3cCredentials } from './present-w3c-credentials.ts'
import { resolveDidKey } from './verification-method.ts'
import { verifyW3cCredential } from './verify-w3c-credential.ts'
import { verifyW3cPresentation } from './verify-w3c-presentation.ts'

const suites = { 'P-256': ecdsaRdfc2019, Ed25519: eddsaRdfc2022 } as const
const now = new Date(fixedNowMs)

/** Knows the bundled contexts and one party's DID. */
function documentLoader({ did, key }: FixedParty) {
  const method = { id: key.id, type: 'Multikey', controller: did, publicKeyMultibase: publicKeyToMultikey(key.signer.publicKey) }
  const didDocument = {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did,
    verificationMethod: [method],
    assertionMethod: [key.id],
    authentication: [key.id],
  }
  return async (url: string) => {
    if (url === key.id) return { documentUrl: url, document: { '@context': 'https://w3id.org/security/multikey/v1', ...method } }
    if (url === did) return { documentUrl: url, document: didDocument }
    return contextLoader()(url)
  }
}

function theirSuite({ key }: FixedParty, cryptosuite: Cryptosuite) {
  const { algorithm } = key.signer.publicKey
  const signer = { id: key.id, algorithm, sign: ({ data }: { data: Uint8Array }) => key.signer.sign(data) }
  return new DataIntegrityProof({ signer, cryptosuite, date: now.toISOString() })
}

describe.each(['P-256', 'Ed25519'] as const)('%s', algorithm => {
  test('their credential verifies here', async () => {
    const party = await fixedParty(algorithm, 5)
    const theirs = await vc.issue({
      credential: credentialWith({ issuer: party.did }),
      suite: theirSuite(party, suites[algorithm]),
      documentLoader: documentLoader(party),
      now,
    })
    await expect(verifyW3cCredential(theirs, openPolicy)).resolves.toMatchObject({ issuer: party.did })
  })

  test('our credential verifies there, and a changed one does not', async () => {
    const party = await fixedParty(algorithm, 5)
    const ours = await issueW3cCredential(credentialWith({ issuer: party.did }), { key: party.key, createdMs: fixedNowMs })
    const options = { suite: new DataIntegrityProof({ cryptosuite: suites[algorithm] }), documentLoader: documentLoader(party), now }
    expect(await vc.verifyCredential({ credential: ours, ...options })).toMatchObject({ verified: true })
    expect(await vc.verifyCredential({ credential: { ...ours, id: 'urn:x:y' }, ...options })).toMatchObject({ verified: false })
  })

  test('presentations go both ways', async () => {
    const party = await fixedParty(algorithm, 5)
    const presentation = { '@context': ['https://www.w3.org/ns/credentials/v2'], type: ['VerifiablePresentation'], holder: party.did }
    const audience = { domain: 'bank.example', challenge: 'c-1' }
    const loader = documentLoader(party)
    const theirs = await vc.signPresentation({
      presentation: { ...presentation },
      suite: theirSuite(party, suites[algorithm]),
      documentLoader: loader,
      ...audience,
    })
    const policy = { ...openPolicy, resolveHolderKey: resolveDidKey, ...audience }
    await expect(verifyW3cPresentation(theirs, policy)).resolves.toMatchObject({ holder: party.did })
    const ours = await presentW3cCredentials(presentation, { key: party.key, createdMs: fixedNowMs, ...audience })
    const suite = new DataIntegrityProof({ cryptosuite: suites[algorithm] })
    expect(await vc.verify({ presentation: ours, suite, documentLoader: loader, now, ...audience })).toMatchObject({ verified: true })
  })
})

test('a chain of proofs, which the reference implementation takes for a set, must hold link by link', async () => {
  const witness = await fixedParty('Ed25519', 6)
  const issuer = await fixedParty('Ed25519', 7)
  const credential = credentialWith({ issuer: issuer.did })
  const create = (party: FixedParty, document: object, members: object) => {
    const suite = theirSuite(party, eddsaRdfc2022)
    suite.proof = members
    const purpose = { update: async (proof: object) => ({ ...proof, proofPurpose: 'assertionMethod' }) }
    return suite.createProof({ document, purpose, documentLoader: contextLoader() })
  }
  const first = await create(witness, credential, { id: 'urn:uuid:first' })
  const second = await create(issuer, { ...credential, proof: [first] }, { previousProof: 'urn:uuid:first' })
  await expect(verifyW3cCredential({ ...credential, proof: [first, second] }, openPolicy)).resolves.toMatchObject({
    signers: [witness.did, issuer.did],
  })
  const another = await create(witness, credential, { id: 'urn:uuid:first', nonce: 'another' })
  await expect(verifyW3cCredential({ ...credential, proof: [another, second] }, openPolicy)).rejects.toMatchObject({
    code: 'ERR_CREDENTIAL_SIGNATURE',
  })
  await expect(verifyW3cCredential({ ...credential, proof: [second] }, openPolicy)).rejects.toMatchObject({
    code: 'ERR_CREDENTIAL_MALFORMED',
  })
})
