import { bytesToBase64, type FastjsonValue, type Json, msToDateTime } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'
import { credentialsV2Url } from '../w3c/context-loader.ts'
import type { VerifiedBsnCredential } from './verify-bsn-credential.ts'

/** What an issuer here says on the strength of a credential of BSN's. */
export interface ReattestBsnCredentialOptions {
  /** DID of the issuer here. */
  readonly issuer: string
  /** URL of the new credential. */
  readonly id: string
  /** Type that the claims have here; what the issuer here is accredited for. */
  readonly credentialType: string
  /** Name of each claim here, by its name there. What is not named is left out, and every one that is named must be there. */
  readonly claims: Readonly<Record<string, string>>
  /** Whom the new credential is about; default the DID at BSN. */
  readonly subject?: string
  /** How long the new credential lasts at most; it ends with the original at the latest. */
  readonly maxValidityMs: number
  readonly nowMs: number
}

/** How old a verification may be that is built upon. */
const maxVerificationAgeMs = 60_000
const undefinedTermsUrl = 'https://www.w3.org/ns/credentials/undefined-terms/v2'
/** Members of a subject that are no claims of anybody's. */
const reservedNames = ['id', 'type', '@id', '@type', '@context']

/**
 * Makes a W3C credential (VC Data Model 2.0) of one of BSN's that was just verified, to be signed by `issueW3cCredential`. It is a new statement by the issuer here, who answers
 * for it: the original is not converted, and its issuer not named as this one's. It stands as `evidence`: whose, of which template, the SHA-256 of what was
 * signed, when and how it was checked.
 *
 * @returns the credential without proof and status. Check the claims against the type's schema first, as for any other
 * @throws CredentialError `ERR_CREDENTIAL_CONFLICT`: verified too long ago, or over since; `ERR_CREDENTIAL_SCHEMA`: a claim that is missing, or is no
 *   text, truth value or number of JSON
 */
export function reattestBsnCredential(original: VerifiedBsnCredential, options: ReattestBsnCredentialOptions): JsonObject {
  const { issuer, id, credentialType, subject = original.userDid, maxValidityMs, nowMs } = options
  const ageMs = nowMs - original.receipt.verifiedAtMs
  if (ageMs < 0 || ageMs > maxVerificationAgeMs || nowMs >= original.expiresMs)
    throw new CredentialError('ERR_CREDENTIAL_CONFLICT', 'expected a credential that was verified just now, and is not over')
  return {
    '@context': [credentialsV2Url, undefinedTermsUrl],
    id,
    type: ['VerifiableCredential', credentialType],
    issuer,
    validFrom: msToDateTime(nowMs),
    validUntil: msToDateTime(Math.min(original.expiresMs, nowMs + maxValidityMs)),
    credentialSubject: { id: subject, ...claimsOf(original.claim, options.claims) },
    evidence: [evidenceOf(original)],
  }
}

function evidenceOf({ issuerDid, cptId, signedSha256, receipt }: VerifiedBsnCredential): JsonObject {
  const passed = receipt.rules.find(({ rule }) => rule === 'issuer-key-now')?.evidence
  return {
    type: ['BsnCredentialEvidence'],
    originalIssuer: issuerDid,
    originalTemplate: cptId,
    // Of the text that the original's issuer signed, as its program wrote it.
    digestSRI: `sha256-${bytesToBase64(signedSha256)}`,
    verifiedAt: msToDateTime(receipt.verifiedAtMs),
    ...(typeof passed?.assurance === 'string' ? { assurance: passed.assurance } : {}),
  }
}

function claimsOf(claim: ReadonlyMap<string, FastjsonValue>, names: Readonly<Record<string, string>>): JsonObject {
  const taken = Object.entries(names)
  if (new Set(taken.map(([, name]) => name)).size < taken.length || taken.some(([, name]) => reservedNames.includes(name)))
    throw new TypeError('claims: expected a name of its own for each claim')
  return Object.fromEntries(taken.map(([there, here]) => [here, simpleValue(claim.get(there))]))
}

function simpleValue(value: FastjsonValue | undefined): Json {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'object' && value !== null && 'literal' in value) {
    const number = Number(value.literal)
    // Another text of the same number is another claim to whoever compares texts.
    if (String(number) === value.literal) return number
  }
  throw new CredentialError('ERR_CREDENTIAL_SCHEMA', 'claim: expected text, a truth value, or a number that JSON keeps')
}
