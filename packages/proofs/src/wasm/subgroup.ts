import type { CurveGroup } from './curve-group.ts'
import { curveParameter } from './endomorphism.ts'
import { PointAdder } from './point-adder.ts'

/** Points whose multiples are computed together. */
const atOnce = 1024

/**
 * Whether points of the curve are all in the subgroup of order r: in G1 if the endomorphism acts as z², in G2 if it acts as z.
 *
 * @see https://eprint.iacr.org/2021/1130
 */
export function areInSubgroup(group: CurveGroup, points: number, count: number): boolean {
  const { pointSize } = group
  for (let done = 0; done < count; done += atOnce) {
    if (!areInSubgroupAtOnce(group, points + done * pointSize, Math.min(atOnce, count - done))) return false
  }
  return true
}

function areInSubgroupAtOnce(group: CurveGroup, points: number, count: number): boolean {
  const { memory, exports, pointSize, degree } = group
  const adder = new PointAdder(group)
  try {
    return memory.with([count * pointSize, count * pointSize, 2 * pointSize], (multiples = 0, bases = 0, images = 0) => {
      memory.bytes.copyWithin(multiples, points, points + count * pointSize)
      for (let time = 0; time < (degree === 1 ? 2 : 1); time++) {
        memory.bytes.copyWithin(bases, multiples, multiples + count * pointSize)
        for (let bit = curveParameter.toString(2).length - 2; bit >= 0; bit--) {
          for (let index = 0; index < count; index++) adder.double(multiples + index * pointSize, multiples + index * pointSize)
          adder.flush()
          if (((curveParameter >> BigInt(bit)) & 1n) === 0n) continue
          for (let index = 0; index < count; index++) {
            adder.add(multiples + index * pointSize, bases + index * pointSize, multiples + index * pointSize)
          }
          adder.flush()
          // Multiples of a point of large order are not infinity so soon.
          if (adder.hasInfinite) return false
        }
      }
      for (let index = 0; index < count; index++) {
        const at = index * pointSize
        exports.endomorphism(points + at, points + at, images, images + pointSize)
        if (exports.sameX(images, multiples + at) === 0 || exports.sameY(images, multiples + at) === 0) return false
      }
      return true
    })
  } finally {
    adder.close()
  }
}
