import type { Clock } from '@hufu/primitives'
import { type Queries, ServiceError, type Vault } from '@hufu/service'
import type { StaffRole } from '../access/access.ts'
import { StaffError } from '../errors.ts'

/** Somebody who works, or worked, for the institution. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly roles: readonly StaffRole[]
  readonly state: 'active' | 'suspended' | 'removed'
  readonly createdAtMs: number
}

interface Row {
  readonly id: string
  readonly name: Uint8Array
  readonly roles: string
  readonly state: Person['state']
  readonly created_at_ms: number
}

/** Any number: changes of who may administer take turns, among all replicas, so that two cannot each remove the other. */
const lockNumber = 4_848_487

/** The people of the institution. */
export class People {
  readonly #vault: Vault
  readonly #clock: Clock

  constructor({ vault, clock }: { readonly vault: Vault; readonly clock: Clock }) {
    this.#vault = vault
    this.#clock = clock
  }

  async add(queries: Queries, { id, name, roles }: Pick<Person, 'id' | 'name' | 'roles'>): Promise<void> {
    await queries.query(`insert into staff_people (id, name, roles, state, created_at_ms) values ($1, $2, $3, 'active', $4)`, [
      id,
      await this.#vault.seal(name, contextOf(id)),
      roles.join(),
      this.#clock.nowMs(),
    ])
  }

  async list(queries: Queries): Promise<readonly Person[]> {
    const rows = await queries.query<Row>('select * from staff_people order by created_at_ms, id')
    return Promise.all(rows.map(row => this.#personOf(row)))
  }

  async find(queries: Queries, id: string): Promise<Person | null> {
    const [row] = await queries.query<Row>('select * from staff_people where id = $1', [id])
    return row === undefined ? null : this.#personOf(row)
  }

  /** A name out of the database. */
  async nameOf(id: string, sealed: Uint8Array): Promise<string> {
    return (await this.#vault.open(sealed, contextOf(id))) as string
  }

  /**
   * Somebody whom another person is about to change; whoever else changes people waits.
   *
   * @throws ServiceError `ERR_SERVICE_NOT_FOUND`; StaffError `ERR_STAFF_SELF`, `ERR_STAFF_STATE`: not in one of these states
   */
  async change(queries: Queries, id: string, by: string, states: readonly Person['state'][]): Promise<Person> {
    await queries.query('select pg_advisory_xact_lock($1)', [lockNumber])
    const person = await this.find(queries, id)
    if (person === null || person.state === 'removed') throw new ServiceError('ERR_SERVICE_NOT_FOUND', 'no such person')
    if (id === by) throw new StaffError('ERR_STAFF_SELF', 'expected another administrator: nobody changes themselves')
    if (!states.includes(person.state)) throw new StaffError('ERR_STAFF_STATE', `expected a person who is ${states.join(' or ')}`)
    return person
  }

  async setState(queries: Queries, id: string, state: Person['state']): Promise<void> {
    await queries.query('update staff_people set state = $2 where id = $1', [id, state])
    await this.#keepAdministrator(queries)
  }

  async setRoles(queries: Queries, id: string, roles: readonly StaffRole[]): Promise<void> {
    await queries.query('update staff_people set roles = $2 where id = $1', [id, roles.join()])
    await this.#keepAdministrator(queries)
  }

  async countAdministrators(queries: Queries, states: readonly Person['state'][] = ['active']): Promise<number> {
    const rows = await queries.query<{ roles: string; state: Person['state'] }>('select roles, state from staff_people')
    return rows.filter(({ roles, state }) => states.includes(state) && parseRoles(roles).includes('administrator')).length
  }

  async #keepAdministrator(queries: Queries): Promise<void> {
    if ((await this.countAdministrators(queries)) === 0)
      throw new StaffError('ERR_STAFF_LAST_ADMINISTRATOR', 'expected an administrator to be left')
  }

  async #personOf({ id, name, roles, state, created_at_ms }: Row): Promise<Person> {
    return { id, name: await this.nameOf(id, name), roles: parseRoles(roles), state, createdAtMs: created_at_ms }
  }
}

/** Roles as they are kept. */
export function parseRoles(text: string): readonly StaffRole[] {
  return text.split(',') as unknown as readonly StaffRole[]
}

function contextOf(id: string): string {
  return `staff ${id}`
}
