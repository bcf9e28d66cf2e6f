import { ProofError } from '../errors.ts'
import type { CurveGroup } from './curve-group.ts'

const partSize = 48

/** Bytes of a dumped point: the parts of x, then of y, each 48 bytes little-endian. */
export function dumpedSize(group: CurveGroup): number {
  return partSize * group.degree * 2
}

/** Points as canonical coordinates, which are read again without a square root. */
export function dumpPoints(group: CurveGroup, points: number, count: number): Uint8Array {
  const { memory, module, exports, pointSize, coordinateSize, pairSize, degree } = group
  const size = dumpedSize(group)
  // One more, for the lane that an odd number leaves over.
  return memory.with([(count + 1) * size, pairSize], (text = 0, pair = 0) => {
    for (let index = 0; index < count; index += 2) {
      const [low, high] = [index, Math.min(index + 1, count - 1)].map(position => points + position * pointSize) as [number, number]
      for (let coordinate = 0; coordinate < 2; coordinate++) {
        exports.join(pair, low + coordinate * coordinateSize, high + coordinate * coordinateSize)
        for (let part = 0; part < degree; part++) {
          const at = text + index * size + (coordinate * degree + part) * partSize
          module.toBytes(pair + part * module.pairSize, at, at + size)
        }
      }
    }
    return memory.bytes.slice(text, text + count * size)
  })
}

/**
 * Reads what {@link dumpPoints} wrote into places one behind the other.
 *
 * @throws ProofError `ERR_PROOF_POINT`: not on the curve
 */
export function restorePoints(group: CurveGroup, dump: Uint8Array, destination: number): void {
  const { memory, module, exports, pointSize, coordinateSize, pairSize, degree } = group
  const size = dumpedSize(group)
  const count = dump.length / size
  memory.with([dump.length, pairSize, pairSize], (text = 0, x = 0, y = 0) => {
    memory.bytes.set(dump, text)
    for (let index = 0; index < count; index += 2) {
      const next = Math.min(index + 1, count - 1)
      for (const [coordinate, pair] of [x, y].entries()) {
        for (let part = 0; part < degree; part++) {
          const at = text + (coordinate * degree + part) * partSize
          module.fromBytes(pair + part * module.pairSize, at + index * size, at + next * size)
        }
        const place = destination + coordinate * coordinateSize
        exports.split(pair, place + index * pointSize, place + next * pointSize)
      }
      if (exports.onCurve(x, y) !== 3) throw new ProofError('ERR_PROOF_POINT', 'point: expected a point on the curve')
    }
  })
}
