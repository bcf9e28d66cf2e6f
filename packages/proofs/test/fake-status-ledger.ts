import {
  type ContractCall,
  type FollowedBlock,
  type FollowedBlocks,
  LedgerError,
  type Notification,
  parseScriptHash,
  type ScriptHash,
  type StackItem,
  type SubmitOptions,
  scriptHashToBytes,
  type Write,
  type WriteOutcome,
} from '@hufu/ledger'
import { bytesToHex, utf8ToBytes } from '@hufu/primitives'

export const statusContract = parseScriptHash('51'.repeat(20))

interface Tree {
  size: number
  rootIndex: number
  root: Uint8Array
}

interface Submitted {
  readonly calls: readonly ContractCall[]
  readonly write: Write
}

/** The contract `status` without accounts, one block for each call that is submitted: as the real one, it does not look at roots. */
export class FakeStatusLedger {
  readonly blocks: { readonly block: FollowedBlock; readonly notifications: readonly Notification[] }[] = []
  readonly keys: string[] = []
  readonly #trees = new Map<string, Tree>()
  readonly #writes = new Map<string, Submitted>()
  readonly #blockMs: number
  /** Called before a write; a throw is the submission's. */
  beforeSubmit: () => void = () => undefined
  /** Called after a write is in a block; a throw is what the writer sees. */
  afterBlock: () => void = () => undefined

  constructor(blockMs = 1_000) {
    this.#blockMs = blockMs
  }

  get height(): number {
    return this.blocks.length - 1
  }

  /** Blocks from one on. */
  from(first: number): FollowedBlocks {
    const taken = this.blocks.slice(first)
    const last = taken.at(-1)!.block
    return {
      blocks: taken.map(({ block }) => block),
      notifications: taken.flatMap(({ notifications }) => notifications),
      cursor: { blockIndex: last.index, blockHash: last.hash },
    }
  }

  addBlock(calls: readonly ContractCall[] = []): void {
    const index = this.blocks.length
    const timeMs = index * this.#blockMs
    const place = { contract: statusContract, blockIndex: index, blockTimeMs: timeMs, transactionHash: bytesToHex(new Uint8Array(32)) }
    const notifications = calls.flatMap(call => this.#run(call)).map((event, position) => ({ ...event, ...place, index: position }))
    this.blocks.push({ block: { index, hash: index.toString(16).padStart(64, '0'), timeMs }, notifications })
  }

  async submit(calls: readonly ContractCall[], { idempotencyKey }: SubmitOptions): Promise<Write> {
    this.keys.push(idempotencyKey)
    const before = this.#writes.get(idempotencyKey)
    if (before !== undefined) return before.write
    this.beforeSubmit()
    try {
      this.addBlock(calls)
    } catch (error) {
      throw new LedgerError('ERR_LEDGER_DRY_RUN_FAULT', 'contract panicked', { reason: (error as Error).message })
    }
    const { block, notifications } = this.blocks.at(-1)!
    const outcome: WriteOutcome = {
      transactionHash: bytesToHex(new Uint8Array(32)),
      blockIndex: block.index,
      blockHash: block.hash,
      blockTimeMs: block.timeMs,
      results: [],
      notifications,
    }
    const settle = async () => outcome
    const write = { transactionHash: outcome.transactionHash, inBlock: settle, durable: settle }
    this.#writes.set(idempotencyKey, { calls, write })
    this.afterBlock()
    return write
  }

  #run({ method, args }: ContractCall): { name: string; items: StackItem[] }[] {
    const values = args.map(arg => ('value' in arg ? arg.value : undefined)) as unknown[]
    const [issuer, typeId] = values as [ScriptHash, string]
    const root = values[4] as Uint8Array
    const leaves = values[3] as Uint8Array
    const name = `${issuer} ${typeId}`
    const tree = this.#trees.get(name) ?? { size: 0, rootIndex: 0, root }
    const key: StackItem[] = [
      { type: 'ByteString', value: scriptHashToBytes(issuer) },
      { type: 'ByteString', value: utf8ToBytes(typeId) },
    ]
    const written = (index: number, bytes: Uint8Array) => ({
      name: 'LeavesWritten',
      items: [...key, { type: 'Integer', value: BigInt(index) }, { type: 'ByteString', value: bytes }] satisfies StackItem[],
    })
    const events: { name: string; items: StackItem[] }[] = []
    const count = leaves.length / 32
    if (method === 'append') {
      if (Number(values[2]) !== tree.size) throw new Error('tree has another size')
      if (count < 1 || count > 2_000) throw new Error('leaves malformed')
      for (let first = 0; first < count; first += 29) {
        events.push(written(tree.size + first, leaves.slice(first * 32, Math.min(count, first + 29) * 32)))
      }
      tree.size += count
    } else {
      const indices = (values[2] as { value: bigint }[]).map(({ value }) => Number(value))
      if (indices.length !== count || count < 1 || count > 500) throw new Error('leaves malformed')
      if (indices.some(index => index >= tree.size)) throw new Error('number out of range')
      for (const [position, index] of indices.entries()) events.push(written(index, leaves.slice(position * 32, (position + 1) * 32)))
    }
    tree.rootIndex++
    tree.root = root
    this.#trees.set(name, tree)
    const published: StackItem[] = [
      ...key,
      { type: 'Integer', value: BigInt(tree.rootIndex) },
      { type: 'Integer', value: BigInt(tree.size) },
      { type: 'ByteString', value: root },
    ]
    return [...events, { name: 'RootPublished', items: published }]
  }
}
