import type { Code, FunctionReference, Local } from './code.ts'
import type { FieldParameters } from './field-parameters.ts'

/** Where a pair stands: an address in a local variable (or a constant address), plus an offset in bytes. */
export interface Place {
  readonly base: Local | undefined
  readonly offset: number
}

/** One product of a sum: first · second, taken away where `negative`. */
export interface Term {
  readonly first: Place
  readonly second: Place
  readonly negative?: boolean
}

/**
 * Arithmetic of a field, as functions of a module. All of them work on _pairs_: two independent elements, one in each lane, in
 * `pairSize` bytes at an address that is a multiple of 8; a single element has `elementSize` bytes. Elements are in Montgomery form and not
 * reduced; what a pair's bytes mean is known to the field alone, so code that calls these functions runs on either kind of field.
 *
 * _Weight_: a result of multiply, square or a sum of products has weight 1; a sum or difference has the weights of its parts added up.
 * `multiply` takes factors whose weights multiplied give at most `weightLimit`, `square` a factor whose squared weight is at most half of it.
 * Where the limit is 1 (scalar field), sums come with weight 1 already.
 *
 * The destination may be one of the sources.
 */
export interface Field {
  readonly parameters: FieldParameters
  readonly elementSize: number
  readonly pairSize: number
  readonly weightLimit: number
  /** (destination, a, b): a · b in each lane. */
  readonly multiply: FunctionReference
  /** (destination, a): a². */
  readonly square: FunctionReference
  /** (destination, a, b, c, d): a · b + c · d, with one reduction. */
  readonly multiplyAdd: FunctionReference
  /** (destination, a, b, c, d): a · b − c · d, with one reduction. */
  readonly multiplySubtract: FunctionReference
  /** (destination, a, b): a + b. */
  readonly add: FunctionReference
  /** (destination, a, b): a − b. */
  readonly subtract: FunctionReference
  /** (destination, a): −a. */
  readonly negate: FunctionReference
  /** (destination, a): the same elements with weight 1. */
  readonly normalize: FunctionReference
  /** (destination, a, b): a − b with weight 1. */
  readonly difference: FunctionReference
  /** (destination, a, b, c): a − b − c with weight 1. */
  readonly differenceOfThree: FunctionReference
  /** (pair, lanes): negates, in place, lane 0 where bit 0 of `lanes` is set and lane 1 where bit 1 is. */
  readonly negateLanes: FunctionReference
  /** (destination, a, b, lanes): b in the lanes whose bit is set, a in the others. */
  readonly selectLanes: FunctionReference
  /** (destination, element, element): two elements as a pair. */
  readonly join: FunctionReference
  /** (pair, destination, destination): a pair as two elements. */
  readonly split: FunctionReference
  /** (a) → i32: bit 0 is set where lane 0 is zero in the field, bit 1 where lane 1 is. Weight as for a factor of weight 1. */
  readonly zeroLanes: FunctionReference
  /** (destination, source, source): canonical integers, `byteSize` bytes little-endian, below the modulus (not checked), as a pair. */
  readonly fromBytes: FunctionReference
  /** (pair, destination, destination): a pair as two canonical integers, `byteSize` bytes little-endian. */
  readonly toBytes: FunctionReference
  /** Emits a sum of products of pairs with one reduction, inline. Long: for the inside of a function that is called often. */
  emitSumOfProducts(code: Code, destination: Place, terms: readonly Term[]): void
  /** An element as its bytes in memory, for constants. */
  encode(value: bigint): Uint8Array
  /** Two elements as a pair's bytes; with one value, that value in both lanes. */
  encodePair(low: bigint, high?: bigint): Uint8Array
}

/** A place at an address that a local variable holds. */
export function at(base: Local, offset = 0): Place {
  return { base, offset }
}

/** A place at a constant address. */
export function fixed(address: number): Place {
  return { base: undefined, offset: address }
}
