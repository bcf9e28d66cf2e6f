import { type Abi, decodeErrorResult, type Hex } from 'viem'
import { ChainError, type ChainErrorCode } from '../errors.ts'

/** Refusals of our contracts that mean something of their own to a caller of the chain. */
const ofContract: Readonly<Record<string, ChainErrorCode>> = {
  EntryNotKnown: 'ERR_CHAIN_ABSENT',
  EntryOlderThanHeld: 'ERR_CHAIN_ROLLBACK',
  HeaderNotNewer: 'ERR_CHAIN_ROLLBACK',
  KeyUsedForAnotherCall: 'ERR_CHAIN_IDEMPOTENCY',
}

/** Name of the error that a contract refused with; undefined if it is none of the interface's. */
export function refusalName(abi: Abi, revert: Hex): string | undefined {
  try {
    return decodeErrorResult({ abi, data: revert }).errorName
  } catch {
    return undefined
  }
}

/** What a contract's refusal means to the caller. */
export function evmRefusal(abi: Abi, revert: Hex): ChainError {
  const name = refusalName(abi, revert)
  const code = name === undefined ? undefined : ofContract[name]
  return new ChainError(code ?? 'ERR_CHAIN_REFUSED', `the contract refused${name === undefined ? '' : `: ${name}`}`, {
    reason: name ?? revert,
  })
}
