import { type Clock, systemClock } from '@hufu/primitives'
import type { IssuerPolicy } from '../check-issuer.ts'
import { checkValidity } from '../check-validity.ts'
import { CredentialError } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'
import type { ValidateClaims } from '../lookups.ts'
import type { Receipt } from '../receipt.ts'
import { RuleLog } from '../rule-log.ts'
import type { BitstringStatus } from './bitstring-status-lists.ts'
import { checkSchemas, checkStatuses, checkTrust, type StatusPolicy } from './check-standing.ts'
import { type ContextLoader, contextLoader } from './context-loader.ts'
import { type CredentialForm, checkCredentialForm } from './credential-form.ts'
import { checkProofs, type ProofForm } from './proof-form.ts'
import { type ProofPolicy, verifyProofs } from './verify-proofs.ts'

export interface VerifyW3cCredentialOptions extends IssuerPolicy {
  /** How the status is checked; `unchecked` says aloud that revocation is not looked at. */
  readonly status: StatusPolicy
  readonly validateClaims?: ValidateClaims
  readonly loadContext?: ContextLoader
  /**
   * Accept contexts written into the document; default false. They can give a signed value another name, so that one who reads the JSON is told
   * something else than the issuer signed.
   */
  readonly inlineContexts?: boolean
  /**
   * Accept an issuer that is a plain URL, of which nobody can tell which keys are its own; default false. The answer's `issuerBound` is then
   * false, and only its `signers` mean something.
   */
  readonly unboundIssuer?: boolean
  /** The verifier and its challenge, which the issuer must have signed too: seldom wanted of a credential. */
  readonly domain?: string
  readonly challenge?: string
  readonly clock?: Clock
  /** How far clocks of issuers and holders may be ahead of ours; default 60,000. */
  readonly clockSkewMs?: number
}

/** A verified credential. */
export interface VerifiedW3cCredential {
  /** What was signed, with its proofs. */
  readonly credential: JsonObject
  readonly issuer: string
  /** False only where `unboundIssuer` let a plain URL pass. */
  readonly issuerBound: boolean
  /** DIDs whose keys signed; the issuer is among them if it is bound. */
  readonly signers: readonly string[]
  /** Without `VerifiableCredential`. */
  readonly types: readonly string[]
  readonly subjects: readonly JsonObject[]
  readonly validUntilMs: number | undefined
  readonly statuses: readonly BitstringStatus[]
  readonly receipt: Receipt
}

export const defaultClockSkewMs = 60_000

/**
 * Verifies a W3C credential secured by Data Integrity proofs: form, issuer, keys, every proof, period, accreditation, status and schema.
 *
 * @returns what was verified, with a receipt of every rule
 * @throws CredentialError with `receipt`: the rules that held, then the one that did not. `ERR_CREDENTIAL_LOOKUP` and
 *   `ERR_CREDENTIAL_STATUS_UNAVAILABLE` say that it could not be found out; all others that the credential is refused
 * @see https://www.w3.org/TR/vc-data-model-2.0/#verification
 */
export async function verifyW3cCredential(credential: unknown, options: VerifyW3cCredentialOptions): Promise<VerifiedW3cCredential> {
  const { clock = systemClock, clockSkewMs = defaultClockSkewMs } = options
  const nowMs = clock.nowMs()
  const log = new RuleLog(nowMs)

  const { form, proofs } = await log.during('form', () => readForm(credential, options))
  log.pass('form', { model: form.model, proofs: proofs.length })
  const issuerProof = checkIssuer(log, form, proofs, options)
  await verifyProofs(form.document, proofs, proofPolicy(options, nowMs, clockSkewMs), log)
  const issuedAtMs = issuerProof?.createdMs ?? nowMs
  checkValidity(log, { issuedAtMs, notBeforeMs: form.validFromMs, expiresAtMs: form.validUntilMs }, nowMs, clockSkewMs)
  await checkTrust(log, form, issuedAtMs, options, nowMs)
  const statuses = await checkStatuses(log, form, options.status)
  await checkSchemas(log, form, options.validateClaims)

  const { document, issuer, types, subjects, validUntilMs } = form
  const signers = [...new Set(proofs.map(proof => proof.controller))]
  const issuerBound = issuerProof !== undefined
  return { credential: document, issuer, issuerBound, signers, types, subjects, validUntilMs, statuses, receipt: log.accepted() }
}

function readForm(credential: unknown, { inlineContexts = false }: VerifyW3cCredentialOptions) {
  const form = checkCredentialForm(credential)
  if (form.hasInlineContext && !inlineContexts)
    throw new CredentialError('ERR_CREDENTIAL_CONTEXT', '@context: expected the URLs of known contexts alone')
  return { form, proofs: checkProofs(form.document.proof) }
}

/** The one who is checked is the one who signed: one of the keys must be the issuer's. Others, such as a witness's, may stand beside. */
function checkIssuer(
  log: RuleLog,
  { issuer }: CredentialForm,
  proofs: readonly ProofForm[],
  { unboundIssuer = false }: VerifyW3cCredentialOptions,
): ProofForm | undefined {
  const issuerProof = proofs.find(proof => proof.controller === issuer)
  if (issuerProof !== undefined) log.pass('issuer', { issuer, kid: issuerProof.verificationMethod })
  else if (!unboundIssuer || issuer.startsWith('did:'))
    log.fail('issuer', 'ERR_CREDENTIAL_ISSUER_MISMATCH', "proof.verificationMethod: expected a key of the issuer's DID", { issuer })
  return issuerProof
}

function proofPolicy(options: VerifyW3cCredentialOptions, nowMs: number, clockSkewMs: number): ProofPolicy {
  const { resolveIssuerKey, keyListedNow = false, loadContext = contextLoader(), domain, challenge } = options
  return {
    purpose: 'assertionMethod',
    findKey: query => resolveIssuerKey({ ...query, purpose: 'assertionMethod' }),
    keyListedNow,
    loadContext,
    nowMs,
    clockSkewMs,
    domain,
    challenge,
    rules: { key: 'issuer-key', keyNow: 'issuer-key-now', signature: 'issuer-signature', age: 'validity' },
  }
}
