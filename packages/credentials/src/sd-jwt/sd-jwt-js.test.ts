import { createHash } from 'node:crypto'
import { generateSigner, joseAlgorithm, type KeyAlgorithm, type PublicKey, publicKeyFromJwk, publicKeyToJwk, type Signer } from '@hufu/keys'
import { bytesToBase64url, randomBytes, utf8ToBytes } from '@hufu/primitives'
import { SDJwtInstance } from '@sd-jwt/core'
import { compactVerify, importJWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { audience, claims, credentialType, expectRefusal, issue, issuer, kid, nonce, nowMs, present, verifier } from './sd-jwt-fixture.ts'
import { verifySdJwtVc } from './verify-sd-jwt-vc.ts'

// Both directions against another implementation: @sd-jwt/core, with signatures by jose.

const now = Math.floor(Date.now() / 1000)

describe.each<[KeyAlgorithm, KeyAlgorithm]>([
  ['P-256', 'P-256'],
  ['Ed25519', 'P-256'],
  ['P-256', 'Ed25519'],
])('issuer with %s, holder with %s', async (issuers, holders) => {
  const issuerSigner = await generateSigner(issuers)
  const holderSigner = await generateSigner(holders)
  const peer = peerOf(issuerSigner, holderSigner)
  const options = verifier({
    clock: { nowMs: () => now * 1000 },
    resolveIssuerKey: async () => ({ controller: issuer, publicKey: issuerSigner.publicKey, evidence: {} }),
  })

  test('it verifies what we issue and present', async () => {
    const credential = await issue({
      signer: issuerSigner,
      holderKey: holderSigner.publicKey,
      disclosable: [['name'], ['birthDate'], ['address'], ['address', 'city'], ['nationalities', null]],
      decoys: 2,
      issuedAtMs: (now - 60) * 1000,
      expiresAtMs: (now + 60) * 1000,
    })
    const shown = await present(credential, { signer: holderSigner, issuedAtMs: now * 1000 })
    const verified = await peer.verify(shown, { keyBindingNonce: nonce, requiredClaimKeys: ['name', 'address.city'] })
    expect(verified.payload).toMatchObject({
      iss: issuer,
      vct: credentialType,
      name: claims.name,
      address: claims.address,
      nationalities: [],
    })
    expect(verified.kb?.payload).toMatchObject({ aud: audience, nonce })
  })

  test('we verify what it issues and presents', async () => {
    const payload = {
      iss: issuer,
      vct: credentialType,
      iat: now - 60,
      exp: now + 60,
      cnf: { jwk: { ...publicKeyToJwk(holderSigner.publicKey) } },
      ...claims,
    }
    const frame = {
      _sd: ['name', 'birthDate', 'address'],
      _sd_decoy: 2,
      address: { _sd: ['city', 'street'] },
      nationalities: { _sd: [0, 1] },
    }
    const credential = await peer.issue(payload, frame as never, { header: { typ: 'dc+sd-jwt', kid } })
    const kb = { payload: { iat: now, aud: audience, nonce } }
    const shown = await peer.present<Record<string, unknown>>(
      credential,
      { name: true, address: { city: true }, nationalities: { 1: true } } as never,
      { kb },
    )
    const verified = await verifySdJwtVc(shown, options)
    expect(verified.claims).toEqual({ name: claims.name, address: { city: claims.address.city }, nationalities: [claims.nationalities[1]] })

    const another = { ...options, keyBinding: { audience, nonce: 'another', maxAgeMs: 1000 } }
    await expectRefusal(verifySdJwtVc(shown, another), 'ERR_CREDENTIAL_NONCE', 'nonce')
    await expectRefusal(verifySdJwtVc(shown, { ...options, clock: { nowMs: () => nowMs + 1e12 } }), 'ERR_CREDENTIAL_EXPIRED', 'validity')
  })
})

function peerOf(issuerSigner: Signer, holderSigner: Signer) {
  return new SDJwtInstance({
    hashAlg: 'sha-256',
    hasher: data =>
      new Uint8Array(
        createHash('sha256')
          .update(typeof data === 'string' ? data : new Uint8Array(data))
          .digest(),
      ),
    saltGenerator: length => bytesToBase64url(randomBytes(length)),
    signAlg: joseAlgorithm[issuerSigner.publicKey.algorithm],
    signer: text => signText(issuerSigner, text),
    verifier: (text, signature) => isSignedBy(issuerSigner.publicKey, text, signature),
    kbSignAlg: joseAlgorithm[holderSigner.publicKey.algorithm],
    kbSigner: text => signText(holderSigner, text),
    kbVerifier: (text, signature, payload) => isSignedBy(publicKeyFromJwk((payload as { cnf: { jwk: unknown } }).cnf.jwk), text, signature),
  })
}

async function signText(signer: Signer, text: string): Promise<string> {
  return bytesToBase64url(await signer.sign(utf8ToBytes(text)))
}

async function isSignedBy(key: PublicKey, text: string, signature: string): Promise<boolean> {
  await compactVerify(`${text}.${signature}`, await importJWK({ ...publicKeyToJwk(key) }, joseAlgorithm[key.algorithm]))
  return true
}
