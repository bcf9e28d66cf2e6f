import { readFile } from 'node:fs/promises'
import { writeFileWhole } from '@hufu/files'
import { asInteger, asText, type FollowCursor, LedgerClient, type LedgerClientOptions, type Notification } from '@hufu/ledger'
import { bytesToUtf8, errorCode } from '@hufu/primitives'
import { diskCode } from './disk-code.ts'
import { listsContract } from './ledger-script.ts'
import type { Life } from './life.ts'
import type { PlantedFault } from './list-server.ts'
import { Program } from './program.ts'
import { folderOf } from './simulated-files.ts'
import type { World } from './world.ts'

/** What was added, in the order of the chain. */
export type Row = readonly [list: number, key: string, position: number]

interface Table {
  readonly cursor: FollowCursor | undefined
  readonly rows: readonly Row[]
}

const empty: Table = { cursor: undefined, rows: [] }
const retryMs = 500

/** A table that follows the ledger, kept with its cursor in one file, as servers keep both in one database transaction. */
export class ListFollower extends Program {
  readonly #ledger: Omit<LedgerClientOptions, 'outbox'>
  readonly #planted: PlantedFault | undefined
  #table: Table = empty
  /** How often it was made anew, because the chain was another one. */
  rebuilds = 0

  constructor(world: World, machine: string, ledger: Omit<LedgerClientOptions, 'outbox'>, planted: PlantedFault | undefined) {
    super(world, machine)
    this.#ledger = ledger
    this.#planted = planted
  }

  get height(): number {
    return this.#table.cursor?.blockIndex ?? -1
  }

  get rows(): readonly Row[] {
    return this.#table.rows
  }

  protected begin(life: Life): void {
    this.world.as(life, () => this.#run()).catch(error => this.world.fail(error))
  }

  async #run(): Promise<void> {
    this.#table = await this.#load()
    const client = new LedgerClient(this.#ledger)
    for (;;) {
      try {
        for await (const { notifications, cursor } of client.follow({ contracts: [listsContract], cursor: this.#table.cursor }))
          await this.#store({ cursor, rows: [...this.#table.rows, ...notifications.map(rowOf)] })
      } catch (error) {
        const code = errorCode(error) ?? diskCode(error)
        if (code === undefined) throw error
        this.world.note(`${this.machine} stops following: ${code}`)
        if (code === 'ERR_LEDGER_CHAIN') {
          this.rebuilds++
          this.#table = empty
        }
        await this.world.pause(retryMs)
      }
    }
  }

  get #file(): string {
    return `${folderOf(this.machine)}/table`
  }

  async #load(): Promise<Table> {
    try {
      const text = bytesToUtf8(await readFile(this.#file))
      if (this.#planted !== 'cursor stored before the table') return JSON.parse(text) as Table
      const cursor = JSON.parse(bytesToUtf8(await readFile(`${this.#file}.cursor`))) as FollowCursor | null
      return { ...(JSON.parse(text) as Table), cursor: cursor ?? undefined }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return empty
      throw error
    }
  }

  async #store(table: Table): Promise<void> {
    // In a file of its own, so that a crash may come between the two.
    if (this.#planted === 'cursor stored before the table')
      await writeFileWhole(`${this.#file}.cursor`, JSON.stringify(table.cursor ?? null))
    await writeFileWhole(this.#file, JSON.stringify(table))
    this.#table = table
  }
}

function rowOf({ items }: Notification): Row {
  return [Number(asInteger(items[0])), asText(items[1]), Number(asInteger(items[2]))]
}
