import { ProofError } from '../errors.ts'
import { toScalar } from '../field/scalar-field.ts'
import type { Opening, ShowInputs } from '../presentation/circuit-values.ts'
import { askedNumbers } from '../statement/predicate.ts'
import { rangeHint } from './input-bits.ts'
import type { CircuitInputs } from './solve-witness.ts'

const valueCount = 4

/**
 * Inputs of SHOW: what is asked, and what answers it. That they satisfy it is seen when it is solved.
 *
 * @throws ProofError `ERR_PROOF_INPUT`: not four values or predicates
 */
export function showInputs(opening: Opening, shown: ShowInputs): CircuitInputs {
  const { values, expiry, secret } = opening
  const { commitment, meta, today, scope, nullifier, context, predicates } = shown
  if (values.length !== valueCount || predicates.length !== valueCount) {
    throw new ProofError('ERR_PROOF_INPUT', `values, predicates: expected ${valueCount}`)
  }
  const bounded = predicates.map(({ ranged }, index) => ranged * values[index]!)
  return {
    commitment: [commitment],
    meta: [meta],
    today: [BigInt(today)],
    scope: [scope],
    nullifier: [nullifier],
    context: [context],
    asked: predicates.flatMap(askedNumbers),
    values,
    expiry: [BigInt(expiry)],
    secret: [secret],
    opening: [opening.opening],
    expiryBits: rangeHint(toScalar(BigInt(expiry - today))),
    leastBits: predicates.flatMap(({ least }, index) => rangeHint(toScalar(bounded[index]! - least))),
    mostBits: predicates.flatMap(({ most }, index) => rangeHint(toScalar(most - bounded[index]!))),
  }
}
