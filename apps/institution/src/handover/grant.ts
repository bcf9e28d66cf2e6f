import { didOfKid, parseJwt, type ResolveVerificationMethod, type SigningKey, signJwt, verifyJwt } from '@hufu/credentials'
import { errorCode } from '@hufu/primitives'
import { HandoverError } from './errors.ts'

const grantType = 'hufu-grant+jwt'

/** That a receiver may fetch a person's record from its holder, until its end. */
export interface Grant {
  readonly id: string
  /** DIDs. */
  readonly holder: string
  readonly receiver: string
  readonly record: string
  /** Names the person between these two institutions; at no other one, and not at the holder's own counter. */
  readonly subject: string
  /** Whole seconds. */
  readonly notBeforeMs: number
  readonly endMs: number
  /** SHA-256 of the holder's receipt of the consent, in base64url. */
  readonly receiptSha256: string
}

/** Signs a grant, by a key that the holder's DID lists. */
export function signGrant(grant: Grant, key: SigningKey): Promise<string> {
  const { id, holder, receiver, record, subject, notBeforeMs, endMs, receiptSha256 } = grant
  const notBefore = notBeforeMs / 1000
  const payload = {
    ...{ iss: holder, aud: receiver, sub: subject, jti: id, iat: notBefore, nbf: notBefore, exp: endMs / 1000 },
    ...{ record, receipt_sha256: receiptSha256 },
  }
  return signJwt({ type: grantType, kid: key.id, payload }, key.signer)
}

/**
 * Checks a grant that was given to this institution, for what it asked for.
 *
 * @throws HandoverError `ERR_HANDOVER_GRANT`: the message names what differs
 */
export async function verifyGrant(
  jws: string,
  expected: Pick<Grant, 'holder' | 'receiver' | 'record' | 'endMs'>,
  resolveKey: ResolveVerificationMethod,
  nowMs: number,
): Promise<Grant> {
  try {
    const jwt = parseJwt(jws, { type: grantType })
    const { iss, aud, sub, jti, nbf, exp, record, receipt_sha256: receiptSha256 } = jwt.payload
    if (iss !== expected.holder || jwt.kid === undefined || didOfKid(jwt.kid) !== iss) throw refused('iss: expected the holder')
    if (aud !== expected.receiver) throw refused('aud: expected this institution')
    if (record !== expected.record || exp !== expected.endMs / 1000) throw refused('expected the record and the end that were asked for')
    if (![sub, jti, receiptSha256].every(text => typeof text === 'string') || !Number.isSafeInteger(nbf)) throw refused('expected a grant')
    const key = await resolveKey({ issuer: iss, kid: jwt.kid, purpose: 'authentication', atMs: nowMs })
    if (key === null || key.controller !== iss) throw refused('kid: expected a key that the holder lists for authentication')
    await verifyJwt(jwt, key.publicKey)
    return {
      ...expected,
      id: jti as string,
      subject: sub as string,
      notBeforeMs: 1000 * (nbf as number),
      receiptSha256: receiptSha256 as string,
    }
  } catch (cause) {
    if (cause instanceof HandoverError || errorCode(cause)?.startsWith('ERR_CREDENTIAL_') !== true) throw cause
    throw refused('expected a grant that the holder signed', cause)
  }
}

function refused(what: string, cause?: unknown): HandoverError {
  return new HandoverError('ERR_HANDOVER_GRANT', `grant: ${what}`, { cause })
}
