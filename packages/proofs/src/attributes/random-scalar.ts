import { bytesToHex } from '@hufu/primitives'
import { type Scalar, scalarModulus } from '../field/scalar-field.ts'

/** A source of cryptographic random bytes. */
export type RandomSource = (length: number) => Uint8Array

/** Draws a scalar, each with the same chance: holder's secrets, blindings, salts, openings. */
export function randomScalar(random: RandomSource): Scalar {
  for (;;) {
    const bytes = random(32)
    // 255 bits, of which nine in ten are below r; the others are drawn again, for a remainder would favour small ones.
    const value = BigInt(`0x${bytesToHex(bytes)}`) & ((1n << 255n) - 1n)
    if (value < scalarModulus) return value
  }
}
