import { isIP } from 'node:net'
import type { Clock } from '@hufu/primitives'
import { type Database, type Queries, ServiceError } from '@hufu/service'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { StaffError } from '../errors.ts'

/** A passkey of a person. */
export interface Passkey {
  readonly id: string
  readonly label: string
  readonly createdAtMs: number
  readonly usedAtMs: number | null
}

/** Options for the browser, and the challenge in them by its identifier. */
export interface Challenge<Options> {
  readonly challengeId: string
  readonly options: Options
}

/** What a challenge is for; an answer to one for another purpose, or another person or session, counts for nothing. */
export type ChallengePurpose = 'sign in' | 'register' | 'confirm'

const challengeLifetimeMs = 300_000
/** Ed25519, P-256 and RSA with SHA-256 (COSE numbers), which authenticators in use have. */
const supportedAlgorithmIDs = [-8, -7, -257]

interface Row {
  readonly id: string
  readonly person_id: string
  readonly public_key: Uint8Array
  readonly counter: number
  readonly label: string
  readonly created_at_ms: number
  readonly used_at_ms: number | null
}

/**
 * Passkeys of the staff. Each checks who holds it (user verification), answers one challenge once, and is bound to this server's host and origin.
 *
 * @see https://www.w3.org/TR/webauthn-3/
 */
export class Passkeys {
  readonly #database: Database
  readonly #clock: Clock
  readonly #origin: string
  readonly #host: string
  readonly #name: string

  /** @param options.name - of the institution, as authenticators show it */
  constructor(options: { readonly database: Database; readonly clock: Clock; readonly publicUrl: string; readonly name: string }) {
    this.#database = options.database
    this.#clock = options.clock
    const { origin, hostname } = new URL(options.publicUrl)
    this.#origin = origin
    this.#host = hostname
    this.#name = options.name
  }

  /** Whether browsers take passkeys at this address: they want a name, not a number. */
  static worksAt(publicUrl: string): boolean {
    const { hostname } = new URL(publicUrl)
    return isIP(hostname.replace(/^\[|\]$/g, '')) === 0
  }

  /** @param boundTo - identifier of the invitation or session in which it is asked */
  async beginRegistration(
    person: { readonly id: string; readonly name: string },
    boundTo: string,
  ): Promise<Challenge<PublicKeyCredentialCreationOptionsJSON>> {
    const known = await this.#database.query<{ id: string }>('select id from staff_passkeys where person_id = $1', [person.id])
    const options = await generateRegistrationOptions({
      rpName: this.#name,
      rpID: this.#host,
      userID: userHandleOf(person.id),
      userName: person.name,
      userDisplayName: person.name,
      attestationType: 'none',
      supportedAlgorithmIDs,
      excludeCredentials: known.map(({ id }) => ({ id })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    return { challengeId: await this.#keep(options.challenge, 'register', boundTo), options }
  }

  /**
   * Adds a passkey.
   *
   * @param expectedChallenge - as {@link take} gave it
   * @throws StaffError `ERR_STAFF_PASSKEY`
   */
  async finishRegistration(
    queries: Queries,
    expectedChallenge: string,
    answer: { readonly response: RegistrationResponseJSON; readonly label: string },
    personId: string,
  ): Promise<string> {
    const { registrationInfo } = await checked(() =>
      verifyRegistrationResponse({
        response: answer.response,
        expectedChallenge,
        expectedOrigin: this.#origin,
        expectedRPID: this.#host,
        requireUserVerification: true,
        supportedAlgorithmIDs,
      }),
    )
    if (registrationInfo === undefined) throw refused()
    const { id, publicKey, counter, transports = [] } = registrationInfo.credential
    const added = await queries.query(
      `insert into staff_passkeys (id, person_id, public_key, counter, transports, label, created_at_ms)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning id`,
      [id, personId, publicKey, counter, transports.join(), answer.label, this.#clock.nowMs()],
    )
    if (added.length === 0) throw refused()
    return id
  }

  /** @param personId - whose passkeys to ask for; undefined: whoever has one */
  async beginAuthentication(
    purpose: 'sign in' | 'confirm',
    boundTo: string,
    personId?: string,
  ): Promise<Challenge<PublicKeyCredentialRequestOptionsJSON>> {
    const known =
      personId === undefined
        ? []
        : await this.#database.query<{ id: string }>('select id from staff_passkeys where person_id = $1', [personId])
    const options = await generateAuthenticationOptions({
      rpID: this.#host,
      userVerification: 'required',
      ...(personId === undefined ? {} : { allowCredentials: known.map(({ id }) => ({ id })) }),
    })
    return { challengeId: await this.#keep(options.challenge, purpose, boundTo), options }
  }

  /**
   * Checks the answer to a challenge.
   *
   * @param expectedChallenge - as {@link take} gave it
   * @returns whose passkey it is
   * @throws StaffError `ERR_STAFF_PASSKEY`
   */
  async finishAuthentication(queries: Queries, expectedChallenge: string, response: AuthenticationResponseJSON): Promise<string> {
    const [passkey] = await queries.query<Row>('select * from staff_passkeys where id = $1 for update', [response.id])
    if (passkey === undefined) throw refused()
    const { userHandle } = response.response
    if (userHandle !== undefined && userHandle !== Buffer.from(userHandleOf(passkey.person_id)).toString('base64url')) throw refused()
    const { verified, authenticationInfo } = await checked(() =>
      verifyAuthenticationResponse({
        response,
        expectedChallenge,
        expectedOrigin: this.#origin,
        expectedRPID: this.#host,
        // The library refuses a counter that has not grown: the passkey was copied, or the answer is an old one.
        credential: { id: passkey.id, publicKey: new Uint8Array(passkey.public_key), counter: passkey.counter },
        requireUserVerification: true,
      }),
    )
    if (!verified) throw refused()
    await queries.query('update staff_passkeys set counter = $2, used_at_ms = $3 where id = $1', [
      passkey.id,
      authenticationInfo.newCounter,
      this.#clock.nowMs(),
    ])
    return passkey.person_id
  }

  async listOf(personId: string): Promise<readonly Passkey[]> {
    const rows = await this.#database.query<Row>('select * from staff_passkeys where person_id = $1 order by created_at_ms, id', [personId])
    return rows.map(({ id, label, created_at_ms, used_at_ms }) => ({ id, label, createdAtMs: created_at_ms, usedAtMs: used_at_ms }))
  }

  /** @throws ServiceError `ERR_SERVICE_NOT_FOUND`: the person has no such passkey; StaffError `ERR_STAFF_STATE`: it is their last */
  async remove(queries: Queries, personId: string, id: string): Promise<void> {
    const passkeys = await queries.query<{ id: string }>('select id from staff_passkeys where person_id = $1 order by id for update', [
      personId,
    ])
    if (!passkeys.some(passkey => passkey.id === id)) throw new ServiceError('ERR_SERVICE_NOT_FOUND', 'no such passkey')
    if (passkeys.length === 1) throw new StaffError('ERR_STAFF_STATE', 'expected another passkey to be left')
    await queries.query('delete from staff_passkeys where id = $1', [id])
  }

  async removeAllOf(queries: Queries, personId: string): Promise<void> {
    await queries.query('delete from staff_passkeys where person_id = $1', [personId])
  }

  /** Forgets challenges that nobody answered. */
  async purge(): Promise<void> {
    await this.#database.query('delete from staff_challenges where expires_at_ms < $1', [this.#clock.nowMs()])
  }

  async #keep(challenge: string, purpose: ChallengePurpose, boundTo: string): Promise<string> {
    const id = crypto.randomUUID()
    await this.#database.query(
      'insert into staff_challenges (id, challenge, purpose, bound_to, expires_at_ms) values ($1, $2, $3, $4, $5)',
      [id, challenge, purpose, boundTo, this.#clock.nowMs() + challengeLifetimeMs],
    )
    return id
  }

  /**
   * Takes a challenge, once, whether the answer will be right or not: before the transaction that a wrong answer rolls back.
   *
   * @throws StaffError `ERR_STAFF_PASSKEY`: there is none, it is older than 5 minutes, or for something else
   */
  async take(id: string, purpose: ChallengePurpose, boundTo: string): Promise<string> {
    const [taken] = await this.#database.query<{ challenge: string; purpose: string; bound_to: string; expires_at_ms: number }>(
      'delete from staff_challenges where id = $1 returning *',
      [id],
    )
    if (taken === undefined || taken.purpose !== purpose || taken.bound_to !== boundTo || taken.expires_at_ms <= this.#clock.nowMs())
      throw refused()
    return taken.challenge
  }
}

/** Whatever the library finds wrong is one refusal: its messages quote what was sent. */
async function checked<Result>(verify: () => Promise<Result>): Promise<Result> {
  try {
    return await verify()
  } catch {
    throw refused()
  }
}

function refused(): StaffError {
  return new StaffError(
    'ERR_STAFF_PASSKEY',
    'expected the answer of a known passkey to a challenge of the last 5 minutes, which checked who holds it',
  )
}

function userHandleOf(personId: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(personId))
}
