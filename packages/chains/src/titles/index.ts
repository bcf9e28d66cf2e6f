/**
 * Titles that go from chain to chain: {@link Transfer}, and what a gateway does on either side of one, {@link AssetEnd}: {@link FabricTitles},
 * {@link NeoTitles}. For browsers, too.
 *
 * @packageDocumentation
 */
export type { AssetEnd } from './asset-end.ts'
export { FabricTitles, type FabricTitlesOptions } from './fabric-titles.ts'
export { type NeoLeftRecord, neoLeftKey, parseNeoLeftRecord, transferOfLeftKey } from './neo-left-record.ts'
export { NeoTitles, type NeoTitlesOptions } from './neo-titles.ts'
export { isBornOn, isHex32, isHolder, isTitleId, titleLabel } from './title-form.ts'
export type { HeldTitle, LeftTitle, LockedTitle, TitleState, Transfer } from './transfer.ts'
