import { scalarModulus, scalarSize, scalarToBytes } from './scalar-field.ts'

const modulus = scalarToBytes(scalarModulus)

/** Whether the 32 bytes from `start` on, little-endian, are below the order of the group. For where many are checked: no BigInt is made. */
export function isScalar(bytes: Uint8Array, start = 0): boolean {
  for (let index = scalarSize - 1; index >= 0; index--) {
    const difference = bytes[start + index]! - modulus[index]!
    if (difference !== 0) return difference < 0
  }
  return false
}
