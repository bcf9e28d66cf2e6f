// Shared by the tests of this folder.
import { importSigner, type KeyAlgorithm, publicKeyToMultikey } from '@hufu/keys'
import { hexToBytes } from '@hufu/primitives'
import type { JsonObject } from '../json-object.ts'
import { credentialsV2Url } from './context-loader.ts'
import type { SigningKey } from './data-integrity.ts'
import { resolveDidKey } from './verification-method.ts'
import type { VerifyW3cCredentialOptions } from './verify-w3c-credential.ts'

/** Somebody with a `did:key`. */
export interface FixedParty {
  readonly did: string
  readonly key: SigningKey
}

/** The same party on every run: `seed` is one byte, repeated into a secret. */
export async function fixedParty(algorithm: KeyAlgorithm, seed: number): Promise<FixedParty> {
  const signer = await importSigner(algorithm, hexToBytes(seed.toString(16).padStart(2, '0').repeat(32)))
  const multikey = publicKeyToMultikey(signer.publicKey)
  return { did: `did:key:${multikey}`, key: { id: `did:key:${multikey}#${multikey}`, signer } }
}

/** 2026-11-23T12:00:00Z. */
export const fixedNowMs = Date.UTC(2026, 10, 23, 12)
export const fixedClock = { nowMs: () => fixedNowMs }

/** A credential that holds, its members replaced or (undefined) taken away. */
export function credentialWith(members: JsonObject | { readonly [name: string]: unknown } = {}): JsonObject {
  const whole = {
    '@context': [credentialsV2Url, 'https://www.w3.org/ns/credentials/undefined-terms/v2'],
    id: 'urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008',
    type: ['VerifiableCredential', 'ResidentCredential'],
    issuer: 'did:example:issuer',
    validFrom: '2026-01-01T00:00:00Z',
    validUntil: '2027-01-01T00:00:00Z',
    credentialSubject: { id: 'did:example:subject', district: 'Harbour' },
    ...members,
  }
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as JsonObject
}

/** Accepts every issuer with a `did:key`, and looks at no status. */
export const openPolicy: VerifyW3cCredentialOptions = {
  resolveIssuerKey: resolveDidKey,
  mayIssue: async () => ({ allowed: true, evidence: {} }),
  status: 'unchecked',
  clock: fixedClock,
}
