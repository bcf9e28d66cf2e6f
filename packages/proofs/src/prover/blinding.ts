import { randomBytes } from '@hufu/primitives'
import { type Scalar, scalarModulus } from '../field/scalar-field.ts'

/** Random factors that make a proof of the same thing another one each time, and tell nothing of the witness. Never used twice. */
export interface Blinding {
  readonly r: Scalar
  readonly s: Scalar
}

/** 128 bits more than a scalar has: the remainder is then as good as even. */
const wideBytes = 48

/** Fresh random factors. */
export function randomBlinding(): Blinding {
  return { r: randomScalar(), s: randomScalar() }
}

function randomScalar(): Scalar {
  const wide = randomBytes(wideBytes).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
  return wide % scalarModulus
}
