import { LedgerError, type LedgerErrorCode } from '@hufu/ledger'
import { expect, test } from 'vitest'
import { writeFailure } from './neo-write-failure.ts'

test.each<[LedgerErrorCode, string]>([
  ['ERR_LEDGER_DRY_RUN_FAULT', 'ERR_CHAIN_REFUSED'],
  ['ERR_LEDGER_FAULT', 'ERR_CHAIN_REFUSED'],
  ['ERR_LEDGER_EXPIRED', 'ERR_CHAIN_UNKNOWN'],
  ['ERR_LEDGER_UNKNOWN', 'ERR_CHAIN_UNKNOWN'],
  ['ERR_LEDGER_UNREACHABLE', 'ERR_CHAIN_UNREACHABLE'],
  ['ERR_LEDGER_ANSWER', 'ERR_CHAIN_ANSWER'],
])('%s is %s to a caller of the chain', (code, expected) => {
  const failure = writeFailure(new LedgerError(code, 'message', { reason: 'title unknown' }))
  expect(failure).toMatchObject({ code: expected, reason: 'title unknown' })
})

test('a proof from before a change of validators is to be made anew', () => {
  const failure = new LedgerError('ERR_LEDGER_DRY_RUN_FAULT', 'message', { reason: 'header not newer than the validators known' })
  expect(writeFailure(failure)).toMatchObject({ code: 'ERR_CHAIN_ROLLBACK' })
})

test('what is no failure of a write stays what it is', () => {
  const defect = new TypeError('defect')
  expect(writeFailure(defect)).toBe(defect)
})
