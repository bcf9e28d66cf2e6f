import { asBytes, asNumber, asStruct, isNull, type StackItem } from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'

/** Signatures of the ledger's committee that are gathered for one transaction. */
export interface Collection {
  readonly id: number
  /** Public key of the member that opened it, 66 hexadecimal digits. */
  readonly opener: string
  /** As it travels, little-endian. */
  readonly transactionHash: Uint8Array
  readonly timeMs: number
  readonly blockIndex: number
  readonly signatures: readonly { readonly member: string; readonly signature: Uint8Array; readonly timeMs: number }[]
}

/** Decodes the struct SignatureCollection of contracts/council; null for null. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function decodeCollection(id: number, item: StackItem): Collection | null {
  if (isNull(item)) return null
  const [opener, transactionHash, timeMs, blockIndex, signatures] = asStruct(item, 5)
  return {
    id,
    opener: bytesToHex(asBytes(opener)),
    transactionHash: asBytes(transactionHash),
    timeMs: asNumber(timeMs),
    blockIndex: asNumber(blockIndex),
    signatures: asStruct(signatures).map(each => {
      const [member, signature, signedMs] = asStruct(each, 3)
      return { member: bytesToHex(asBytes(member)), signature: asBytes(signature), timeMs: asNumber(signedMs) }
    }),
  }
}
