import { type DpopProof, ExchangeError, verifyDpopProof as verifyProof } from '@hufu/exchange'
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

/**
 * Verifies that whoever sends a request holds a key, for this request alone.
 *
 * @returns RFC 7638 thumbprint of the key, base64url
 * @throws AuthorizationError `ERR_AUTHORIZATION_PROOF`: not a proof for this request, too old, or used before
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-4.3
 */
export async function verifyDpopProof(proof: string, options: DpopProofOptions): Promise<string> {
  const { spend, ...request } = options
  const { thumbprint, jti, expiresAtMs } = await verified(proof, request)
  // Clocks differ: it is remembered for longer than it counts.
  if (!(await spend(`${thumbprint} ${jti}`, expiresAtMs + windowMs))) throw refusal('jti was used before')
  return thumbprint
}

async function verified(proof: string, request: Omit<DpopProofOptions, 'spend'>): Promise<DpopProof> {
  try {
    return await verifyProof(proof, { ...request, maxAgeMs: windowMs })
  } catch (cause) {
    if (!(cause instanceof ExchangeError)) throw cause
    throw new AuthorizationError('ERR_AUTHORIZATION_PROOF', cause.message, { cause })
  }
}

function refusal(what: string): AuthorizationError {
  return new AuthorizationError('ERR_AUTHORIZATION_PROOF', `DPoP: ${what}`)
}
