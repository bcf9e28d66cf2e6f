import { asBytes, asNumber, asStruct, asText, LedgerError, type StackItem } from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'
import { parseNetworkId } from '../network-id.ts'
import type { TitleState } from './transfer.ts'

/** States by the numbers of contracts/titles. */
const held = 1
const locked = 2
const left = 3

/** Decodes the struct Title of contracts/titles. @throws LedgerError `ERR_LEDGER_ANSWER`; ChainError `ERR_CHAIN_NETWORK` */
export function neoTitleState(assetId: string, item: StackItem): TitleState {
  const [, status, holder, contentHash, , transferId, untilMs, toNetwork, toHolder] = asStruct(item, 11)
  const title = { assetId, holder: asText(holder), contentHash: bytesToHex(asBytes(contentHash)) }
  const way = () => ({
    transferId: bytesToHex(asBytes(transferId)),
    toNetwork: parseNetworkId(asText(toNetwork)),
    toHolder: asText(toHolder),
  })
  switch (asNumber(status)) {
    case held:
      return { ...title, status: 'held' }
    case locked:
      return { ...title, status: 'locked', ...way(), lockUntilMs: asNumber(untilMs) }
    case left:
      return { ...title, status: 'left', ...way() }
    default:
      throw new LedgerError('ERR_LEDGER_ANSWER', 'expected a known state of a title')
  }
}
