import { FileOutbox } from '@hufu/files'
import { type Account, type ContractCall, LedgerClient, type LedgerClientOptions, LedgerError, type OutboxStore } from '@hufu/ledger'
import { errorCode } from '@hufu/primitives'
import { diskCode } from './disk-code.ts'
import { type Addition, listsContract } from './ledger-script.ts'
import type { Life } from './life.ts'
import { Program } from './program.ts'
import { folderOf } from './simulated-files.ts'
import type { World } from './world.ts'

/** What a user hears of a request. */
export type Answer =
  | { readonly kind: 'done'; readonly transactionHash: string; readonly blockIndex: number }
  | { readonly kind: 'failed'; readonly code: string; readonly transactionHash: string | undefined; readonly reason: string | undefined }

/** Faults planted on purpose, so that the simulation shows that it finds them. */
export type PlantedFault =
  | 'forgets before durable'
  | 'in block counts as durable'
  | 'sends again under a new key'
  | 'one validator counts as quorum'
  | 'disk without fsync'
  | 'cursor stored before the table'
  | 'what a failed fsync lost is not written again'
  | "waits counted by the machine's clock"

export interface ListServerOptions {
  readonly ledger: Omit<LedgerClientOptions, 'outbox'>
  readonly account: Account
  readonly planted: PlantedFault | undefined
}

/** A server as every one of ours is: an outbox in a file, and a client over it that goes on after a crash where the last life stopped. */
export class ListServer extends Program {
  readonly #options: ListServerOptions
  #client: Promise<LedgerClient> | undefined

  constructor(world: World, machine: string, options: ListServerOptions) {
    super(world, machine)
    this.#options = options
  }

  protected begin(life: Life): void {
    this.#client = this.world.as(life, () => this.#open())
    this.#client.catch(error => this.endOf(life, error))
  }

  /** Asks the server for an addition. @returns undefined if it died before it answered */
  request(addition: Addition, attempt: number): Promise<Answer | undefined> {
    const { life } = this
    if (life === undefined) return Promise.resolve(undefined)
    const answer = this.world.as(life, () => this.#add(addition, attempt))
    return Promise.race([answer, life.death.then(() => undefined)])
  }

  /** Keys of writes that the outbox still holds as open. */
  async open(): Promise<readonly string[]> {
    await this.#client
    return (await this.#outbox?.pending())?.map(({ idempotencyKey }) => idempotencyKey) ?? []
  }

  #outbox: OutboxStore | undefined

  async #open(): Promise<LedgerClient> {
    const { planted, ledger } = this.#options
    const file = await FileOutbox.open(`${folderOf(this.machine)}/outbox`)
    const outbox = planted === 'forgets before durable' ? forgetful(file) : file
    this.#outbox = outbox
    const client = new LedgerClient({ ...ledger, outbox })
    await client.resume()
    return client
  }

  async #add(addition: Addition, attempt: number): Promise<Answer | undefined> {
    const { planted, account } = this.#options
    try {
      const client = await this.#client!
      const idempotencyKey = planted === 'sends again under a new key' ? `${addition.key} ${attempt}` : addition.key
      const write = await client.submit([callOf(addition)], { account, idempotencyKey })
      const { blockIndex, transactionHash } = await (planted === 'in block counts as durable' ? write.inBlock() : write.durable())
      return { kind: 'done', transactionHash, blockIndex }
    } catch (error) {
      const code = errorCode(error) ?? diskCode(error)
      if (code === undefined) throw error
      const { transactionHash, reason } = error instanceof LedgerError ? error : { transactionHash: undefined, reason: undefined }
      return { kind: 'failed', code, transactionHash, reason }
    }
  }
}

/** The client's outbox, but that it lets go of a write as soon as it has it. */
function forgetful(file: OutboxStore): OutboxStore {
  return {
    pending: () => file.pending(),
    find: key => file.find(key),
    put: async record => {
      await file.put(record)
      await file.remove(record.idempotencyKey)
    },
    remove: key => file.remove(key),
  }
}

function callOf({ list, key, expected }: Addition): ContractCall {
  const args = [
    { type: 'Integer', value: BigInt(list) },
    { type: 'String', value: key },
    { type: 'Integer', value: BigInt(expected) },
  ] as const
  return { contract: listsContract, method: 'add', args }
}
