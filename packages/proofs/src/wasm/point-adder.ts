import type { GroupExports } from './curve-module.ts'
import type { EngineMemory } from './engine-memory.ts'

/** Additions that share one inversion: enough to make it cheap, few enough to stay in the cache. */
const batchSize = 2048
const entrySize = 12

/**
 * Adds points in affine coordinates, many at a time. Sums that do not depend on each other are handed over with {@link add}; {@link flush}
 * makes sure that all are there. Points are addresses, with bit 0 set for the negative of the point there.
 */
export class PointAdder {
  readonly #group: GroupExports
  readonly #memory: EngineMemory
  readonly #list: number
  readonly #scratch: number
  /** An addition that is always possible, its points and a place for the sum: makes an odd number even. */
  readonly #spare: { readonly first: number; readonly second: number; readonly sum: number }
  readonly #infinite = new Set<number>()
  #words: Int32Array
  #count = 0

  constructor(
    group: GroupExports,
    memory: EngineMemory,
    pairSize: number,
    spare: { readonly first: number; readonly second: number; readonly sum: number },
  ) {
    this.#group = group
    this.#memory = memory
    this.#spare = spare
    this.#list = memory.allocate((batchSize + 2) * entrySize)
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
    if (this.#words.length === 0) this.#words = this.#memory.words
    const at = (this.#list >> 2) + this.#count * 3
    this.#words[at] = first
    this.#words[at + 1] = second
    this.#words[at + 2] = sum
    this.#count++
    if (this.#count === batchSize) this.flush()
  }

  flush(): void {
    if (this.#count === 0) return
    if (this.#count % 2 === 1) this.#append(this.#spare.first, this.#spare.second, this.#spare.sum)
    if (this.#group.addBatch(this.#list, this.#count, this.#scratch) !== 0) this.#settleEqual()
    this.#count = 0
  }

  /** Forgets which sums were infinity, before their places are used again. */
  forget(): void {
    this.#infinite.clear()
  }

  close(): void {
    this.#memory.release(this.#list)
    this.#memory.release(this.#scratch)
  }

  #append(...entry: readonly [number, number, number]): void {
    this.#memory.words.set(entry, (this.#list >> 2) + this.#count * 3)
    this.#count++
  }

  /** Takes out of the batch what adding cannot do: a point and itself are doubled, a point and its negative give infinity. */
  #settleEqual(): void {
    const words = this.#memory.words
    const base = this.#list >> 2
    const doubles: [point: number, sum: number][] = []
    let index = this.#group.findEqual(this.#list, this.#count, 0)
    while (index < this.#count) {
      const at = base + index * 3
      const [first, second, sum] = [words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0]
      if (this.#group.sameY(first, second) !== 0) doubles.push([first, sum])
      else this.#infinite.add(sum)
      words.set([this.#spare.first, this.#spare.second, this.#spare.sum], at)
      index = this.#group.findEqual(this.#list, this.#count, index + 1)
    }
    // The others first: a point that is doubled in place belongs to no other entry.
    this.#group.addBatch(this.#list, this.#count, this.#scratch)
    if (doubles.length === 0) return
    if (doubles.length % 2 === 1) doubles.push([this.#spare.first, this.#spare.sum])
    words.set(doubles.flat(), base)
    this.#group.doubleBatch(this.#list, doubles.length, this.#scratch)
  }
}
