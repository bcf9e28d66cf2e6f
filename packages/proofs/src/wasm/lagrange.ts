import { ProofError } from '../errors.ts'
import { rootOfUnity } from '../field/evaluation-domain.ts'
import { invertScalar } from '../field/invert-scalar.ts'
import { type Scalar, scalarModulus, scalarSize, scalarToBytes } from '../field/scalar-field.ts'
import { combinePoints } from './combine-points.ts'
import type { CurveGroup } from './curve-group.ts'
import { PointAdder } from './point-adder.ts'
import { splitScalars } from './point-images.ts'

/** Points that are multiplied together, so that their tables stay small. */
const atOnce = 2048

/**
 * From Σ-coefficients to values: Lⱼ = 1/n · Σᵢ ω^(−ij) · pointᵢ with ω the root of unity of order n = count. Where pointᵢ is τⁱ times a base, Lⱼ is the j-th
 * Lagrange polynomial at τ times the base. Writes Lⱼ at `destination + j · pointSize` and returns where it did so, with 0 for infinity.
 *
 * @throws ProofError `ERR_PROOF_LIMIT`: count is no power of two
 */
export function toLagrangeBasis(group: CurveGroup, points: number, count: number, destination: number): Int32Array {
  const { memory, pointSize } = group
  if ((count & (count - 1)) !== 0) throw new ProofError('ERR_PROOF_LIMIT', 'points: expected a power of two of them')
  const bits = Math.log2(count)
  const root = invertScalar(rootOfUnity(count))
  const powers: Scalar[] = [1n]
  while (powers.length < Math.max(count / 2, 1)) powers.push((powers.at(-1)! * root) % scalarModulus)

  const adder = new PointAdder(group)
  try {
    return memory.with([count * pointSize, count * pointSize], (other = 0, scaled = 0) => {
      let [from, to] = [destination, other]
      let values: Int32Array = new Int32Array(count)
      for (let index = 0; index < count; index++) {
        const place = from + index * pointSize
        group.copyPoint(points + reversedBits(index, bits) * pointSize, place)
        values[index] = place
      }
      for (let half = 1; half < count; half *= 2) {
        const step = count / (2 * half)
        const indices: number[] = []
        for (let index = 0; index < count; index++) if ((index & half) !== 0) indices.push(index)
        const factors = indices.map(index => powers[(index & (half - 1)) * step]!)
        const turned = scaleAll(
          group,
          indices.map(index => values[index] as number),
          factors,
          scaled,
        )
        const next = new Int32Array(count)
        indices.forEach((high, position) => {
          const low = high ^ half
          const [a, b] = [values[low] as number, turned[position] as number]
          for (const [index, second] of [
            [low, b],
            [high, b ^ 1],
          ] as const) {
            const place = to + index * pointSize
            next[index] = place
            if (a !== 0 && b !== 0) adder.add(a, second, place)
            else if (a !== 0 || b !== 0) group.copyPoint(a !== 0 ? a : second, place)
            else next[index] = 0
          }
        })
        adder.flush()
        for (let index = 0; index < count; index++) if (next[index] !== 0 && adder.isInfinite(next[index] as number)) next[index] = 0
        adder.forget()
        values = next
        ;[from, to] = [to, from]
      }
      const factor = invertScalar(BigInt(count))
      const results = scaleAll(
        group,
        [...values],
        Array.from({ length: count }, () => factor),
        scaled,
      )
      return results.map((place, index) => {
        if (place !== 0) group.copyPoint(place, destination + index * pointSize)
        return place === 0 ? 0 : destination + index * pointSize
      })
    })
  } finally {
    adder.close()
  }
}

/** factorᵢ · pointᵢ for points at any places, 0 for infinity; result i at `destination + i · pointSize`. */
function scaleAll(group: CurveGroup, points: readonly number[], factors: readonly Scalar[], destination: number): Int32Array {
  const { memory, pointSize } = group
  const results = new Int32Array(points.length)
  const wanted: number[] = []
  points.forEach((point, index) => {
    const place = destination + index * pointSize
    if (point === 0) return
    if (factors[index] === 1n) {
      group.copyPoint(point, place)
      results[index] = place
    } else wanted.push(index)
  })
  for (let done = 0; done < wanted.length; done += atOnce) {
    const indices = wanted.slice(done, done + atOnce)
    memory.with([indices.length * pointSize, indices.length * pointSize], (sources = 0, products = 0) => {
      const bytes = new Uint8Array(indices.length * scalarSize)
      indices.forEach((index, position) => {
        group.copyPoint(points[index] as number, sources + position * pointSize)
        bytes.set(scalarToBytes(factors[index]!), position * scalarSize)
      })
      const identity = Uint32Array.from({ length: indices.length + 1 }, (_, position) => position)
      const columns = { offsets: identity, points: identity.subarray(0, -1), scalars: identity.subarray(0, -1) }
      const scaled = combinePoints(group, sources, indices.length, columns, splitScalars(group, bytes, indices.length), products)
      indices.forEach((index, position) => {
        const product = scaled[position] as number
        if (product === 0) return
        group.copyPoint(product, destination + index * pointSize)
        results[index] = destination + index * pointSize
      })
    })
  }
  return results
}

function reversedBits(value: number, bits: number): number {
  let result = 0
  for (let bit = 0; bit < bits; bit++) if ((value & (1 << bit)) !== 0) result |= 1 << (bits - 1 - bit)
  return result
}
