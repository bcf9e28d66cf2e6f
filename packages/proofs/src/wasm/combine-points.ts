import type { CurveGroup } from './curve-group.ts'
import { PointAdder } from './point-adder.ts'
import { imageCount, imageScalarShape, type SplitScalars } from './point-images.ts'
import { writeSignedDigits } from './signed-digits.ts'
import { PointArena, sumSegments } from './sum-segments.ts'

/** Sums to be formed: sum s has the terms from `offsets[s]` to before `offsets[s + 1]`; term t is scalar `scalars[t]` times point `points[t]`. */
export interface Columns {
  readonly offsets: Uint32Array
  readonly points: Uint32Array
  readonly scalars: Uint32Array
}

const width = 4
const multiples = 2 ** (width - 1)

/**
 * Many sums of a few multiples each, all windows of all sums together: doublings and additions in affine coordinates, whose inversions are shared by
 * all sums. Writes sum s at `destination + s · pointSize` and returns where it did so, with 0 for infinity.
 */
export function combinePoints(
  group: CurveGroup,
  points: number,
  pointCount: number,
  columns: Columns,
  split: SplitScalars,
  destination: number,
): Int32Array {
  const { memory, pointSize } = group
  const images = imageCount(group)
  const shape = imageScalarShape(group)
  const windows = Math.ceil((shape.bits + 1) / width)
  const sumCount = columns.offsets.length - 1
  const scalarCount = split.negative.length
  const digits = new Int16Array(images * scalarCount * windows)
  for (let number = 0; number < images * scalarCount; number++) {
    writeSignedDigits(split.numbers, number * shape.words, shape.words, width, digits, number * windows, windows, 1)
  }

  const adder = new PointAdder(group)
  const tableSize = images * pointCount * multiples * pointSize
  const arenaSize = Math.ceil((columns.points.length * images) / 2) * pointSize
  try {
    return memory.with([tableSize, arenaSize], (table = 0, arenaAt = 0) => {
      writeTable(group, points, pointCount, table, adder)
      const arena = new PointArena(arenaAt, arenaSize, pointSize)
      const sums = new Int32Array(sumCount)
      const entries = new Int32Array(columns.points.length * images)
      const [starts, lengths] = [new Int32Array(sumCount), new Int32Array(sumCount)]
      for (let window = windows - 1; window >= 0; window--) {
        for (let bit = 0; bit < width; bit++) {
          for (let sum = 0; sum < sumCount; sum++) if (sums[sum] !== 0) adder.double(sums[sum] as number, sums[sum] as number)
          adder.flush()
        }
        let filled = 0
        for (let sum = 0; sum < sumCount; sum++) {
          starts[sum] = filled
          const end = columns.offsets[sum + 1] as number
          for (let term = columns.offsets[sum] as number; term < end; term++) {
            const [point, scalar] = [columns.points[term] as number, columns.scalars[term] as number]
            for (let image = 0; image < images; image++) {
              const digit = digits[(image * scalarCount + scalar) * windows + window] as number
              if (digit === 0) continue
              const multiple = ((image * pointCount + point) * multiples + Math.abs(digit) - 1) * pointSize
              entries[filled++] = (table + multiple) ^ (digit < 0 ? 1 : 0) ^ (split.negative[scalar] as number)
            }
          }
          lengths[sum] = filled - (starts[sum] as number)
        }
        arena.reset()
        sumSegments(entries, starts, lengths, adder, arena)
        for (let sum = 0; sum < sumCount; sum++) {
          if (lengths[sum] === 0) continue
          const entry = entries[starts[sum] as number] as number
          const place = destination + sum * pointSize
          if (sums[sum] === 0) group.copyPoint(entry, place)
          else adder.add(place, entry, place)
          sums[sum] = place
        }
        adder.flush()
        if (adder.hasInfinite) {
          for (let sum = 0; sum < sumCount; sum++) if (sums[sum] !== 0 && adder.isInfinite(sums[sum] as number)) sums[sum] = 0
          adder.forget()
        }
      }
      return sums
    })
  } finally {
    adder.close()
  }
}

/** For each image of each point its multiples 1, 2, … up to the largest digit, none of them infinity: the order of the group has no small factor. */
function writeTable(group: CurveGroup, points: number, pointCount: number, table: number, adder: PointAdder): void {
  const { memory, exports, pointSize } = group
  const stride = multiples * pointSize
  const place = (point: number, multiple: number): number => table + point * stride + (multiple - 1) * pointSize
  for (let point = 0; point < pointCount; point++)
    memory.bytes.copyWithin(place(point, 1), points + point * pointSize, points + (point + 1) * pointSize)
  for (let known = 1; known < multiples; known *= 2) {
    for (let point = 0; point < pointCount; point++) {
      for (let more = 1; more < known; more++) adder.add(place(point, known), place(point, more), place(point, known + more))
      adder.double(place(point, known), place(point, 2 * known))
    }
    adder.flush()
  }
  // The images of the whole table, entry by entry.
  const size = pointCount * stride
  for (let image = 1; image < imageCount(group); image++) {
    const source = table + (image - 1) * size
    for (let offset = 0; offset < size; offset += 2 * pointSize) {
      exports.endomorphism(source + offset, source + offset + pointSize, source + size + offset, source + size + offset + pointSize)
    }
  }
}
