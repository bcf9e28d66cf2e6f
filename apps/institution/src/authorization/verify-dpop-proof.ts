import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, errors, jwtVerify } from 'jose'
import { AuthorizationError } from './errors.ts'

export interface DpopProofOptions {
  readonly method: string
  /** Of the request, without query and fragment. */
  readonly url: string
  /** Where the proof goes with one. */
  readonly accessToken?: string
  readonly nowMs: number
  /** Uses up the proof's identifier. @returns false if it was used before */
  spend(jti: string, untilMs: number): Promise<boolean>
}

const windowMs = 60_000
const algorithms = ['ES256', 'EdDSA']

/**
 * Verifies that whoever sends a request holds a key, for this request alone.
 *
 * @returns RFC 7638 thumbprint of the key, base64url
 * @throws AuthorizationError `ERR_AUTHORIZATION_PROOF`: not a proof for this request, too old, or used before
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-4.3
 */
export async function verifyDpopProof(proof: string, options: DpopProofOptions): Promise<string> {
  const { method, url, accessToken, nowMs, spend } = options
  const { payload, protectedHeader } = await verifySignature(proof)
  const { iat, jti, htm, htu, ath } = payload
  if (typeof iat !== 'number' || Math.abs(iat * 1000 - nowMs) > windowMs) throw refusal('iat is not of the last minute')
  if (typeof jti !== 'string' || jti.length < 8 || jti.length > 200) throw refusal('jti: expected 8 to 200 characters')
  if (htm !== method) throw refusal('htm is of another method')
  if (typeof htu !== 'string' || withoutQuery(htu) !== withoutQuery(url)) throw refusal('htu is of another address')
  if (accessToken !== undefined && ath !== createHash('sha256').update(accessToken).digest('base64url'))
    throw refusal('ath is of another token')
  const thumbprint = await calculateJwkThumbprint(protectedHeader.jwk!)
  if (!(await spend(`${thumbprint} ${jti}`, iat * 1000 + 2 * windowMs))) throw refusal('jti was used before')
  return thumbprint
}

async function verifySignature(proof: string) {
  try {
    return await jwtVerify(proof, EmbeddedJWK, { algorithms, typ: 'dpop+jwt' })
  } catch (cause) {
    if (!(cause instanceof errors.JOSEError || cause instanceof TypeError)) throw cause
    throw new AuthorizationError('ERR_AUTHORIZATION_PROOF', 'DPoP: expected a JWT signed with the key that it holds', { cause })
  }
}

function withoutQuery(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  url.search = ''
  url.hash = ''
  return url.href
}

function refusal(what: string): AuthorizationError {
  return new AuthorizationError('ERR_AUTHORIZATION_PROOF', `DPoP: ${what}`)
}
