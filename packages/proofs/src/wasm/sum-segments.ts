import type { PointAdder } from './point-adder.ts'

/** Places for sums, one behind the other. */
export class PointArena {
  readonly start: number
  readonly end: number
  readonly #size: number
  #next: number

  constructor(start: number, byteLength: number, pointSize: number) {
    this.start = start
    this.end = start + byteLength
    this.#size = pointSize
    this.#next = start
  }

  take(): number {
    const address = this.#next
    if (address + this.#size > this.end) throw new RangeError('engine: places for sums used up')
    this.#next += this.#size
    return address
  }

  holds(address: number): boolean {
    return address >= this.start && address < this.end
  }

  reset(): void {
    this.#next = this.start
  }
}

/**
 * Sums up segments of a list of points, in rounds of additions in couples. After it each segment has its sum as its first entry and a length of 1, or
 * 0 where the sum is infinity.
 *
 * Points outside the arena stay as they are; points inside are overwritten.
 */
export function sumSegments(points: Int32Array, starts: Int32Array, lengths: Int32Array, adder: PointAdder, arena: PointArena): void {
  let longest = 2
  while (longest > 1) {
    if (adder.hasInfinite) dropInfinite(points, starts, lengths, adder)
    longest = 0
    for (let segment = 0; segment < starts.length; segment++) {
      const length = lengths[segment] as number
      if (length < 2) continue
      const start = starts[segment] as number
      const couples = length >> 1
      for (let couple = 0; couple < couples; couple++) {
        const first = points[start + 2 * couple] as number
        const second = points[start + 2 * couple + 1] as number
        const sum = arena.holds(first) ? first & -8 : arena.holds(second) ? second & -8 : arena.take()
        adder.add(first, second, sum)
        points[start + couple] = sum
      }
      if (length % 2 === 1) points[start + couples] = points[start + length - 1] as number
      lengths[segment] = length - couples
      longest = Math.max(longest, length - couples)
    }
    adder.flush()
  }
  if (adder.hasInfinite) dropInfinite(points, starts, lengths, adder)
}

function dropInfinite(points: Int32Array, starts: Int32Array, lengths: Int32Array, adder: PointAdder): void {
  for (let segment = 0; segment < starts.length; segment++) {
    const start = starts[segment] as number
    const length = lengths[segment] as number
    let kept = 0
    for (let index = 0; index < length; index++) {
      const point = points[start + index] as number
      if (!adder.isInfinite(point)) points[start + kept++] = point
    }
    lengths[segment] = kept
  }
  adder.forget()
}
