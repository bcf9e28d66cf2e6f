interface Sample {
  readonly atMs: number
  readonly freeBytes: number
}

/** How often to take a sample, and how much to go by. */
export interface DiskTrendOptions {
  readonly sampleMs: number
  readonly maxSamples: number
  readonly minSamples: number
  /** How many times the time seen so far may be foretold. */
  readonly reach: number
}

const defaults: DiskTrendOptions = { sampleMs: 60_000, maxSamples: 360, minSamples: 10, reach: 100 }

/**
 * Foretells when a disk is full: by the straight line with the least squares through the samples of the last hours.
 *
 * Silent where it would be guessing: with few samples, where the line does not fall by more than twice its standard error, and beyond a hundred
 * times the time that was seen.
 */
export class DiskTrend {
  readonly #options: DiskTrendOptions
  #samples: readonly Sample[] = []

  constructor(options: Partial<DiskTrendOptions> = {}) {
    this.#options = { ...defaults, ...options }
  }

  add(atMs: number, freeBytes: number): void {
    const last = this.#samples.at(-1)
    // A clock that was set back: what came before cannot be put in line with what follows.
    if (last !== undefined && atMs < last.atMs) this.#samples = []
    else if (last !== undefined && atMs - last.atMs < this.#options.sampleMs) return
    this.#samples = [...this.#samples, { atMs, freeBytes }].slice(-this.#options.maxSamples)
  }

  /** Milliseconds until it is full, from the latest sample on; null if it does not fill, or nobody can tell. */
  fullInMs(): number | null {
    const samples = this.#samples
    if (samples.length < this.#options.minSamples) return null
    const count = samples.length
    const meanTime = samples.reduce((sum, sample) => sum + sample.atMs, 0) / count
    const meanFree = samples.reduce((sum, sample) => sum + sample.freeBytes, 0) / count
    let [timeSquares, products] = [0, 0]
    for (const { atMs, freeBytes } of samples) {
      timeSquares += (atMs - meanTime) ** 2
      products += (atMs - meanTime) * (freeBytes - meanFree)
    }
    const slope = products / timeSquares
    const residues = samples.reduce((sum, { atMs, freeBytes }) => sum + (freeBytes - meanFree - slope * (atMs - meanTime)) ** 2, 0)
    const standardError = Math.sqrt(residues / (count - 2) / timeSquares)
    if (!(slope < 0) || -slope <= 2 * standardError) return null
    const fullInMs = samples.at(-1)!.freeBytes / -slope
    const seenMs = samples.at(-1)!.atMs - samples[0]!.atMs
    return fullInMs > this.#options.reach * seenMs ? null : Math.round(fullInMs)
  }
}
