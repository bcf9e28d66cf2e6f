import { credentialStatus, minBitstringEntries, StatusList, signBitstringStatusList, signTokenStatusList } from '@hufu/credentials'
import { bytesToHex, randomBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import type { Queries } from '@hufu/service'
import type { Institution } from '../institution.ts'
import { crashPoint } from '../parts/crash-point.ts'
import type { IssuerLedger } from './issuer-ledger.ts'
import type { Status } from './status-reasons.ts'

/** `token`: Token Status List of two bits an entry, for SD-JWT VCs; `bitstring`: a pair of W3C lists, one for revocations and one for suspensions. */
export type ListKind = 'token' | 'bitstring'

/** A published list's names: what stands behind `/status/`, and in its anchors on the ledger. */
export function listNames(kind: ListKind, number: number): readonly string[] {
  return kind === 'token' ? [String(number)] : [`revocation-${number}`, `suspension-${number}`]
}

interface ListRow {
  readonly name: string
  readonly kind: 'token' | 'revocation' | 'suspension'
  readonly number: number
  readonly revision: number
  readonly text: string | null
  readonly text_revision: number | null
  readonly signed_at_ms: number | null
  readonly next_text: string | null
  readonly next_revision: number | null
  readonly next_signed_at_ms: number | null
}

/** Verifiers may use their copy for a minute; a list that does not change is signed again after an hour, and is good for a day. */
const ttlMs = 60_000
const signAgainAfterMs = 3_600_000
const validForMs = 86_400_000
export const defaultListCapacity = minBitstringEntries
const publishKind = 'issuer publish list'
/** How often a random place may be taken before the list counts as full: it is some four fifths full then. */
const maxDraws = 32
const drawsBeforeNext = 16

/** A list as verifiers get it. */
export interface PublishedStatusList {
  readonly text: string
  readonly mediaType: string
}

/** The issuer's status lists, in the database: what stands in them is what the table of credentials says. */
export class StatusLists {
  readonly #institution: Institution
  readonly #ledger: IssuerLedger
  readonly #capacity: number
  /** The newest list of each kind, as far as this replica knows: an older one will do as long as it has room. */
  readonly #current = new Map<ListKind, number>()

  constructor(institution: Institution, ledger: IssuerLedger, capacity = defaultListCapacity) {
    this.#institution = institution
    this.#ledger = ledger
    this.#capacity = capacity
  }

  /** Sees to it that there is a list of each kind before it is needed, and keeps them published. */
  async open(): Promise<void> {
    const { database, jobs } = this.#institution
    jobs.work(publishKind, async payload => this.#publish((payload as { name: string }).name))
    await database.transaction(async queries => {
      for (const kind of ['token', 'bitstring'] as const) {
        const prefix = kind === 'token' ? 'token' : 'revocation'
        const [row] = await queries.query<{ number: number | null }>('select max(number) as number from status_lists where kind = $1', [
          prefix,
        ])
        this.#current.set(kind, row?.number ?? 1)
        await this.#ensure(queries, kind, row?.number ?? 1)
      }
    })
  }

  /** Where a list is published. */
  uriOf(name: string): string {
    return `${this.#institution.publicUrl}/status/${name}`
  }

  /**
   * Draws places for new credentials, in the transaction that `queries` belongs to; `insert` writes those it is given, and says which it could. Random
   * places: neighbours in a list have nothing to do with each other.
   */
  async allocate<Item>(
    queries: Queries,
    kind: ListKind,
    items: readonly Item[],
    insert: (placed: readonly { readonly item: Item; readonly list: number; readonly index: number }[]) => Promise<readonly Item[]>,
  ): Promise<void> {
    let waiting = [...items]
    let list = this.#current.get(kind) ?? 1
    for (let draw = 1; waiting.length > 0; draw++) {
      if (draw === drawsBeforeNext) await this.#ensure(queries, kind, list + 1)
      if (draw > maxDraws) {
        list++
        this.#current.set(kind, list)
        await this.#ensure(queries, kind, list)
        draw = 1
      }
      const written = new Set(await insert(this.#draw(waiting).map(({ item, index }) => ({ item, list, index }))))
      waiting = waiting.filter(item => !written.has(item))
    }
  }

  /** Has lists published again in which something has changed, in the transaction of the change. */
  async touch(queries: Queries, places: readonly { readonly kind: ListKind; readonly list: number }[]): Promise<void> {
    const names = [...new Set(places.flatMap(({ kind, list }) => listNames(kind, list)))].sort()
    for (const name of names) {
      await queries.query('update status_lists set revision = revision + 1 where name = $1', [name])
      await this.#askToPublish(queries, name)
    }
  }

  /** Asks for whatever has grown old, or has changed and is not published: what a crash or a job that was lost left behind. */
  async sweep(): Promise<void> {
    const { database, clock } = this.#institution
    await database.transaction(async queries => {
      const rows = await queries.query<{ name: string }>(
        `select name from status_lists
         where text is null or text_revision < revision or next_text is not null or signed_at_ms < $1 order by name`,
        [clock.nowMs() - signAgainAfterMs],
      )
      for (const { name } of rows) await this.#askToPublish(queries, name)
    })
  }

  /** The list as last anchored; undefined if there is none, null if it is not published yet. */
  async published(name: string): Promise<PublishedStatusList | null | undefined> {
    const [row] = await this.#institution.database.query<ListRow>('select kind, text from status_lists where name = $1', [name])
    if (row === undefined) return undefined
    if (row.text === null) return null
    return { text: row.text, mediaType: row.kind === 'token' ? 'application/statuslist+jwt' : 'application/vc' }
  }

  async #publish(name: string): Promise<void> {
    // One at a time for each list among all replicas, for the job's key is its name.
    for (let row = await this.#read(name); row !== undefined && this.#isDue(row); row = await this.#read(name)) {
      // What was signed before a crash may be on the ledger: it comes first.
      if (row.next_text === null) await this.#sign(row)
      else await this.#giveOut(row)
    }
  }

  #isDue({ text_revision, revision, next_text, signed_at_ms }: ListRow): boolean {
    if (text_revision === null || text_revision < revision || next_text !== null) return true
    return (signed_at_ms ?? 0) < this.#institution.clock.nowMs() - signAgainAfterMs
  }

  async #sign(row: ListRow): Promise<void> {
    const { database, clock } = this.#institution
    const atMs = clock.nowMs()
    const text = await this.#textOf(row, atMs)
    crashPoint('issuer list signed')
    await database.query('update status_lists set next_text = $2, next_revision = $3, next_signed_at_ms = $4 where name = $1', [
      ...[row.name, text, row.revision, atMs],
    ])
    crashPoint('issuer list kept')
  }

  /** Anchors the list first: a verifier that finds no anchor refuses it. */
  async #giveOut({ name, next_text: text, next_revision, next_signed_at_ms }: ListRow): Promise<void> {
    const { database, audit } = this.#institution
    await this.#ledger.anchor({ uri: this.uriOf(name), text: text! })
    crashPoint('issuer list anchored')
    const hash = bytesToHex(sha256(utf8ToBytes(text!)))
    await database.transaction(async queries => {
      const rows = await queries.query(
        `update status_lists set text = next_text, text_revision = next_revision, signed_at_ms = next_signed_at_ms, sha256 = $3,
           next_text = null, next_revision = null, next_signed_at_ms = null
         where name = $1 and next_text = $2 returning name`,
        [name, text, hash],
      )
      if (rows.length > 0)
        await audit.append(queries, {
          ...{ actor: 'server', action: 'status list published', subject: `status list ${name}` },
          detail: { revision: next_revision!, signedAtMs: next_signed_at_ms!, sha256: hash },
        })
    })
    crashPoint('issuer list published')
  }

  async #textOf({ name, kind, number }: ListRow, issuedAtMs: number): Promise<string> {
    const { database, self } = this.#institution
    const entries = await database.query<{ list_index: number; status: Status }>(
      `select list_index, status from credentials where list_kind = $1 and list = $2 and status <> 'valid'`,
      [kind === 'token' ? 'token' : 'bitstring', number],
    )
    const key = self.keys[0]
    const period = { issuedAtMs, expiresAtMs: issuedAtMs + validForMs, ttlMs }
    const uri = this.uriOf(name)
    if (kind === 'token') {
      const list = new StatusList({ capacity: this.#capacity, size: 2 })
      for (const entry of entries) list.set(entry.list_index, credentialStatus[entry.status])
      return signTokenStatusList({ list, uri, signer: key.signer, kid: key.id, ...period })
    }
    const list = new StatusList({ capacity: Math.max(this.#capacity, minBitstringEntries), size: 1, order: 'msb' })
    const set = kind === 'revocation' ? 'revoked' : 'suspended'
    for (const entry of entries) if (entry.status === set) list.set(entry.list_index, 1)
    return signBitstringStatusList({ list, purpose: kind, uri, issuer: self.did, key, ...period })
  }

  #draw<Item>(items: readonly Item[]): readonly { readonly item: Item; readonly index: number }[] {
    const random = randomBytes(4 * items.length)
    const view = new DataView(random.buffer, random.byteOffset)
    const taken = new Set<number>()
    return items.flatMap((item, place) => {
      // The capacity is a power of two in earnest, so the remainder favours nothing.
      const index = view.getUint32(4 * place) % this.#capacity
      if (taken.has(index)) return []
      taken.add(index)
      return [{ item, index }]
    })
  }

  async #ensure(queries: Queries, kind: ListKind, number: number): Promise<void> {
    const kinds = kind === 'token' ? ['token'] : ['revocation', 'suspension']
    for (const [place, name] of listNames(kind, number).entries()) {
      const rows = await queries.query(
        'insert into status_lists (name, kind, number) values ($1, $2, $3) on conflict do nothing returning name',
        [name, kinds[place]!, number],
      )
      if (rows.length > 0) await this.#askToPublish(queries, name)
    }
  }

  #askToPublish(queries: Queries, name: string): Promise<void> {
    return this.#institution.jobs.send(queries, publishKind, { name }, { key: name })
  }

  async #read(name: string): Promise<ListRow | undefined> {
    const [row] = await this.#institution.database.query<ListRow>('select * from status_lists where name = $1', [name])
    return row
  }
}
