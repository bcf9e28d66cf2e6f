import type { JsonObject } from '@hufu/credentials'
import type { Database, OneUseValues } from '@hufu/service'
import type { FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import type { WalletGrant } from '../issuer/authorization-seam.ts'
import { type EntryStore, entryKey } from './entry-store.ts'
import { AuthorizationError } from './errors.ts'
import { verifyDpopProof } from './verify-dpop-proof.ts'

/** What a wallet's access token stands for. */
export interface CredentialAccess extends WalletGrant {
  readonly clientId: string
  /** Credential configurations that it is for: those of the offer, or those asked for in the code flow. */
  readonly configurationIds: readonly string[]
  /** Thumbprint of the key that it is bound to; undefined for a bearer token. */
  readonly keyThumbprint: string | undefined
  readonly expiresAtMs: number
}

export interface AccessTokenOptions {
  readonly provider: Provider
  readonly publicUrl: string
  readonly database: Database
  readonly once: OneUseValues
  readonly store: EntryStore
  readonly nowMs: number
  /** Configurations by the token's scopes. */
  configurationsOf(scopes: ReadonlySet<string>): Promise<readonly string[]>
}

/**
 * Reads the access token of a request for credentials, and the proof of its key.
 *
 * @throws AuthorizationError `ERR_AUTHORIZATION_TOKEN`: none, unknown, over, revoked or for something else; `ERR_AUTHORIZATION_PROOF`: it is bound to a key and
 *   the request does not prove it, or the proof was used before
 */
export async function readAccessToken(request: FastifyRequest, options: AccessTokenOptions): Promise<CredentialAccess> {
  const { provider, publicUrl, store, nowMs, configurationsOf } = options
  const [scheme, value, ...more] = (request.headers.authorization ?? '').split(' ')
  const isDpop = scheme?.toLowerCase() === 'dpop'
  if (value === undefined || more.length > 0 || !(isDpop || scheme?.toLowerCase() === 'bearer'))
    throw refusal('expected an access token in the header authorization')
  const found = await store.request(() => provider.AccessToken.find(value))
  const token = found as (typeof found & { readonly rar?: readonly JsonObject[] }) | undefined
  if (token === undefined || token.exp === undefined || token.exp * 1000 <= nowMs) throw refusal('unknown or over')
  if (token.aud !== publicUrl) throw refusal('not for credentials')
  if (isDpop !== (token.jkt !== undefined)) throw refusal(isDpop ? 'not bound to a key' : 'bound to a key: expected the scheme DPoP')
  if (isDpop) await checkProof(request, value, token.jkt!, options)
  const offerId = token.extra?.offer_id
  const detailed = (token.rar ?? []).flatMap(({ credential_configuration_id: id }) => (typeof id === 'string' ? [id] : []))
  const scoped = await configurationsOf(new Set((token.scope ?? '').split(' ')))
  return {
    // What identifies a token that is not bound to a grant is the token itself: kept, it would let whoever reads it in.
    tokenId: token.grantId ?? entryKey('AccessToken', token.jti),
    clientId: token.clientId!,
    ...(typeof offerId === 'string' ? { offerId } : { accountKey: token.accountId! }),
    configurationIds: [...new Set([...detailed, ...scoped])],
    keyThumbprint: token.jkt,
    expiresAtMs: token.exp * 1000,
  }
}

async function checkProof(request: FastifyRequest, accessToken: string, jkt: string, options: AccessTokenOptions): Promise<void> {
  const { publicUrl, database, once, nowMs } = options
  const proof = request.headers.dpop
  if (typeof proof !== 'string') throw new AuthorizationError('ERR_AUTHORIZATION_PROOF', 'DPoP: expected one proof')
  const thumbprint = await verifyDpopProof(proof, {
    method: request.method,
    url: `${publicUrl}${request.url}`,
    accessToken,
    nowMs,
    spend: (jti, untilMs) => once.use(database, 'dpop jti', jti, untilMs),
  })
  if (thumbprint !== jkt) throw new AuthorizationError('ERR_AUTHORIZATION_PROOF', 'DPoP: of another key than the token’s')
}

function refusal(what: string): AuthorizationError {
  return new AuthorizationError('ERR_AUTHORIZATION_TOKEN', `access token: ${what}`)
}
