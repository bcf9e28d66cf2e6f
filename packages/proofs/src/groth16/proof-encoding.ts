import { concatBytes } from '@hufu/primitives'
import { ProofError } from '../errors.ts'
import { type Scalar, scalarFromBytes, scalarModulus, scalarSize, scalarToBytes } from '../field/scalar-field.ts'
import type { G1Point, G2Point } from './curve-point.ts'
import { type CompressedPoint, type Fp2Element, g1Size, g2Size, readG1, readG2, writeG1, writeG2 } from './point-encoding.ts'

/** A Groth16 proof. */
export interface Proof {
  readonly a: G1Point
  readonly b: G2Point
  readonly c: G1Point
}

/** What the bytes of a proof say, before anything is known of its points. */
export interface CompressedProof {
  readonly a: CompressedPoint<bigint>
  readonly b: CompressedPoint<Fp2Element>
  readonly c: CompressedPoint<bigint>
}

/** Size of a proof, A ‖ B ‖ C compressed, in bytes. */
export const proofSize = g1Size + g2Size + g1Size

/**
 * Reads 192 bytes of a proof. That its points are in their groups is for the verifier to find out.
 *
 * @throws ProofError `ERR_PROOF_ENCODING`: another length, or points encoded otherwise than in their one way
 * @throws ProofError `ERR_PROOF_POINT`: infinity
 */
export function readProof(bytes: Uint8Array): CompressedProof {
  const [a, b, c] = splitProof(bytes)
  return { a: readG1(a, 'A'), b: readG2(b, 'B'), c: readG1(c, 'C') }
}

/** The encodings of A, B and C. @throws ProofError `ERR_PROOF_ENCODING`: another length than 192 bytes */
export function splitProof(bytes: Uint8Array): readonly [a: Uint8Array, b: Uint8Array, c: Uint8Array] {
  if (bytes.length !== proofSize) throw new ProofError('ERR_PROOF_ENCODING', `proof: expected ${proofSize} bytes`)
  return [bytes.subarray(0, g1Size), bytes.subarray(g1Size, g1Size + g2Size), bytes.subarray(g1Size + g2Size)]
}

/** 192 bytes of a proof. */
export function encodeProof({ a, b, c }: Proof): Uint8Array<ArrayBuffer> {
  return concatBytes(writeG1(a), writeG2(b), writeG1(c))
}

/**
 * Refuses public inputs that a circuit cannot have.
 *
 * @throws ProofError `ERR_PROOF_INPUT`: more or fewer than `count`
 * @throws ProofError `ERR_PROOF_SCALAR`: one is negative, or not below r: it would stand for another one
 */
export function checkPublicInputs(publicInputs: readonly Scalar[], count: number): void {
  if (publicInputs.length !== count) throw wrongCount(count)
  if (publicInputs.some(scalar => scalar < 0n || scalar >= scalarModulus))
    throw new ProofError('ERR_PROOF_SCALAR', 'public inputs: expected values from 0 to below the order of the group')
}

/** Parses public inputs, 32 bytes each, little-endian, one after the other. Throws as {@link checkPublicInputs}. */
export function parsePublicInputs(bytes: Uint8Array, count: number): readonly Scalar[] {
  if (bytes.length !== count * scalarSize) throw wrongCount(count)
  return Array.from({ length: count }, (_, index) => scalarFromBytes(bytes.subarray(index * scalarSize, (index + 1) * scalarSize)))
}

/** Public inputs as bytes, 32 each. */
export function encodePublicInputs(publicInputs: readonly Scalar[]): Uint8Array<ArrayBuffer> {
  return concatBytes(...publicInputs.map(scalarToBytes))
}

function wrongCount(count: number): ProofError {
  return new ProofError('ERR_PROOF_INPUT', `public inputs: expected ${count}`)
}
