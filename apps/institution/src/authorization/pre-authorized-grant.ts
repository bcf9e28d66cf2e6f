import { type Clock, errorCode } from '@hufu/primitives'
import type { Database, OneUseValues } from '@hufu/service'
import type Provider from 'oidc-provider'
import { type AuthorizationDetail, errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { RedeemedOffer } from '../issuer/offers.ts'
import { AuthorizationError } from './errors.ts'
import type { OfferDesk } from './offer-desk.ts'
import { verifyDpopProof } from './verify-dpop-proof.ts'

export interface PreAuthorizedGrantOptions {
  readonly publicUrl: string
  readonly database: Database
  readonly once: OneUseValues
  readonly clock: Clock
  readonly offers: OfferDesk
}

/** Some credentials are only ready after minutes. */
export const walletTokenSeconds = 3600

const offerOf = new WeakMap<object, string>()

/** The offer that a token request has redeemed. */
export function redeemedOffer(ctx: KoaContextWithOIDC | undefined): string | undefined {
  return ctx === undefined ? undefined : offerOf.get(ctx)
}

/**
 * Adds the grant by which a wallet exchanges the code of an offer, with the transaction code that came another way.
 *
 * @see https://openid.net/specs/openid-4-verifiable-credential-issuance-1_0.html#section-6
 */
export function addPreAuthorizedGrant(provider: Provider, name: string, options: PreAuthorizedGrantOptions): void {
  const { publicUrl, offers } = options
  provider.registerGrantType(
    name,
    async ctx => {
      const { client } = ctx.oidc
      const params: Readonly<Record<string, unknown>> = ctx.oidc.params ?? {}
      const code = textOf(params, 'pre-authorized_code')
      const txCode = textOf(params, 'tx_code')
      const jkt = await proofOf(ctx, options)
      const offer = await redeem(offers, code, txCode)
      offerOf.set(ctx, offer.offerId)
      const token = new provider.AccessToken({
        accountId: `offer ${offer.offerId}`,
        client: client!,
        gty: 'pre_authorized_code',
        expiresIn: walletTokenSeconds,
        aud: publicUrl,
        rar: offer.configurationIds.map(detailOf),
      } as unknown as ConstructorParameters<typeof provider.AccessToken>[0])
      if (jkt !== undefined) token.setThumbprint('jkt', jkt)
      const value = await token.save()
      const details = params.authorization_details === undefined ? {} : { authorization_details: offer.configurationIds.map(detailOf) }
      ctx.body = { access_token: value, token_type: token.tokenType, expires_in: walletTokenSeconds, ...details }
    },
    ['pre-authorized_code', 'tx_code', 'authorization_details'],
  )
}

function textOf(params: Readonly<Record<string, unknown>>, name: string): string {
  const value = params[name]
  if (typeof value !== 'string' || value === '') throw new errors.InvalidRequest(`missing required parameter '${name}'`)
  return value
}

async function proofOf(
  ctx: KoaContextWithOIDC,
  { publicUrl, database, once, clock }: PreAuthorizedGrantOptions,
): Promise<string | undefined> {
  const proof = ctx.get('dpop')
  if (proof === '') return undefined
  try {
    return await verifyDpopProof(proof, {
      method: 'POST',
      url: `${publicUrl}/oidc/token`,
      nowMs: clock.nowMs(),
      spend: (jti, untilMs) => once.use(database, 'dpop jti', jti, untilMs),
    })
  } catch (error) {
    if (error instanceof AuthorizationError) throw new errors.InvalidDpopProof(error.message)
    throw error
  }
}

async function redeem(offers: OfferDesk, code: string, txCode: string): Promise<RedeemedOffer> {
  try {
    return await offers.redeem(code, txCode)
  } catch (error) {
    if (errorCode(error) === 'ERR_ISSUER_GRANT') throw new errors.InvalidGrant('offer')
    throw error
  }
}

function detailOf(id: string): AuthorizationDetail {
  return { type: 'openid_credential', credential_configuration_id: id, credential_identifiers: [id] }
}
