import { scalarModulus } from '../field/scalar-field.ts'

/** A prime field and how its elements are cut into limbs when they are doubles. */
export interface FieldParameters {
  readonly name: string
  readonly modulus: bigint
  /** Limbs of an element in the vector form, each a double. */
  readonly limbCount: number
  /** Bits of a limb in the vector form; a limb is an integer from −2^(limbBits − 1) to 2^(limbBits − 1), give or take a little. */
  readonly limbBits: number
  /** Canonical size: the least multiple of 8 bytes that holds the modulus. */
  readonly byteSize: number
}

/** p, over which BLS12-381 is defined. */
export const baseModulus = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn

/** 8 limbs of 49 bits: R = 2³⁹², so sums of several products can be multiplied without being reduced first. */
export const baseFieldParameters: FieldParameters = { name: 'fp', modulus: baseModulus, limbCount: 8, limbBits: 49, byteSize: 48 }

/** 5 limbs of 52 bits: R = 2²⁶⁰. Limbs this wide have no room for sums, which are carried at once. */
export const scalarFieldParameters: FieldParameters = { name: 'fr', modulus: scalarModulus, limbCount: 5, limbBits: 52, byteSize: 32 }
