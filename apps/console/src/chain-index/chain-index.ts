import {
  type ContractName,
  type FollowedBlocks,
  type LedgerClient,
  LedgerError,
  type Notification as LedgerNotification,
  type NetworkDescriptor,
} from '@hufu/ledger'
import { errorCode } from '@hufu/primitives'
import type { Database, Queries, SqlValue } from '@hufu/service'
import type { Notification } from '../api-types.ts'
import { notificationValues } from './notification-values.ts'

export interface ChainIndexOptions {
  readonly client: Pick<LedgerClient, 'follow' | 'getBlockCount'>
  readonly network: NetworkDescriptor
  readonly database: Database
  readonly onError?: (error: unknown) => void
  readonly retryMs?: number
}

/** Which notifications to read, the newest first. */
export interface NotificationFilter {
  readonly contract?: ContractName | undefined
  readonly name?: string | undefined
  readonly transactionHash?: string | undefined
  /** What they must say. */
  readonly values?: { readonly [name: string]: string }
  /** Only those before this one. */
  readonly before?: { readonly blockIndex: number; readonly index: number } | undefined
  readonly limit: number
}

interface Row {
  readonly block_index: number
  readonly position: number
  readonly contract: ContractName
  readonly name: string
  readonly content: string
  readonly time_ms: number
  readonly transaction_hash: string
}

/** Changes with every change of the tables below, which are then made and filled anew: they are a cache of the ledger. */
const layout = 1
/** Any number: one process at a time fills the tables. */
const lockNumber = 4_848_490
const attemptsForHeight = 3

/** Every notification of the network's contracts, in tables that follow the ledger. A restart goes on where it stopped; another chain makes them anew. */
export class ChainIndex {
  readonly #options: ChainIndexOptions
  readonly #network: string
  readonly #stop = new AbortController()
  readonly #done: Promise<void>
  #height = -1

  constructor(options: ChainIndexOptions) {
    const { name, magic, contracts } = options.network
    this.#options = options
    this.#network = [layout, name, magic, ...Object.values(contracts).map(({ hash }) => hash)].join(' ')
    this.#done = this.#run()
  }

  /** The last block that is in the tables; -1 before the first. */
  get height(): number {
    return this.#height
  }

  async notifications(filter: NotificationFilter): Promise<readonly Notification[]> {
    const { contract, name, transactionHash, values: said = {}, before, limit } = filter
    const conditions: string[] = []
    const values: SqlValue[] = []
    const equals = (column: string, value: string | undefined) => {
      if (value !== undefined) conditions.push(`${column} = $${values.push(value)}`)
    }
    equals('contract', contract)
    equals('name', name)
    equals('transaction_hash', transactionHash)
    for (const [member, value] of Object.entries(said)) equals(`content::json ->> '${memberName(member)}'`, value)
    if (before !== undefined)
      conditions.push(`(block_index, position) < ($${values.push(before.blockIndex)}::integer, $${values.push(before.index)}::integer)`)
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
    const rows = await this.#options.database.query<Row>(
      `select * from console_notifications ${where} order by block_index desc, position desc limit ${Math.trunc(limit)}`,
      values,
    )
    return rows.map(notificationOf)
  }

  /** The newest of each that say the same in these members. */
  async latestOf(contract: ContractName, name: string, members: readonly string[]): Promise<readonly Notification[]> {
    const columns = members.map(member => `content::json ->> '${memberName(member)}'`).join(', ')
    const rows = await this.#options.database.query<Row>(
      `select distinct on (${columns}) * from console_notifications where contract = $1 and name = $2
       order by ${columns}, block_index desc, position desc`,
      [contract, name],
    )
    return rows.map(notificationOf)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#done
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { onError, retryMs = 1_000 } = this.#options
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        await this.#follow(signal)
      } catch (error) {
        if (signal.aborted) return
        onError?.(error)
        if (errorCode(error) === 'ERR_LEDGER_CHAIN') await this.#clear().catch(failure => onError?.(failure))
        await pause(retryMs, signal)
      }
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { client, network, database } = this.#options
    const cursor = await database.transaction(async queries => {
      await lock(queries)
      const [row] = await queries.query<{ network: string; block_index: number; block_hash: string }>('select * from console_cursor')
      if (row === undefined || row.network === this.#network) return row
      await empty(queries)
      return undefined
    })
    if (cursor !== undefined) await this.#expectHeight(cursor.block_index, signal)
    this.#height = cursor?.block_index ?? -1
    const contracts = Object.values(network.contracts).map(({ hash }) => hash)
    const from = cursor === undefined ? undefined : { blockIndex: cursor.block_index, blockHash: cursor.block_hash }
    for await (const blocks of client.follow({ contracts, cursor: from, signal })) await this.#apply(blocks)
  }

  /** Tables that are ahead of the chain are of another one, unless the nodes are only late. */
  async #expectHeight(blockIndex: number, signal: AbortSignal): Promise<void> {
    const { client, retryMs = 1_000 } = this.#options
    for (let attempt = 0; attempt < attemptsForHeight; attempt++) {
      if ((await client.getBlockCount()) > blockIndex) return
      await pause(retryMs, signal)
    }
    throw new LedgerError('ERR_LEDGER_CHAIN', 'the tables are ahead of the chain')
  }

  async #apply({ notifications, cursor }: FollowedBlocks): Promise<void> {
    const rows = notifications.map(notification => this.#rowOf(notification))
    await this.#options.database.transaction(async queries => {
      await lock(queries)
      const [stored] = await queries.query<{ block_index: number }>('select block_index from console_cursor')
      for (const row of rows)
        if (row[0] > (stored?.block_index ?? -1))
          await queries.query('insert into console_notifications values ($1, $2, $3, $4, $5, $6, $7)', row)
      if (cursor.blockIndex <= (stored?.block_index ?? -1)) return
      await queries.query('delete from console_cursor')
      await queries.query('insert into console_cursor values ($1, $2, $3)', [this.#network, cursor.blockIndex, cursor.blockHash])
    })
    this.#height = cursor.blockIndex
  }

  #rowOf(notification: LedgerNotification): readonly [number, number, string, string, string, number, string] {
    const { contract, name, blockIndex, blockTimeMs, transactionHash, index } = notification
    const [contractName] = Object.entries(this.#options.network.contracts).find(([, { hash }]) => hash === contract)!
    return [blockIndex, index, contractName, name, JSON.stringify(notificationValues(notification)), blockTimeMs, transactionHash]
  }

  async #clear(): Promise<void> {
    await this.#options.database.transaction(async queries => {
      await lock(queries)
      await empty(queries)
    })
    this.#height = -1
  }
}

/** @throws TypeError: it would be more than a name in a statement */
function memberName(member: string): string {
  if (!/^[A-Za-z]+$/.test(member)) throw new TypeError('expected the name of a member')
  return member
}

async function lock(queries: Queries): Promise<void> {
  await queries.query('select pg_advisory_xact_lock($1)', [lockNumber])
}

async function empty(queries: Queries): Promise<void> {
  await queries.query('delete from console_notifications')
  await queries.query('delete from console_cursor')
}

function notificationOf(row: Row): Notification {
  return {
    contract: row.contract,
    name: row.name,
    values: JSON.parse(row.content) as Notification['values'],
    blockIndex: row.block_index,
    timeMs: row.time_ms,
    transactionHash: row.transaction_hash,
    index: row.position,
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
