import { bls12_381 } from '@noble/curves/bls12-381.js'
import { baseModulus } from '../field-parameters.ts'

type Fp2Value = { readonly c0: bigint; readonly c1: bigint }

/** Powers of ξ = 1 + u by which coefficients are multiplied when an element is raised to a power of p. */
export interface FrobeniusConstants {
  /** For a^(p^(power + 1)): what the coefficient of wⁱ, conjugated where the power of p is odd, is multiplied by. */
  readonly powers: readonly [readonly Fp2Value[], readonly Fp2Value[], readonly Fp2Value[]]
  /** The endomorphism ψ of G2 is (x̄ · psiX, ȳ · psiY). */
  readonly psiX: Fp2Value
  readonly psiY: Fp2Value
  /** A cube root of unity: the endomorphism φ of G1 is (x · beta, y), which is the multiplication by −x², where x is the curve's parameter. */
  readonly beta: bigint
}

const { Fp2 } = bls12_381.fields

export function frobeniusConstants(): FrobeniusConstants {
  const xi = Fp2.create({ c0: 1n, c1: 1n })
  const base = Fp2.pow(xi, (baseModulus - 1n) / 6n)
  const first = Array.from({ length: 6 }, (_, index) => Fp2.pow(base, BigInt(index)))
  // ξ^(i(p² − 1)/6) = γ^(p + 1), and ξ^(i(p³ − 1)/6) = γ^(p² + p + 1) for γ = ξ^(i(p − 1)/6); γ^(p + 1) is in the base field.
  const second = first.map(value => Fp2.mul(value, conjugate(value)))
  const third = first.map((value, index) => Fp2.mul(value, second[index]!))
  return {
    powers: [first, second, third],
    psiX: Fp2.inv(first[2]!),
    psiY: Fp2.inv(first[3]!),
    beta: second[2]!.c0,
  }
}

function conjugate({ c0, c1 }: Fp2Value) {
  return Fp2.create({ c0, c1: bls12_381.fields.Fp.neg(c1) })
}
