import { compileScalarEngine } from './compiled-scalar-engine.ts'
import type { Scalar } from './scalar-field.ts'

/** Work on many scalars at once. Scalars come and go as 32 bytes each, little-endian, below the order of the group. */
export interface ScalarEngine {
  /**
   * Quotient h = (a · b − c) / Z of a constraint system, where a, b and c are the polynomials through the rows' values and Z is zero on the whole domain.
   *
   * @param a - `domainSize` scalars, as b and c
   * @param domainSize - a power of two, at least 2
   * @returns coefficients of h from the constant one on, `domainSize` − 1 scalars
   * @throws ProofError `ERR_PROOF_UNSATISFIED`: some row's a · b is not c; `ERR_PROOF_SCALAR`, `ERR_PROOF_LIMIT`
   */
  quotient(a: Uint8Array, b: Uint8Array, c: Uint8Array, domainSize: number): Uint8Array

  /**
   * Many Poseidon hashes of one kind.
   *
   * @param inputsPerHash - 2, 5, 8 or 16
   * @param inputs - the inputs of the first hash, then those of the next, and so on
   * @returns one scalar a hash
   * @throws ProofError `ERR_PROOF_SCALAR`
   */
  poseidonBatch(domain: Scalar, inputsPerHash: number, inputs: Uint8Array): Uint8Array

  /**
   * Values on the domain of as many roots of unity as there are coefficients, both in their natural order; `inverse`: coefficients from values.
   *
   * @throws ProofError `ERR_PROOF_SCALAR`, `ERR_PROOF_LIMIT`
   */
  ntt(values: Uint8Array, options: { readonly inverse: boolean }): Uint8Array
}

let compiled: Promise<ScalarEngine> | undefined

/** The fastest engine that this machine runs, compiled at the first call. One is enough for a thread: its calls do not overlap. */
export function createScalarEngine(): Promise<ScalarEngine> {
  compiled ??= compileScalarEngine()
  return compiled
}
