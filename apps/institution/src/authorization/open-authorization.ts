import type { JsonObject } from '@hufu/credentials'
import type { Queries } from '@hufu/service'
import type { Part } from '@hufu/staff'
import type { Texts } from '@hufu/trust'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import { Type } from 'typebox'
import type { Institution } from '../institution.ts'
import type { AuthorizationSeam } from '../issuer/authorization-seam.ts'
import { IssuerError } from '../issuer/errors.ts'
import type { PresentationDesk } from '../verifier/presentation-desk.ts'
import { type CredentialAccess, readAccessToken } from './access-token.ts'
import { createProvider } from './create-provider.ts'
import { EntryStore } from './entry-store.ts'
import { AuthorizationError } from './errors.ts'
import { type IdTokenKey, idTokenKeys, publishedIdTokenKeys, rotateIdTokenKeys } from './id-token-keys.ts'
import { interactionRoutes } from './interaction-routes.ts'
import type { OfferDesk } from './offer-desk.ts'
import { redeemedOffer } from './pre-authorized-grant.ts'
import { providerRoutes } from './provider-routes.ts'
import { SignInInteractions } from './sign-in-interactions.ts'
import type { SignInSettings } from './sign-in-settings.ts'
import { pairwiseSubject, subjectsOfPseudonym } from './subjects.ts'

export interface AuthorizationOptions {
  /** Where people show something to sign in; undefined: nobody signs in, wallets only redeem offers. */
  readonly desk?: PresentationDesk | undefined
  /** Content of `OIDC_CLIENTS_FILE`, by `readSignInSettings`; undefined: no clients. */
  readonly settings?: SignInSettings | undefined
  /** The issuer's; undefined: this institution issues nothing. */
  readonly offers?: OfferDesk | undefined
  /** What a registered query is for, to say so on the page; default: the page does not say. */
  readonly purposeOf?: (queryId: string) => Promise<Texts | undefined>
  /** Default: `WALLET_URL` with a slash. */
  readonly walletRedirectUris?: readonly string[]
  /** How often another replica's rotation of keys is looked for; default 10 s. A key is published days before it signs. */
  readonly keysEveryMs?: number
}

export interface Authorization extends Part, AuthorizationSeam {
  /** Of ID tokens, and the authorization server. */
  readonly issuer: string
  accessTokenOf(request: FastifyRequest): Promise<CredentialAccess>
  /** The next key signs from now on, in the transaction that `queries` belongs to. For two administrators, see `POST /authorization/keys/rotation`. */
  rotateKeys(queries: Queries, actor: string): Promise<void>
  /** Looks for a rotation now. */
  refreshKeys(): Promise<void>
  /** Every `sub` by which a client knows whoever has that pseudonym here. */
  subjectsOf(pseudonym: string): readonly string[]
  /** Forgets what is over; also done every ten minutes. */
  sweep(): Promise<number>
  /** For tests and measurements: the provider with the keys of now. */
  readonly provider: Provider
}

const noSettings: SignInSettings = { levels: [], clients: [] }
const sweepEveryMs = 600_000
export const rotationKind = 'rotate sign-in keys'

/**
 * Opens authorization: the OAuth server for wallets, and the OpenID provider for the institution's own systems.
 *
 * `authorizationMigrations` must have run.
 */
export async function openAuthorization(institution: Institution, options: AuthorizationOptions): Promise<Authorization> {
  const { publicUrl, database, vault, once, audit, clock, log, jobs, approvals, config, self } = institution
  const { desk, settings = noSettings, offers, purposeOf = async () => undefined, keysEveryMs = 10_000 } = options
  const walletRedirectUris = options.walletRedirectUris ?? (config.walletUrl === undefined ? [] : [`${config.walletUrl}/`])
  const store = new EntryStore({ database, vault })
  const interactions = desk && new SignInInteractions({ publicUrl, settings, desk, offers, store, database, vault, audit, clock })
  const claimsOf = async (grantId: string): Promise<JsonObject> => (await interactions?.claimsOf(grantId)) ?? {}

  const providerWith = (keys: readonly IdTokenKey[]) =>
    createProvider({
      publicUrl,
      settings,
      store,
      keys,
      offers,
      walletRedirectUris,
      database,
      once,
      clock,
      log,
      claimsOf,
      subjectOf: (accountId, sector) => pairwiseSubject(vault, accountId, sector),
      extraOf: ctx => {
        const offerId = redeemedOffer(ctx)
        return offerId === undefined ? undefined : { offer_id: offerId }
      },
    })
  let keys = await database.transaction(queries => idTokenKeys(queries, vault, clock.nowMs()))
  let provider = providerWith(keys)

  const refreshKeys = async () => {
    const now = await publishedIdTokenKeys(database, vault, clock.nowMs())
    if (now.map(({ kid }) => kid).join() === keys.map(({ kid }) => kid).join()) return
    keys = now
    provider = providerWith(keys)
  }
  const timer = setInterval(() => refreshKeys().catch(error => log.warn({ err: error }, 'sign-in keys')), keysEveryMs).unref()

  const rotateKeys = async (queries: Queries, actor: string) => {
    await rotateIdTokenKeys(queries, vault, clock.nowMs())
    await audit.append(queries, { actor, action: 'sign-in keys rotated' })
  }
  approvals.handle(rotationKind, {
    role: 'administrator',
    title: { 'zh-CN': '更换登录签名密钥', en: 'Rotate the keys that sign sign-ins' },
    confirm: async (queries, _approval, confirmedBy) => {
      await rotateKeys(queries, `staff ${confirmedBy.id}`)
      return undefined
    },
  })
  const sweep = () => store.sweep(clock.nowMs())
  jobs.work('sweep sign-in', async () => void (await sweep()), { everyMs: sweepEveryMs })

  return {
    name: 'authorization',
    issuer: `${publicUrl}/oidc`,
    servers: [`${publicUrl}/oidc`],
    subjectsOf: pseudonym => subjectsOfPseudonym(vault, settings, pseudonym),
    get provider() {
      return provider
    },
    async routes(server) {
      await providerRoutes(server, { publicUrl, provider: () => provider })
      if (interactions !== undefined)
        await interactionRoutes(server, { publicUrl, institution: self.name, store, interactions, provider: () => provider, purposeOf })
      rotationRoute(server, institution)
    },
    async accessTokenOf(request) {
      try {
        return await readAccessToken(request, {
          provider,
          publicUrl,
          database,
          once,
          store,
          nowMs: clock.nowMs(),
          configurationsOf: async scopes => ((await offers?.scopes()) ?? []).filter(({ scope }) => scopes.has(scope)).map(({ id }) => id),
        })
      } catch (error) {
        if (error instanceof AuthorizationError) throw new IssuerError('ERR_ISSUER_TOKEN', error.message, { cause: error })
        throw error
      }
    },
    rotateKeys,
    refreshKeys,
    sweep,
    async close() {
      clearInterval(timer)
    },
  }
}

/** One administrator asks, another one confirms: then the keys are rotated. */
function rotationRoute(server: FastifyInstance, { database, approvals }: Institution): void {
  server.post(
    '/authorization/keys/rotation',
    {
      config: { access: ['administrator'], recentSignIn: true },
      schema: {
        summary: 'Ask another administrator to confirm that the next sign-in key signs from now on',
        tags: ['sign-in'],
        response: { 202: Type.Object({ approval: Type.String() }, { additionalProperties: false }) },
      },
    },
    async (request, reply) => {
      const { id } = await database.transaction(queries =>
        approvals.request(queries, { kind: rotationKind, payload: {}, requestedBy: request.staff!.id }),
      )
      return reply.code(202).send({ approval: id })
    },
  )
}
