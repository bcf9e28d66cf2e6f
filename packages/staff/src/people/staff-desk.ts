import type { Json } from '@hufu/primitives'
import { type Database, type Queries, ServiceError } from '@hufu/service'
import type { StaffMember, StaffRole, StaffRoles } from '../access/access.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { StaffError } from '../errors.ts'
import type { Approval, Approvals } from './approvals.ts'
import type { Invitations } from './invitations.ts'
import type { Passkeys } from './passkeys.ts'
import type { People, Person } from './people.ts'
import type { Sessions } from './sessions.ts'

export interface StaffDeskOptions {
  readonly roles: StaffRoles
  /** Where the pages are, with a slash at its end. */
  readonly pagesPath: string
  readonly database: Database
  readonly audit: AuditLog
  readonly approvals: Approvals
  readonly publicUrl: string
  readonly people: People
  readonly sessions: Sessions
  readonly invitations: Invitations
  readonly passkeys: Passkeys
}

/** What came of a change: done, or waiting for a second administrator. */
export type StaffChange = { readonly approval: Approval } | { readonly done: true }

/** A link that lets somebody in, to be handed to them and nobody else. */
export interface InvitationLink {
  readonly link: string
  readonly expiresAtMs: number
}

const invitationKind = 'staff invitation'
const rolesKind = 'staff roles'
const removalKind = 'staff removal'
const reinstatementKind = 'staff reinstatement'

/**
 * What administrators do with people. One alone can suspend, and invite clerks and auditors; whatever could give a single administrator the say of two takes
 * another one, as soon as there are two.
 */
export class StaffDesk {
  readonly #options: StaffDeskOptions

  constructor(options: StaffDeskOptions) {
    this.#options = options
    const { approvals } = options
    approvals.handle(invitationKind, {
      role: 'administrator',
      title: { en: 'Invite a member of the staff', 'zh-CN': '邀请工作人员' },
      confirm: (queries, { payload }) => this.#openInvitation(queries, payloadOf(payload).id),
      refuse: (queries, { payload }) => options.invitations.withdraw(queries, payloadOf(payload).id),
    })
    approvals.handle(rolesKind, {
      role: 'administrator',
      title: { en: "Change a person's roles", 'zh-CN': '变更人员角色' },
      confirm: async (queries, { payload }, by) => {
        const { id, roles = [] } = payloadOf(payload)
        await options.people.change(queries, id, by.id, ['active', 'suspended'])
        await this.#setRoles(queries, id, roles, by)
        return undefined
      },
    })
    approvals.handle(removalKind, {
      role: 'administrator',
      title: { en: 'Remove an administrator', 'zh-CN': '移除管理员' },
      confirm: async (queries, { payload }, by) => {
        const { id } = payloadOf(payload)
        await options.people.change(queries, id, by.id, ['active', 'suspended'])
        await this.#remove(queries, id, by)
        return undefined
      },
    })
    approvals.handle(reinstatementKind, {
      role: 'administrator',
      title: { en: 'Lift the suspension of a person', 'zh-CN': '解除人员停用' },
      confirm: async (queries, { payload }, by) => {
        const { id } = payloadOf(payload)
        await options.people.change(queries, id, by.id, ['suspended'])
        await options.people.setState(queries, id, 'active')
        await this.#note(queries, by, 'person reinstated', id)
        return undefined
      },
    })
  }

  /** Invites somebody new. */
  invite(
    by: StaffMember,
    { name, roles }: { readonly name: string; readonly roles: readonly StaffRole[] },
  ): Promise<StaffChange | InvitationLink> {
    return this.#options.database.transaction(queries =>
      this.#invite(
        queries,
        by,
        { personId: crypto.randomUUID(), name, roles },
        roles.some(role => this.#isWeighty(role)),
      ),
    )
  }

  /**
   * Invites a person to a new passkey, in place of all that they have. Whoever holds the link is that person: it takes two administrators.
   *
   * @throws as {@link suspend}
   */
  inviteAgain(by: StaffMember, id: string): Promise<StaffChange | InvitationLink> {
    const { database, people } = this.#options
    return database.transaction(async queries => {
      const { name, roles } = await people.change(queries, id, by.id, ['active'])
      return this.#invite(queries, by, { personId: id, name, roles }, true)
    })
  }

  withdrawInvitation(by: StaffMember, id: string): Promise<void> {
    const { database, invitations } = this.#options
    return database.transaction(async queries => {
      await invitations.withdraw(queries, id)
      await this.#note(queries, by, 'invitation withdrawn', id)
    })
  }

  /**
   * Suspends a person, at once: all their sessions end.
   *
   * @throws ServiceError `ERR_SERVICE_NOT_FOUND`; StaffError `ERR_STAFF_SELF`, `ERR_STAFF_STATE`, `ERR_STAFF_LAST_ADMINISTRATOR`
   */
  suspend(by: StaffMember, id: string): Promise<void> {
    const { database, people, sessions, invitations } = this.#options
    return database.transaction(async queries => {
      await people.change(queries, id, by.id, ['active'])
      await people.setState(queries, id, 'suspended')
      await sessions.endAllOf(queries, id)
      await invitations.withdrawAllFor(queries, id)
      await this.#note(queries, by, 'person suspended', id)
    })
  }

  /** Asks for a second administrator to lift a suspension. Throws as {@link suspend}. */
  reinstate(by: StaffMember, id: string): Promise<StaffChange> {
    const { database, people, approvals } = this.#options
    return database.transaction(async queries => {
      await people.change(queries, id, by.id, ['suspended'])
      return { approval: await approvals.request(queries, { kind: reinstatementKind, payload: { id }, requestedBy: by.id }) }
    })
  }

  /** Removes a person for good. Throws as {@link suspend}. */
  remove(by: StaffMember, id: string): Promise<StaffChange> {
    const { database, people, approvals } = this.#options
    return database.transaction(async queries => {
      const person = await people.change(queries, id, by.id, ['active', 'suspended'])
      if (person.roles.includes('administrator') && (await this.#needsTwo(queries)))
        return { approval: await approvals.request(queries, { kind: removalKind, payload: { id }, requestedBy: by.id }) }
      await this.#remove(queries, id, by)
      return { done: true }
    })
  }

  /** Gives a person other roles. Throws as {@link suspend}. */
  changeRoles(by: StaffMember, id: string, roles: readonly StaffRole[]): Promise<StaffChange> {
    const { database, people, approvals } = this.#options
    return database.transaction(async queries => {
      const person = await people.change(queries, id, by.id, ['active', 'suspended'])
      if (this.#isWeightyChange(person, roles) && (await this.#needsTwo(queries))) {
        const payload = { id, roles }
        return { approval: await approvals.request(queries, { kind: rolesKind, payload, requestedBy: by.id }) }
      }
      await this.#setRoles(queries, id, roles, by)
      return { done: true }
    })
  }

  async #invite(
    queries: Queries,
    by: StaffMember,
    terms: { readonly personId: string; readonly name: string; readonly roles: readonly StaffRole[] },
    isWeightyOne: boolean,
  ): Promise<StaffChange | InvitationLink> {
    const { invitations, approvals } = this.#options
    const id = await invitations.prepare(queries, { ...terms, invitedBy: by.id })
    await this.#note(queries, by, 'invitation made', id, { roles: terms.roles, person: terms.personId })
    if (!isWeightyOne || !(await this.#needsTwo(queries))) return this.#openInvitation(queries, id)
    const payload = { id, roles: terms.roles, person: terms.personId }
    return { approval: await approvals.request(queries, { kind: invitationKind, payload, requestedBy: by.id }) }
  }

  async #openInvitation(queries: Queries, id: string): Promise<{ link: string; expiresAtMs: number }> {
    const { invitations, publicUrl, pagesPath } = this.#options
    const opened = await invitations.open(queries, id)
    if (opened === null) throw new StaffError('ERR_STAFF_INVITATION', 'expected an invitation that waits to be opened')
    return { link: invitationLink(`${publicUrl}${pagesPath}`, opened.code), expiresAtMs: opened.expiresAtMs }
  }

  async #setRoles(queries: Queries, id: string, roles: readonly StaffRole[], by: StaffMember): Promise<void> {
    await this.#options.people.setRoles(queries, id, roles)
    await this.#note(queries, by, 'roles changed', id, { roles })
  }

  async #remove(queries: Queries, id: string, by: StaffMember): Promise<void> {
    const { people, sessions, passkeys, invitations } = this.#options
    await people.setState(queries, id, 'removed')
    await sessions.endAllOf(queries, id)
    await passkeys.removeAllOf(queries, id)
    await invitations.withdrawAllFor(queries, id)
    await this.#note(queries, by, 'person removed', id)
  }

  /** Suspended ones count, for suspending takes only one. */
  async #needsTwo(queries: Queries): Promise<boolean> {
    return (await this.#options.people.countAdministrators(queries, ['active', 'suspended'])) > 1
  }

  #isWeighty(role: StaffRole): boolean {
    return role === 'administrator' || this.#options.roles.weighty.includes(role)
  }

  /** Gains a role of weight, or is an administrator no more. */
  #isWeightyChange(person: Person, roles: readonly StaffRole[]): boolean {
    return (
      roles.some(role => this.#isWeighty(role) && !person.roles.includes(role)) ||
      (person.roles.includes('administrator') && !roles.includes('administrator'))
    )
  }

  async #note(queries: Queries, by: StaffMember, action: string, id: string, detail?: { readonly [name: string]: Json }): Promise<void> {
    const subject = `${action.startsWith('invitation') ? 'invitation' : 'staff'} ${id}`
    await this.#options.audit.append(queries, { actor: `staff ${by.id}`, action, subject, ...(detail === undefined ? {} : { detail }) })
  }
}

/** Where a code is typed for people: in the fragment, which no server sees. */
function invitationLink(pagesUrl: string, code: string): string {
  return `${pagesUrl}#/invitation/${code}`
}

function payloadOf(payload: Json): { readonly id: string; readonly roles?: readonly StaffRole[] } {
  const { id, roles } = payload as { readonly id?: string; readonly roles?: readonly StaffRole[] }
  if (id === undefined) throw new ServiceError('ERR_SERVICE_INTERNAL', 'approval without an identifier')
  return { id, ...(roles === undefined ? {} : { roles }) }
}
