import { didOf } from '@hufu/did'
import type { ScriptHash } from '@hufu/ledger'
import { type Database, entryOfRow, type GrantRow, type Registry, registryTrustSource } from '@hufu/service'
import { type GrantKind, grantKinds, mayAsk, mayIssue } from '@hufu/trust'
import type { Grant, Right, TrustChange } from '../api-types.ts'
import { grantKeyOf, shownGrant, shownRight } from './shown-grant.ts'

/** Which changes to read, the newest first. */
export interface ChangeFilter {
  readonly kind?: GrantKind | undefined
  readonly subject?: ScriptHash | undefined
  readonly name?: string | undefined
  /** Only those before this one: its block, and how many of that block come before. */
  readonly before?: { readonly blockIndex: number; readonly skip: number } | undefined
  readonly limit: number
}

/** A row with what it is a grant of. */
type NamedGrantRow = GrantRow & { readonly kind: number; readonly subject: ScriptHash; readonly name: string }

const kindOfNumber = new Map<number, GrantKind>(Object.entries(grantKinds).map(([kind, number]) => [number, kind as GrantKind]))
const newestFirst = 'block_index desc, kind desc, subject, name, sequence desc'

/** The trust registry with its history, out of the tables that follow the ledger: fast, and lists what single answers can prove. */
export class TrustRegister {
  readonly #database: Database
  readonly #registry: Registry
  readonly #network: string

  constructor(options: { readonly database: Database; readonly registry: Registry; readonly network: string }) {
    this.#database = options.database
    this.#registry = options.registry
    this.#network = options.network
  }

  /** The last block that is in the tables. */
  get indexedThrough(): number {
    return this.#registry.height.tables
  }

  /** Every grant that there was by a time, as it stood then. */
  async grantsAt(atMs: number): Promise<readonly Grant[]> {
    const rows = await this.#database.query<NamedGrantRow>(
      `select distinct on (kind, subject, name) * from registry_grants where time_ms <= $1 order by kind, subject, name, sequence desc`,
      [atMs],
    )
    return rows.map(row => shownGrant({ key: keyOfRow(row), entry: entryOfRow(row) }, atMs, this.#network))
  }

  /** Who had a right by a time, each with whether it counted and on what that rests. Answers as the contract does. */
  async rightsAt(kind: 'issue' | 'ask', name: string, atMs: number): Promise<readonly Right[]> {
    const subjects = await this.#database.query<{ subject: ScriptHash }>(
      'select distinct subject from registry_grants where kind = $1 and name = $2 and time_ms <= $3 order by subject',
      [grantKinds[kind], name, atMs],
    )
    const find = kind === 'issue' ? mayIssue : mayAsk
    // Of the tables as they are, also while the chain stands still.
    const source = registryTrustSource(this.#database)
    return Promise.all(subjects.map(async ({ subject }) => shownRight(await find(source, subject, name, atMs), this.#network)))
  }

  /** Changes of grants. @returns one more than asked for if there are more */
  async changes({ kind, subject, name, before, limit }: ChangeFilter): Promise<readonly TrustChange[]> {
    const values: (string | number)[] = []
    const conditions: string[] = []
    const add = (condition: (place: string) => string, value: string | number | undefined) => {
      if (value !== undefined) conditions.push(condition(`$${values.push(value)}`))
    }
    add(place => `kind = ${place}`, kind === undefined ? undefined : grantKinds[kind])
    add(place => `subject = ${place}`, subject)
    add(place => `name = ${place}`, name)
    add(place => `block_index <= ${place}`, before?.blockIndex)
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
    const skip = before === undefined ? 0 : before.skip
    const rows = await this.#database.query<NamedGrantRow>(
      `select * from registry_grants ${where} order by ${newestFirst} limit ${Math.trunc(limit) + 1} offset ${Math.trunc(skip)}`,
      values,
    )
    return rows.map(row => ({
      kind: kindOfNumber.get(row.kind)!,
      did: didOf(this.#network, row.subject),
      account: row.subject,
      name: row.name,
      entry: entryOfRow(row),
    }))
  }
}

function keyOfRow({ kind, subject, name }: NamedGrantRow) {
  return grantKeyOf(kindOfNumber.get(kind)!, subject, name)
}
