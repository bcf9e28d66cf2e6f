import { randomUUID } from 'node:crypto'
import { didOfKid, parseJwt, type ResolveVerificationMethod, type SigningKey, signJwt } from '@hufu/credentials'
import { bytesToBase64url, canonicalJsonBytes, errorCode, type Json, sha256 } from '@hufu/primitives'
import { isSignedBy } from './check-signature.ts'
import { HandoverError } from './errors.ts'

/** Header in which a message, or the answer to one, is signed. */
export const messageHeader = 'hufu-message'

const messageType = 'hufu-message+jwt'
/** How long a message counts. */
const lifetimeMs = 60_000
const clockSkewMs = 30_000

/** What one institution says to another, and signs. */
export interface MessageContent {
  /** DIDs. */
  readonly issuer: string
  readonly audience: string
  /** `POST` for a request; an answer has the identifier of the request in its place. */
  readonly about: { readonly method: 'POST'; readonly path: string } | { readonly answers: string }
  /** Its canonical JSON is what is sent, and hashed. */
  readonly body: Json
}

/** A message that was checked, or has just been signed. */
export interface SignedMessage {
  /** `jti`: random. */
  readonly id: string
  readonly issuer: string
  readonly jws: string
  /** Until when it counts, and must be remembered. */
  readonly untilMs: number
}

/** Signs a message by a key that the DID lists for authentication. */
export async function signMessage(content: MessageContent, key: SigningKey, nowMs: number): Promise<SignedMessage> {
  const id = randomUUID()
  const issuedAt = Math.floor(nowMs / 1000)
  const expires = issuedAt + lifetimeMs / 1000
  const { issuer, audience, about } = content
  const payload = { iss: issuer, aud: audience, iat: issuedAt, exp: expires, jti: id, ...about, body_sha256: hashOf(content.body) }
  return { id, issuer, jws: await signJwt({ type: messageType, kid: key.id, payload }, key.signer), untilMs: expires * 1000 }
}

/**
 * Checks a message: that the one who says it is the one who signed it, to us, now, and just this. That it counts once is the caller's to see to.
 *
 * @param expected.issuer - where it is known who must have signed, as with an answer
 * @throws HandoverError `ERR_HANDOVER_MESSAGE`; and whatever `resolveKey` throws when it cannot find out
 */
export async function verifyMessage(
  jws: string,
  expected: Omit<MessageContent, 'issuer'> & { readonly issuer?: string },
  resolveKey: ResolveVerificationMethod,
  nowMs: number,
): Promise<SignedMessage> {
  const jwt = parse(jws)
  const { iss, aud, iat, exp, jti, body_sha256: bodyHash, ...about } = jwt.payload
  if (typeof iss !== 'string' || jwt.kid === undefined || didOfKid(jwt.kid) !== iss || (expected.issuer ?? iss) !== iss)
    throw refused('iss: expected the DID whose key signed')
  if (aud !== expected.audience) throw refused('aud: expected this institution')
  if (typeof jti !== 'string' || jti.length < 16 || jti.length > 64) throw refused('jti: expected 16 to 64 characters')
  checkTimes(iat, exp, nowMs)
  if (!isSame(about, expected.about)) throw refused('expected a message for this request')
  if (bodyHash !== hashOf(expected.body)) throw refused('body_sha256: expected the hash of the body')
  const key = await resolveKey({ issuer: iss, kid: jwt.kid, purpose: 'authentication', atMs: nowMs })
  if (key === null || key.controller !== iss) throw refused('kid: expected a key that the DID lists for authentication')
  if (!isSignedBy(jwt, key.publicKey)) throw refused("expected the key's signature")
  return { id: jti, issuer: iss, jws, untilMs: (exp as number) * 1000 + clockSkewMs }
}

function parse(jws: string): ReturnType<typeof parseJwt> {
  try {
    return parseJwt(jws, { type: messageType })
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw refused('expected a signed message', cause)
  }
}

function checkTimes(iat: Json | undefined, exp: Json | undefined, nowMs: number): void {
  if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp)) throw refused('iat, exp: expected seconds')
  const [issuedAtMs, expiresAtMs] = [1000 * (iat as number), 1000 * (exp as number)]
  if (issuedAtMs > nowMs + clockSkewMs) throw refused('iat: expected no time to come')
  if (expiresAtMs <= nowMs) throw refused('exp: expected a time to come')
  if (expiresAtMs - issuedAtMs > lifetimeMs) throw refused('exp: expected at most a minute after iat')
}

function isSame(about: Readonly<Record<string, Json>>, expected: MessageContent['about']): boolean {
  const entries = Object.entries(expected)
  return Object.keys(about).length === entries.length && entries.every(([name, value]) => about[name] === value)
}

function hashOf(body: Json): string {
  return bytesToBase64url(sha256(canonicalJsonBytes(body)))
}

function refused(what: string, cause?: unknown): HandoverError {
  return new HandoverError('ERR_HANDOVER_MESSAGE', `${messageHeader}: ${what}`, { cause })
}
