import type { CurveGroup } from './curve-group.ts'

/** Operations that share one inversion: enough to make it cheap, few enough to stay in the cache. */
const batchSize = 1024
const sumEntrySize = 12
const doubleEntrySize = 8

/**
 * Adds and doubles points in affine coordinates, many at a time. Operations that do not depend on each other are handed over with {@link add} and
 * {@link double}; {@link flush} makes sure that all are done. Points are addresses, with bit 0 set for the negative of the point there.
 */
export class PointAdder {
  readonly #group: CurveGroup
  readonly #sums: number
  readonly #doubles: number
  readonly #scratch: number
  readonly #infinite = new Set<number>()
  #words: Int32Array
  #sumCount = 0
  #doubleCount = 0

  constructor(group: CurveGroup) {
    const { memory, pairSize } = group
    this.#group = group
    this.#sums = memory.allocate((batchSize + 2) * sumEntrySize)
    this.#doubles = memory.allocate((batchSize + 2) * doubleEntrySize)
    this.#scratch = memory.allocate((batchSize / 2 + 2) * 2 * pairSize)
    this.#words = memory.words
  }

  /** Whether some sum was infinity. {@link isInfinite} then has to be asked before a sum is used. */
  get hasInfinite(): boolean {
    return this.#infinite.size > 0
  }

  isInfinite(point: number): boolean {
    return this.#infinite.size > 0 && this.#infinite.has(point & -8)
  }

  /** sum ← first + second, by the next {@link flush}. The sum may take the place of one of its own points. */
  add(first: number, second: number, sum: number): void {
    if (this.#words.length === 0) this.#words = this.#group.memory.words
    const at = (this.#sums >> 2) + this.#sumCount * 3
    this.#words[at] = first
    this.#words[at + 1] = second
    this.#words[at + 2] = sum
    this.#sumCount++
    if (this.#sumCount === batchSize) this.#flushSums()
  }

  /** result ← 2 · point, by the next {@link flush}. The result may take the place of the point. */
  double(point: number, result: number): void {
    if (this.#words.length === 0) this.#words = this.#group.memory.words
    const at = (this.#doubles >> 2) + this.#doubleCount * 2
    this.#words[at] = point
    this.#words[at + 1] = result
    this.#doubleCount++
    if (this.#doubleCount === batchSize) this.#flushDoubles()
  }

  flush(): void {
    this.#flushDoubles()
    this.#flushSums()
  }

  /** Forgets which sums were infinity, before their places are used again. */
  forget(): void {
    this.#infinite.clear()
  }

  close(): void {
    for (const address of [this.#sums, this.#doubles, this.#scratch]) this.#group.memory.release(address)
  }

  #flushDoubles(): void {
    const count = this.#doubleCount
    if (count === 0) return
    const { memory, exports, spare } = this.#group
    // Two lanes work at a time: an odd number is filled up.
    if (count % 2 === 1) memory.words.set([spare.first, spare.sum], (this.#doubles >> 2) + count * 2)
    exports.doubleBatch(this.#doubles, count + (count % 2), this.#scratch)
    this.#doubleCount = 0
  }

  #flushSums(): void {
    let count = this.#sumCount
    if (count === 0) return
    const { memory, exports, spare } = this.#group
    if (count % 2 === 1) {
      memory.words.set([spare.first, spare.second, spare.sum], (this.#sums >> 2) + count * 3)
      count++
    }
    if (exports.addBatch(this.#sums, count, this.#scratch) !== 0) this.#settleEqual(count)
    this.#sumCount = 0
  }

  /** Takes out of the batch what adding cannot do: a point and itself are doubled, a point and its negative give infinity. */
  #settleEqual(count: number): void {
    const { memory, exports, spare } = this.#group
    const words = memory.words
    const base = this.#sums >> 2
    const doubles: [point: number, result: number][] = []
    let index = exports.findEqual(this.#sums, count, 0)
    while (index < count) {
      const at = base + index * 3
      const [first, second, sum] = [words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0]
      if (exports.sameY(first, second) !== 0) doubles.push([first, sum])
      else this.#infinite.add(sum)
      words.set([spare.first, spare.second, spare.sum], at)
      index = exports.findEqual(this.#sums, count, index + 1)
    }
    exports.addBatch(this.#sums, count, this.#scratch)
    if (doubles.length === 0) return
    if (doubles.length % 2 === 1) doubles.push([spare.first, spare.sum])
    words.set(doubles.flat(), base)
    exports.doubleBatch(this.#sums, doubles.length, this.#scratch)
  }
}
