import { jwkThumbprint, type PublicKey, type Signer } from '@hufu/keys'
import { bytesToBase64url, randomBytes, secondsOfMs, sha256, utf8ToBytes } from '@hufu/primitives'
import { ExchangeError } from '../errors.ts'
import { checkAge } from '../jose/check-times.ts'
import { signOwnKeyJwt, verifyOwnKeyJwt } from '../jose/own-key-jwt.ts'
import { memberOf, type Place, readText, refusal } from '../json/read-json.ts'

/** The request that a proof is for. */
export interface DpopRequest {
  readonly method: string
  /** Query and fragment do not count. */
  readonly url: string
  /** The token that goes with it, if one does. */
  readonly accessToken?: string
  /** What the server gave out in `DPoP-Nonce`, if it did. */
  readonly nonce?: string
  readonly nowMs: number
}

const dpopType = 'dpop+jwt'
const place: Place = { path: 'DPoP', code: 'ERR_EXCHANGE_PROOF' }
const defaultMaxAgeMs = 60_000

/** Proves possession of a key for one request (RFC 9449 §4.2). @returns content of the header `DPoP` */
export function createDpopProof({ signer, ...request }: DpopRequest & { readonly signer: Signer }): Promise<string> {
  const { method, url, accessToken, nonce, nowMs } = request
  const payload = {
    jti: bytesToBase64url(randomBytes(16)),
    htm: method,
    htu: targetOf(new URL(url)),
    iat: secondsOfMs(nowMs),
    ath: accessToken === undefined ? undefined : accessTokenHash(accessToken),
    nonce,
  }
  return signOwnKeyJwt(dpopType, payload, signer)
}

/** A verified proof. */
export interface DpopProof {
  /** Of the key (RFC 7638): what a token is bound to, `jkt`. */
  readonly thumbprint: string
  readonly publicKey: PublicKey
  /** To be remembered until `expiresAtMs`, and refused a second time: that is the caller's part. */
  readonly jti: string
  readonly expiresAtMs: number
}

export interface VerifyDpopOptions extends DpopRequest {
  /** That of the key to which the access token is bound. */
  readonly thumbprint?: string
  /** Default 60,000. */
  readonly maxAgeMs?: number
}

/**
 * Verifies a proof for one request (RFC 9449 §4.3), all but that it is new.
 *
 * @throws ExchangeError `ERR_EXCHANGE_PROOF`: for another method, address, token or key; `ERR_EXCHANGE_NONCE`; `ERR_EXCHANGE_EXPIRED`,
 *   `ERR_EXCHANGE_NOT_YET_VALID`; `ERR_EXCHANGE_SIGNATURE`, `ERR_EXCHANGE_ALGORITHM`, `ERR_EXCHANGE_TYPE`, `ERR_EXCHANGE_HEADER_KEY`,
 *   `ERR_EXCHANGE_MALFORMED`, `ERR_EXCHANGE_TOO_LARGE`
 */
export async function verifyDpopProof(jwt: string, options: VerifyDpopOptions): Promise<DpopProof> {
  const { method, url, accessToken, nonce, nowMs, maxAgeMs = defaultMaxAgeMs } = options
  const { publicKey, payload } = await verifyOwnKeyJwt(jwt, dpopType, place)
  const { htm, htu, ath } = payload
  const jti = readText(payload.jti, memberOf(place, 'jti'), 8, 256)
  if (htm !== method) throw refusal(memberOf(place, 'htm'), 'the method of the request')
  const target = URL.parse(readText(htu, memberOf(place, 'htu')))
  if (target === null || targetOf(target) !== targetOf(new URL(url))) throw refusal(memberOf(place, 'htu'), 'the address of the request')
  if (accessToken === undefined ? ath !== undefined : ath !== accessTokenHash(accessToken))
    throw refusal(memberOf(place, 'ath'), 'the hash of the access token that goes with it')
  if (nonce !== undefined && payload.nonce !== nonce)
    throw new ExchangeError('ERR_EXCHANGE_NONCE', 'DPoP.nonce: expected the one that was given out')
  const { issuedAtMs } = checkAge(payload, place, { nowMs, maxAgeMs })
  const thumbprint = jwkThumbprint(publicKey)
  if (options.thumbprint !== undefined && options.thumbprint !== thumbprint) throw refusal(place, 'the key to which the token is bound')
  return { thumbprint, publicKey, jti, expiresAtMs: issuedAtMs + maxAgeMs + 1 }
}

/** Base64url of SHA-256 over the token (RFC 9449 §4.2). */
export function accessTokenHash(accessToken: string): string {
  return bytesToBase64url(sha256(utf8ToBytes(accessToken)))
}

function targetOf(url: URL): string {
  return url.origin + url.pathname
}
