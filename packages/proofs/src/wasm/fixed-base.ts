import type { CurveGroup } from './curve-group.ts'
import { PointAdder } from './point-adder.ts'
import { writeSignedDigits } from './signed-digits.ts'
import { PointArena, sumSegments } from './sum-segments.ts'

const scalarBits = 255
const scalarWords = 8

/**
 * scalar · base for many scalars (eight 32-bit words each, below r): from a table of multiples, one addition for each digit. Writes result i at
 * `destination + i · pointSize` and returns where it did so, with 0 for infinity.
 */
export function multiplyBase(group: CurveGroup, base: number, scalars: Uint32Array, destination: number): Int32Array {
  const { memory, pointSize } = group
  const count = scalars.length / scalarWords
  const width = count < 64 ? 4 : count < 4096 ? 7 : 9
  const windows = Math.ceil((scalarBits + 1) / width)
  const multiples = 2 ** (width - 1)
  const atOnce = Math.min(count, 2048)
  const adder = new PointAdder(group)
  const arenaSize = atOnce * Math.ceil(windows / 2) * pointSize
  try {
    return memory.with([windows * multiples * pointSize, arenaSize], (table = 0, arenaAt = 0) => {
      writeBaseTable(group, base, windows, width, table, adder)
      const arena = new PointArena(arenaAt, arenaSize, pointSize)
      const results = new Int32Array(count)
      const digits = new Int16Array(windows)
      for (let done = 0; done < count; done += atOnce) {
        const many = Math.min(atOnce, count - done)
        const entries = new Int32Array(many * windows)
        const [starts, lengths] = [new Int32Array(many), new Int32Array(many)]
        for (let index = 0; index < many; index++) {
          writeSignedDigits(scalars, (done + index) * scalarWords, scalarWords, width, digits, 0, windows, 1)
          let filled = index * windows
          starts[index] = filled
          digits.forEach((digit, window) => {
            if (digit === 0) return
            entries[filled++] = (table + (window * multiples + Math.abs(digit) - 1) * pointSize) ^ (digit < 0 ? 1 : 0)
          })
          lengths[index] = filled - index * windows
        }
        arena.reset()
        sumSegments(entries, starts, lengths, adder, arena)
        for (let index = 0; index < many; index++) {
          if (lengths[index] === 0) continue
          const place = destination + (done + index) * pointSize
          group.copyPoint(entries[starts[index] as number] as number, place)
          results[done + index] = place
        }
      }
      return results
    })
  } finally {
    adder.close()
  }
}

/** k · 2^(width · window) · base for k from 1 to 2^(width − 1), window by window. */
function writeBaseTable(group: CurveGroup, base: number, windows: number, width: number, table: number, adder: PointAdder): void {
  const { memory, exports, pairSize, pointSize, spare } = group
  const multiples = 2 ** (width - 1)
  const place = (window: number, multiple: number): number => table + (window * multiples + multiple - 1) * pointSize
  memory.with([3 * pairSize], (power = 0) => {
    exports.fromAffine(power, base, base)
    for (let window = 0; window < windows; window++) {
      exports.toAffine(power, place(window, 1), spare.sum)
      for (let bit = 0; bit < width; bit++) exports.doubleProjective(power, power)
    }
  })
  for (let known = 1; known < multiples; known *= 2) {
    for (let window = 0; window < windows; window++) {
      for (let more = 1; more < known; more++) adder.add(place(window, known), place(window, more), place(window, known + more))
      adder.double(place(window, known), place(window, 2 * known))
    }
    adder.flush()
  }
}
