import { ProofError } from '../errors.ts'
import type { Scalar } from '../field/scalar-field.ts'
import { type Opening, openingCommitment } from '../presentation/circuit-values.ts'
import type { CircuitInputs } from './solve-witness.ts'

const valueCount = 4

/**
 * Inputs of PAIR: two commitments of one holder. That they are, and that the values are equal, is seen when it is solved.
 *
 * @param equal - of the four values, which are equal in both
 * @throws ProofError `ERR_PROOF_INPUT`: not four of each
 */
export function pairInputs(first: Opening, second: Opening, context: Scalar, equal: readonly boolean[]): CircuitInputs {
  if ([first.values, second.values, equal].some(list => list.length !== valueCount)) {
    throw new ProofError('ERR_PROOF_INPUT', `values, equal: expected ${valueCount}`)
  }
  return {
    commitment1: [openingCommitment(first)],
    commitment2: [openingCommitment(second)],
    context: [context],
    equal: equal.map(isEqual => (isEqual ? 1n : 0n)),
    values1: first.values,
    meta1: [first.meta],
    expiry1: [BigInt(first.expiry)],
    opening1: [first.opening],
    values2: second.values,
    meta2: [second.meta],
    expiry2: [BigInt(second.expiry)],
    opening2: [second.opening],
    secret: [first.secret],
  }
}
