import type { Scalar } from '../field/scalar-field.ts'
import { domains } from '../poseidon/domains.ts'
import { poseidon } from '../poseidon/poseidon.ts'
import { askedNumbers, type Predicate } from '../statement/predicate.ts'

/** What a one-time commitment is made of. */
export interface Opening {
  /** Four attributes, at the slots that meta names. */
  readonly values: readonly Scalar[]
  readonly meta: Scalar
  /** Day number. */
  readonly expiry: number
  readonly secret: Scalar
  /** Random, another one for each commitment. */
  readonly opening: Scalar
}

/** The one-time commitment that PREPARE makes, and SHOW and PAIR open. */
export function openingCommitment({ values, meta, expiry, secret, opening }: Opening): Scalar {
  return poseidon(domains.opening, [...values, meta, BigInt(expiry), secret, opening])
}

/** The name of a holder within a scope. */
export function nullifierOf(secret: Scalar, scope: Scalar): Scalar {
  return poseidon(domains.nullifier, [secret, scope])
}

/** What SHOW is asked. */
export interface ShowInputs {
  readonly commitment: Scalar
  readonly meta: Scalar
  /** Day number. */
  readonly today: number
  readonly scope: Scalar
  readonly nullifier: Scalar
  readonly context: Scalar
  /** Of the four values. */
  readonly predicates: readonly Predicate[]
}

/** Public inputs of PREPARE, in order. */
export function preparePublicInputs(inputs: { readonly rootSet: Scalar; readonly commitment: Scalar }): Scalar[] {
  return [inputs.rootSet, inputs.commitment]
}

/** Public inputs of SHOW, in order. */
export function showPublicInputs({ commitment, meta, today, scope, nullifier, context, predicates }: ShowInputs): Scalar[] {
  return [commitment, meta, BigInt(today), scope, nullifier, context, ...predicates.flatMap(askedNumbers)]
}

/** Public inputs of PAIR, in order. @param equal - of the four values, which are equal in both */
export function pairPublicInputs(commitments: readonly [Scalar, Scalar], context: Scalar, equal: readonly boolean[]): Scalar[] {
  return [...commitments, context, ...equal.map(isEqual => (isEqual ? 1n : 0n))]
}
