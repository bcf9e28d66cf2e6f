/**
 * Titles that go from chain to chain: {@link Transfer}, and what a gateway does on either side of one, {@link AssetEnd}. For browsers, too.
 *
 * @packageDocumentation
 */
export type { AssetEnd } from './asset-end.ts'
export type { HeldTitle, LeftTitle, LockedTitle, TitleState, Transfer } from './transfer.ts'
