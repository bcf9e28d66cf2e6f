import { type Comparison, fewestRounds } from './compare.ts'

/** What a comparison is taken to last that was never measured. */
const usualSeconds = 55

/** Tells on standard error what will run, how long it has taken, and how long it will. */
export class Progress {
  readonly #chosen: readonly Comparison[]
  readonly #rounds: number
  readonly #expected: readonly number[]
  readonly #startedAt = performance.now()

  /** @param known - seconds that comparisons took with {@link fewestRounds} */
  constructor(chosen: readonly Comparison[], rounds: number, known: Readonly<Record<string, number>>) {
    this.#chosen = chosen
    this.#rounds = rounds
    this.#expected = chosen.map(({ name }) => ((known[name] ?? usualSeconds) * (rounds + 3)) / (fewestRounds + 3))
    console.error(`bench: ${chosen.length} comparisons, ${rounds} rounds each, ${this.#left(0)}`)
  }

  begin(index: number): void {
    const { name, description } = this.#chosen[index]!
    console.error(
      `bench: ${index + 1}/${this.#chosen.length}, ${minutes(this.#elapsedSeconds())} so far, ${this.#left(index)} to go. ${name}: ${description}`,
    )
  }

  round(round: number): void {
    process.stderr.write(`\r  round ${round + 1} of ${this.#rounds} `)
  }

  done(): void {
    process.stderr.write('\n')
  }

  end(): void {
    console.error(`bench: ended after ${minutes(this.#elapsedSeconds())}`)
  }

  #elapsedSeconds(): number {
    return (performance.now() - this.#startedAt) / 1000
  }

  #left(from: number): string {
    return `some ${minutes(this.#expected.slice(from).reduce((sum, seconds) => sum + seconds, 0))}`
  }
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`
}
