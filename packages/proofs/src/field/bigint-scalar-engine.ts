import { ProofError } from '../errors.ts'
import { poseidon } from '../poseidon/poseidon.ts'
import { cosetShift, powerOf, rootOfUnity } from './evaluation-domain.ts'
import { invertScalar } from './invert-scalar.ts'
import { type Scalar, scalarModulus, toScalar } from './scalar-field.ts'
import { scalarsFromBytes, scalarsToBytes } from './scalar-vector.ts'

/** Largest domain that is worked on: 2²⁰ values, 32 MiB a vector. */
const maxDomainBits = 20

/** The readable `ScalarEngine`: slow, runs everywhere, and what the compiled one is tested against. */
export const bigIntScalarEngine = {
  quotient(a: Uint8Array, b: Uint8Array, c: Uint8Array, domainSize: number): Uint8Array {
    const [valuesA, valuesB, valuesC] = [a, b, c].map(bytes => onCoset(columnOf(bytes, domainSize)))
    // On the coset, Z(g · ωⁱ) = gⁿ − 1 is the same everywhere.
    const inverseZ = invertScalar(toScalar(powerOf(cosetShift, BigInt(domainSize)) - 1n))
    const values = valuesA!.map((value, index) => toScalar((value * valuesB![index]! - valuesC![index]!) * inverseZ))
    const coefficients = scale(transform(values, true), invertScalar(cosetShift))
    if (coefficients.pop() !== 0n) throw new ProofError('ERR_PROOF_UNSATISFIED', 'rows: expected a · b = c in every one')
    return scalarsToBytes(coefficients)
  },
  poseidonBatch(domain: Scalar, inputsPerHash: number, inputs: Uint8Array): Uint8Array {
    const scalars = scalarsFromBytes(inputs)
    if (scalars.length % inputsPerHash !== 0) throw new ProofError('ERR_PROOF_SCALAR', 'inputs: expected whole hashes')
    const hashes: Scalar[] = []
    for (let first = 0; first < scalars.length; first += inputsPerHash) {
      hashes.push(poseidon(domain, scalars.slice(first, first + inputsPerHash)))
    }
    return scalarsToBytes(hashes)
  },
  ntt: (values: Uint8Array, { inverse }: { readonly inverse: boolean }): Uint8Array =>
    scalarsToBytes(transform(scalarsFromBytes(values), inverse)),
}

function columnOf(bytes: Uint8Array, domainSize: number): Scalar[] {
  const values = scalarsFromBytes(bytes)
  if (values.length !== domainSize) throw new ProofError('ERR_PROOF_SCALAR', 'rows: expected as many values as the domain has')
  return values
}

/** Values at g · ωⁱ of the polynomial with these values at ωⁱ. */
function onCoset(values: readonly Scalar[]): Scalar[] {
  return transform(scale(transform(values, true), cosetShift), false)
}

/** The i-th coefficient times factorⁱ. */
function scale(coefficients: readonly Scalar[], factor: Scalar): Scalar[] {
  let power = 1n
  return coefficients.map(coefficient => {
    const scaled = (coefficient * power) % scalarModulus
    power = (power * factor) % scalarModulus
    return scaled
  })
}

/** Number-theoretic transform by halves: even and odd coefficients. */
function transform(values: readonly Scalar[], inverse: boolean): Scalar[] {
  const bits = domainBits(values.length)
  const root = inverse ? invertScalar(rootOfUnity(values.length)) : rootOfUnity(values.length)
  const result = values.map((_, index) => values[reverseBits(index, bits)]!)
  for (let half = 1; half < values.length; half *= 2) {
    const step = powerOf(root, BigInt(values.length / (2 * half)))
    let factor = 1n
    for (let offset = 0; offset < half; offset++) {
      for (let start = offset; start < values.length; start += 2 * half) {
        const left = result[start]!
        const right = (result[start + half]! * factor) % scalarModulus
        result[start] = (left + right) % scalarModulus
        result[start + half] = toScalar(left - right)
      }
      factor = (factor * step) % scalarModulus
    }
  }
  if (!inverse) return result
  const share = invertScalar(BigInt(values.length))
  return result.map(value => (value * share) % scalarModulus)
}

/** Bits of the size of a domain. @throws ProofError `ERR_PROOF_LIMIT`: no power of two from 2 to 2²⁰ */
export function domainBits(size: number): number {
  const bits = Math.log2(size)
  if (!Number.isInteger(bits) || bits < 1 || bits > maxDomainBits)
    throw new ProofError('ERR_PROOF_LIMIT', `domain: expected a power of two from 2 to 2^${maxDomainBits}`)
  return bits
}

/** An index with its lowest `bits` bits in the opposite order. */
export function reverseBits(index: number, bits: number): number {
  let reversed = 0
  for (let bit = 0; bit < bits; bit++) reversed |= ((index >> bit) & 1) << (bits - 1 - bit)
  return reversed
}
