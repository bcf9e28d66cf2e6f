import { systemClock } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'
import type { Receipt } from '../receipt.ts'
import { RuleLog } from '../rule-log.ts'
import { contextLoader } from './context-loader.ts'
import { checkPresentationForm, type PresentationForm } from './presentation-form.ts'
import { checkProofs, type ProofForm } from './proof-form.ts'
import type { ResolveVerificationMethod } from './verification-method.ts'
import { verifyProofs } from './verify-proofs.ts'
import {
  defaultClockSkewMs,
  type VerifiedW3cCredential,
  type VerifyW3cCredentialOptions,
  verifyW3cCredential,
} from './verify-w3c-credential.ts'

export interface VerifyW3cPresentationOptions extends Omit<VerifyW3cCredentialOptions, 'domain' | 'challenge'> {
  /** Finds the key of whoever presents. */
  readonly resolveHolderKey: ResolveVerificationMethod
  /** This verifier, whom the presentation must name. */
  readonly domain: string
  /** What this verifier asked to be signed, once: keeping track of that is the caller's. */
  readonly challenge: string
  /** Refuse a credential whose subject is named and is somebody else than the presenter; default true. */
  readonly presenterIsSubject?: boolean
}

/** A verified presentation. */
export interface VerifiedW3cPresentation {
  readonly presentation: JsonObject
  /** DID of whoever signed the presentation. */
  readonly holder: string
  readonly credentials: readonly VerifiedW3cCredential[]
  /** Of the presentation; each credential has its own. */
  readonly receipt: Receipt
}

/**
 * Verifies a presentation and every credential in it.
 *
 * @throws CredentialError with `receipt`: of the presentation, or of the credential that was refused. `ERR_CREDENTIAL_KEY_BINDING_MISSING`: it is
 *   not signed; `ERR_CREDENTIAL_KEY_BINDING`: not by the holder or the subject; `ERR_CREDENTIAL_AUDIENCE`: for another verifier;
 *   `ERR_CREDENTIAL_NONCE`: not for this challenge; those of `verifyW3cCredential`
 * @see https://www.w3.org/TR/vc-data-model-2.0/#verification
 */
export async function verifyW3cPresentation(
  presentation: unknown,
  options: VerifyW3cPresentationOptions,
): Promise<VerifiedW3cPresentation> {
  const { clock = systemClock, clockSkewMs = defaultClockSkewMs, domain: _, challenge: __, ...credentialOptions } = options
  const nowMs = clock.nowMs()
  const log = new RuleLog(nowMs)

  const { form, proofs } = await log.during('form', () => readForm(presentation, options))
  log.pass('form', { credentials: form.credentials.length, proofs: proofs.length })
  const holder = checkHolder(log, form, proofs)
  await verifyProofs(form.document, proofs, proofPolicy(options, nowMs, clockSkewMs), log)
  if (options.presenterIsSubject ?? true) checkSubjects(log, form, holder)

  const credentials: VerifiedW3cCredential[] = []
  for (const { document } of form.credentials) credentials.push(await verifyW3cCredential(document, credentialOptions))
  return { presentation: form.document, holder, credentials, receipt: log.accepted() }
}

function readForm(presentation: unknown, { inlineContexts = false }: VerifyW3cPresentationOptions) {
  const form = checkPresentationForm(presentation)
  if (form.hasInlineContext && !inlineContexts)
    throw new CredentialError('ERR_CREDENTIAL_CONTEXT', '@context: expected the URLs of known contexts alone')
  if (form.document.proof === undefined)
    throw new CredentialError('ERR_CREDENTIAL_KEY_BINDING_MISSING', 'proof: expected one, signed by the holder')
  return { form, proofs: checkProofs(form.document.proof) }
}

/** Whoever signed is the holder: one DID, and the one named if any is. */
function checkHolder(log: RuleLog, { holder }: PresentationForm, proofs: readonly ProofForm[]): string {
  const presenter = proofs[0]!.controller
  if (proofs.some(proof => proof.controller !== (holder ?? presenter)))
    log.fail('presenter-key', 'ERR_CREDENTIAL_KEY_BINDING', "proof.verificationMethod: expected a key of the holder's DID")
  return presenter
}

function checkSubjects(log: RuleLog, { credentials }: PresentationForm, holder: string): void {
  for (const subject of credentials.flatMap(credential => credential.subjects))
    if (subject.id !== undefined && subject.id !== holder)
      log.fail('presenter-subject', 'ERR_CREDENTIAL_KEY_BINDING', 'credentialSubject.id: expected the holder')
  log.pass('presenter-subject')
}

function proofPolicy(options: VerifyW3cPresentationOptions, nowMs: number, clockSkewMs: number) {
  const { resolveHolderKey, loadContext = contextLoader(), domain, challenge } = options
  return {
    purpose: 'authentication',
    findKey: (query: { issuer: string; kid: string; atMs: number }) =>
      // Showing that one is the holder is a matter of now: a key struck off the list since the proof was made does not do.
      resolveHolderKey({ ...query, purpose: 'authentication', atMs: nowMs }),
    keyListedNow: false,
    loadContext,
    nowMs,
    clockSkewMs,
    domain,
    challenge,
    rules: { key: 'presenter-key', keyNow: 'presenter-key', signature: 'presenter-signature', age: 'presentation-age' },
  } as const
}
