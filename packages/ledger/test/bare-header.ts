import { ByteWriter, hexToBytes } from '@hufu/primitives'

/** What a header without signatures says. */
export interface BareHeader {
  readonly index: number
  /** Of the block before; undefined for the first. */
  readonly previousHash: string | undefined
  readonly timeMs: number
  readonly nonce: number
  readonly isEmpty: boolean
}

/** A header as nodes write it, linked to the one before, with a witness of nothing. */
export function bareHeader({ index, previousHash, timeMs, nonce, isEmpty }: BareHeader): Uint8Array {
  return new ByteWriter()
    .uint32(0)
    .bytes(previousHash === undefined ? new Uint8Array(32) : hexToBytes(previousHash).reverse())
    .bytes(new Uint8Array(32).fill(isEmpty ? 0 : 1))
    .uint64(BigInt(timeMs))
    .uint64(BigInt(nonce))
    .uint32(index)
    .uint8(0)
    .bytes(new Uint8Array(20))
    .bytes(new Uint8Array(32))
    .varUint(1)
    .varBytes(Uint8Array.of(1))
    .varBytes(Uint8Array.of(2))
    .toBytes()
}
