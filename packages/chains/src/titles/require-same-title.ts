import { ChainError } from '../errors.ts'
import type { TitleState, Transfer } from './transfer.ts'

/** A title that is to be locked is the one that was agreed upon. @throws ChainError `ERR_CHAIN_REFUSED`: none there, or with other content */
export function requireSameTitle(title: TitleState | undefined, { contentHash }: Transfer): void {
  if (title === undefined) throw new ChainError('ERR_CHAIN_REFUSED', 'there is no such title on the chain')
  if (title.contentHash !== contentHash) throw new ChainError('ERR_CHAIN_REFUSED', "the title's content is another than agreed")
}
