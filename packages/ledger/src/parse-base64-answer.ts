import { base64ToBytes, errorCode } from '@hufu/primitives'
import { LedgerError } from './errors.ts'

/** Bytes of a node's answer in base64. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function parseBase64Answer(result: unknown): Uint8Array {
  try {
    if (typeof result === 'string') return base64ToBytes(result)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
  }
  throw new LedgerError('ERR_LEDGER_ANSWER', 'expected an answer in base64')
}
