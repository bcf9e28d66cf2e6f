import { type Header, LedgerError, type NetworkDescriptor, parseHeader, parseMultisigScript } from '@hufu/ledger'
import { base64ToBytes, bytesToBase64, bytesToHex } from '@hufu/primitives'
import { merkleRootOf } from '../../pages/src/verify/merkle-root.ts'
import { parseTransaction } from '../../pages/src/verify/parse-transaction.ts'
import type { BlockAnswer, BlockList, Evidence, Notification, TransactionAnswer } from '../api-types.ts'
import type { ChainIndex } from '../chain-index/chain-index.ts'
import { ConsoleError } from '../errors.ts'
import type { EvidenceDesk } from '../evidence/evidence-desk.ts'
import type { NodeWords } from '../nodes/node-words.ts'
import { merklePath } from './merkle-path.ts'

export interface BlocksOptions {
  readonly desk: EvidenceDesk
  readonly words: NodeWords
  readonly index: ChainIndex
  readonly network: Pick<NetworkDescriptor, 'validators'>
}

/** A block as a node tells it. */
interface KnownBlock {
  readonly index: number
  readonly hash: string
  readonly timeMs: number
  readonly transactions: readonly string[]
}

/** A block never changes: those looked at last are kept. */
const maxKnownBlocks = 512
const nobodyKnows = () => new ConsoleError('ERR_CONSOLE_UNKNOWN', 'there is no such block or transaction, or no validator has it')

/** Blocks and transactions, each with the headers that prove it. */
export class Blocks {
  readonly #options: BlocksOptions
  readonly #known = new Map<number, KnownBlock>()

  constructor(options: BlocksOptions) {
    this.#options = options
  }

  /** Blocks before a number, the newest first. What stands in the list is the nodes' word; each can be looked at with its proof. */
  async list({ before, limit }: { readonly before: number | undefined; readonly limit: number }): Promise<BlockList> {
    const { words } = this.#options
    const counts = await words.all('getblockcount', [], result => integerOf(result))
    const count = Math.max(0, ...counts.map(({ value = 0 }) => value))
    const newest = Math.min(count, before ?? count) - 1
    const indexes = Array.from({ length: Math.max(0, Math.min(limit, newest + 1)) }, (_, offset) => newest - offset)
    const blocks = await Promise.all(
      indexes.map(async index => {
        const block = this.#known.get(index) ?? (await words.first('getblock', [index, true], parseBlock))
        if (block === undefined) return []
        this.#remember(block)
        return [{ ...block, transactions: block.transactions.length }]
      }),
    )
    const next = indexes.at(-1) ?? 0
    return { blocks: blocks.flat(), next: next === 0 ? null : next }
  }

  /** @param asked - number or hash @throws ConsoleError `ERR_CONSOLE_UNKNOWN`, `ERR_CONSOLE_EVIDENCE` */
  async block(asked: number | string): Promise<BlockAnswer> {
    const index = typeof asked === 'number' ? asked : await this.#indexOf(asked)
    const { value: header, evidence } = await this.#header(index)
    return {
      kind: 'block',
      shown: {
        ...{ index: header.blockIndex, hash: header.hash, previousHash: header.previousHash, timeMs: header.timeMs },
        ...{ proposer: this.#proposerOf(header), previousStateRoot: header.previousStateRoot },
        transactions: [...(await this.#transactionsOf(header))],
      },
      evidence,
    }
  }

  /** @throws ConsoleError `ERR_CONSOLE_UNKNOWN`, `ERR_CONSOLE_EVIDENCE` */
  async transaction(hash: string): Promise<TransactionAnswer> {
    const { words, index } = this.#options
    const [height, bytes] = await Promise.all([
      words.first('gettransactionheight', [`0x${hash}`], integerOf),
      words.first('getrawtransaction', [`0x${hash}`, false], result => transactionBytes(result, hash)),
    ])
    if (height === undefined || bytes === undefined) throw nobodyKnows()
    const { value: header, evidence } = await this.#header(height)
    const transactions = await this.#transactionsOf(header)
    const place = transactions.indexOf(hash)
    if (place < 0) throw new ConsoleError('ERR_CONSOLE_EVIDENCE', 'the block that a validator names does not hold the transaction')
    const { outcome, told } = await this.#outcome(hash)
    const notifications: readonly Notification[] = await index.notifications({ transactionHash: hash, limit: 1_000 })
    return {
      kind: 'transaction',
      shown: {
        ...parseTransaction(bytes),
        ...{ signers: [...parseTransaction(bytes).signers], blockIndex: header.blockIndex, timeMs: header.timeMs },
        ...{ outcome, notifications: notifications.toReversed() },
      },
      evidence: {
        ...evidence,
        transaction: { bytes: bytesToBase64(bytes), index: place, siblings: [...merklePath(transactions, place)] },
        told: [told],
      },
    }
  }

  #header(index: number) {
    if (index === 0) throw new ConsoleError('ERR_CONSOLE_UNKNOWN', 'block 0 is where trust begins: nothing proves it')
    return this.#options.desk.headers(index)
  }

  async #indexOf(hash: string): Promise<number> {
    const known = [...this.#known.values()].find(block => block.hash === hash)
    if (known !== undefined) return known.index
    const header = await this.#options.words.first('getblockheader', [`0x${hash}`, false], headerOf)
    if (header === undefined || header.hash !== hash) throw nobodyKnows()
    return header.blockIndex
  }

  /** Which transactions a block holds, checked against its header. */
  async #transactionsOf(header: Header): Promise<readonly string[]> {
    const known = this.#known.get(header.blockIndex)
    if (known !== undefined && isOf(known, header)) return known.transactions
    const block = await this.#options.words.first('getblock', [header.blockIndex, true], result => {
      const parsed = parseBlock(result)
      if (!isOf(parsed, header)) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected the block of the header')
      return parsed
    })
    if (block === undefined) throw nobodyKnows()
    this.#remember(block)
    return block.transactions
  }

  /** The witness holds the keys of all validators of the block, in the order in which they take turns. */
  #proposerOf({ verificationScript, primaryIndex }: Header): string | null {
    const key = parseMultisigScript(verificationScript).publicKeys[primaryIndex]
    const { validators } = this.#options.network
    return (key !== undefined && validators.find(({ publicKey }) => publicKey === bytesToHex(key))?.name) || null
  }

  #remember(block: KnownBlock): void {
    this.#known.delete(block.index)
    this.#known.set(block.index, block)
    if (this.#known.size > maxKnownBlocks) this.#known.delete(this.#known.keys().next().value!)
  }

  /** How it ran, by the validators' word: no header says. */
  async #outcome(hash: string): Promise<{ readonly outcome: 'HALT' | 'FAULT' | 'unknown'; readonly told: Evidence['told'][number] }> {
    const words = await this.#options.words.all('getapplicationlog', [`0x${hash}`], outcomeOf)
    const counts = new Map<string, string[]>()
    for (const { node, value } of words) if (value !== undefined) counts.set(value.text, [...(counts.get(value.text) ?? []), node])
    const [most, agree = []] = [...counts].toSorted(([, one], [, other]) => other.length - one.length)[0] ?? []
    const said = words.find(({ value }) => value?.text === most)?.value
    return {
      outcome: said?.state ?? 'unknown',
      told: {
        what: 'outcome',
        agree,
        differ: words.filter(({ value }) => value !== undefined && value.text !== most).map(({ node }) => node),
        silent: words.filter(({ value }) => value === undefined).map(({ node }) => node),
      },
    }
  }
}

function integerOf(result: unknown): number {
  if (!Number.isSafeInteger(result) || (result as number) < 0) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected a number')
  return result as number
}

function headerOf(result: unknown): Header {
  if (typeof result !== 'string') throw new LedgerError('ERR_LEDGER_ANSWER', 'expected a header')
  return parseHeader(base64ToBytes(result))
}

function isOf(block: KnownBlock, header: Header): boolean {
  return block.hash === header.hash && merkleRootOf(block.transactions) === header.merkleRoot
}

/** Parses the answer to `getblock`. */
function parseBlock(result: unknown): KnownBlock {
  const { index, hash, time, tx } = (result ?? {}) as { index?: unknown; hash?: unknown; time?: unknown; tx?: unknown }
  if (!Array.isArray(tx)) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected a block')
  return {
    index: integerOf(index),
    hash: hashOf(hash),
    timeMs: integerOf(time),
    transactions: tx.map((each: { hash?: unknown } | null) => hashOf(each?.hash)),
  }
}

function hashOf(text: unknown): string {
  if (typeof text !== 'string' || !/^0x[0-9a-f]{64}$/.test(text)) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected a hash')
  return text.slice(2)
}

function transactionBytes(result: unknown, hash: string): Uint8Array {
  const bytes = base64ToBytes(String(result))
  if (parseTransaction(bytes).hash !== hash) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected the transaction of the hash')
  return bytes
}

function outcomeOf(result: unknown): { readonly state: 'HALT' | 'FAULT'; readonly text: string } {
  const executions = (result as { executions?: unknown } | null)?.executions
  const [execution] = Array.isArray(executions) ? (executions as { vmstate?: unknown; notifications?: unknown }[]) : []
  if (execution?.vmstate !== 'HALT' && execution?.vmstate !== 'FAULT') throw new LedgerError('ERR_LEDGER_ANSWER', 'expected an outcome')
  return { state: execution.vmstate, text: JSON.stringify([execution.vmstate, execution.notifications]) }
}
