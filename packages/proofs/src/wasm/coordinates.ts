import type { FunctionReference } from './code.ts'
import type { Field } from './field.ts'

/** The functions of the field that a curve's coordinates are from, on pairs, as in {@link Field}. */
export type CoordinateFunctions = Pick<
  Field,
  | 'elementSize'
  | 'pairSize'
  | 'multiply'
  | 'square'
  | 'add'
  | 'subtract'
  | 'normalize'
  | 'difference'
  | 'differenceOfThree'
  | 'negateLanes'
  | 'selectLanes'
  | 'join'
  | 'split'
  | 'zeroLanes'
>

/** A curve y² = x³ + b over a field. */
export interface Coordinates extends CoordinateFunctions {
  readonly name: 'g1' | 'g2'
  /** (destination, a): 1 / a; zero where a is zero. */
  readonly invert: FunctionReference
  /** (destination, a): a square root where there is one, anything elsewhere. */
  readonly squareRoot: FunctionReference
  /** Addresses of constant pairs. */
  readonly one: number
  readonly b: number
  readonly threeB: number
}
