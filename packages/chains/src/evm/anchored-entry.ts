import { hexToBytes } from '@hufu/primitives'
import { bytesToHex, decodeFunctionResult } from 'viem'
import type { View } from '../adapter.ts'
import { ChainError } from '../errors.ts'
import { neoLightClient } from './generated/neo-light-client.ts'

/** An entry of Neo, as NeoLightClient holds it. */
export interface AnchoredEntry {
  readonly value: Uint8Array
  /** It was so after this block of Neo. */
  readonly blockIndex: number
  /** Until then it was so, by Neo's word. */
  readonly timeMs: number
}

/** What `entryOf` or `proveEntry` of NeoLightClient answered. @throws ChainError `ERR_CHAIN_ANSWER` */
export function anchoredEntry({ value }: Pick<View, 'value'>): AnchoredEntry {
  try {
    const data = bytesToHex(value)
    const [entry, blockIndex, timeMs] = decodeFunctionResult({ abi: neoLightClient.abi, functionName: 'entryOf', data })
    return { value: hexToBytes(entry.slice(2)), blockIndex, timeMs: Number(timeMs) }
  } catch (cause) {
    throw new ChainError('ERR_CHAIN_ANSWER', 'expected an entry as NeoLightClient gives it', { cause })
  }
}
