import { asBytes, asStruct, asText, deserializeStackItem } from '@hufu/ledger'
import { bytesToHex, concatBytes, errorCode, hexToBytes } from '@hufu/primitives'
import { ChainError } from '../errors.ts'
import { type NetworkId, parseNetworkId } from '../network-id.ts'
import { isForeignHolder, isHex32, isTitleId } from './title-form.ts'

/** What Neo's contract `titles` keeps for ever of a title that left. */
export interface NeoLeftRecord {
  readonly assetId: string
  readonly contentHash: string
  readonly toNetwork: NetworkId
  readonly toHolder: string
}

const leftPrefix = Uint8Array.of(0x02)

/** Storage key of the record of a transfer: contracts/titles/doc.go. */
export function neoLeftKey(transferId: string): Uint8Array {
  return concatBytes(leftPrefix, hexToBytes(transferId))
}

/** The transfer whose record has this key; undefined if it is another entry's. */
export function transferOfLeftKey(key: Uint8Array): string | undefined {
  return key.length === 33 && key[0] === leftPrefix[0] ? bytesToHex(key.subarray(1)) : undefined
}

/** Reads the struct Left of contracts/titles. @throws ChainError `ERR_CHAIN_PROOF`: not of that form */
export function parseNeoLeftRecord(bytes: Uint8Array): NeoLeftRecord {
  try {
    const [id, hash, network, holder] = asStruct(deserializeStackItem(bytes), 7)
    const [assetId, contentHash, toHolder] = [asText(id), bytesToHex(asBytes(hash)), asText(holder)]
    if (isTitleId(assetId) && isHex32(contentHash) && isForeignHolder(toHolder))
      return { assetId, contentHash, toNetwork: parseNetworkId(asText(network)), toHolder }
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
  }
  throw new ChainError('ERR_CHAIN_PROOF', 'expected a record of a title that left')
}
