import { jwkThumbprint, publicKeyFromJwk, type Signer } from '@hufu/keys'
import { type Json, secondsOfMs } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import { signJwt } from '../jose/sign-jwt.ts'
import { isJsonObject } from '../json-object.ts'
import { transactionHashAlgorithm } from './check-key-binding.ts'
import { type ClaimPath, touchesPlace } from './claim-path.ts'
import { digestOf } from './disclosure.ts'
import { keyBindingType, parseSdJwt } from './parse-sd-jwt.ts'
import { reveal } from './reveal.ts'

/** What the holder signs, besides the content: for whom, in answer to what, and when. */
export interface KeyBinding {
  /** Holds the key that the credential names. */
  readonly signer: Signer
  /** The verifier, as it calls itself. */
  readonly audience: string
  /** The verifier's challenge. */
  readonly nonce: string
  readonly issuedAtMs: number
  /** SHA-256 of each entry of transaction data that the holder agrees to, in base64url (OpenID4VP 1.0 §B.3.3.1). */
  readonly transactionDataHashes?: readonly string[]
}

/**
 * Makes a presentation of a credential: the chosen claims, each with everything beneath it, and the holder's proof (RFC 9901 §7.2).
 *
 * @param credential - as issued, in compact form with all its disclosures
 * @param options.disclose - what to show; a claim that is always visible may be named too
 * @param options.keyBinding - left out where the verifier asks for no proof
 * @throws CredentialError `ERR_CREDENTIAL_DISCLOSURE`: a path names no claim of this credential; `ERR_CREDENTIAL_KEY_BINDING`: the signer is not the
 *   credential's holder; and as `parseSdJwt` and `reveal`
 */
export async function presentSdJwt(
  credential: string,
  options: { disclose: readonly ClaimPath[]; keyBinding?: KeyBinding },
): Promise<string> {
  const { disclose, keyBinding } = options
  const { jwt, disclosures, content, keyBinding: earlierProof } = parseSdJwt(credential)
  if (earlierProof !== undefined)
    throw new CredentialError('ERR_CREDENTIAL_MALFORMED', 'expected a credential as issued, not a presentation of it')
  const { claims, placed } = reveal(jwt.payload, disclosures)
  if (!disclose.every(path => exists(claims, path)))
    throw new CredentialError('ERR_CREDENTIAL_DISCLOSURE', 'a path names no claim of the credential')
  const chosen = placed.filter(({ place }) => disclose.some(path => touchesPlace(path, place)))
  const issuerJwt = content.slice(0, content.indexOf('~'))
  const shown = `${[issuerJwt, ...chosen.map(({ disclosure }) => disclosure.text)].join('~')}~`
  return keyBinding === undefined ? shown : shown + (await signKeyBinding(shown, jwt.payload.cnf, keyBinding))
}

async function signKeyBinding(
  shown: string,
  confirmation: Json | undefined,
  { signer, audience, nonce, issuedAtMs, transactionDataHashes }: KeyBinding,
): Promise<string> {
  if (!isJsonObject(confirmation) || jwkThumbprint(publicKeyFromJwk(confirmation.jwk)) !== jwkThumbprint(signer.publicKey)) {
    throw new CredentialError('ERR_CREDENTIAL_KEY_BINDING', "the signer's key is not the one the credential names")
  }
  const transaction =
    transactionDataHashes === undefined
      ? {}
      : { transaction_data_hashes: transactionDataHashes, transaction_data_hashes_alg: transactionHashAlgorithm }
  const payload = { iat: secondsOfMs(issuedAtMs), aud: audience, nonce, sd_hash: digestOf(shown), ...transaction }
  return signJwt({ type: keyBindingType, payload }, signer)
}

function exists(value: Json | undefined, path: ClaimPath): boolean {
  const [step, ...rest] = path
  if (value === undefined || step === undefined) return value !== undefined
  if (step === null) return Array.isArray(value) && value.some(element => exists(element, rest))
  if (typeof step === 'number') return Array.isArray(value) && exists(value[step], rest)
  return isJsonObject(value) && Object.hasOwn(value, step) && exists(value[step], rest)
}
