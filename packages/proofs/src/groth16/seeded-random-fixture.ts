import { bytesToHex, concatBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import { type Scalar, toScalar } from '../field/scalar-field.ts'

/** Bytes that follow from a seed, so that a case can be made again. */
export function seededBytes(seed: string): (length: number) => Uint8Array<ArrayBuffer> {
  let counter = 0
  return length => {
    const blocks = Array.from({ length: Math.ceil(length / 32) }, () => sha256(utf8ToBytes(`${seed} ${counter++}`)))
    return concatBytes(...blocks).slice(0, length)
  }
}

export interface SeededRandom {
  /** From 0 to below `end`. */
  below(end: number): number
  scalar(): Scalar
  bytes(length: number): Uint8Array
  pick<Item>(items: readonly Item[]): Item
}

export function seededRandom(seed: string): SeededRandom {
  const bytes = seededBytes(seed)
  const below = (end: number) => new DataView(bytes(4).buffer).getUint32(0) % end
  return {
    below,
    bytes,
    scalar: () => toScalar(BigInt(`0x${bytesToHex(bytes(40))}`)),
    pick: items => items[below(items.length)]!,
  }
}
