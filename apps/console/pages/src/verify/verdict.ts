/** What one step of a check rests on, in the order in which they are done. */
export type StepName = 'network' | 'headers' | 'transaction' | 'entries' | 'content' | 'age' | 'told'

/** How a step came out. `told`: nothing can prove it, it is the nodes' word. */
export type StepOutcome = 'holds' | 'fails' | 'told'

/** One step, with what it looked at: names of facts and their values, for the page to say. */
export interface Step {
  readonly name: StepName
  readonly outcome: StepOutcome
  readonly facts: Readonly<Record<string, string | number | readonly string[]>>
}

/** What a check of an answer found. `told`: true as far as it can be proven, and a part cannot. */
export interface Verdict {
  readonly outcome: 'proven' | 'told' | 'false'
  readonly steps: readonly Step[]
}

/** A check that does not hold. `fact` says what, in a word that texts know; `detail` where. */
export class CheckFailure extends Error {
  readonly fact: string
  readonly detail: string | undefined

  constructor(fact: string, detail?: string) {
    super(fact)
    this.name = 'CheckFailure'
    this.fact = fact
    this.detail = detail
  }
}
