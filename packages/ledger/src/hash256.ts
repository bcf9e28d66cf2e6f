import { hexToBytes } from '@hufu/primitives'

/** The 32 bytes of a displayed hash as they travel, little-endian. @throws TypeError: not 64 lower-case hexadecimal digits */
export function hash256ToBytes(bigEndian: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/.test(bigEndian)) throw new TypeError('expected a hash of 64 lower-case hexadecimal digits')
  return hexToBytes(bigEndian).reverse()
}
