import { Field } from '@noble/curves/abstract/modular.js'
import { grainGenConstants } from '@noble/curves/abstract/poseidon.js'
import { type Scalar, scalarModulus } from '../field/scalar-field.ts'

/** Widths (capacity and inputs) that our hashes use. */
export type PoseidonWidth = 3 | 6 | 9 | 17

/** Round constants and matrix of Poseidon with x⁵ over the scalar field of BLS12-381. */
export interface PoseidonParameters {
  readonly width: PoseidonWidth
  readonly fullRounds: number
  readonly partialRounds: number
  /** One row a round, `width` constants each. */
  readonly roundConstants: readonly (readonly Scalar[])[]
  /** `mds[i][j]`: share of the old element j in the new element i. */
  readonly mds: readonly (readonly Scalar[])[]
}

const fullRounds = 8
/** For 128 bits of security with a margin; Poseidon paper, table of x⁵ over 255 bits. */
const partialRounds: Readonly<Record<PoseidonWidth, number>> = { 3: 56, 6: 57, 9: 57, 17: 57 }

const made = new Map<PoseidonWidth, PoseidonParameters>()

/**
 * Parameters of a width, generated as the paper's reference does (Grain LFSR) at the first call and kept.
 *
 * @see https://eprint.iacr.org/2019/458, section 4 and appendix F
 */
export function poseidonParameters(width: PoseidonWidth): PoseidonParameters {
  let parameters = made.get(width)
  if (parameters === undefined) {
    const { roundConstants, mds } = grainGenConstants({
      Fp: Field(scalarModulus),
      t: width,
      roundsFull: fullRounds,
      roundsPartial: partialRounds[width],
      sboxPower: 5,
    })
    parameters = { width, fullRounds, partialRounds: partialRounds[width], roundConstants, mds }
    made.set(width, parameters)
  }
  return parameters
}
