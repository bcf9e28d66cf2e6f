import { bls12_381 } from '@noble/curves/bls12-381.js'
import { ProofError } from '../errors.ts'
import type { Scalar } from '../field/scalar-field.ts'
import { type G1Point, type G2Point, parseG1, parseG2 } from './curve-point.ts'
import { checkPublicInputs, readProof, splitProof } from './proof-encoding.ts'
import type { VerifyingKey } from './verifying-key.ts'

const { Fp12 } = bls12_381.fields
const G1 = bls12_381.G1.Point
const G2 = bls12_381.G2.Point

/**
 * Checks e(A, B) = e(α, β) · e(Σ xᵢ ICᵢ, γ) · e(C, δ) by a library's pairing: the form to read, and what the fast verifier is compared with.
 *
 * @throws ProofError `ERR_PROOF_INPUT`, `ERR_PROOF_SCALAR`: public inputs that this circuit cannot have
 * @throws ProofError `ERR_PROOF_ENCODING`, `ERR_PROOF_POINT`: a proof that is none
 * @throws ProofError `ERR_PROOF_INVALID`: the equation does not hold
 */
export function verifyGroth16Readable(key: VerifyingKey, proof: Uint8Array, publicInputs: readonly Scalar[]): void {
  checkPublicInputs(publicInputs, key.inputs.length - 1)
  readProof(proof)
  const [a, b, c] = splitProof(proof)
  const pairs = [
    { g1: toG1(parseG1(a, 'A')).negate(), g2: toG2(parseG2(b, 'B')) },
    { g1: toG1(key.alpha), g2: toG2(key.beta) },
    { g1: sumOfInputs(key.inputs, publicInputs), g2: toG2(key.gamma) },
    { g1: toG1(parseG1(c, 'C')), g2: toG2(key.delta) },
  ]
  // A sum at infinity is a value like any other: its pairing is 1.
  const product = bls12_381.pairingBatch(pairs.filter(({ g1 }) => !g1.is0()))
  if (!Fp12.eql(product, Fp12.ONE)) throw new ProofError('ERR_PROOF_INVALID', 'proof: does not hold for these public inputs')
}

function sumOfInputs([constant, ...points]: readonly G1Point[], scalars: readonly Scalar[]) {
  let sum = toG1(constant!)
  for (const [index, point] of points.entries()) {
    const scalar = scalars[index]!
    if (scalar !== 0n) sum = sum.add(toG1(point).multiplyUnsafe(scalar))
  }
  return sum
}

function toG1(point: G1Point) {
  return G1.fromAffine(point)
}

function toG2({ x, y }: G2Point) {
  return G2.fromAffine({ x: bls12_381.fields.Fp2.create(x), y: bls12_381.fields.Fp2.create(y) })
}
