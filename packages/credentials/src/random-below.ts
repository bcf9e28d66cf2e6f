/** A source of cryptographic random bytes. */
export type RandomSource = (length: number) => Uint8Array

/** A uniformly random integer from 0 to `limit` − 1, for limits up to 2^32. */
export function randomBelow(limit: number, random: RandomSource): number {
  // Values past the last whole multiple of the limit are drawn again: a plain remainder would favour small numbers.
  const usable = 2 ** 32 - (2 ** 32 % limit)
  for (;;) {
    const bytes = random(4)
    const value = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
    if (value < usable) return value % limit
  }
}
