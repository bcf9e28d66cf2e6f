import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'

export interface LogoutTokenOptions {
  readonly issuer: string
  readonly clientId: string
  readonly jwksUri: string
  readonly nowMs: number
}

/** Whose sessions end. */
export interface Logout {
  readonly sub: string | undefined
  readonly sid: string | undefined
}

const event = 'http://schemas.openid.net/event/backchannel-logout'
const skewSeconds = 120

/**
 * Checks a logout token.
 *
 * @throws Error: not signed by the provider for this client just now, or not a logout token
 * @see https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation
 */
export async function readLogoutToken(token: string, { issuer, clientId, jwksUri, nowMs }: LogoutTokenOptions): Promise<Logout> {
  const [head, body, signature, ...more] = token.split('.')
  if (head === undefined || body === undefined || signature === undefined || more.length > 0) throw new Error('not a JWT')
  const header = decode(head) as { alg?: unknown; kid?: unknown }
  const claims = decode(body) as Readonly<Record<string, unknown>>
  if (header.alg !== 'ES256') throw new Error('alg: expected ES256')
  const { keys } = (await (await fetch(jwksUri)).json()) as { keys: readonly (JsonWebKey & { kid?: string })[] }
  const jwk = keys.find(({ kid }) => kid === header.kid)
  if (jwk === undefined) throw new Error('kid: expected one of the provider’s keys')
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' as const }
  if (!verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))) throw new Error('the signature is wrong')
  const { iss, aud, iat, exp, events, nonce, sub, sid } = claims
  const nowSeconds = nowMs / 1000
  if (iss !== issuer || ![aud].flat().includes(clientId)) throw new Error('not of this provider for this client')
  if (typeof iat !== 'number' || Math.abs(nowSeconds - iat) > skewSeconds) throw new Error('iat: expected just now')
  if (typeof exp === 'number' && exp < nowSeconds) throw new Error('exp: expected later')
  if (typeof events !== 'object' || events === null || !(event in events) || nonce !== undefined) throw new Error('not a logout token')
  if (typeof sub !== 'string' && typeof sid !== 'string') throw new Error('expected sub or sid')
  return { sub: typeof sub === 'string' ? sub : undefined, sid: typeof sid === 'string' ? sid : undefined }
}

function decode(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
}
