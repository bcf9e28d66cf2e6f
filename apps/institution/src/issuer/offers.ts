import type { JsonObject } from '@hufu/credentials'
import { credentialOfferLink, writeCredentialOffer } from '@hufu/exchange'
import { bytesToHex, randomBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import type { StaffMember } from '@hufu/staff'
import type { Institution } from '../institution.ts'
import { crashPoint } from '../parts/crash-point.ts'
import { isApproved, lockApplication } from './application-row.ts'
import { configurationsOf } from './configurations.ts'
import type { CredentialTypes } from './credential-types.ts'
import { IssuerError } from './errors.ts'

const lifetimeMs = 900_000
const attempts = 5

/** `open`: waits for a wallet; `redeemed`: a wallet has a token; `locked`: too many wrong transaction codes; `replaced`: there is a newer one. */
export type OfferState = 'open' | 'redeemed' | 'collected' | 'locked' | 'replaced' | 'expired'

/** An offer as the counter shows it, once. */
export interface MadeOffer {
  readonly id: string
  /** Link that a wallet opens, with the offer by reference; text of the QR code. */
  readonly offerUri: string
  /** The same for the institution's wallet, where one is configured. */
  readonly walletUrl?: string
  readonly offer: JsonObject
  /** Six digits, for the person's eyes: they are not in the offer. */
  readonly txCode: string
  readonly expiresAtMs: number
}

/** What a wallet's token is for. */
export interface RedeemedOffer {
  readonly offerId: string
  /** What the token may be used to ask for. */
  readonly configurationIds: readonly string[]
}

interface OfferRow {
  readonly id: string
  readonly application: string
  readonly configurations: string
  readonly attempts_left: number
  readonly state: OfferState
  readonly made_by: string
  readonly expires_at_ms: number
}

/** Credential offers with a pre-authorized code (OpenID4VCI 1.0 §4). */
export class Offers {
  readonly #institution: Institution
  readonly #types: CredentialTypes
  readonly #hasTrees: boolean

  constructor(institution: Institution, types: CredentialTypes, hasTrees: boolean) {
    this.#institution = institution
    this.#types = types
    this.#hasTrees = hasTrees
  }

  /**
   * Makes an offer of what was approved; an earlier one of the same application that waits counts no longer.
   *
   * @throws IssuerError `ERR_ISSUER_UNKNOWN`, `ERR_ISSUER_STATE`: not approved, or suspended; `ERR_ISSUER_REVOKED`, `ERR_ISSUER_TYPE`
   */
  async make(member: StaffMember, applicationId: string): Promise<MadeOffer> {
    const { database, audit, clock } = this.#institution
    const types = await this.#types.all()
    const id = crypto.randomUUID()
    const code = this.#codeOf(id)
    const txCode = sixDigits()
    const nowMs = clock.nowMs()
    const expiresAtMs = nowMs + lifetimeMs
    return database.transaction(async queries => {
      const application = await lockApplication(queries, applicationId)
      if (application.clerk !== member.id && !member.roles.includes('officer'))
        throw new IssuerError('ERR_ISSUER_UNKNOWN', 'there is no such application')
      if (application.status === 'revoked') throw new IssuerError('ERR_ISSUER_REVOKED', 'the credential is revoked for good')
      if (!isApproved(application) || application.status !== 'valid')
        throw new IssuerError('ERR_ISSUER_STATE', 'expected an application that is approved and not suspended')
      const type = types.find(({ typeId }) => typeId === application.type)
      if (type === undefined) throw new IssuerError('ERR_ISSUER_TYPE', 'type: expected one that this institution is accredited to issue')
      const configurationIds = configurationsOf([type], this.#hasTrees).map(configuration => configuration.id)
      await queries.query(`update offers set state = 'replaced' where application = $1 and state = 'open'`, [applicationId])
      await queries.query(
        `insert into offers (id, application, configurations, code_hash, tx_code_digest, attempts_left, state, made_by, created_at_ms, expires_at_ms)
         values ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9)`,
        [
          ...[id, applicationId, JSON.stringify(configurationIds), hashOf(code), this.#txCodeDigest(code, txCode)],
          ...[attempts, member.id, nowMs, expiresAtMs],
        ],
      )
      await queries.query(`update applications set state = 'offered', changed_at_ms = $2 where id = $1 and state = 'approved'`, [
        applicationId,
        nowMs,
      ])
      await audit.append(queries, {
        ...{ actor: `staff ${member.id}`, action: 'offer made', subject: `application ${applicationId}` },
        detail: { offer: id },
      })
      crashPoint('issuer offer made')
      const reference = { offerUri: `${this.#institution.publicUrl}/issuer/offers/${id}` }
      const { walletUrl } = this.#institution.config
      return {
        ...{ id, offerUri: credentialOfferLink(reference), offer: this.#offer(code, configurationIds), txCode, expiresAtMs },
        ...(walletUrl === undefined ? {} : { walletUrl: credentialOfferLink(reference, { walletUrl }) }),
      }
    })
  }

  /** The offer that a wallet was referred to. @throws IssuerError `ERR_ISSUER_UNKNOWN`: none, or it is over */
  async byReference(id: string): Promise<JsonObject> {
    const row = await this.#read(id)
    if (row === undefined || this.#stateOf(row) !== 'open')
      throw new IssuerError('ERR_ISSUER_UNKNOWN', 'there is no such offer, or no longer')
    return this.#offer(this.#codeOf(id), JSON.parse(row.configurations) as string[])
  }

  /** How an offer stands, for the counter. @throws IssuerError `ERR_ISSUER_UNKNOWN` */
  async status(member: StaffMember, id: string): Promise<{ state: OfferState; attemptsLeft: number; expiresAtMs: number }> {
    const row = await this.#read(id)
    if (row === undefined || (row.made_by !== member.id && !member.roles.includes('officer')))
      throw new IssuerError('ERR_ISSUER_UNKNOWN', 'there is no such offer')
    return { state: this.#stateOf(row), attemptsLeft: row.attempts_left, expiresAtMs: row.expires_at_ms }
  }

  /**
   * Takes a pre-authorized code with its transaction code, once, for the token endpoint. A wrong transaction code costs an attempt.
   *
   * @throws IssuerError `ERR_ISSUER_GRANT`: unknown, used, expired, or a wrong transaction code
   */
  async redeem(code: string, txCode: string): Promise<RedeemedOffer> {
    const { database, audit, clock } = this.#institution
    const redeemed = await database.transaction(async queries => {
      // One statement, so that of many who try at once each costs an attempt and one at most gets it.
      const [row] = await queries.query<OfferRow>(
        `update offers set
           attempts_left = attempts_left - 1,
           state = case when tx_code_digest = $2 then 'redeemed' when attempts_left <= 1 then 'locked' else 'open' end
         where code_hash = $1 and state = 'open' and attempts_left > 0 and expires_at_ms > $3
         returning id, application, configurations, state, attempts_left`,
        [hashOf(code), this.#txCodeDigest(code, txCode), clock.nowMs()],
      )
      if (row === undefined) return undefined
      if (row.state !== 'open') {
        const action = row.state === 'redeemed' ? 'offer redeemed' : 'offer locked'
        await audit.append(queries, { actor: 'wallet', action, subject: `application ${row.application}`, detail: { offer: row.id } })
      }
      return row
    })
    crashPoint('issuer offer redeemed')
    if (redeemed?.state !== 'redeemed')
      throw new IssuerError('ERR_ISSUER_GRANT', 'expected a pre-authorized code that is not used or expired, with its transaction code')
    return { offerId: redeemed.id, configurationIds: JSON.parse(redeemed.configurations) as string[] }
  }

  #offer(code: string, configurationIds: readonly string[]): JsonObject {
    return writeCredentialOffer({
      ...{ issuer: this.#institution.publicUrl, configurationIds },
      preAuthorized: { code, txCode: { inputMode: 'numeric', length: 6, description: undefined } },
    })
  }

  async #read(id: string): Promise<OfferRow | undefined> {
    const [row] = await this.#institution.database.query<OfferRow>('select * from offers where id = $1', [id])
    return row
  }

  #stateOf({ state, expires_at_ms: expiresAtMs }: OfferRow): OfferState {
    return state === 'open' && expiresAtMs <= this.#institution.clock.nowMs() ? 'expired' : state
  }

  /** Worked out from the identifier, so that it can be given by reference and is kept nowhere. */
  #codeOf(id: string): string {
    return this.#institution.vault.digest('pre-authorized code', id)
  }

  #txCodeDigest(code: string, txCode: string): string {
    return this.#institution.vault.digest('transaction code', code, txCode)
  }
}

function hashOf(code: string): string {
  return bytesToHex(sha256(utf8ToBytes(code)))
}

/** 2³² is no multiple of a million: numbers above the last whole one are drawn again. */
function sixDigits(): string {
  for (;;) {
    const bytes = randomBytes(4)
    const value = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
    if (value < 4_294_000_000) return String(value % 1_000_000).padStart(6, '0')
  }
}
