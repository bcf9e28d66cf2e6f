import type { AssetEnd, Transfer } from '@hufu/chains/titles'
import { errorCode } from '@hufu/primitives'

/**
 * Where the title is at the origin, as the chain says, after it refused something: locked by this transfer still; left by it; or neither, and then for
 * good, since a chain locks once for each transfer.
 *
 * @throws ChainError if the chain does not say
 */
export async function settle(end: AssetEnd, transfer: Transfer): Promise<'locked' | 'left' | 'free'> {
  const title = await end.get(transfer.assetId)
  if (title !== undefined && title.status !== 'held' && title.transferId === transfer.transferId) return title.status
  // It may have left, come back and gone on since.
  try {
    await end.proveLeft(transfer)
    return 'left'
  } catch (error) {
    if (errorCode(error) === 'ERR_CHAIN_ABSENT') return 'free'
    throw error
  }
}

/** Codes of errors that say that nothing changed and nothing will: the chain's rules, or the proof itself, are against it. */
const refusals = ['ERR_CHAIN_REFUSED', 'ERR_CHAIN_PROOF', 'ERR_CHAIN_ROLLBACK', 'ERR_CHAIN_NETWORK']

/** Whether an error is a chain's refusal; any other may have taken effect, and the call is made again. */
export function isRefusal(error: unknown): boolean {
  return refusals.includes(errorCode(error) ?? '')
}
