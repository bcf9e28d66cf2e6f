import type { JsonObject } from '@hufu/credentials'
import { type CredentialRequest, verifyKeyProofs } from '@hufu/exchange'
import { jwkThumbprint, publicKeyFromJwk, publicKeyToJwk } from '@hufu/keys'
import { bytesToBase64url, bytesToHex, canonicalJson, type Json, sha256, utf8ToBytes } from '@hufu/primitives'
import { scalarToBytes } from '@hufu/proofs'
import type { Queries } from '@hufu/service'
import type { Institution } from '../institution.ts'
import { crashPoint } from '../parts/crash-point.ts'
import { type ApplicationContent, claimsOn, openContent, periodOf, subjectKeyOf } from './application-content.ts'
import { type ApplicationRow, isApproved, lockApplication } from './application-row.ts'
import type { WalletGrant } from './authorization-seam.ts'
import type { StatusKeepers } from './change-status.ts'
import { type Configuration, type CredentialFormat, configurationsOf } from './configurations.ts'
import type { CredentialRow } from './credential-row.ts'
import type { CredentialTypes } from './credential-types.ts'
import { IssuerError } from './errors.ts'
import { IssueTimes } from './issue-times.ts'
import type { IssuerLedger } from './issuer-ledger.ts'
import type { Nonces } from './nonces.ts'
import { signCopy } from './sign-copy.ts'
import type { Status } from './status-reasons.ts'
import { writeIntents } from './write-intents.ts'

/** Copies of one request at most. */
export const maxBatch = 16
/** Copies that one token may ask for of one configuration: some, for answers get lost and batches are used up. */
const maxCopies: Readonly<Record<CredentialFormat, number>> = { 'dc+sd-jwt': 64, ldp_vc: 64, hufu_zk: 4 }
const approvalIntervalSeconds = 30
const leafIntervalSeconds = 5

/** What a wallet gets: credentials, or when to ask again. */
export type Outcome =
  | { readonly credentials: readonly (string | JsonObject)[]; readonly notificationId: string }
  | { readonly transactionId: string; readonly intervalSeconds: number }

/** A holder's key, or a wallet's commitment, as it is kept: sealed. */
interface Holder {
  readonly jwk: Json
  readonly commitment?: string
}

/** `waiting`: for approval; `intended`: rows are written; `issued`: signed at least once. */
interface IssuanceRow {
  readonly id: string
  readonly digest: string
  readonly application: string
  readonly configuration: string
  readonly state: 'waiting' | 'intended' | 'issued'
  readonly request: Uint8Array
  /** What was just written, and need not be read again. */
  readonly fresh?: IntendedContent
}

/** What credentials are made of. */
interface IntendedContent {
  readonly rows: readonly CredentialRow[]
  readonly content: ApplicationContent
  readonly holders: readonly Holder[]
  readonly issuedAtMs: number
}

interface ProvenRequest {
  readonly configuration: Configuration
  readonly digest: string
  readonly nonce: string
  readonly holders: readonly Holder[]
}

/**
 * Issues credentials to wallets (OpenID4VCI 1.0 §§8, 9, 11). What is going to be signed is written down first, so that a crash leaves no credential that is
 * not known here; a request that comes again gets the same credentials, with the same places in the lists.
 */
export class Issuances {
  readonly #institution: Institution
  readonly #ledger: IssuerLedger
  readonly #types: CredentialTypes
  readonly #nonces: Nonces
  readonly #times: IssueTimes
  readonly #keepers: StatusKeepers

  constructor(
    institution: Institution,
    parts: { readonly ledger: IssuerLedger; readonly types: CredentialTypes; readonly nonces: Nonces } & StatusKeepers,
  ) {
    this.#institution = institution
    this.#ledger = parts.ledger
    this.#types = parts.types
    this.#nonces = parts.nonces
    this.#keepers = parts
    this.#times = new IssueTimes(institution, parts.ledger)
  }

  /**
   * Issues what a wallet asks for.
   *
   * @throws IssuerError `ERR_ISSUER_CONFIGURATION`, `ERR_ISSUER_REQUEST`, `ERR_ISSUER_NONCE`, `ERR_ISSUER_DENIED`; ExchangeError as `verifyKeyProofs`
   */
  async request(grant: WalletGrant, request: CredentialRequest): Promise<Outcome> {
    const proven = await this.#prove(grant, request)
    const issuedAtMs = await this.#times.now(proven.configuration.type.typeId)
    crashPoint('issuer request proven')
    const issuance = await this.#institution.database.transaction(async queries => {
      const application = await this.#applicationOf(queries, grant, proven.configuration)
      const earlier = await this.#earlier(queries, grant, application, proven.configuration)
      const same = earlier.find(({ digest }) => digest === proven.digest)
      if (same !== undefined) return same
      const copies = earlier.reduce((sum, row) => sum + row.copies, 0)
      if (copies + proven.holders.length > maxCopies[proven.configuration.format])
        throw new IssuerError('ERR_ISSUER_DENIED', 'the token has got as many copies as it may')
      return this.#begin(queries, grant, application, proven, issuedAtMs)
    })
    crashPoint('issuer intent committed')
    return this.#outcomeOf(issuance, proven.configuration)
  }

  /** Gives what had to wait. @throws IssuerError `ERR_ISSUER_TRANSACTION`: no such transaction of this token's; `ERR_ISSUER_DENIED`: it will not be issued */
  async deferred(grant: WalletGrant, transactionId: string): Promise<Outcome> {
    const { database } = this.#institution
    const found = await this.#find(database, 'transaction_hash', hashOf(transactionId))
    const configuration = found === undefined ? undefined : await this.#configuration(found.configuration)
    if (found === undefined || configuration === undefined)
      throw new IssuerError('ERR_ISSUER_TRANSACTION', 'transaction_id: expected one of this token that waits')
    const issuedAtMs = await this.#times.now(configuration.type.typeId)
    const issuance = await this.#institution.database.transaction(async queries => {
      const application = await lockApplication(queries, found.application)
      if (!(await this.#isOf(queries, grant, application)))
        throw new IssuerError('ERR_ISSUER_TRANSACTION', 'transaction_id: expected one of this token that waits')
      const row = (await this.#find(queries, 'digest', found.digest))!
      if (row.state !== 'waiting') return row
      requireIssuable(application)
      if (!isApproved(application)) return row
      await queries.query(`update issuances set state = 'intended' where id = $1`, [row.id])
      return this.#intend(queries, application, row, configuration, issuedAtMs)
    })
    crashPoint('issuer deferred intended')
    return this.#outcomeOf(issuance, configuration)
  }

  /** Takes what a wallet says of credentials it got. @throws IssuerError `ERR_ISSUER_NOTIFICATION`: they are not of this token */
  async notify(grant: WalletGrant, notificationId: string, event: string): Promise<void> {
    const { database, audit } = this.#institution
    const found = await this.#find(database, 'notification_hash', hashOf(notificationId))
    await database.transaction(async queries => {
      const application = found === undefined ? undefined : await lockApplication(queries, found.application)
      if (found === undefined || application === undefined || !(await this.#isOf(queries, grant, application)))
        throw new IssuerError('ERR_ISSUER_NOTIFICATION', 'notification_id: expected one of this token')
      const rows = await queries.query('update issuances set event = $2 where id = $1 and event is distinct from $2 returning id', [
        found.id,
        event,
      ])
      if (rows.length > 0)
        await audit.append(queries, {
          ...{ actor: 'wallet', action: 'wallet notified', subject: `application ${found.application}` },
          detail: { event, issuance: found.id },
        })
    })
  }

  /** Checks whose keys they are. */
  async #prove(grant: WalletGrant, request: CredentialRequest): Promise<ProvenRequest> {
    // Where a token names credentials, it names them as the metadata do.
    const wanted = 'configurationId' in request ? request.configurationId : request.credentialIdentifier
    const configuration = await this.#configuration(wanted)
    if (configuration === undefined)
      throw new IssuerError('ERR_ISSUER_CONFIGURATION', 'credential_configuration_id: expected one of the metadata')
    if (grant.configurationIds?.includes(wanted) === false)
      throw new IssuerError('ERR_ISSUER_DENIED', 'the token is not for this configuration')
    const { publicUrl, clock } = this.#institution
    const isZk = configuration.format === 'hufu_zk'
    const { nonce, keys } = await verifyKeyProofs(request.proofs, {
      audience: publicUrl,
      nowMs: clock.nowMs(),
      maxCount: isZk ? 1 : maxBatch,
      ...(grant.clientId === undefined ? {} : { clientId: grant.clientId }),
    })
    const holders = keys.map(({ publicKey, holderCommitment }) => {
      if (isZk !== (holderCommitment !== undefined))
        throw new IssuerError('ERR_ISSUER_REQUEST', 'hufu_holder_commitment: expected for a zero-knowledge credential, and for no other')
      const jwk = publicKeyToJwk(publicKey) as unknown as Json
      return holderCommitment === undefined ? { jwk } : { jwk, commitment: bytesToBase64url(scalarToBytes(holderCommitment)) }
    })
    const named = [grant.tokenId, configuration.id, nonce, ...holders.map(holder => canonicalJson(holder)).sort()]
    return { configuration, nonce, holders, digest: hashOf(canonicalJson(named)) }
  }

  async #begin(
    queries: Queries,
    grant: WalletGrant,
    application: ApplicationRow,
    { configuration, digest, nonce, holders }: ProvenRequest,
    issuedAtMs: number,
  ): Promise<IssuanceRow> {
    const { once, vault, clock } = this.#institution
    const untilMs = this.#nonces.untilMsOf(nonce)
    if (untilMs === undefined || !(await once.use(queries, 'c_nonce', nonce, untilMs)))
      throw new IssuerError('ERR_ISSUER_NONCE', 'nonce: expected one of the nonce endpoint that was not used and has not expired')
    requireIssuable(application)
    const id = crypto.randomUUID()
    const request = await vault.seal(holders as unknown as Json, `issuance ${id}`)
    const state = isApproved(application) ? 'intended' : 'waiting'
    const row: IssuanceRow = { id, digest, application: application.id, configuration: configuration.id, state, request }
    await queries.query(
      `insert into issuances (id, digest, token, application, configuration, state, request, transaction_hash, notification_hash, created_at_ms)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[id, digest, grant.tokenId, application.id, configuration.id, state, request],
        ...[hashOf(this.#transactionIdOf(id)), hashOf(this.#notificationIdOf(id)), clock.nowMs()],
      ],
    )
    return state === 'intended' ? this.#intend(queries, application, row, configuration, issuedAtMs) : row
  }

  /** Writes down what is going to be signed. */
  async #intend(
    queries: Queries,
    application: ApplicationRow,
    row: IssuanceRow,
    configuration: Configuration,
    issuedAtMs: number,
  ): Promise<IssuanceRow> {
    const { vault, audit, clock } = this.#institution
    const { type, format } = configuration
    const content = await openContent(vault, application.id, application.content)
    if (type.check(claimsOn(issuedAtMs, type, content.claims)).length > 0)
      throw new IssuerError('ERR_ISSUER_DENIED', "the application no longer follows its type's schema")
    if (periodOf(content).expiresAtMs <= clock.nowMs()) throw new IssuerError('ERR_ISSUER_DENIED', 'what was approved is over')
    const holders = await this.#holdersOf(row)
    if (format === 'hufu_zk') await this.#retireLeaves(queries, application)
    const rows = await writeIntents(queries, this.#institution, this.#keepers.lists, {
      ...{ issuance: row.id, application: application.id, configuration, content, intentAtMs: clock.nowMs() },
      holders: holders.map(holderNameOf),
    })
    await audit.append(queries, {
      ...{ actor: 'wallet', action: 'credentials begun', subject: `application ${application.id}` },
      detail: { issuance: row.id, format, copies: holders.length },
    })
    if (format === 'hufu_zk') await this.#keepers.trees.touch(queries, type.typeId)
    crashPoint('issuer intent written')
    return { ...row, state: 'intended', fresh: { rows, content, holders, issuedAtMs } }
  }

  /** A person has one leaf: two would be two pseudonyms of one person. */
  async #retireLeaves(queries: Queries, { id }: ApplicationRow): Promise<void> {
    const { clock } = this.#institution
    await queries.query(
      `update credentials set status = 'revoked', reason = 'replaced', status_at_ms = $2
       where application = $1 and format = 'hufu_zk' and status <> 'revoked'`,
      [id, clock.nowMs()],
    )
  }

  async #outcomeOf(issuance: IssuanceRow, configuration: Configuration): Promise<Outcome> {
    const transactionId = this.#transactionIdOf(issuance.id)
    if (issuance.state === 'waiting') return { transactionId, intervalSeconds: approvalIntervalSeconds }
    const intended = issuance.fresh ?? (await this.#contentOf(issuance, configuration))
    if (intended.rows.some(({ status }) => status === 'revoked')) throw revoked()
    if (intended.rows.some(({ leaf, leaf_index: leafIndex }) => leaf !== null && leafIndex === null))
      return { transactionId, intervalSeconds: leafIntervalSeconds }
    return { credentials: await this.#sign(issuance, configuration, intended), notificationId: this.#notificationIdOf(issuance.id) }
  }

  async #contentOf(issuance: IssuanceRow, { type }: Configuration): Promise<IntendedContent> {
    const { database, vault } = this.#institution
    const rows = await database.query<CredentialRow>('select * from credentials where issuance = $1', [issuance.id])
    const [application] = await database.query<ApplicationRow>('select * from applications where id = $1', [issuance.application])
    const content = await openContent(vault, issuance.application, application!.content)
    return { rows, content, holders: await this.#holdersOf(issuance), issuedAtMs: await this.#times.now(type.typeId) }
  }

  async #sign(
    issuance: IssuanceRow,
    { type }: Configuration,
    { rows: unordered, content, holders, issuedAtMs }: IntendedContent,
  ): Promise<readonly (string | JsonObject)[]> {
    const { database, audit, clock } = this.#institution
    const keys = new Map(holders.map(holder => [holderNameOf(holder), publicKeyFromJwk(holder.jwk)]))
    // In the order of the proofs.
    const names = [...keys.keys()]
    const rows = unordered.toSorted((one, other) => names.indexOf(one.holder) - names.indexOf(other.holder))
    const copies = await Promise.all(
      rows.map(row => {
        const holderKey = row.format === 'hufu_zk' ? undefined : keys.get(row.holder)
        return signCopy(this.#institution, this.#keepers.lists, { row, type, content, issuedAtMs, holderKey })
      }),
    )
    crashPoint('issuer signed')
    await database.transaction(async queries => {
      // The rows are there already, and say all that counts: should a power cut take back this note of them, nothing is lost.
      await queries.query('set local synchronous_commit = off')
      const values = rows.flatMap(({ id }, place) => [id, bytesToHex(sha256(utf8ToBytes(copies[place]!.text)))])
      const places = rows.map((_, place) => `($${2 * place + 4}, $${2 * place + 5})`)
      // The application first, as whoever issues or revokes has it: so no two wait for each other.
      const noted = await queries.query<{ status: Status }>(
        `with application as (update applications set state = 'collected', changed_at_ms = $2 where id = $1 returning id),
           offered as (update offers set state = 'collected' where application = (select id from application) and state = 'redeemed'),
           issued as (update issuances set state = 'issued' where id = $3 and application = (select id from application))
         update credentials set issued_at_ms = $2, sha256 = signed.sha256 from (values ${places.join(', ')}) as signed (id, sha256), application
         where credentials.id = signed.id and credentials.application = application.id returning credentials.status`,
        [issuance.application, clock.nowMs(), issuance.id, ...values],
      )
      if (noted.some(({ status }) => status === 'revoked')) throw revoked()
      await audit.append(queries, {
        ...{ actor: 'wallet', action: 'credentials issued', subject: `application ${issuance.application}` },
        detail: { issuance: issuance.id, copies: rows.length },
      })
    })
    this.#keepers.metrics.issued(rows[0]!.format, rows.length)
    crashPoint('issuer issued')
    return copies.map(({ credential }) => credential)
  }

  /** What the token is for, kept from changing. @throws IssuerError `ERR_ISSUER_DENIED`: there is nothing for it */
  async #applicationOf(queries: Queries, grant: WalletGrant, { id, type }: Configuration): Promise<ApplicationRow> {
    const application =
      grant.offerId === undefined ? await this.#ofAccount(queries, grant, type.typeId) : await this.#ofOffer(queries, grant.offerId, id)
    if (application === undefined) throw new IssuerError('ERR_ISSUER_DENIED', 'nothing of this configuration was approved for this token')
    return application
  }

  async #ofOffer(queries: Queries, offerId: string, configurationId: string): Promise<ApplicationRow | undefined> {
    const [offered] = await queries.query<ApplicationRow & { configurations: string }>(
      `select applications.*, offers.configurations from offers join applications on applications.id = offers.application
       where offers.id = $1 and offers.state in ('redeemed', 'collected') for update of applications`,
      [offerId],
    )
    const isOffered = offered !== undefined && (JSON.parse(offered.configurations) as string[]).includes(configurationId)
    return isOffered ? offered : undefined
  }

  async #ofAccount(queries: Queries, { accountKey }: WalletGrant, typeId: string): Promise<ApplicationRow | undefined> {
    if (accountKey === undefined) return undefined
    const [row] = await queries.query<{ id: string }>(
      `select id from applications where subject_key = $1 and status = 'valid' and state in ('submitted', 'approved', 'offered', 'collected')
       order by (state = 'submitted'), created_at_ms desc limit 1`,
      [subjectKeyOf(this.#institution.vault, typeId, accountKey)],
    )
    return row === undefined ? undefined : lockApplication(queries, row.id)
  }

  /** Whether an application is what a token is for. */
  async #isOf(queries: Queries, { offerId, accountKey }: WalletGrant, application: ApplicationRow): Promise<boolean> {
    if (offerId !== undefined) {
      const rows = await queries.query('select id from offers where id = $1 and application = $2', [offerId, application.id])
      return rows.length > 0
    }
    return accountKey !== undefined && application.subject_key === subjectKeyOf(this.#institution.vault, application.type, accountKey)
  }

  /** What the token has asked for before of this configuration. */
  #earlier(
    queries: Queries,
    { tokenId }: WalletGrant,
    application: ApplicationRow,
    { id }: Configuration,
  ): Promise<readonly (IssuanceRow & { readonly copies: number })[]> {
    return queries.query(
      `select id, digest, application, configuration, state, request,
         (select count(*)::integer from credentials where issuance = issuances.id and credentials.application = $1) as copies
       from issuances where application = $1 and token = $2 and configuration = $3`,
      [application.id, tokenId, id],
    )
  }

  async #find(
    queries: Queries,
    column: 'digest' | 'transaction_hash' | 'notification_hash',
    value: string,
  ): Promise<IssuanceRow | undefined> {
    const [row] = await queries.query<IssuanceRow>(
      `select id, digest, application, configuration, state, request from issuances where ${column} = $1`,
      [value],
    )
    return row
  }

  async #configuration(id: string): Promise<Configuration | undefined> {
    return configurationsOf(await this.#types.all(), this.#ledger.openTree !== undefined).find(configuration => configuration.id === id)
  }

  async #holdersOf({ id, request }: IssuanceRow): Promise<readonly Holder[]> {
    return (await this.#institution.vault.open(request, `issuance ${id}`)) as unknown as readonly Holder[]
  }

  /** Worked out from the issuance, so that a request that comes again gets the same, and kept as hashes only. */
  #transactionIdOf(issuance: string): string {
    return this.#institution.vault.digest('transaction', issuance)
  }

  #notificationIdOf(issuance: string): string {
    return this.#institution.vault.digest('notification', issuance)
  }
}

function revoked(): IssuerError {
  return new IssuerError('ERR_ISSUER_DENIED', 'the credential is revoked')
}

function requireIssuable({ state, status }: ApplicationRow): void {
  if (status !== 'valid' || state === 'draft' || state === 'returned')
    throw new IssuerError('ERR_ISSUER_DENIED', 'the application was not approved, or its credentials are suspended or revoked')
}

function hashOf(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}

/** By which a copy's row names its holder. */
function holderNameOf(holder: Holder): string {
  return holder.commitment ?? thumbprintOf(holder)
}

function thumbprintOf({ jwk }: Holder): string {
  return jwkThumbprint(publicKeyFromJwk(jwk))
}
