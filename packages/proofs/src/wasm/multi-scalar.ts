import type { CurveGroup } from './curve-group.ts'
import { PointAdder } from './point-adder.ts'
import { writeSignedDigits } from './signed-digits.ts'
import { PointArena, sumSegments } from './sum-segments.ts'

/** Multiples to be summed up: points by their addresses (bit 0: negative), and for each a number of `bits` bits in little-endian 32-bit words. */
export interface Multiples {
  readonly points: Int32Array
  readonly numbers: Uint32Array
  readonly wordsEach: number
  readonly bits: number
}

/**
 * The sum of number · point: Pippenger's method with signed digits, its additions all in affine coordinates. Writes the sum and returns true, or
 * returns false where the sum is infinity.
 */
export function sumMultiples(group: CurveGroup, multiples: Multiples, destination: number): boolean {
  const { memory, pointSize } = group
  const width = windowWidth(multiples.points.length, multiples.bits)
  const windows = Math.ceil((multiples.bits + 1) / width)
  const bucketCount = 2 ** (width - 1) + 1
  const { entries, starts, lengths } = sortIntoBuckets(multiples, width, windows, bucketCount)

  const adder = new PointAdder(group)
  const arenaSize = Math.ceil(entries.length / 2) * pointSize
  const sumsSize = windows * bucketCount * pointSize
  try {
    return memory.with([arenaSize, sumsSize, sumsSize], (arenaAt = 0, sumsAt = 0, bitSumsAt = 0) => {
      sumSegments(entries, starts, lengths, adder, new PointArena(arenaAt, arenaSize, pointSize))
      const buckets = Int32Array.from(starts, (start, bucket) => ((lengths[bucket] as number) > 0 ? (entries[start] as number) : 0))
      const arenas = [sumsAt, bitSumsAt].map(address => new PointArena(address, sumsSize, pointSize)) as [PointArena, PointArena]
      const byBit = weighBuckets(buckets, windows, bucketCount, width, adder, ...arenas)
      return sumByBits(group, byBit, destination)
    })
  } finally {
    adder.close()
  }
}

/** Bits of a digit: the width for which the additions are fewest. */
function windowWidth(count: number, bits: number): number {
  let best = 2
  let least = Number.POSITIVE_INFINITY
  for (let width = 2; width <= 14; width++) {
    const additions = Math.ceil((bits + 1) / width) * (count + 2 ** width)
    if (additions < least) {
      least = additions
      best = width
    }
  }
  return best
}

interface Buckets {
  readonly entries: Int32Array
  readonly starts: Int32Array
  readonly lengths: Int32Array
}

/** Cuts every number into signed digits and collects, for each window and absolute value, the points to be added. */
function sortIntoBuckets(multiples: Multiples, width: number, windows: number, bucketCount: number): Buckets {
  const { points, numbers, wordsEach } = multiples
  const digits = new Int16Array(points.length * windows)
  const lengths = new Int32Array(windows * bucketCount)
  let total = 0
  for (let index = 0; index < points.length; index++) {
    writeSignedDigits(numbers, index * wordsEach, wordsEach, width, digits, index * windows, windows, 1)
    for (let window = 0; window < windows; window++) {
      const digit = digits[index * windows + window] as number
      if (digit === 0) continue
      const bucket = window * bucketCount + Math.abs(digit)
      lengths[bucket] = (lengths[bucket] as number) + 1
      total++
    }
  }
  const starts = new Int32Array(windows * bucketCount)
  for (let bucket = 1; bucket < starts.length; bucket++) starts[bucket] = (starts[bucket - 1] as number) + (lengths[bucket - 1] as number)
  const entries = new Int32Array(total)
  const filled = starts.slice()
  for (let index = 0; index < points.length; index++) {
    const point = points[index] as number
    for (let window = 0; window < windows; window++) {
      const digit = digits[index * windows + window] as number
      if (digit === 0) continue
      const bucket = window * bucketCount + Math.abs(digit)
      const place = filled[bucket] as number
      entries[place] = digit < 0 ? point ^ 1 : point
      filled[bucket] = place + 1
    }
  }
  return { entries, starts, lengths }
}

/**
 * For each bit of the numbers, the sum of all buckets whose weight has that bit. In each window the points of odd weight are summed up for the
 * lowest bit, then neighbours are added, which halves all weights; and so on. Twice as many additions as buckets, all of them in wide batches.
 */
function weighBuckets(
  buckets: Int32Array,
  windows: number,
  bucketCount: number,
  width: number,
  adder: PointAdder,
  sums: PointArena,
  bitSums: PointArena,
): Int32Array {
  const byBit = new Int32Array(windows * width)
  let level: Int32Array[] = Array.from({ length: windows }, (_, window) => buckets.slice(window * bucketCount, (window + 1) * bucketCount))
  const oddPoints: number[] = []
  const starts: number[] = []
  const lengths: number[] = []
  const bits: number[] = []
  for (let step = 0; step < width; step++) {
    const next: Int32Array[] = []
    level.forEach((weights, window) => {
      const halved = new Int32Array(Math.ceil(weights.length / 2))
      starts.push(oddPoints.length)
      bits.push(window * width + step)
      for (let weight = 0; weight < weights.length; weight += 2) {
        const even = weights[weight] as number
        const odd = weight + 1 < weights.length ? (weights[weight + 1] as number) : 0
        if (odd !== 0) oddPoints.push(odd)
        // Weight 0 counts for nothing.
        const low = weight === 0 ? 0 : even
        if (low !== 0 && odd !== 0) {
          const sum = sums.take()
          adder.add(low, odd, sum)
          halved[weight / 2] = sum
        } else halved[weight / 2] = low !== 0 ? low : odd
      }
      lengths.push(oddPoints.length - (starts.at(-1) ?? 0))
      next.push(halved)
    })
    adder.flush()
    if (adder.hasInfinite) {
      for (const halved of next) {
        for (let index = 0; index < halved.length; index++) if (adder.isInfinite(halved[index] as number)) halved[index] = 0
      }
      adder.forget()
    }
    level = next
  }
  const points = Int32Array.from(oddPoints)
  const segmentLengths = Int32Array.from(lengths)
  // A point may be in the sums of several bits, so these have places of their own.
  sumSegments(points, Int32Array.from(starts), segmentLengths, adder, bitSums)
  bits.forEach((bit, segment) => {
    if ((segmentLengths[segment] as number) > 0) byBit[bit] = points[starts[segment] as number] as number
  })
  return byBit
}

/** Σ 2ⁱ · pointᵢ. */
function sumByBits(group: CurveGroup, byBit: Int32Array, destination: number): boolean {
  const { memory, exports, pairSize, spare } = group
  return memory.with([3 * pairSize, 3 * pairSize], (sum = 0, next = 0) => {
    let started = false
    for (let bit = byBit.length - 1; bit >= 0; bit--) {
      if (started) exports.doubleProjective(sum, sum)
      const point = byBit[bit] as number
      if (point === 0) continue
      loadSigned(group, started ? next : sum, point)
      if (started) exports.addProjective(sum, sum, next)
      started = true
    }
    return started && exports.toAffine(sum, destination, spare.sum) === 0
  })
}

function loadSigned(group: CurveGroup, destination: number, point: number): void {
  const { exports, pairSize } = group
  exports.fromAffine(destination, point & -8, point & -8)
  if ((point & 1) !== 0) exports.negateLanes(destination + pairSize, 3)
}
