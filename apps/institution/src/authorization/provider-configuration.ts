import {
  type AuthorizationDetail,
  type ClientMetadata,
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
  type RichAuthorizationRequestsActiveConfiguration,
} from 'oidc-provider'
import type { EntryStore } from './entry-store.ts'
import type { IdTokenKey } from './id-token-keys.ts'
import type { OfferDesk } from './offer-desk.ts'
import { signedOutPage, signOutPage, troublePage } from './pages.ts'
import { walletTokenSeconds } from './pre-authorized-grant.ts'
import { neededLevel, reaches } from './sign-in-levels.ts'
import { type SignInClient, type SignInSettings, walletClientId } from './sign-in-settings.ts'

/** How long things of the provider live, in seconds. */
export const lifetimes = {
  AccessToken: 600,
  AuthorizationCode: 60,
  Grant: 8 * 3600,
  IdToken: 600,
  Interaction: 900,
  RefreshToken: 8 * 3600,
  Session: 8 * 3600,
} as const

export const preAuthorizedGrant = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'

export interface ProviderSetup {
  readonly publicUrl: string
  readonly settings: SignInSettings
  readonly store: EntryStore
  readonly keys: readonly IdTokenKey[]
  readonly offers: OfferDesk | undefined
  /** Of the wallets that people use. */
  readonly walletRedirectUris: readonly string[]
  /** `sub` of an account for a sector's clients. */
  subjectOf(accountId: string, sector: string): string
  /** What was disclosed for a grant, as claims of OpenID Connect. */
  claimsOf(grantId: string): Promise<Readonly<Record<string, unknown>>>
  /** Extra members of access tokens. */
  extraOf(ctx: KoaContextWithOIDC | undefined): Record<string, string> | undefined
}

/**
 * The provider's configuration: code flow with PKCE (S256) alone, ES256 alone, pairwise subjects alone, and nothing on that is not needed.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9700 best current practice
 */
export function providerConfiguration(setup: ProviderSetup): Configuration {
  const { publicUrl, settings, store, keys, offers, claimsOf } = setup
  const isHttps = publicUrl.startsWith('https:')
  const base = new URL(publicUrl).pathname.replace(/\/$/, '')
  const cookie = { httpOnly: true, sameSite: 'lax', secure: isHttps, overwrite: true, signed: false } as const
  const levels = [...settings.levels, ...settings.clients.flatMap(({ levels = [] }) => levels)]
  const claimNames = [...new Set(levels.flatMap(({ claims = {} }) => Object.keys(claims)))]
  return {
    adapter: name => store.adapter(name),
    clients: [...settings.clients.map(client => clientMetadata(client, settings)), ...walletMetadata(setup)],
    jwks: { keys: keys.map(({ jwk }) => jwk) } as NonNullable<Configuration['jwks']>,
    acrValues: [...new Set(levels.map(({ acr }) => acr))],
    scopes: ['openid'],
    claims: {
      acr: null,
      amr: null,
      auth_time: null,
      iss: null,
      sid: null,
      openid: ['sub', 'acr', 'amr', 'auth_time'],
      profile: claimNames,
    },
    subjectTypes: ['pairwise'],
    pairwiseIdentifier: async (_ctx, accountId, client) =>
      setup.subjectOf(accountId, sectorOf(settings, client.clientId) ?? client.clientId),
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt', 'none'],
    clientDefaults: { id_token_signed_response_alg: 'ES256', response_types: ['code'], grant_types: ['authorization_code'] },
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256'],
      clientAuthSigningAlgValues: ['ES256', 'EdDSA'],
      dPoPSigningAlgValues: ['ES256', 'EdDSA'],
    },
    // Tokens end to the second; only clients' assertions may be off.
    clockTolerance: 5,
    allowOmittingSingleRegisteredRedirectUri: false,
    enableHttpPostMethods: false,
    // Browsers take such names over HTTPS alone, the first for the whole host and nobody else's; the others go to one path each.
    cookies: {
      names: {
        session: `${isHttps ? '__Host-' : ''}hufu_session`,
        interaction: `${isHttps ? '__Secure-' : ''}hufu_interaction`,
        resume: `${isHttps ? '__Secure-' : ''}hufu_resume`,
      },
      long: cookie,
      short: cookie,
    },
    ttl: { ...lifetimes, AccessToken: (_ctx, token) => (token.resourceServer === undefined ? lifetimes.AccessToken : walletTokenSeconds) },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // Nothing outlives the session: claims of people are kept no longer.
    expiresWithSession: async () => true,
    clientBasedCORS: (_ctx, _origin, client) => client.clientId === walletClientId,
    discovery: { 'pre-authorized_grant_anonymous_access_supported': offers !== undefined } as NonNullable<Configuration['discovery']>,
    extraTokenClaims: async ctx => setup.extraOf(ctx),
    findAccount: async (_ctx, accountId, token) => ({
      accountId,
      // ID tokens hold only what is asked for by name; the rest is at userinfo.
      async claims(use, _scope, claims) {
        const grantId = token !== undefined && 'grantId' in token ? token.grantId : undefined
        const isNeeded = grantId !== undefined && (use === 'userinfo' || Object.keys(claims).some(name => claimNames.includes(name)))
        return { sub: accountId, ...(isNeeded ? await claimsOf(grantId) : {}) }
      },
    }),
    interactions: {
      policy: interactionsPolicy(settings),
      url: (_ctx, interaction) => `${base}/oidc/interaction/${interaction.uid}`,
    },
    renderError: async (ctx, out) => {
      ctx.type = 'html'
      ctx.body = troublePage(String(out.error), base)
    },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      dPoP: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      revocation: {
        enabled: true,
        async allowedPolicy(_ctx, client, token) {
          if (token.clientId === client.clientId) return true
          throw new errors.InvalidRequest('the token is of another client')
        },
      },
      userinfo: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx, form) => {
          ctx.body = signOutPage(form, base)
        },
        postLogoutSuccessSource: async ctx => {
          ctx.type = 'html'
          ctx.body = signedOutPage(base)
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: async (_ctx, client) => (client?.clientId === walletClientId ? publicUrl : []) as string,
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_ctx, resource, client) => {
          if (offers === undefined || resource !== publicUrl || client.clientId !== walletClientId) throw new errors.InvalidTarget()
          const scope = (await offers.scopes()).map(({ scope }) => scope).join(' ')
          return { scope, audience: publicUrl, accessTokenFormat: 'opaque', accessTokenTTL: walletTokenSeconds }
        },
      },
      richAuthorizationRequests: offers === undefined ? { enabled: false } : credentialDetails(offers),
    },
  }
}

/** @see https://openid.net/specs/openid-4-verifiable-credential-issuance-1_0.html#section-5.1.1 */
function credentialDetails(offers: OfferDesk): RichAuthorizationRequestsActiveConfiguration {
  return {
    enabled: true,
    types: {
      openid_credential: {
        async validate(_ctx, detail, client) {
          const { credential_configuration_id: id } = detail as { credential_configuration_id?: unknown }
          const known = (await offers.scopes()).some(scope => scope.id === id)
          if (client.clientId !== walletClientId || !known)
            throw new errors.InvalidAuthorizationDetails('credential_configuration_id: expected one of this issuer’s')
        },
      },
    },
    authorizationDetailsForGrantSource: async ctx => (ctx.oidc.grant as { rar?: AuthorizationDetail[] } | undefined)?.rar,
    authorizationDetailsForAccessToken: async (_ctx, _token, source) => source?.rar,
    authorizationDetailsForIntrospection: async () => undefined,
  }
}

function interactionsPolicy(settings: SignInSettings) {
  const policy = interactionPolicy.base()
  policy.get('login')!.checks.add(
    new interactionPolicy.Check('level', 'a higher level of sign-in is needed', 'login_required', ctx => {
      const { oidc } = ctx
      const client = settings.clients.find(({ id }) => id === oidc.client?.clientId)
      if (client === undefined || oidc.session?.accountId === undefined || oidc.result?.login !== undefined) return false
      const level = neededLevel(settings, client, oidc.params ?? {})
      return level === undefined || !reaches(settings, client, oidc.session.acr, level)
    }),
  )
  return policy
}

function clientMetadata(client: SignInClient, settings: SignInSettings): ClientMetadata {
  return {
    client_id: client.id,
    client_name: client.name.en,
    subject_type: 'pairwise',
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...(client.postLogoutRedirectUris ?? [])],
    response_types: ['code'],
    response_modes: ['query'],
    grant_types: ['authorization_code', ...(client.refreshTokens === true ? ['refresh_token'] : [])],
    // Compared with the hash of what the client sends: see compareClientSecret in create-provider.ts.
    ...(client.secretSha256 === undefined
      ? {
          token_endpoint_auth_method: 'private_key_jwt',
          jwks: structuredClone(client.jwks) as unknown as NonNullable<ClientMetadata['jwks']>,
        }
      : { token_endpoint_auth_method: 'client_secret_basic', client_secret: client.secretSha256 }),
    ...(client.backchannelLogoutUri === undefined
      ? {}
      : { backchannel_logout_uri: client.backchannelLogoutUri, backchannel_logout_session_required: true }),
    require_pushed_authorization_requests: client.pushedRequestsOnly === true,
    dpop_bound_access_tokens: client.dpopOnly === true,
    ...(settings.levels.length === 0 ? {} : { require_auth_time: true }),
  } as ClientMetadata
}

/** Wallets are public: whoever is one proves nothing by it, codes and keys count. */
function walletMetadata({ offers, walletRedirectUris }: ProviderSetup): ClientMetadata[] {
  if (offers === undefined) return []
  const hasCodeFlow = walletRedirectUris.length > 0
  return [
    {
      client_id: walletClientId,
      client_name: 'Hufu wallet',
      token_endpoint_auth_method: 'none',
      subject_type: 'pairwise',
      redirect_uris: [...walletRedirectUris],
      response_types: hasCodeFlow ? ['code'] : [],
      grant_types: [...(hasCodeFlow ? ['authorization_code'] : []), preAuthorizedGrant],
      require_pushed_authorization_requests: true,
      authorization_details_types: ['openid_credential'],
    } as ClientMetadata,
  ]
}

/** Clients of one sector know a person by the same `sub`. */
export function sectorOf(settings: SignInSettings, clientId: string): string | undefined {
  const client = settings.clients.find(({ id }) => id === clientId)
  return client === undefined ? undefined : (client.sector ?? new URL(client.redirectUris[0]!).host)
}
