import { AsyncLocalStorage } from 'node:async_hooks'
import { hash } from 'node:crypto'
import type { Json } from '@hufu/primitives'
import { bytesToBase64 } from '@hufu/primitives'
import type { Database, Queries, Vault } from '@hufu/service'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import { EntryBatches, type EntryChanges, readEntries, type SavedEntry, writeEntries } from './entry-batches.ts'
import { withoutDeadlock } from './without-deadlock.ts'

/** Thrown where a code or token that counts once was used before. */
export class UsedBefore extends Error {}

/** What may hold personal data that a client sent, such as a login hint. */
const sealedModels: ReadonlySet<string> = new Set(['Interaction', 'PushedAuthorizationRequest'])
/** Found also after their end, so that a second use is told from one that came late. */
const rememberedModels: ReadonlySet<string> = new Set(['AuthorizationCode', 'RefreshToken', 'PushedAuthorizationRequest', 'Grant'])
/** A second use ends what the first one gave. */
const revokingModels: ReadonlySet<string> = new Set(['AuthorizationCode', 'RefreshToken'])

/** A session by what stays the same of it. */
const sessionModel = 'Session uid'

const yearMs = 365 * 86_400_000
/** How long an entry is kept after its end. */
const keptMs = 600_000

/** What one request has read and wants to change; written when the request has been worked on, before it is answered. */
interface Unit {
  readonly saves: Map<string, { readonly row: SavedEntry; readonly payload: AdapterPayload }>
  readonly removes: Set<string>
  readonly revokes: { readonly model: string; readonly grantKey: string }[]
  /** With the key of the grant that ends if it was used before. */
  readonly consumes: Map<string, string | undefined>
  /** Entries that came along with another one. */
  readonly known: Map<string, AdapterPayload | undefined>
  readonly grantKeys: Map<string, string>
  /** Keys of sessions, by those of their cookies. */
  readonly sessions: Map<string, string>
  /** The transaction in which the request is worked on, if it is in one: it sees and writes all. */
  queries: Queries | undefined
}

/**
 * Where the OpenID provider keeps what it must not forget, for all replicas: sessions, grants, codes, tokens, pushed requests.
 *
 * What is handed out (codes, tokens, session identifiers) is kept as SHA-256 only. Everything that a request changes is written in one statement before the
 * request is answered: a code is used up if and only if what it was exchanged for is kept, whatever stops in between.
 */
export class EntryStore {
  readonly #database: Database
  readonly #vault: Vault
  readonly #batches: EntryBatches
  readonly #units = new AsyncLocalStorage<Unit>()

  constructor({ database, vault }: { readonly database: Database; readonly vault: Vault }) {
    this.#database = database
    this.#vault = vault
    this.#batches = new EntryBatches(database)
  }

  /** Stores of the provider's models. */
  adapter(model: string): Adapter {
    return {
      find: id => (model === 'Session' ? this.#findSession(id) : this.#find(model, id)),
      findByUid: async uid => withIdentifier(await this.#find(sessionModel, uid), undefined),
      // Of the device flow, which is off.
      findByUserCode: async () => undefined,
      upsert: (id, payload, expiresIn) => this.#save(model, id, payload, expiresIn),
      consume: id => this.#consume(model, id),
      destroy: id => this.#remove(model, id),
      revokeByGrantId: grantId => this.#revoke(model, grantId),
    }
  }

  /**
   * Works on a request, and then writes what it changed.
   *
   * @throws UsedBefore: a code, refresh token or pushed request that it used up was used up before, by whichever replica. Nothing was written, and what the
   *   first use gave is revoked
   */
  async request<Result>(work: () => Promise<Result>): Promise<Result> {
    const unit = newUnit()
    return this.#units.run(unit, async () => {
      const result = await work()
      await this.#flush(unit)
      return result
    })
  }

  /** As {@link request}, all in one transaction together with other things. */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    return this.#database.transaction(queries => {
      const unit = { ...newUnit(), queries }
      return this.#units.run(unit, async () => {
        const result = await work(queries)
        await this.#flush(unit)
        return result
      })
    })
  }

  async #flush(unit: Unit): Promise<void> {
    const grantKeys = [...unit.consumes.values()]
    const changes = takeChanges(unit)
    if (changes === undefined || (await this.#write(changes, unit.queries))) return
    for (const grantKey of grantKeys) if (grantKey !== undefined) await this.#revokeGrant(grantKey)
    throw new UsedBefore('used before')
  }

  /** Ends a grant and everything that came of it. */
  async #revokeGrant(grantKey: string): Promise<void> {
    await withoutDeadlock(() =>
      this.#database.transaction(async queries => {
        await lockGrant(queries, grantKey)
        await queries.query('delete from authorization_entries where grant_key = $1 or id = $1', [grantKey])
        await queries.query('delete from sign_in_claims where grant_key = $1', [grantKey])
      }),
    )
  }

  /** Forgets what ended. @returns how many rows */
  async sweep(nowMs: number): Promise<number> {
    let count = 0
    for (const table of ['authorization_entries', 'sign_in_claims', 'sign_in_presentations']) {
      const rows = await this.#database.query<{ count: number }>(
        `with gone as (delete from ${table} where expires_ms < $1 returning 1) select count(*)::integer as count from gone`,
        [nowMs - keptMs],
      )
      count += rows[0]!.count
    }
    return count
  }

  async #write(changes: Taken, queries: Queries | undefined): Promise<boolean> {
    const { entries, revokes } = changes
    if (queries === undefined && revokes.length === 0) return this.#batches.write(entries)
    const work = async (queries: Queries) => {
      for (const grantKey of new Set(revokes.map(({ grantKey }) => grantKey))) await lockGrant(queries, grantKey)
      for (const { model, grantKey } of revokes)
        await queries.query('delete from authorization_entries where grant_key = $1 and model = $2', [grantKey, model])
      for (const id of entries.removes) await queries.query('delete from sign_in_claims where grant_key = $1', [id])
      const consumed = await writeEntries(queries, [entries])
      return entries.consumes.every(key => consumed.has(key))
    }
    return queries === undefined ? withoutDeadlock(() => this.#database.transaction(work)) : work(queries)
  }

  async #find(model: string, id: string): Promise<AdapterPayload | undefined> {
    if (model === 'Client') return undefined
    const key = entryKey(model, id)
    const unit = this.#units.getStore()
    if (unit?.removes.has(key)) return undefined
    const saved = unit?.saves.get(key)
    if (saved !== undefined) return { ...saved.payload }
    if (unit?.known.has(key)) return withIdentifier(unit.known.get(key), id)
    const row = unit?.queries === undefined ? await this.#batches.read(key) : (await readEntries(unit.queries, [key]))[0]
    if (row === undefined) return undefined
    const nowMs = Date.now()
    const isOver = (expiresMs: number | null, model: string) => expiresMs === null || (expiresMs <= nowMs && !rememberedModels.has(model))
    if (isOver(row.expires_ms, model) || (model === 'Interaction' && row.consumed_ms !== null)) return undefined
    if (unit !== undefined) {
      if (row.grant_key !== null) {
        unit.grantKeys.set(key, row.grant_key)
        unit.known.set(row.grant_key, isOver(row.grant_expires_ms, 'Grant') ? undefined : parse(row.grant_payload))
      }
      if (row.session_key !== null)
        unit.known.set(row.session_key, isOver(row.session_expires_ms, 'Session') ? undefined : parse(row.session_payload))
    }
    const payload = row.sealed === null ? parse(row.payload) : ((await this.#vault.open(row.sealed, key)) as AdapterPayload)
    const consumed = row.consumed_ms === null ? {} : { consumed: Math.floor(row.consumed_ms / 1000) }
    return withIdentifier({ ...payload, ...consumed }, id)
  }

  /** By what the browser's cookie holds, which changes while the session stays the same. */
  async #findSession(id: string): Promise<AdapterPayload | undefined> {
    const cookieKey = entryKey('Session', id)
    const unit = this.#units.getStore()
    for (const { row, payload } of unit?.saves.values() ?? []) if (row.alias_key === cookieKey) return { ...payload }
    const [row] = await (unit?.queries ?? this.#database).query<{ id: string; payload: string }>(
      'select id, payload from authorization_entries where alias_key = $1 and expires_ms > $2',
      [cookieKey, Date.now()],
    )
    if (row === undefined || unit?.removes.has(row.id) === true) return undefined
    unit?.sessions.set(cookieKey, row.id)
    return withIdentifier(parse(row.payload), id)
  }

  async #save(model: string, id: string, payload: AdapterPayload, expiresIn: number | undefined): Promise<void> {
    const key = model === 'Session' ? entryKey(sessionModel, payload.uid!) : entryKey(model, id)
    const { jti: _, consumed, ...kept } = payload
    const text = JSON.stringify(kept)
    const sealed = sealedModels.has(model) ? bytesToBase64(await this.#vault.seal(JSON.parse(text) as Json, key)) : null
    const row: SavedEntry = {
      id: key,
      model,
      payload: sealed === null ? text : null,
      sealed,
      grant_key: payload.grantId === undefined || model === 'Interaction' ? null : entryKey('Grant', payload.grantId),
      alias_key: model === 'Session' ? entryKey('Session', id) : null,
      session_key: payload.sessionUid === undefined ? null : entryKey(sessionModel, payload.sessionUid),
      consumed_ms: typeof consumed === 'number' ? consumed * 1000 : null,
      expires_ms: Date.now() + (expiresIn === undefined ? 10 * yearMs : expiresIn * 1000),
    }
    await this.#change(unit => {
      unit.removes.delete(key)
      unit.known.delete(key)
      unit.saves.set(key, { row, payload })
    })
  }

  async #consume(model: string, id: string): Promise<void> {
    const key = entryKey(model, id)
    await this.#change(unit => {
      unit.consumes.set(key, revokingModels.has(model) ? unit.grantKeys.get(key) : undefined)
    })
  }

  async #remove(model: string, id: string): Promise<void> {
    const name = entryKey(model, id)
    await this.#change(unit => {
      const key = unit.sessions.get(name) ?? name
      unit.saves.delete(key)
      // An interaction ends once: two requests of one browser must not both go on from it.
      if (model === 'Interaction') unit.consumes.set(key, undefined)
      else unit.removes.add(key)
      unit.known.set(key, undefined)
    })
  }

  async #revoke(model: string, grantId: string): Promise<void> {
    const grantKey = entryKey('Grant', grantId)
    await this.#change(unit => {
      for (const [key, { row }] of unit.saves) if (row.model === model && row.grant_key === grantKey) unit.saves.delete(key)
      unit.revokes.push({ model, grantKey })
    })
  }

  async #change(change: (unit: Unit) => void): Promise<void> {
    const unit = this.#units.getStore()
    if (unit !== undefined) return change(unit)
    await this.request(async () => change(this.#units.getStore()!))
  }
}

/** All rows of a grant, always in one order, so that two who end it at the same time do not wait for each other. */
async function lockGrant(queries: Queries, grantKey: string): Promise<void> {
  await queries.query('select id from authorization_entries where grant_key = $1 or id = $1 order by id for update', [grantKey])
}

/** Name of an entry in the database: tells nothing of its identifier. */
export function entryKey(model: string, id: string): string {
  return hash('sha256', `${model} ${id}`, 'base64url')
}

function newUnit(): Unit {
  return {
    saves: new Map(),
    removes: new Set(),
    revokes: [],
    consumes: new Map(),
    known: new Map(),
    grantKeys: new Map(),
    sessions: new Map(),
    queries: undefined,
  }
}

interface Taken {
  readonly entries: EntryChanges
  readonly revokes: readonly { readonly model: string; readonly grantKey: string }[]
}

/** What is to be written; undefined if nothing is. */
function takeChanges(unit: Unit): Taken | undefined {
  const entries = { consumes: [...unit.consumes.keys()], removes: [...unit.removes], saves: [...unit.saves.values()].map(({ row }) => row) }
  const revokes = unit.revokes.splice(0)
  unit.consumes.clear()
  unit.removes.clear()
  unit.saves.clear()
  if (entries.consumes.length + entries.removes.length + entries.saves.length + revokes.length === 0) return undefined
  return { entries, revokes }
}

function parse(text: string | null): AdapterPayload | undefined {
  return text === null ? undefined : (JSON.parse(text) as AdapterPayload)
}

function withIdentifier(payload: AdapterPayload | undefined, id: string | undefined): AdapterPayload | undefined {
  return payload === undefined ? undefined : { ...payload, jti: id }
}
