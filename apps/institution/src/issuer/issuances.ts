import type { JsonObject } from '@hufu/credentials'
import { type CredentialRequest, verifyKeyProofs } from '@hufu/exchange'
import { jwkThumbprint, type PublicKey, publicKeyFromJwk, publicKeyToJwk } from '@hufu/keys'
import { bytesToBase64url, bytesToHex, canonicalJson, type Json, sha256, utf8ToBytes } from '@hufu/primitives'
import { scalarToBytes } from '@hufu/proofs'
import type { Queries } from '@hufu/service'
import type { Institution } from '../institution.ts'
import { crashPoint } from '../parts/crash-point.ts'
import { type ApplicationContent, claimsOn, openContent, subjectKeyOf } from './application-content.ts'
import { type ApplicationRow, isApproved, lockApplication } from './application-row.ts'
import type { WalletGrant } from './authorization-seam.ts'
import type { StatusKeepers } from './change-status.ts'
import { type Configuration, type CredentialFormat, configurationsOf } from './configurations.ts'
import type { CredentialRow } from './credential-row.ts'
import type { CredentialTypes } from './credential-types.ts'
import { IssuerError } from './errors.ts'
import { issueTimeMs } from './issue-time.ts'
import type { IssuerLedger } from './issuer-ledger.ts'
import type { Nonces } from './nonces.ts'
import { signCopy } from './sign-copy.ts'
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
  }

  /**
   * Issues what a wallet asks for.
   *
   * @throws IssuerError `ERR_ISSUER_CONFIGURATION`, `ERR_ISSUER_REQUEST`, `ERR_ISSUER_NONCE`, `ERR_ISSUER_DENIED`; ExchangeError as `verifyKeyProofs`
   */
  async request(grant: WalletGrant, request: CredentialRequest): Promise<Outcome> {
    const proven = await this.#prove(grant, request)
    // What the ledger says is asked before the transaction: its tables may be in the same database.
    const issuedAtMs = await issueTimeMs(this.#ledger, proven.configuration.type.typeId, this.#institution.clock.nowMs())
    crashPoint('issuer request proven')
    const issuance = await this.#institution.database.transaction(async queries => {
      const application = await this.#applicationOf(queries, grant, proven.configuration)
      const before = await this.#find(queries, 'digest', proven.digest)
      if (before !== undefined) return before
      return this.#begin(queries, grant, application, proven, issuedAtMs)
    })
    crashPoint('issuer intent committed')
    return this.#outcomeOf(issuance, proven.configuration)
  }

  /** Gives what had to wait. @throws IssuerError `ERR_ISSUER_TRANSACTION`: no such transaction of this token's; `ERR_ISSUER_DENIED`: it will not be issued */
  async deferred(grant: WalletGrant, transactionId: string): Promise<Outcome> {
    const { database, clock } = this.#institution
    const found = await this.#find(database, 'transaction_hash', hashOf(transactionId))
    const configuration = found === undefined ? undefined : await this.#configuration(found.configuration)
    if (found === undefined || configuration === undefined)
      throw new IssuerError('ERR_ISSUER_TRANSACTION', 'transaction_id: expected one of this token that waits')
    const issuedAtMs = await issueTimeMs(this.#ledger, configuration.type.typeId, clock.nowMs())
    const issuance = await this.#institution.database.transaction(async queries => {
      const application = await lockApplication(queries, found.application)
      if (!(await this.#isOf(queries, grant, application)))
        throw new IssuerError('ERR_ISSUER_TRANSACTION', 'transaction_id: expected one of this token that waits')
      const row = (await this.#find(queries, 'digest', found.digest))!
      if (row.state !== 'waiting') return row
      requireIssuable(application)
      return isApproved(application) ? this.#intend(queries, application, row, configuration, issuedAtMs) : row
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
    await this.#requireRoom(queries, grant, application, configuration, holders.length)
    const id = crypto.randomUUID()
    const request = await vault.seal(holders as unknown as Json, `issuance ${id}`)
    const row: IssuanceRow = { id, digest, application: application.id, configuration: configuration.id, state: 'waiting', request }
    await queries.query(
      `insert into issuances (id, digest, token, application, configuration, state, request, transaction_hash, notification_hash, created_at_ms)
       values ($1, $2, $3, $4, $5, 'waiting', $6, $7, $8, $9)`,
      [
        ...[id, digest, grant.tokenId, application.id, configuration.id, request],
        ...[hashOf(this.#transactionIdOf(id)), hashOf(this.#notificationIdOf(id)), clock.nowMs()],
      ],
    )
    return isApproved(application) ? this.#intend(queries, application, row, configuration, issuedAtMs) : row
  }

  /** Writes down what is going to be signed. */
  async #intend(
    queries: Queries,
    application: ApplicationRow,
    row: IssuanceRow,
    configuration: Configuration,
    issuedAtMs: number,
  ): Promise<IssuanceRow> {
    const { vault, audit } = this.#institution
    const { type, format } = configuration
    const content = await openContent(vault, application.id, application.content)
    if (type.check(claimsOn(issuedAtMs, type, content.claims)).length > 0)
      throw new IssuerError('ERR_ISSUER_DENIED', "the application no longer follows its type's schema")
    const holders = await this.#holdersOf(row)
    if (format === 'hufu_zk') await this.#retireLeaves(queries, application)
    await writeIntents(queries, this.#institution, this.#keepers.lists, {
      ...{ issuance: row.id, application: application.id, configuration, content, issuedAtMs },
      holders: holders.map(holderNameOf),
    })
    await queries.query(`update issuances set state = 'intended' where id = $1`, [row.id])
    await audit.append(queries, {
      ...{ actor: 'wallet', action: 'credentials begun', subject: `application ${application.id}` },
      detail: { issuance: row.id, format, copies: holders.length },
    })
    if (format === 'hufu_zk') await this.#keepers.trees.touch(queries, type.typeId)
    crashPoint('issuer intent written')
    return { ...row, state: 'intended' }
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
    const { database } = this.#institution
    const found = await database.query<CredentialRow>('select * from credentials where issuance = $1', [issuance.id])
    // In the order of the proofs.
    const holders = (await this.#holdersOf(issuance)).map(holderNameOf)
    const rows = found.toSorted((one, other) => holders.indexOf(one.holder) - holders.indexOf(other.holder))
    if (rows.some(({ status }) => status === 'revoked')) throw new IssuerError('ERR_ISSUER_DENIED', 'the credential is revoked')
    if (rows.some(({ leaf, leaf_index: leafIndex }) => leaf !== null && leafIndex === null))
      return { transactionId, intervalSeconds: leafIntervalSeconds }
    return { credentials: await this.#sign(issuance, configuration, rows), notificationId: this.#notificationIdOf(issuance.id) }
  }

  async #sign(issuance: IssuanceRow, { type }: Configuration, rows: readonly CredentialRow[]): Promise<readonly (string | JsonObject)[]> {
    const { database, vault, audit, clock } = this.#institution
    const [application] = await database.query<ApplicationRow>('select * from applications where id = $1', [issuance.application])
    const content: ApplicationContent = await openContent(vault, issuance.application, application!.content)
    const keys = await this.#keysOf(issuance)
    const copies = await Promise.all(
      rows.map(row => signCopy(this.#institution, this.#keepers.lists, { row, type, content, holderKey: keys.get(row.holder) })),
    )
    crashPoint('issuer signed')
    await database.transaction(async queries => {
      // The rows are there already, and say all that counts: should a power cut take back this note of them, nothing is lost.
      await queries.query('set local synchronous_commit = off')
      // The application first, as whoever issues or revokes has it: so no two wait for each other.
      await queries.query(`update applications set state = 'collected', changed_at_ms = $2 where id = $1 and state <> 'collected'`, [
        ...[issuance.application, clock.nowMs()],
      ])
      const values = rows.flatMap(({ id }, place) => [id, bytesToHex(sha256(utf8ToBytes(copies[place]!.text)))])
      const places = rows.map((_, place) => `($${2 * place + 2}, $${2 * place + 3})`)
      await queries.query(
        `update credentials set issued_at_ms = $1, sha256 = signed.sha256 from (values ${places.join(', ')}) as signed (id, sha256)
         where credentials.id = signed.id`,
        [clock.nowMs(), ...values],
      )
      await queries.query(`update issuances set state = 'issued' where id = $1`, [issuance.id])
      await queries.query(`update offers set state = 'collected' where application = $1 and state = 'redeemed'`, [issuance.application])
      await audit.append(queries, {
        ...{ actor: 'wallet', action: 'credentials issued', subject: `application ${issuance.application}` },
        detail: { issuance: issuance.id, copies: rows.length },
      })
    })
    crashPoint('issuer issued')
    return copies.map(({ credential }) => credential)
  }

  /** What the token is for, kept from changing. @throws IssuerError `ERR_ISSUER_DENIED`: there is nothing for it */
  async #applicationOf(queries: Queries, grant: WalletGrant, { id, type }: Configuration): Promise<ApplicationRow> {
    const found =
      grant.offerId === undefined ? await this.#ofAccount(queries, grant, type.typeId) : await this.#ofOffer(queries, grant.offerId, id)
    if (found === undefined) throw new IssuerError('ERR_ISSUER_DENIED', 'nothing of this configuration was approved for this token')
    return lockApplication(queries, found)
  }

  async #ofOffer(queries: Queries, offerId: string, configurationId: string): Promise<string | undefined> {
    const [offer] = await queries.query<{ application: string; configurations: string }>(
      `select application, configurations from offers where id = $1 and state in ('redeemed', 'collected')`,
      [offerId],
    )
    const isOffered = offer !== undefined && (JSON.parse(offer.configurations) as string[]).includes(configurationId)
    return isOffered ? offer.application : undefined
  }

  async #ofAccount(queries: Queries, { accountKey }: WalletGrant, typeId: string): Promise<string | undefined> {
    if (accountKey === undefined) return undefined
    const [row] = await queries.query<{ id: string }>(
      `select id from applications where subject_key = $1 and status = 'valid' and state in ('submitted', 'approved', 'offered', 'collected')
       order by (state = 'submitted'), created_at_ms desc limit 1`,
      [subjectKeyOf(this.#institution.vault, typeId, accountKey)],
    )
    return row?.id
  }

  /** Whether an application is what a token is for. */
  async #isOf(queries: Queries, { offerId, accountKey }: WalletGrant, application: ApplicationRow): Promise<boolean> {
    if (offerId !== undefined) {
      const rows = await queries.query('select id from offers where id = $1 and application = $2', [offerId, application.id])
      return rows.length > 0
    }
    return accountKey !== undefined && application.subject_key === subjectKeyOf(this.#institution.vault, application.type, accountKey)
  }

  async #requireRoom(
    queries: Queries,
    { tokenId }: WalletGrant,
    application: ApplicationRow,
    { id, format }: Configuration,
    wanted: number,
  ): Promise<void> {
    const [row] = await queries.query<{ count: number }>(
      `select count(credentials.id)::integer as count from issuances join credentials on credentials.issuance = issuances.id
       where issuances.application = $1 and issuances.token = $2 and issuances.configuration = $3`,
      [application.id, tokenId, id],
    )
    if ((row?.count ?? 0) + wanted > maxCopies[format])
      throw new IssuerError('ERR_ISSUER_DENIED', 'the token has got as many copies as it may')
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

  async #keysOf(issuance: IssuanceRow): Promise<ReadonlyMap<string, PublicKey>> {
    const holders = await this.#holdersOf(issuance)
    return new Map(holders.map(holder => [thumbprintOf(holder), publicKeyFromJwk(holder.jwk)]))
  }

  /** Worked out from the issuance, so that a request that comes again gets the same, and kept as hashes only. */
  #transactionIdOf(issuance: string): string {
    return this.#institution.vault.digest('transaction', issuance)
  }

  #notificationIdOf(issuance: string): string {
    return this.#institution.vault.digest('notification', issuance)
  }
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
