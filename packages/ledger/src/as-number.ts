import { LedgerError } from './errors.ts'
import { asInteger, type StackItem } from './stack-item.ts'

/** An integer from 0 that a number holds exactly: a count, a position, a time in milliseconds. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function asNumber(item: StackItem | undefined): number {
  const value = asInteger(item)
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new LedgerError('ERR_LEDGER_ANSWER', 'expected an integer from 0 to 2^53 - 1')
  return Number(value)
}
