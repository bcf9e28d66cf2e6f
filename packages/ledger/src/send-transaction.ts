import { LedgerError, NodeError } from './errors.ts'
import type { NodePool } from './node-pool.ts'
import { rpcCode } from './rpc-code.ts'

/** How far a transaction got: to a node that took it, to nodes that refused it, or nobody knows. */
export type SendResult = { readonly kind: 'accepted' | 'unclear' } | { readonly kind: 'refused'; readonly refusal: NodeError }

/**
 * Offers a signed transaction to one node after the other until one takes it, or until f+1 have refused it, so that at least one honest node has.
 * After a node that gave no proper answer, refusals no longer prove that the transaction is nowhere; nor does the word of a node that has no room now:
 * one that refused before may have lied, and passed it on to others that have.
 *
 * @param attempt - how often it was sent before: each time another node comes first, for one may take transactions and pass them on to nobody
 */
export async function sendTransaction(pool: NodePool, transaction: string, attempt = 0): Promise<SendResult> {
  let refusals = 0
  let isUnclear = false
  const { order } = pool
  for (const step of order.keys()) {
    const node = order[(step + attempt) % order.length]!
    try {
      await pool.callNode(node, 'sendrawtransaction', [transaction], requireHash)
      return { kind: 'accepted' }
    } catch (error) {
      if (!(error instanceof NodeError) || error.rpcCode === rpcCode.internalError || error.rpcCode === rpcCode.mempoolFull)
        isUnclear = true
      else if (error.rpcCode === rpcCode.alreadyOnChain || error.rpcCode === rpcCode.alreadyInPool) return { kind: 'accepted' }
      else if (++refusals > pool.faultTolerance && !isUnclear) return { kind: 'refused', refusal: error }
    }
  }
  return { kind: 'unclear' }
}

function requireHash(result: unknown): void {
  if (typeof (result as { hash?: unknown } | null)?.hash !== 'string')
    throw new LedgerError('ERR_LEDGER_ANSWER', 'expected the hash of the transaction')
}
