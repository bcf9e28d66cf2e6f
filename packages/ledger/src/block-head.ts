import { LedgerError } from './errors.ts'

/** A block as its header names it, by a node's word. */
export interface BlockHead {
  readonly index: number
  /** Big-endian hexadecimal. */
  readonly hash: string
  readonly previousHash: string
  readonly timeMs: number
  /** True if the block holds no transactions. */
  readonly isEmpty: boolean
}

const noTransactions = '0'.repeat(64)

/** Parses the verbose result of getblockheader for one block. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function parseBlockHead(result: unknown, expectedIndex: number): BlockHead {
  const { index, hash, previousblockhash, time, merkleroot } = (result ?? {}) as Record<string, unknown>
  if (index !== expectedIndex || !Number.isSafeInteger(time))
    throw new LedgerError('ERR_LEDGER_ANSWER', 'expected the header of the block asked for')
  return {
    index,
    hash: parseHash256(hash),
    previousHash: parseHash256(previousblockhash),
    timeMs: time as number,
    isEmpty: parseHash256(merkleroot) === noTransactions,
  }
}

/** Parses `0x` and 64 digits into the digits. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function parseHash256(json: unknown): string {
  const match = typeof json === 'string' ? /^0x([0-9a-f]{64})$/.exec(json) : null
  if (match === null) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected a hash of 64 hexadecimal digits')
  return match[1]!
}
