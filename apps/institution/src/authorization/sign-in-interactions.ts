import { timingSafeEqual } from 'node:crypto'
import type { JsonObject } from '@hufu/credentials'
import type { Clock, Json } from '@hufu/primitives'
import { errorCode, secondsOfMs } from '@hufu/primitives'
import type { Database, Queries, Vault } from '@hufu/service'
import type { AuditLog } from '@hufu/staff'
import type { Texts } from '@hufu/trust'
import type Provider from 'oidc-provider'
import type { BegunPresentation, PresentationDesk, PresentationResult } from '../verifier/presentation-desk.ts'
import { type EntryStore, entryKey } from './entry-store.ts'
import { AuthorizationError } from './errors.ts'
import type { OfferDesk } from './offer-desk.ts'
import { lifetimes } from './provider-configuration.ts'
import { claimsAt, neededLevel } from './sign-in-levels.ts'
import { type SignInClient, type SignInLevel, type SignInSettings, walletClientId } from './sign-in-settings.ts'
import { accountOfPseudonym } from './subjects.ts'

/** An interaction of the provider, as its cookie found it. */
export type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

/** What somebody is asked for in an interaction. */
export interface InteractionTask {
  readonly clientName: Texts
  readonly query: string
  /** Undefined for a wallet that collects a credential. */
  readonly level: SignInLevel | undefined
}

/** A presentation that was begun for an interaction. */
export interface InteractionPresentation {
  readonly presentationId: string
  readonly token: string
  readonly query: string
  readonly qr: string
  readonly walletUrl: string | null
  readonly expiresAtMs: number
}

export interface SignInInteractionsOptions {
  readonly publicUrl: string
  readonly settings: SignInSettings
  readonly desk: PresentationDesk
  readonly offers: OfferDesk | undefined
  readonly store: EntryStore
  readonly database: Database
  readonly vault: Vault
  readonly audit: AuditLog
  readonly clock: Clock
}

/**
 * What happens between an authorization request and its answer: a presentation for this interaction of this browser, begun once and finished once.
 *
 * The interaction belongs to the browser by the provider's cookie; the presentation belongs to the interaction by a token that only the database has, sealed
 * for this interaction. Neither can stand in for another's.
 */
export class SignInInteractions {
  readonly #options: SignInInteractionsOptions

  constructor(options: SignInInteractionsOptions) {
    this.#options = options
  }

  /** What an interaction asks for; undefined where the request insists on what cannot be had. */
  taskOf(interaction: Interaction): InteractionTask | undefined {
    const { settings } = this.#options
    const clientId = interaction.params.client_id
    if (clientId === walletClientId) return settings.collect && { clientName: walletName, query: settings.collect.query, level: undefined }
    const client = this.#clientOf(clientId)
    const level = client === undefined ? undefined : neededLevel(settings, client, interaction.params)
    return level && client && { clientName: client.name, query: level.query, level }
  }

  /** Text that a form of this interaction's page carries. */
  csrfOf(interaction: Interaction): string {
    return this.#options.vault.digest('sign-in form', interaction.uid)
  }

  /** @throws AuthorizationError `ERR_AUTHORIZATION_INTERACTION`: not of a form of this interaction's page */
  checkCsrf(interaction: Interaction, csrf: unknown): void {
    const expected = Buffer.from(this.csrfOf(interaction))
    const given = Buffer.from(typeof csrf === 'string' ? csrf : '')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refusal('expected a form of its own page')
  }

  /** The interaction's presentation: the one begun before, if a wallet can still answer it. @param again - a new one in any case */
  async presentation(interaction: Interaction, task: InteractionTask, again = false): Promise<InteractionPresentation> {
    const { publicUrl, desk, clock } = this.#options
    const existing = again ? undefined : await this.#read(interaction)
    if (existing?.query === task.query && existing.expiresAtMs > clock.nowMs()) return existing
    const kind = task.level === undefined ? 'collect' : 'sign-in'
    const begun = await desk.begin({
      queryId: task.query,
      purpose: { kind, id: purposeId(interaction) },
      returnTo: `${publicUrl}/oidc/interaction/${interaction.uid}/return`,
    })
    return this.#keep(interaction, task, begun)
  }

  async state(interaction: Interaction): Promise<string> {
    const presentation = await this.#read(interaction)
    return presentation === undefined ? 'expired' : this.#options.desk.state(presentation.presentationId)
  }

  /**
   * Takes what the wallet has shown, and says who is signed in. One transaction: answer, claims, grant, log.
   *
   * @returns where the browser goes on
   * @throws AuthorizationError `ERR_AUTHORIZATION_INTERACTION`: nothing was begun, or it was for something else; VerifierError: not answered, or refused
   */
  async finish(interaction: Interaction, task: InteractionTask, responseCode: string | undefined, provider: Provider): Promise<string> {
    const { desk, store, audit } = this.#options
    const presentation = await this.#read(interaction)
    if (presentation === undefined) throw refusal('nothing was begun')
    return store.transaction(async queries => {
      const result = await desk.finish(queries, presentation.presentationId, {
        token: presentation.token,
        ...(responseCode === undefined ? {} : { responseCode }),
      })
      if (result.queryId !== task.query || result.purpose.id !== purposeId(interaction))
        throw refusal('what was shown was asked for something else')
      const accountId = await this.#accountOf(task, result)
      const grantId = await this.#grant(queries, provider, interaction, task, accountId, result)
      interaction.result = {
        login: {
          accountId,
          ts: Math.floor(result.verifiedAtMs / 1000),
          amr: ['pop'],
          ...(task.level === undefined ? {} : { acr: task.level.acr }),
        },
        consent: { grantId },
      }
      // The provider reckons by the time of day.
      await interaction.save(interaction.exp - secondsOfMs(Date.now()))
      await audit.append(queries, {
        actor: 'wallet',
        action: 'signed in',
        subject: `client ${String(interaction.params.client_id)}`,
        detail: { acr: task.level?.acr ?? 'collect', receipt: result.receiptId },
      })
      return interaction.returnTo
    })
  }

  /** The account is the pseudonym: nothing else of the person decides which one it is. */
  async #accountOf({ level }: InteractionTask, { claims, pseudonym }: PresentationResult): Promise<string> {
    const { offers, vault } = this.#options
    if (level === undefined) {
      const applicant = await offers?.applicantOf(claims)
      if (applicant === undefined) throw refusal('expected what shows whose credential is to be collected')
      return applicant
    }
    if (pseudonym === undefined) throw refusal('expected a query that gives a pseudonym')
    return accountOfPseudonym(vault, pseudonym)
  }

  async #grant(
    queries: Queries,
    provider: Provider,
    interaction: Interaction,
    { level }: InteractionTask,
    accountId: string,
    { claims }: PresentationResult,
  ): Promise<string> {
    const { publicUrl, clock } = this.#options
    const clientId = String(interaction.params.client_id)
    const grant = new provider.Grant({ accountId, clientId })
    const scope = typeof interaction.params.scope === 'string' ? interaction.params.scope : ''
    if (level === undefined) {
      grant.addResourceScope(publicUrl, scope)
      for (const detail of detailsOf(interaction.params.authorization_details)) grant.addRar(detail)
    } else {
      grant.addOIDCScope(scope)
      grant.addOIDCClaims([...requestedClaims(interaction.params.claims)])
    }
    const grantId = await grant.save()
    const shown = level === undefined ? {} : claimsAt(level, claims)
    if (Object.keys(shown).length > 0) await this.#keepClaims(queries, grantId, shown, clock.nowMs() + lifetimes.Grant * 1000)
    return grantId
  }

  /** Claims of a grant, for as long as it lasts. */
  async claimsOf(grantId: string): Promise<JsonObject> {
    const { database, vault, clock } = this.#options
    const key = entryKey('Grant', grantId)
    const [row] = await database.query<{ sealed: Uint8Array }>(
      'select sealed from sign_in_claims where grant_key = $1 and expires_ms > $2',
      [key, clock.nowMs()],
    )
    return row === undefined ? {} : ((await vault.open(row.sealed, claimsContext(key))) as JsonObject)
  }

  async #keepClaims(queries: Queries, grantId: string, claims: JsonObject, expiresMs: number): Promise<void> {
    const key = entryKey('Grant', grantId)
    const sealed = await this.#options.vault.seal(claims, claimsContext(key))
    await queries.query('insert into sign_in_claims (grant_key, sealed, expires_ms) values ($1, $2, $3)', [key, sealed, expiresMs])
  }

  async #read(interaction: Interaction): Promise<InteractionPresentation | undefined> {
    const { database, vault } = this.#options
    const key = keyOf(interaction)
    const [row] = await database.query<{ sealed: Uint8Array }>('select sealed from sign_in_presentations where interaction_key = $1', [key])
    return row === undefined ? undefined : ((await vault.open(row.sealed, presentationContext(key))) as unknown as InteractionPresentation)
  }

  async #keep(interaction: Interaction, { query }: InteractionTask, begun: BegunPresentation): Promise<InteractionPresentation> {
    const { database, vault } = this.#options
    const key = keyOf(interaction)
    const { id: presentationId, token, qr, walletUrl = null, expiresAtMs } = begun
    const presentation = { presentationId, token, query, qr, walletUrl, expiresAtMs }
    const sealed = await vault.seal(presentation as Json, presentationContext(key))
    await database.query(
      `insert into sign_in_presentations (interaction_key, sealed, expires_ms) values ($1, $2, $3)
       on conflict (interaction_key) do update set sealed = excluded.sealed, expires_ms = excluded.expires_ms`,
      [key, sealed, Math.max(expiresAtMs, interaction.exp * 1000)],
    )
    return presentation
  }

  #clientOf(clientId: unknown): SignInClient | undefined {
    return this.#options.settings.clients.find(({ id }) => id === clientId)
  }
}

/** True for what ends with "not yet" or "not with this": the page can be shown again. */
export function isUnfinished(error: unknown): boolean {
  return ['ERR_VERIFIER_STATE', 'ERR_VERIFIER_BROWSER', 'ERR_VERIFIER_UNKNOWN', 'ERR_VERIFIER_EXPIRED', 'ERR_VERIFIER_REFUSED'].includes(
    errorCode(error) ?? '',
  )
}

const walletName: Texts = { 'zh-CN': '您的钱包', en: 'your wallet' }

/** Not the interaction's identifier, which its cookie holds: what the desk keeps lets nobody into an interaction. */
function purposeId(interaction: Interaction): string {
  return keyOf(interaction)
}

function keyOf({ uid }: Interaction): string {
  return entryKey('Interaction', uid)
}

function presentationContext(key: string): string {
  return `presentation of interaction ${key}`
}

function claimsContext(key: string): string {
  return `sign-in claims ${key}`
}

function detailsOf(parameter: unknown): readonly { readonly type: string }[] {
  if (typeof parameter !== 'string') return []
  const details = JSON.parse(parameter) as readonly { readonly type: string; readonly credential_configuration_id: string }[]
  return details.map(detail => ({ ...detail, credential_identifiers: [detail.credential_configuration_id] }))
}

function requestedClaims(parameter: unknown): ReadonlySet<string> {
  if (typeof parameter !== 'string') return new Set()
  const { id_token = {}, userinfo = {} } = JSON.parse(parameter) as { id_token?: object; userinfo?: object }
  return new Set([...Object.keys(id_token), ...Object.keys(userinfo)])
}

function refusal(what: string): AuthorizationError {
  return new AuthorizationError('ERR_AUTHORIZATION_INTERACTION', `interaction: ${what}`)
}
