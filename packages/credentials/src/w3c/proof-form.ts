import { didOfKid } from '../jose/did-of-kid.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import { checkOptionalTime, isUrl, malformed } from './form.ts'

/** What a proof is for: claims, or showing that one is the holder (VC Data Integrity §2.2.3). */
export type ProofPurpose = 'assertionMethod' | 'authentication'

/** A Data Integrity proof whose structure has been checked. */
export interface ProofForm {
  readonly proof: JsonObject
  readonly id: string | undefined
  readonly cryptosuite: string
  /** DID URL of the key. */
  readonly verificationMethod: string
  /** The DID in front of `#`. */
  readonly controller: string
  readonly proofPurpose: string
  readonly createdMs: number | undefined
  readonly expiresMs: number | undefined
  readonly domains: readonly string[]
  readonly challenge: string | undefined
  /** Ids of proofs that this one stands on. */
  readonly previous: readonly string[]
}

const maxProofs = 8
/** Multibase base58btc of 64 bytes: both suites' signatures. */
const proofValuePattern = /^z[1-9A-HJ-NP-Za-km-z]{64,88}$/

/**
 * Checks the `proof` member of a credential or presentation (VC Data Integrity §2.1, §2.1.1, §2.1.2).
 *
 * @throws CredentialError `ERR_CREDENTIAL_MALFORMED`
 */
export function checkProofs(value: unknown): readonly ProofForm[] {
  const proofs: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (proofs.length === 0 || proofs.length > maxProofs) malformed('proof', `one to ${maxProofs} proofs`)
  const forms = proofs.map(checkProof)
  const ids = forms.flatMap(form => form.id ?? [])
  if (new Set(ids).size < ids.length) malformed('proof.id', 'another on each')
  for (const id of forms.flatMap(form => form.previous))
    if (!ids.includes(id)) malformed('proof.previousProof', 'the id of a proof in the document')
  return forms
}

function checkProof(proof: unknown): ProofForm {
  if (!isJsonObject(proof)) malformed('proof', 'an object or a list of objects')
  const { id, type, cryptosuite, verificationMethod, proofPurpose, challenge, nonce, proofValue } = proof
  if (id !== undefined && !isUrl(id)) malformed('proof.id', 'a URL')
  if (type !== 'DataIntegrityProof') malformed('proof.type', 'DataIntegrityProof')
  if (typeof cryptosuite !== 'string') malformed('proof.cryptosuite', 'text')
  const controller = typeof verificationMethod === 'string' ? didOfKid(verificationMethod) : undefined
  if (controller === undefined) malformed('proof.verificationMethod', 'a DID URL with a fragment')
  if (typeof proofPurpose !== 'string') malformed('proof.proofPurpose', 'text')
  if (challenge !== undefined && typeof challenge !== 'string') malformed('proof.challenge', 'text')
  if (nonce !== undefined && typeof nonce !== 'string') malformed('proof.nonce', 'text')
  if (typeof proofValue !== 'string' || !proofValuePattern.test(proofValue))
    malformed('proof.proofValue', 'a base58btc multibase signature')
  return {
    proof,
    id,
    cryptosuite,
    verificationMethod: verificationMethod as string,
    controller,
    proofPurpose,
    createdMs: checkOptionalTime(proof.created, 'proof.created'),
    expiresMs: checkOptionalTime(proof.expires, 'proof.expires'),
    domains: textList(proof.domain, 'proof.domain'),
    challenge,
    previous: textList(proof.previousProof, 'proof.previousProof'),
  }
}

function textList(value: unknown, path: string): readonly string[] {
  if (value === undefined) return []
  const items: readonly unknown[] = Array.isArray(value) ? value : [value]
  return items.map(item => (typeof item === 'string' && item !== '' ? item : malformed(path, 'text or a list of texts')))
}
