import type { Header } from '@hufu/ledger'

/**
 * How many times the view was changed before a block: read from its header, which a quorum signed, and not from anybody's word.
 *
 * dBFT lets validator `(height − view) mod n` propose (neo-go's dbft, `GetPrimaryIndex`), and the header names who proposed. So the view is known
 * modulo n: a block made after n or more changes counts as so many fewer.
 */
export function viewOf({ blockIndex, primaryIndex }: Pick<Header, 'blockIndex' | 'primaryIndex'>, validators: number): number {
  return (((blockIndex - primaryIndex) % validators) + validators) % validators
}

/** Positions of the validators whose turn was passed over before a block was made. */
export function passedOver(header: Pick<Header, 'blockIndex' | 'primaryIndex'>, validators: number): readonly number[] {
  return Array.from(
    { length: viewOf(header, validators) },
    (_, view) => (((header.blockIndex - view) % validators) + validators) % validators,
  )
}
