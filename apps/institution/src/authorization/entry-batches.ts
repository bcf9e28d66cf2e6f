import type { Database, Queries } from '@hufu/service'
import { withoutDeadlock } from './without-deadlock.ts'

/** A row as it is read: what the provider keeps, and with it the grant and the session that it belongs to. */
export interface EntryRow {
  readonly id: string
  readonly payload: string | null
  readonly sealed: Uint8Array | null
  readonly consumed_ms: number | null
  readonly expires_ms: number
  readonly grant_key: string | null
  readonly grant_payload: string | null
  readonly grant_expires_ms: number | null
  readonly session_key: string | null
  readonly session_payload: string | null
  readonly session_expires_ms: number | null
}

/** A row as it is written. */
export interface SavedEntry {
  readonly id: string
  readonly model: string
  readonly payload: string | null
  /** Base64. */
  readonly sealed: string | null
  readonly grant_key: string | null
  readonly alias_key: string | null
  readonly session_key: string | null
  readonly consumed_ms: number | null
  readonly expires_ms: number
}

/** What one request changes: all of it happens, or, if what it uses up was used before, nothing. */
export interface EntryChanges {
  /** Keys of what counts once and is used up: codes, refresh tokens, pushed requests, interactions. */
  readonly consumes: readonly string[]
  readonly removes: readonly string[]
  readonly saves: readonly SavedEntry[]
}

interface Waiting<Item, Result> {
  readonly item: Item
  resolve(result: Result): void
  reject(error: unknown): void
}

/** So many statements at a time from one process: requests that come meanwhile share the next one. */
const readsAtOnce = 1
const writesAtOnce = 1
const mostInOne = 64

/**
 * Reads and writes of the provider's entries. What several requests ask at the same time goes to the database as one statement, so that one answer from it,
 * and one flush of its disk, serves all of them; a request alone does not wait.
 */
export class EntryBatches {
  readonly #database: Database
  readonly #reads: Waiting<string, EntryRow | undefined>[] = []
  readonly #writes: Waiting<EntryChanges, boolean>[] = []
  #isStarting = false
  #readsUnderWay = 0
  #writesUnderWay = 0
  readonly #keysUnderWay = new Set<string>()

  constructor(database: Database) {
    this.#database = database
  }

  read(id: string): Promise<EntryRow | undefined> {
    return new Promise((resolve, reject) => {
      this.#reads.push({ item: id, resolve, reject })
      this.#start()
    })
  }

  /** @returns false if what the changes use up was used up before: then nothing else of them was done */
  write(changes: EntryChanges): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#writes.push({ item: changes, resolve, reject })
      this.#start()
    })
  }

  /** After whatever else has come in at this moment. */
  #start(): void {
    if (this.#isStarting) return
    this.#isStarting = true
    setImmediate(() => {
      this.#isStarting = false
      this.#startReads()
      this.#startWrites()
    })
  }

  #startReads(): void {
    while (this.#readsUnderWay < readsAtOnce && this.#reads.length > 0) {
      const batch = this.#reads.splice(0, mostInOne)
      this.#readsUnderWay++
      readEntries(this.#database, [...new Set(batch.map(({ item }) => item))])
        .then(
          rows => {
            const byId = new Map(rows.map(row => [row.id, row]))
            for (const { item, resolve } of batch) resolve(byId.get(item))
          },
          error => rejectAll(batch, error),
        )
        .finally(() => {
          this.#readsUnderWay--
          this.#start()
        })
    }
  }

  #startWrites(): void {
    while (this.#writesUnderWay < writesAtOnce) {
      const batch = this.#nextWrites()
      if (batch.length === 0) return
      const keys = batch.flatMap(({ item }) => keysOf(item))
      for (const key of keys) this.#keysUnderWay.add(key)
      this.#writesUnderWay++
      void this.#writeTogether(batch).finally(() => {
        for (const key of keys) this.#keysUnderWay.delete(key)
        this.#writesUnderWay--
        this.#start()
      })
    }
  }

  /** One statement cannot change a row twice, and two statements that wait for each other's rows would end in a deadlock. */
  #nextWrites(): Waiting<EntryChanges, boolean>[] {
    const taken = new Set<string>()
    const batch: Waiting<EntryChanges, boolean>[] = []
    for (let index = 0; index < this.#writes.length && batch.length < mostInOne; ) {
      const waiting = this.#writes[index]!
      const keys = keysOf(waiting.item)
      const isFree = keys.every(key => !taken.has(key) && !this.#keysUnderWay.has(key))
      for (const key of keys) taken.add(key)
      if (isFree) batch.push(...this.#writes.splice(index, 1))
      else index++
    }
    return batch
  }

  async #writeTogether(batch: readonly Waiting<EntryChanges, boolean>[]): Promise<void> {
    try {
      const changes = batch.map(({ item }) => item)
      const consumed = await (batch.length === 1
        ? withoutDeadlock(() => writeEntries(this.#database, changes))
        : writeEntries(this.#database, changes))
      for (const { item, resolve } of batch) resolve(item.consumes.every(key => consumed.has(key)))
    } catch (error) {
      if (batch.length === 1) return rejectAll(batch, error)
      // One request's trouble, such as a deadlock with another replica, is not its neighbours': each goes alone.
      for (const waiting of batch) await this.#writeTogether([waiting])
    }
  }
}

function rejectAll(batch: readonly Waiting<unknown, never>[], error: unknown): void {
  for (const { reject } of batch) reject(error)
}

function keysOf({ consumes, removes, saves }: EntryChanges): readonly string[] {
  return [...consumes, ...removes, ...saves.map(({ id }) => id)]
}

const columns = 'id, model, payload, sealed, grant_key, alias_key, session_key, consumed_ms, expires_ms'

// Keys are base64url, so that commas can stand between them: the drivers have no common way to pass a list.
const readSql = `
  select e.id, e.payload, e.sealed, e.consumed_ms, e.expires_ms,
    e.grant_key, g.payload as grant_payload, g.expires_ms as grant_expires_ms,
    e.session_key, s.payload as session_payload, s.expires_ms as session_expires_ms
  from authorization_entries e
  left join authorization_entries g on g.id = e.grant_key
  left join authorization_entries s on s.id = e.session_key
  where e.id = any(string_to_array($1, ','))`

const writeSql = `
  with consumed as (
    update authorization_entries set consumed_ms = $4
    where id = any(string_to_array($1, ',')) and consumed_ms is null returning id
  ), removed as (
    delete from authorization_entries where id = any(string_to_array($2, ','))
  ), saved as (
    insert into authorization_entries (${columns})
    select id, model, payload, decode(sealed, 'base64'), grant_key, alias_key, session_key, consumed_ms, expires_ms
    from json_to_recordset($3::json) as row (id text, model text, payload text, sealed text, grant_key text, alias_key text, session_key text,
      consumed_ms double precision, expires_ms double precision, needs text)
    where needs = '' or string_to_array(needs, ',') <@ array(select id from consumed)
    on conflict (id) do update set payload = excluded.payload, sealed = excluded.sealed, grant_key = excluded.grant_key,
      alias_key = excluded.alias_key, session_key = excluded.session_key, expires_ms = excluded.expires_ms
  )
  select id from consumed`

export async function readEntries(queries: Queries, ids: readonly string[]): Promise<readonly EntryRow[]> {
  return queries.query<EntryRow>(readSql, [ids.join(',')])
}

/** Writes what requests change, each wholly or, where it uses up what was used up before, not at all. @returns keys of what was used up */
export async function writeEntries(queries: Queries, changes: readonly EntryChanges[]): Promise<ReadonlySet<string>> {
  const consumes = changes.flatMap(({ consumes }) => consumes)
  const removes = changes.flatMap(({ removes }) => removes)
  const saves = changes.flatMap(({ saves, consumes }) => saves.map(save => ({ ...save, needs: consumes.join(',') })))
  const rows = await queries.query<{ id: string }>(writeSql, [consumes.join(','), removes.join(','), JSON.stringify(saves), Date.now()])
  return new Set(rows.map(({ id }) => id))
}
