import { LedgerError } from '../errors.ts'
import type { Header } from './header.ts'
import type { TrustAnchor } from './trust-anchor.ts'
import { signersOf, verifyHeader } from './verify-header.ts'

/**
 * Verifies a header from a trusted block on, through every change of validators between them.
 *
 * Headers in between are skipped while the same validators sign. Where others signed, the change is found by halving, and the header that names
 * the new validators is verified with the old ones: about log₂(blocks) headers per change.
 *
 * This trusts a quorum of each set of validators not to sign another history, *also after they have left*: a client that has not yet seen the change
 * cannot tell (the long-range assumption of every light client). One that has seen it refuses what the old validators sign for later blocks.
 *
 * @param trusted - anchor, its block before the target's
 * @param target - header to verify
 * @param getHeader - gives any header of the chain, unverified
 * @returns the headers that name new validators, and the target: each signed by the validators that the one before names
 * @throws LedgerError `ERR_LEDGER_PROOF`: there is no such line of headers
 */
export async function followValidators(
  trusted: TrustAnchor,
  target: Header,
  getHeader: (blockIndex: number) => Promise<Header>,
): Promise<readonly Header[]> {
  if (target.blockIndex <= trusted.blockIndex) throw new TypeError('expected a header behind the trusted one')
  const changes: Header[] = []
  let from = trusted
  while (signersOf(target) !== from.nextConsensus) {
    const change = await findChange(from, target.blockIndex, getHeader)
    changes.push(change)
    from = { magic: trusted.magic, blockIndex: change.blockIndex, nextConsensus: change.nextConsensus }
  }
  return [...changes, await verifyHeader(target, from)]
}

/** A header that `from`'s validators signed and that names others, below a header that others signed. */
async function findChange(from: TrustAnchor, others: number, getHeader: (blockIndex: number) => Promise<Header>): Promise<Header> {
  // Holds: header `low` names the same validators as `from`; header `high` is signed by others.
  let low = from.blockIndex
  let high = others
  while (high - low > 1) {
    const middle = await getHeader(low + Math.floor((high - low) / 2))
    if (signersOf(middle) !== from.nextConsensus) {
      high = middle.blockIndex
      continue
    }
    await verifyHeader(middle, from)
    if (middle.nextConsensus !== from.nextConsensus) return middle
    low = middle.blockIndex
  }
  throw new LedgerError('ERR_LEDGER_PROOF', 'a header is signed by validators that the trusted ones did not name')
}
