// Shared by the tests of credentials that a JWT secures.
import { importSigner, publicKeyToJwk } from '@hufu/keys'
import { importSm2Signer, sm2PublicKeyToJwk, sm2sm3 } from '@hufu/keys/sm2'
import { bytesToBase64url, canonicalJsonBytes, secondsOfMs, utf8ToBytes } from '@hufu/primitives'
import type { AcceptedAlgorithms } from '../jose/partner-suite.ts'
import type { JsonObject } from '../json-object.ts'
import { credentialWith, fixedClock, fixedNowMs } from './fixture.ts'
import { issuerKeyOfDocument } from './issuer-key-of-document.ts'
import type { VerifyVcJwtOptions } from './verify-vc-jwt.ts'

export const partner = 'did:web:partner.example'
export const sm2Kid = `${partner}#sm2`
export const p256Kid = `${partner}#p256`
export const ed25519Kid = `${partner}#ed25519`

// All of one secret: the same bytes on three curves.
const secret = new Uint8Array(32).fill(9)
export const sm2Signer = importSm2Signer(secret)
export const p256Signer = await importSigner('P-256', secret)
export const ed25519Signer = await importSigner('Ed25519', secret)
export const strangerSm2Signer = importSm2Signer(new Uint8Array(32).fill(10))

interface AnySigner {
  sign(message: Uint8Array): Promise<Uint8Array>
}

/** The partner's DID document, its members replaced or (undefined) taken away. */
export function partnerDocument(members: { readonly [name: string]: unknown } = {}): JsonObject {
  const method = (id: string, publicKeyJwk: unknown) => ({ id, type: 'JsonWebKey', controller: partner, publicKeyJwk })
  const whole = {
    id: partner,
    verificationMethod: [
      method(sm2Kid, { ...sm2PublicKeyToJwk(sm2Signer.publicKey), alg: 'SM2SM3' }),
      method(p256Kid, publicKeyToJwk(p256Signer.publicKey)),
      method(ed25519Kid, publicKeyToJwk(ed25519Signer.publicKey)),
    ],
    assertionMethod: [sm2Kid, p256Kid, ed25519Kid],
    ...members,
  }
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as unknown as JsonObject
}

/** A verifier who accepts these algorithms, from keys of the partner's document. */
export function policyOf(algorithms: AcceptedAlgorithms, document: unknown = partnerDocument()): VerifyVcJwtOptions {
  return {
    algorithms,
    resolveIssuerKey: async query => issuerKeyOfDocument(document, query, algorithms, { source: 'test' }),
    mayIssue: async () => ({ allowed: true, evidence: {} }),
    status: 'unchecked',
    clock: fixedClock,
  }
}

export const acceptsSm2 = policyOf(['ES256', sm2sm3])

/** A JWT with any header and payload, truly signed. */
export async function forgeVcJwt(header: unknown, payload: unknown, signer: AnySigner): Promise<string> {
  const signingInput = `${encode(header)}.${encode(payload)}`
  return `${signingInput}.${bytesToBase64url(await signer.sign(utf8ToBytes(signingInput)))}`
}

/** The partner's credential as a JWT that holds, with changes to its header and payload. */
export function partnerVcJwt(
  changes: { header?: { readonly [name: string]: unknown }; payload?: { readonly [name: string]: unknown }; signer?: AnySigner } = {},
): Promise<string> {
  const header = { alg: 'SM2SM3', typ: 'vc+jwt', cty: 'vc', kid: sm2Kid, ...changes.header }
  const payload = { iss: partner, iat: secondsOfMs(fixedNowMs) - 60, ...credentialWith({ issuer: partner }), ...changes.payload }
  return forgeVcJwt(header, payload, changes.signer ?? sm2Signer)
}

/** `undefined` leaves a member out, as in JSON. */
function encode(value: unknown): string {
  return bytesToBase64url(canonicalJsonBytes(JSON.parse(JSON.stringify(value))))
}
