import type { PublicKey } from '@hufu/keys'
import { jwtTime, requiredJwtTime } from '../jose/jwt-time.ts'
import type { ParsedJwt } from '../jose/parse-jwt.ts'
import type { JsonObject } from '../json-object.ts'
import type { RuleLog } from '../rule-log.ts'
import type { ParsedSdJwt } from './parse-sd-jwt.ts'

/** What a holder must have signed. */
export interface KeyBindingPolicy {
  /** This verifier, as the holder was told. */
  readonly audience: string
  /** The challenge that this presentation answers. Use each once: remembering them is the caller's part. */
  readonly nonce: string
  /** How long ago the holder may have signed. */
  readonly maxAgeMs: number
  /** SHA-256 of each entry of transaction data that the holder must have agreed to, in base64url and this order; without it, none may be there. */
  readonly transactionDataHashes?: readonly string[]
}

/** The only hash for transaction data. */
export const transactionHashAlgorithm = 'sha-256'

/** The holder's proof and the key that the issuer named for it. */
export interface HolderProof {
  readonly jwt: ParsedJwt
  readonly key: PublicKey
}

/**
 * Takes the holder's proof out of a presentation. Whether there must be one is the verifier's decision alone (RFC 9901 §7.3 step 1).
 *
 * @returns undefined if none is asked for
 * @throws CredentialError `ERR_CREDENTIAL_KEY_BINDING_MISSING`; `ERR_CREDENTIAL_KEY_BINDING`: a proof that nobody asked for would pass unchecked
 */
export function expectProof(
  log: RuleLog,
  { keyBinding }: ParsedSdJwt,
  holderKey: PublicKey | undefined,
  required: boolean,
): HolderProof | undefined {
  if (!required && keyBinding !== undefined)
    log.fail('holder', 'ERR_CREDENTIAL_KEY_BINDING', "presentation has a holder's proof, and none was asked for")
  if (!required) return undefined
  if (keyBinding === undefined) log.fail('holder', 'ERR_CREDENTIAL_KEY_BINDING_MISSING', "presentation lacks the holder's proof")
  if (holderKey === undefined) log.fail('holder', 'ERR_CREDENTIAL_KEY_BINDING_MISSING', 'credential names no key of its holder')
  return { jwt: keyBinding, key: holderKey }
}

/**
 * Checks what the holder signed (RFC 9901 §7.3 step 5); its signature is checked elsewhere. Rules `audience`, `nonce`, `presentation-age` and `presentation-content`.
 *
 * @param contentDigest - base64url of SHA-256 over what is presented
 * @throws CredentialError `ERR_CREDENTIAL_AUDIENCE`, `ERR_CREDENTIAL_NONCE`, `ERR_CREDENTIAL_KEY_BINDING`: too old, from the future or for other content;
 *   `ERR_CREDENTIAL_MALFORMED`
 */
export async function checkKeyBinding(
  log: RuleLog,
  { payload }: ParsedJwt,
  contentDigest: string,
  policy: KeyBindingPolicy,
  { nowMs, clockSkewMs }: { nowMs: number; clockSkewMs: number },
): Promise<void> {
  if (payload.aud !== policy.audience) log.fail('audience', 'ERR_CREDENTIAL_AUDIENCE', 'presentation was made for another verifier')
  log.pass('audience', { audience: policy.audience })
  if (payload.nonce !== policy.nonce) log.fail('nonce', 'ERR_CREDENTIAL_NONCE', 'presentation answers another challenge')
  log.pass('nonce')
  const times = await log.during('presentation-age', () => ({
    issuedAtMs: requiredJwtTime(payload, 'iat'),
    notBeforeMs: jwtTime(payload, 'nbf'),
    expiresAtMs: jwtTime(payload, 'exp'),
  }))
  const { issuedAtMs, notBeforeMs = issuedAtMs, expiresAtMs = Number.POSITIVE_INFINITY } = times
  const tooOld = nowMs - issuedAtMs > policy.maxAgeMs || nowMs >= expiresAtMs
  if (tooOld || Math.max(issuedAtMs, notBeforeMs) > nowMs + clockSkewMs) {
    log.fail('presentation-age', 'ERR_CREDENTIAL_KEY_BINDING', `presentation is ${tooOld ? 'too old' : 'from the future'}`, {
      issuedAtMs,
      maxAgeMs: policy.maxAgeMs,
    })
  }
  log.pass('presentation-age', { issuedAtMs, maxAgeMs: policy.maxAgeMs })
  if (payload.sd_hash !== contentDigest)
    log.fail('presentation-content', 'ERR_CREDENTIAL_KEY_BINDING', 'the holder signed other content than is presented')
  if (!agreesTo(payload, policy.transactionDataHashes))
    log.fail('presentation-content', 'ERR_CREDENTIAL_KEY_BINDING', 'the holder agreed to another transaction')
  log.pass('presentation-content', { contentSha256: contentDigest })
}

function agreesTo(payload: JsonObject, asked: readonly string[] | undefined): boolean {
  const { transaction_data_hashes: agreed, transaction_data_hashes_alg: algorithm } = payload
  if (asked === undefined) return agreed === undefined
  // Without a name the hash is sha-256 (OpenID4VP 1.0 §B.3.3.1).
  if (algorithm !== undefined && algorithm !== transactionHashAlgorithm) return false
  return Array.isArray(agreed) && agreed.length === asked.length && asked.every((hash, index) => hash === agreed[index])
}
