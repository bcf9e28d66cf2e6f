import type { PublicKey } from '@hufu/keys'
import { type Clock, systemClock } from '@hufu/primitives'
import { checkIssuerTrust, findIssuerKey, type IssuerPolicy } from '../check-issuer.ts'
import { checkValidity } from '../check-validity.ts'
import { CredentialError } from '../errors.ts'
import { verifyJwt } from '../jose/verify-jwt.ts'
import type { JsonObject } from '../json-object.ts'
import type { ValidateClaims } from '../lookups.ts'
import type { Receipt } from '../receipt.ts'
import { RuleLog } from '../rule-log.ts'
import type { TokenStatusLists } from '../status/token-status-lists.ts'
import { checkKeyBinding, expectProof, type KeyBindingPolicy } from './check-key-binding.ts'
import { type CredentialTerms, openClaims, readTerms } from './credential-terms.ts'
import { digestOf } from './disclosure.ts'
import { type ParsedSdJwt, parseSdJwt } from './parse-sd-jwt.ts'
import { reveal } from './reveal.ts'

export interface VerifySdJwtVcOptions extends IssuerPolicy {
  /** The `vct` values accepted. A credential counts as its own type only: `aka_vcts` is not looked at. */
  readonly credentialTypes: readonly string[]
  /** What the holder must have signed; `none` for a credential without proof, which is then refused if it has one. */
  readonly keyBinding: KeyBindingPolicy | 'none'
  /** How the status is checked; `unchecked` says aloud that revocation is not looked at. */
  readonly status:
    | {
        readonly lists: TokenStatusLists
        readonly maxAgeMs: number /** Default false: a credential without status is refused. */
        readonly optional?: boolean
      }
    | 'unchecked'
  readonly validateClaims?: ValidateClaims
  readonly clock?: Clock
  /** How far clocks of issuers and holders may be ahead of ours; default 60,000. */
  readonly clockSkewMs?: number
}

/** A verified presentation. */
export interface VerifiedSdJwtVc {
  readonly issuer: string
  readonly credentialType: string
  /** What was disclosed about the subject; without the terms (`iss`, `exp`, `cnf` and the like). */
  readonly claims: JsonObject
  /** True if the holder can have kept nothing back. */
  readonly complete: boolean
  readonly issuedAtMs: number
  readonly expiresAtMs: number | undefined
  readonly holderKey: PublicKey | undefined
  readonly receipt: Receipt
}

const defaultClockSkewMs = 60_000

/**
 * Verifies an SD-JWT VC, with or without the holder's proof (RFC 9901 §7.3, SD-JWT VC §2.4).
 *
 * @param presentation - compact form, at most 262,144 characters
 * @returns what was verified, with a receipt of every rule
 * @throws CredentialError with `receipt`: the rules that held, then the one that did not. `ERR_CREDENTIAL_LOOKUP` and
 *   `ERR_CREDENTIAL_STATUS_UNAVAILABLE` say that it could not be found out; all others that the credential is refused
 */
export async function verifySdJwtVc(presentation: string, options: VerifySdJwtVcOptions): Promise<VerifiedSdJwtVc> {
  const { credentialTypes, keyBinding, clock = systemClock, clockSkewMs = defaultClockSkewMs } = options
  const nowMs = clock.nowMs()
  const log = new RuleLog(nowMs)

  const { sdJwt, terms } = await log.during('form', () => readForm(presentation))
  log.pass('form', { disclosures: sdJwt.disclosures.length })
  const { issuer, credentialType, issuedAtMs, expiresAtMs, holderKey } = terms
  if (!credentialTypes.includes(credentialType))
    log.fail('type', 'ERR_CREDENTIAL_TYPE', 'credential is of a type that is not accepted here', { credentialType })
  log.pass('type', { credentialType })

  const proof = expectProof(log, sdJwt, holderKey, keyBinding !== 'none')
  const statement = { issuer, credentialType, issuedAtMs, kid: sdJwt.jwt.kid }
  const issuerKey = await findIssuerKey(log, statement, options, nowMs)
  // Signatures take longer than all else here: both are checked at once, the claims are read meanwhile, and all is judged in its turn.
  const [signedByIssuer, signedByHolder, subject] = await Promise.allSettled([
    verifyJwt(sdJwt.jwt, issuerKey),
    proof === undefined ? undefined : verifyJwt(proof.jwt, proof.key),
    readSubject(sdJwt),
  ])
  await log.during('issuer-signature', () => unwrap(signedByIssuer))
  log.pass('issuer-signature', { algorithm: sdJwt.jwt.algorithm })
  checkValidity(log, terms, nowMs, clockSkewMs)
  const { claims, complete, contentDigest } = await log.during('disclosures', () => unwrap(subject))
  log.pass('disclosures', { contentSha256: contentDigest, complete })
  if (proof !== undefined && keyBinding !== 'none') {
    await log.during('holder', () => unwrap(signedByHolder), 'ERR_CREDENTIAL_KEY_BINDING')
    log.pass('holder', { algorithm: proof.jwt.algorithm })
    await checkKeyBinding(log, proof.jwt, contentDigest, keyBinding, { nowMs, clockSkewMs })
  }
  await checkIssuerTrust(log, statement, options, nowMs)
  await checkStatus(log, terms, options.status)
  await checkSchema(log, { credentialType, claims, partial: !complete }, options.validateClaims)

  return { issuer, credentialType, claims, complete, issuedAtMs, expiresAtMs, holderKey, receipt: log.accepted() }
}

function readForm(presentation: string): { sdJwt: ParsedSdJwt; terms: CredentialTerms } {
  const sdJwt = parseSdJwt(presentation)
  return { sdJwt, terms: readTerms(sdJwt.jwt.payload) }
}

function unwrap<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === 'rejected') throw settled.reason
  return settled.value
}

async function readSubject({
  jwt,
  disclosures,
  content,
}: ParsedSdJwt): Promise<{ claims: JsonObject; complete: boolean; contentDigest: string }> {
  const { claims, placed, complete } = reveal(jwt.payload, disclosures)
  if (placed.some(({ place }) => openClaims.includes(String(place[0]))))
    throw new CredentialError('ERR_CREDENTIAL_DISCLOSURE', 'a disclosure stands for one of the terms of the credential')
  const ofSubject = Object.entries(claims).filter(([name]) => !openClaims.includes(name))
  return { claims: Object.fromEntries(ofSubject), complete, contentDigest: digestOf(content) }
}

async function checkStatus(log: RuleLog, { issuer, status }: CredentialTerms, policy: VerifySdJwtVcOptions['status']): Promise<void> {
  if (policy === 'unchecked') return
  if (status !== undefined) return policy.lists.check(log, { issuer, reference: status }, policy)
  if (policy.optional !== true)
    log.fail('status', 'ERR_CREDENTIAL_STATUS_MISSING', 'credential has no status, so it could never be revoked')
}

async function checkSchema(log: RuleLog, query: Parameters<ValidateClaims>[0], validateClaims: ValidateClaims | undefined): Promise<void> {
  if (validateClaims === undefined) return
  const { valid, evidence } = await log.lookUp('schema', () => validateClaims(query))
  if (!valid) log.fail('schema', 'ERR_CREDENTIAL_SCHEMA', "claims do not follow the type's schema", evidence)
  log.pass('schema', evidence)
}
