import type { PublicKey } from '@hufu/keys'
import type { JsonObject } from '../json-object.ts'
import type { IssuerKey } from '../lookups.ts'
import type { RuleLog } from '../rule-log.ts'
import type { RuleId } from '../rules.ts'
import type { ContextLoader } from './context-loader.ts'
import { checkSignature } from './data-integrity.ts'
import type { ProofForm, ProofPurpose } from './proof-form.ts'

/** How proofs are judged. */
export interface ProofPolicy {
  readonly purpose: ProofPurpose
  /** Finds a key that its DID listed for the purpose; null if it did not. */
  readonly findKey: (query: { issuer: string; kid: string; atMs: number }) => Promise<IssuerKey | null>
  /** Refuse a key that is no longer listed. */
  readonly keyListedNow: boolean
  readonly loadContext: ContextLoader
  readonly nowMs: number
  readonly clockSkewMs: number
  /** The verifier, whom the proofs must name; undefined where nobody in particular was meant to read the document. */
  readonly domain: string | undefined
  /** What the verifier asked to be signed; undefined if it asked nothing. */
  readonly challenge: string | undefined
  /** Rules under which the outcome is recorded. */
  readonly rules: { readonly key: RuleId; readonly keyNow: RuleId; readonly signature: RuleId; readonly age: RuleId }
}

/**
 * Checks every proof of a document, and those that others stand on: one that does not hold spoils the rest.
 *
 * @see https://www.w3.org/TR/vc-data-integrity/#verify-proof-sets-and-chains
 */
export async function verifyProofs(document: JsonObject, proofs: readonly ProofForm[], policy: ProofPolicy, log: RuleLog): Promise<void> {
  const { proof: _, ...unsecured } = document
  for (const proof of proofs) {
    checkPurpose(proof, policy, log)
    checkAudience(proof, policy, log)
    checkAge(proof, policy, log)
    const publicKey = await findKey(proof, policy, log)
    const previous = proofs.filter(other => other.id !== undefined && proof.previous.includes(other.id)).map(other => other.proof)
    await log.during(policy.rules.signature, () => checkSignature(unsecured, proof, previous, publicKey, policy.loadContext))
    log.pass(policy.rules.signature, { cryptosuite: proof.cryptosuite, verificationMethod: proof.verificationMethod })
  }
}

function checkPurpose({ proofPurpose }: ProofForm, { purpose }: ProofPolicy, log: RuleLog): void {
  if (proofPurpose !== purpose) log.fail('proof-purpose', 'ERR_CREDENTIAL_PROOF_PURPOSE', `proof.proofPurpose: expected ${purpose}`)
  log.pass('proof-purpose', { purpose })
}

/** VC Data Integrity §4.4, steps on domain and challenge. A proof made for several domains is for none in particular, so it is refused. */
function checkAudience({ domains, challenge }: ProofForm, policy: ProofPolicy, log: RuleLog): void {
  if (policy.domain !== undefined) {
    if (domains.length !== 1 || domains[0] !== policy.domain)
      log.fail('audience', 'ERR_CREDENTIAL_AUDIENCE', 'proof.domain: expected the verifier, and nobody else')
    log.pass('audience', { domain: policy.domain })
  }
  if (policy.challenge !== undefined) {
    if (challenge !== policy.challenge) log.fail('nonce', 'ERR_CREDENTIAL_NONCE', "proof.challenge: expected the verifier's challenge")
    log.pass('nonce')
  }
}

function checkAge({ createdMs, expiresMs }: ProofForm, { rules, nowMs, clockSkewMs }: ProofPolicy, log: RuleLog): void {
  if (createdMs !== undefined && createdMs > nowMs + clockSkewMs)
    log.fail(rules.age, 'ERR_CREDENTIAL_NOT_YET_VALID', 'proof.created: expected a time that has come')
  if (expiresMs !== undefined && expiresMs < nowMs - clockSkewMs)
    log.fail(rules.age, 'ERR_CREDENTIAL_EXPIRED', 'proof.expires: expected a time that is still to come')
}

async function findKey({ controller, verificationMethod, createdMs }: ProofForm, policy: ProofPolicy, log: RuleLog): Promise<PublicKey> {
  const { purpose, rules, nowMs } = policy
  const findAt = async (rule: RuleId, atMs: number) => {
    const key = await log.lookUp(rule, () => policy.findKey({ issuer: controller, kid: verificationMethod, atMs }))
    if (key === null)
      log.fail(rule, 'ERR_CREDENTIAL_ISSUER_KEY', `proof.verificationMethod: expected a key that its DID listed for ${purpose}`, { atMs })
    if (key.controller !== controller)
      log.fail(rule, 'ERR_CREDENTIAL_ISSUER_MISMATCH', 'proof.verificationMethod: expected a key that its own DID listed', { atMs })
    log.pass(rule, { ...key.evidence, verificationMethod, atMs })
    return key.publicKey
  }
  const publicKey = await findAt(rules.key, Math.min(createdMs ?? nowMs, nowMs))
  if (policy.keyListedNow) await findAt(rules.keyNow, nowMs)
  return publicKey
}
