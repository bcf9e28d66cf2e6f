import type { Database, Queries } from '@hufu/service'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import type { StaffSession } from '../access/access.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { StaffError } from '../errors.ts'
import type { Invitation, Invitations } from './invitations.ts'
import type { Passkeys } from './passkeys.ts'
import type { People } from './people.ts'
import type { BegunSession, Sessions } from './sessions.ts'

/**
 * How people of the staff sign in. `passkey`: always so. `invitation`: a stand-in for pilots on one machine, where the link of an invitation signs in by itself,
 * as often as wanted until it expires.
 */
export type StaffSignInMode = 'passkey' | 'invitation'

export interface SignInOptions {
  readonly database: Database
  readonly audit: AuditLog
  readonly mode: StaffSignInMode
  readonly people: People
  readonly sessions: Sessions
  readonly invitations: Invitations
  readonly passkeys: Passkeys
}

/** Signs people in: by passkey, by accepting an invitation, and in pilots by its link alone. */
export class SignIn {
  readonly #options: SignInOptions

  constructor(options: SignInOptions) {
    this.#options = options
  }

  get mode(): StaffSignInMode {
    return this.#options.mode
  }

  /** Who is invited. @throws StaffError `ERR_STAFF_INVITATION` */
  invitation(code: string): Promise<Invitation> {
    return this.#options.invitations.find(this.#options.database, code)
  }

  async beginRegistration(code: string) {
    const { id, personId, name } = await this.invitation(code)
    return this.#options.passkeys.beginRegistration({ id: personId, name }, id)
  }

  /** Accepts an invitation with a first passkey; any older ones of that person, and their sessions, end. @throws StaffError `ERR_STAFF_INVITATION`, `ERR_STAFF_PASSKEY` */
  async accept(code: string, answer: { challengeId: string; response: RegistrationResponseJSON; label: string }): Promise<BegunSession> {
    const { database, passkeys, sessions, invitations } = this.#options
    const { id } = await this.invitation(code)
    const challenge = await passkeys.take(answer.challengeId, 'register', id)
    return database.transaction(async queries => {
      const invitation = await invitations.find(queries, code)
      await invitations.use(queries, invitation.id)
      await this.#ensurePerson(queries, invitation)
      await passkeys.removeAllOf(queries, invitation.personId)
      await sessions.endAllOf(queries, invitation.personId)
      await passkeys.finishRegistration(queries, challenge, answer, invitation.personId)
      await this.#note(queries, invitation.personId, 'invitation accepted', `invitation ${invitation.id}`)
      return sessions.begin(queries, invitation.personId)
    })
  }

  /** The stand-in. @throws StaffError `ERR_STAFF_INVITATION`: unknown or expired, or this server asks for passkeys */
  acceptWithoutPasskey(code: string): Promise<BegunSession> {
    const { mode, database, invitations, sessions } = this.#options
    if (mode !== 'invitation') throw new StaffError('ERR_STAFF_INVITATION', 'this server asks for a passkey')
    return database.transaction(async queries => {
      const invitation = await invitations.find(queries, code)
      await this.#ensurePerson(queries, invitation)
      await this.#note(queries, invitation.personId, 'signed in by invitation', `invitation ${invitation.id}`)
      return sessions.begin(queries, invitation.personId)
    })
  }

  begin() {
    return this.#options.passkeys.beginAuthentication('sign in', 'anybody')
  }

  /** @param replaces - the session that the browser has, which ends @throws StaffError `ERR_STAFF_PASSKEY` */
  async finish(
    answer: { challengeId: string; response: AuthenticationResponseJSON },
    replaces: StaffSession | null,
  ): Promise<BegunSession> {
    const { database, passkeys, people, sessions } = this.#options
    const challenge = await passkeys.take(answer.challengeId, 'sign in', 'anybody')
    return database.transaction(async queries => {
      const personId = await passkeys.finishAuthentication(queries, challenge, answer.response)
      // Whoever is suspended is told nothing else than anybody.
      if ((await people.find(queries, personId))?.state !== 'active')
        throw new StaffError('ERR_STAFF_PASSKEY', 'expected the passkey of an active member of the staff')
      if (replaces !== null) await sessions.end(queries, replaces.member.id, replaces.id)
      await this.#note(queries, personId, 'signed in')
      return sessions.begin(queries, personId)
    })
  }

  beginConfirmation(session: StaffSession) {
    return this.#options.passkeys.beginAuthentication('confirm', session.id, session.member.id)
  }

  /** Shows again that it is they. @param answer - undefined in the stand-in's mode alone @throws StaffError `ERR_STAFF_PASSKEY` */
  async confirm(session: StaffSession, answer: { challengeId: string; response: AuthenticationResponseJSON } | undefined): Promise<void> {
    const { mode, database, passkeys, sessions } = this.#options
    if (answer === undefined && mode !== 'invitation') throw new StaffError('ERR_STAFF_PASSKEY', "expected a passkey's answer")
    const challenge = answer === undefined ? undefined : await passkeys.take(answer.challengeId, 'confirm', session.id)
    await database.transaction(async queries => {
      if (answer !== undefined && challenge !== undefined) {
        const personId = await passkeys.finishAuthentication(queries, challenge, answer.response)
        if (personId !== session.member.id) throw new StaffError('ERR_STAFF_PASSKEY', 'expected a passkey of the person who is signed in')
      }
      await sessions.confirm(queries, session.id)
      await this.#note(queries, session.member.id, 'confirmed who they are')
    })
  }

  async #ensurePerson(queries: Queries, { personId, name, roles }: Invitation): Promise<void> {
    const { people } = this.#options
    const person = await people.find(queries, personId)
    if (person === null) return people.add(queries, { id: personId, name, roles })
    if (person.state !== 'active') throw new StaffError('ERR_STAFF_INVITATION', 'expected an invitation of somebody who may come')
  }

  async #note(queries: Queries, personId: string, action: string, subject?: string): Promise<void> {
    await this.#options.audit.append(queries, { actor: `staff ${personId}`, action, ...(subject === undefined ? {} : { subject }) })
  }
}
