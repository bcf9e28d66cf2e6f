/** Numbers by chance that are the same at each run: mulberry32, plenty for samples and for nothing else. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** From 0 up to, but not, 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1))
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<T>(items: readonly T[]): T {
    return items[this.between(0, items.length - 1)]!
  }

  /** Picks an item as often as its weight says. */
  pickWeighted<T extends { readonly weight: number }>(items: readonly T[]): T {
    let rest = this.fraction() * items.reduce((sum, { weight }) => sum + weight, 0)
    for (const item of items) {
      rest -= item.weight
      if (rest < 0) return item
    }
    return items.at(-1)!
  }

  /** A day, `YYYY-MM-DD`, between two days, both included. */
  day(first: string, last: string): string {
    const dayMs = 86_400_000
    return new Date(this.between(Date.parse(first) / dayMs, Date.parse(last) / dayMs) * dayMs).toISOString().slice(0, 10)
  }
}
