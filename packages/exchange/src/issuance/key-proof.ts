import { jwkThumbprint, type PublicKey, type Signer } from '@hufu/keys'
import { base64urlToBytes, bytesToBase64url, errorCode, type Json, secondsOfMs } from '@hufu/primitives'
import { type Scalar, scalarFromBytes, scalarToBytes } from '@hufu/proofs'
import { ExchangeError, IssuanceError } from '../errors.ts'
import { checkAge } from '../jose/check-times.ts'
import { signOwnKeyJwt, verifyOwnKeyJwt } from '../jose/own-key-jwt.ts'
import { memberOf, type Place, readText, refusal } from '../json/read-json.ts'

/** `typ` of a proof that the wallet has a key (OpenID4VCI 1.0 §F.1). */
const proofType = 'openid4vci-proof+jwt'
const place: Place = { path: 'proofs.jwt', code: 'ERR_EXCHANGE_PROOF' }
const maxAgeMs = 300_000
const commitmentSize = 32

export interface CreateKeyProofOptions {
  /** Holds the key that the credential will name. */
  readonly signer: Signer
  /** The issuer's identifier. */
  readonly audience: string
  /** From the issuer's nonce endpoint. */
  readonly nonce: string
  readonly nowMs: number
  /** Left out where the wallet is anonymous (pre-authorized code). */
  readonly clientId?: string
  /** For `hufu_zk`: what hides the wallet's secret from the issuer; our claim `hufu_holder_commitment`. */
  readonly holderCommitment?: Scalar
}

/** Proves to an issuer that the wallet has a key. */
export function createKeyProof({ signer, audience, nonce, nowMs, clientId, holderCommitment }: CreateKeyProofOptions): Promise<string> {
  const payload = {
    iss: clientId,
    aud: audience,
    iat: secondsOfMs(nowMs),
    nonce,
    hufu_holder_commitment: holderCommitment === undefined ? undefined : bytesToBase64url(scalarToBytes(holderCommitment)),
  }
  return signOwnKeyJwt(proofType, payload, signer)
}

/** A key that the wallet has. */
export interface ProvenKey {
  readonly publicKey: PublicKey
  /** RFC 7638. */
  readonly thumbprint: string
  readonly holderCommitment: Scalar | undefined
}

/** What the proofs of one request prove. */
export interface ProvenKeys {
  /** The one nonce of all of them; whether it was given out and not used yet is the caller's to say: `invalid_nonce` if not. */
  readonly nonce: string
  /** In the order of the proofs, all different. */
  readonly keys: readonly ProvenKey[]
}

export interface VerifyKeyProofsOptions {
  /** The issuer's identifier. */
  readonly audience: string
  readonly nowMs: number
  readonly maxCount: number
  /** The client to which the access token was given; without one, proofs must name none. */
  readonly clientId?: string
}

/**
 * Verifies the proofs of a credential request (OpenID4VCI 1.0 §8.2.2, §F.4).
 *
 * @throws IssuanceError `invalid_proof`, with the code that says why; `invalid_credential_request`: too many
 */
export async function verifyKeyProofs(proofs: readonly string[], options: VerifyKeyProofsOptions): Promise<ProvenKeys> {
  if (proofs.length > options.maxCount)
    throw new IssuanceError('ERR_EXCHANGE_TOO_LARGE', 'invalid_credential_request', `proofs.jwt: expected at most ${options.maxCount}`)
  try {
    const proven = await Promise.all(proofs.map(proof => verifyKeyProof(proof, options)))
    const nonces = new Set(proven.map(({ nonce }) => nonce))
    const thumbprints = new Set(proven.map(({ key }) => key.thumbprint))
    if (nonces.size !== 1) throw refusal(place, 'one nonce for all')
    // A key in two credentials would tell that they are one person's.
    if (thumbprints.size !== proven.length) throw refusal(place, 'another key in each')
    return { nonce: proven[0]!.nonce, keys: proven.map(({ key }) => key) }
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    throw new IssuanceError(error.code, 'invalid_proof', error.message, { cause: error })
  }
}

async function verifyKeyProof(
  proof: string,
  { audience, nowMs, clientId }: VerifyKeyProofsOptions,
): Promise<{ nonce: string; key: ProvenKey }> {
  const { publicKey, payload } = await verifyOwnKeyJwt(proof, proofType, place)
  if (payload.aud !== audience) throw refusal({ path: 'proofs.jwt.aud', code: 'ERR_EXCHANGE_AUDIENCE' }, "the issuer's identifier")
  if (payload.iss !== undefined && payload.iss !== clientId)
    throw refusal({ path: 'proofs.jwt.iss', code: 'ERR_EXCHANGE_CLIENT' }, 'the client of the access token, or none')
  checkAge(payload, place, { nowMs, maxAgeMs })
  return {
    nonce: readText(payload.nonce, memberOf(place, 'nonce'), 1, 512),
    key: { publicKey, thumbprint: jwkThumbprint(publicKey), holderCommitment: readCommitment(payload.hufu_holder_commitment) },
  }
}

function readCommitment(json: Json | undefined): Scalar | undefined {
  if (json === undefined) return undefined
  const at = memberOf(place, 'hufu_holder_commitment')
  const text = readText(json, at, 43, 43)
  try {
    const bytes = base64urlToBytes(text)
    const commitment = scalarFromBytes(bytes)
    if (bytes.length === commitmentSize && commitment !== 0n) return commitment
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
  }
  throw refusal(at, 'a scalar of 32 bytes')
}
