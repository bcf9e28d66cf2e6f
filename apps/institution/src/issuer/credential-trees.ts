import { hexToBytes } from '@hufu/primitives'
import type { Queries } from '@hufu/service'
import type { Institution } from '../institution.ts'
import { crashPoint } from '../parts/crash-point.ts'
import type { IssuerLedger, LeafWriter } from './issuer-ledger.ts'
import type { Status } from './status-reasons.ts'
import { treeChangeLog } from './tree-change-log.ts'

interface LeafRow {
  readonly id: string
  readonly leaf: string
  readonly leaf_index: number | null
  readonly leaf_status: Status
  readonly status: Status
  readonly reason: string | null
}

const treeKind = 'issuer write tree'
/** Leaves of one call of the contract, and leaves that it overwrites. */
const maxAppend = 2_000
const maxSet = 500
const gatherMs = 200

/** Keeps the tree of each credential type as the table of credentials says: appends leaves in batches, and clears and sets them again with their status. */
export class CredentialTrees {
  readonly #institution: Institution
  readonly #ledger: IssuerLedger
  readonly #writers = new Map<string, Promise<LeafWriter>>()

  constructor(institution: Institution, ledger: IssuerLedger) {
    this.#institution = institution
    this.#ledger = ledger
  }

  open(): void {
    if (this.#ledger.openTree === undefined) return
    this.#institution.jobs.work(treeKind, async payload => this.#write((payload as { type: string }).type))
  }

  /** Has a tree brought up to date, in the transaction of what has changed. */
  touch(queries: Queries, typeId: string, afterMs = gatherMs): Promise<void> {
    return this.#institution.jobs.send(queries, treeKind, { type: typeId }, { key: typeId, afterMs })
  }

  /** Asks for whatever a crash or a job that was lost left behind. */
  async sweep(): Promise<void> {
    await this.#institution.database.transaction(async queries => {
      const rows = await queries.query<{ type: string }>(
        `select distinct type from credentials where leaf is not null
           and ((leaf_index is null and (status <> 'revoked' or leaf_begun)) or (leaf_index is not null and leaf_status <> status))`,
      )
      for (const { type } of rows) await this.touch(queries, type)
    })
  }

  async #write(typeId: string): Promise<void> {
    // One at a time for each tree among all replicas, for the job's key is the type.
    while (await this.#appendSome(typeId));
    for (const status of ['revoked', 'suspended', 'valid'] as const) while (await this.#setSome(typeId, status));
  }

  /** @returns false once nothing is left to append */
  async #appendSome(typeId: string): Promise<boolean> {
    const { database } = this.#institution
    // Noted first: from here on a leaf may stand in the tree although its place is not known yet, whatever becomes of its status meanwhile.
    const rows = await database.query<LeafRow>(
      `update credentials set leaf_begun = true where id in (
         select id from credentials
         where type = $1 and leaf is not null and leaf_index is null and (status = 'valid' or leaf_begun)
         order by intent_at_ms, id limit ${maxAppend})
       returning id, leaf`,
      [typeId],
    )
    if (rows.length === 0) return false
    crashPoint('issuer leaves begun')
    const writer = await this.#writer(typeId)
    const leaves = new Uint8Array(rows.flatMap(({ leaf }) => [...hexToBytes(leaf)]))
    const indices = await writer.append(leaves)
    crashPoint('issuer leaves durable')
    await database.transaction(async queries => {
      for (const [place, { id }] of rows.entries())
        await queries.query('update credentials set leaf_index = $2 where id = $1', [id, indices[place]!])
    })
    crashPoint('issuer leaves noted')
    return true
  }

  /** Brings leaves to a status that they do not have in the tree yet. @returns false once there are none */
  async #setSome(typeId: string, status: Status): Promise<boolean> {
    const { database, audit } = this.#institution
    const rows = await database.query<LeafRow>(
      `select id, leaf_index, leaf_status, status, reason from credentials
       where type = $1 and leaf_index is not null and status = $2 and leaf_status <> $2 order by leaf_index limit ${maxSet}`,
      [typeId, status],
    )
    if (rows.length === 0) return false
    const writer = await this.#writer(typeId)
    const indices = rows.map(row => row.leaf_index!)
    const reason = rows[0]!.reason ?? ''
    if (status === 'revoked') await writer.revokeLeaves(indices, reason)
    else if (status === 'suspended') await writer.suspendLeaves(indices, reason)
    else await writer.reinstateLeaves(indices, reason)
    crashPoint('issuer leaves set')
    await database.transaction(async queries => {
      for (const { id } of rows) await queries.query('update credentials set leaf_status = $2 where id = $1', [id, status])
      await audit.append(queries, {
        actor: 'server',
        action: `leaves ${status}`,
        subject: `tree ${typeId}`,
        detail: { leaves: rows.length },
      })
    })
    return true
  }

  /** Opened once; again where it could not be. */
  #writer(typeId: string): Promise<LeafWriter> {
    const open = this.#ledger.openTree
    if (open === undefined) throw new TypeError('this server follows no trees')
    let writer = this.#writers.get(typeId)
    if (writer === undefined) {
      writer = open(typeId, treeChangeLog(this.#institution.database, typeId))
      this.#writers.set(typeId, writer)
      writer.catch(() => this.#writers.delete(typeId))
    }
    return writer
  }
}
