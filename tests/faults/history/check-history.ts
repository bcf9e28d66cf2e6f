import type { Effect, History, RecordedRead, RecordedWrite } from './history.ts'

/** How far behind single nodes were: behind what was durable when they were asked. */
export interface Staleness {
  readonly staleReads: number
  /** Refusals that only an earlier state explains: by a node that was behind. Needless; the write can be made again. */
  readonly staleRefusals: number
  readonly mostMs: number
}

export interface HistoryVerdict {
  /** Empty if the order of the ledger explains every answer. */
  readonly violations: readonly string[]
  readonly staleness: Staleness
}

export interface HistoryOptions {
  /** A node that answers may be at most so far behind. */
  readonly mostBehindMs: number
  /** What is the wall clock's time on the recording's clock 0. */
  readonly originMs?: number
}

/** How much a block's time may be ahead of the clock of who was refused. */
const clockSlackMs = 15_000

/**
 * Whether the writes are linearizable, and reads consistent with their order. The ledger has one order, so nothing has to be searched for: it is played
 * through the object's model, and every answer is held against it.
 *
 * - each effect was made by one write, and is what the model makes of it
 * - every durable write took effect, in the block that it was told; none that was refused or failed did
 * - a write that was durable before another was called is in an earlier block, whatever the object
 * - a refusal is explained by a state that was there before it was told
 * - a node that stands at a height gives the state of that height, and shows nothing that nobody had called yet; within one life it does not go back.
 *   A block that arrives while it answers shows in what it reads after, for neo-go runs a script on what it has, not on a copy of it: so later parts may be
 *   of later heights, up to one beyond where the node stood after (a block's changes are there before its height is)
 *
 * A single node may be behind, so far as the options say, and then even refuse; that is no violation, and is measured.
 */
export function checkHistory<State, Action, Question>(
  history: History<State, Action, Question>,
  { mostBehindMs, originMs = 0 }: HistoryOptions,
): HistoryVerdict {
  const violations: string[] = []
  const staleness = { staleReads: 0, staleRefusals: 0, mostMs: 0 }
  const placed: RecordedRead<Question>[] = []
  const writes = Map.groupBy(history.writes, write => write.object)
  const reads = Map.groupBy(history.reads, read => read.object)
  const effects = Map.groupBy(history.effects, effect => effect.object)
  for (const object of effects.keys()) if (!history.initial.has(object)) violations.push(`${object}: nobody knows of it`)
  for (const [object, initial] of history.initial) {
    const check = new ObjectCheck(history.model, object, initial, effects.get(object) ?? [], writes.get(object) ?? [], originMs)
    check.effects()
    check.writes()
    placed.push(...check.reads(reads.get(object) ?? []))
    violations.push(...check.violations)
    staleness.staleReads += check.staleness.staleReads
    staleness.staleRefusals += check.staleness.staleRefusals
    staleness.mostMs = Math.max(staleness.mostMs, check.staleness.mostMs)
  }
  if (staleness.mostMs > mostBehindMs)
    violations.push(`a node answered that was ${Math.round(staleness.mostMs)} ms behind, more than ${mostBehindMs}`)
  checkOrder(history.writes, history.effects, violations)
  checkNodes(placed, violations)
  return { violations, staleness }
}

function partsOf(answer: string): readonly string[] {
  return answer.split('; ')
}

class ObjectCheck<State, Action, Question> {
  readonly violations: string[] = []
  readonly staleness = { staleReads: 0, staleRefusals: 0, mostMs: 0 }
  readonly #model: History<State, Action, Question>['model']
  readonly #object: string
  readonly #effects: readonly Effect[]
  readonly #writes: readonly RecordedWrite<Action>[]
  readonly #originMs: number
  /** Before the first effect, and after each. */
  readonly #states: State[]
  /** When the last of the writes that made a state was called. */
  readonly #calledMs: number[] = [Number.NEGATIVE_INFINITY]
  /** When somebody first knew that a state, or a later one, was durable. */
  readonly #knownMs: number[]

  constructor(
    model: History<State, Action, Question>['model'],
    object: string,
    initial: State,
    effects: readonly Effect[],
    writes: readonly RecordedWrite<Action>[],
    originMs: number,
  ) {
    this.#model = model
    this.#object = object
    this.#effects = effects
    this.#writes = writes
    this.#originMs = originMs
    this.#states = [initial]
    this.#knownMs = Array.from({ length: effects.length + 2 }, () => Number.POSITIVE_INFINITY)
  }

  /** Plays the ledger's order through the model, as far as it goes. */
  effects(): void {
    const makers = Map.groupBy(this.#writes, write => write.transactionHash)
    for (const [index, effect] of this.#effects.entries()) {
      const problem = this.#play(effect, index + 1, makers.get(effect.transactionHash) ?? [])
      if (problem !== undefined) {
        this.#violate(problem)
        return
      }
    }
    for (let index = this.#effects.length; index > 0; index--)
      this.#knownMs[index] = Math.min(this.#knownMs[index]!, this.#knownMs[index + 1]!)
    const fault = this.#model.fault?.(this.#states.at(-1)!)
    if (fault !== undefined) this.#violate(fault)
  }

  /** @returns what is wrong with it; undefined if all is well */
  #play(effect: Effect, number: number, makers: readonly RecordedWrite<Action>[]): string | undefined {
    const before = this.#effects[number - 2]
    if (before !== undefined && effect.blockIndex < before.blockIndex) return `change ${number} is in an earlier block than the one before`
    if (makers.length !== 1) return `change ${number} was made by ${makers.length} writes`
    const { action, calledMs, outcome, returnedMs } = makers[0]!
    const applied = this.#model.apply(this.#states.at(-1)!, action, effect)
    if ('refusal' in applied) return `change ${number} should have been refused: ${applied.refusal}`
    if (applied.said !== effect.said) return `change ${number} is not what was written: ${effect.said} instead of ${applied.said}`
    this.#states.push(applied.next)
    this.#calledMs.push(Math.max(this.#calledMs.at(-1)!, calledMs))
    if (outcome.kind === 'durable') this.#knownMs[number] = returnedMs
    return undefined
  }

  writes(): void {
    const effects = new Map(this.#effects.map(effect => [effect.transactionHash, effect]))
    for (const write of this.#writes) {
      const { outcome, transactionHash } = write
      const effect = transactionHash === undefined ? undefined : effects.get(transactionHash)
      if (outcome.kind === 'durable' && effect === undefined) this.#violate(`a durable write of block ${outcome.blockIndex} is gone`)
      if (outcome.kind === 'durable' && effect !== undefined && effect.blockIndex !== outcome.blockIndex)
        this.#violate(`a write that was durable in block ${outcome.blockIndex} is in block ${effect.blockIndex}`)
      if ((outcome.kind === 'refused' || outcome.kind === 'failed') && effect !== undefined)
        this.#violate(`a write took effect that was ${outcome.kind}`)
      if (outcome.kind === 'refused') this.#explain(write, outcome.reason)
    }
  }

  /** Looks for a state that refuses as it was told: one that was there by then. */
  #explain({ action, calledMs, returnedMs }: RecordedWrite<Action>, reason: string): void {
    const at = { blockIndex: -1, timeMs: this.#originMs + returnedMs + clockSlackMs }
    const refuses = (state: State): boolean => {
      const applied = this.#model.apply(state, action, at)
      return 'refusal' in applied && applied.refusal === reason
    }
    for (let index = this.#states.length - 1; index >= 0; index--) {
      if (this.#calledMs[index]! >= returnedMs || !refuses(this.#states[index]!)) continue
      if (this.#knownMs[index + 1]! < calledMs) this.staleness.staleRefusals++
      return
    }
    this.#violate(`no state explains the refusal: ${reason}`)
  }

  /** @returns the reads with the heights at which their nodes must have stood */
  reads(reads: readonly RecordedRead<Question>[]): readonly RecordedRead<Question>[] {
    return reads.map(read => {
      const { calledMs, returnedMs, node, height, laterHeight = height } = read
      const index = this.#indexAt(height)
      // The order broke off before it: that was told already.
      if (index >= this.#states.length) return read
      const shown = this.#shownBy(read, index, Math.min(this.#indexAt(laterHeight + 1), this.#states.length - 1))
      if (shown === undefined) this.#violate(this.#strange(read, index))
      else if (this.#calledMs[shown]! > returnedMs) this.#violate(`${node} told of change ${shown} before it was called`)
      const behindMs = calledMs - this.#knownMs[(shown ?? index) + 1]!
      if (behindMs > 0) {
        this.staleness.staleReads++
        this.staleness.mostMs = Math.max(this.staleness.mostMs, behindMs)
      }
      return shown === undefined || shown === index ? read : { ...read, height: this.#effects[shown - 1]!.blockIndex }
    })
  }

  #indexAt(height: number): number {
    return this.#effects.findLastIndex(({ blockIndex }) => blockIndex <= height) + 1
  }

  /** The state that the last part of an answer shows, each part being of the same state as the one before or a later one; undefined if there are none such. */
  #shownBy({ question, answer }: RecordedRead<Question>, first: number, last: number): number | undefined {
    const states = this.#states.slice(first, last + 1).map(state => partsOf(this.#model.answer(state, question)))
    const parts = partsOf(answer)
    if (states.some(state => state.length !== parts.length)) return undefined
    let at = 0
    for (const [place, part] of parts.entries()) {
      while (at < states.length && states[at]![place] !== part) at++
    }
    return at < states.length ? first + at : undefined
  }

  #strange({ node, height, question, answer }: RecordedRead<Question>, index: number): string {
    const other = this.#states.findLastIndex(state => this.#model.answer(state, question) === answer)
    const what = other < 0 ? 'what never was' : `what was after change ${other}`
    return `${node} told at height ${height}, after change ${index}, ${what}: ${answer}`
  }

  #violate(text: string): void {
    this.violations.push(`${this.#object}: ${text}`)
  }
}

/** Durable before called: also earlier in the chain, whatever the object. It was signed when the other was in its block already. */
function checkOrder(writes: readonly RecordedWrite<unknown>[], effects: readonly Effect[], violations: string[]): void {
  const blocks = new Map(effects.map(({ transactionHash, blockIndex }) => [transactionHash, blockIndex]))
  const durable = writes.filter(({ outcome }) => outcome.kind === 'durable').toSorted((a, b) => a.returnedMs - b.returnedMs)
  let returned = 0
  let highestBlock = -1
  for (const write of writes.toSorted((a, b) => a.calledMs - b.calledMs)) {
    for (; returned < durable.length && durable[returned]!.returnedMs < write.calledMs; returned++) {
      const { outcome } = durable[returned]!
      if (outcome.kind === 'durable') highestBlock = Math.max(highestBlock, outcome.blockIndex)
    }
    const blockIndex = write.transactionHash === undefined ? undefined : blocks.get(write.transactionHash)
    if (blockIndex !== undefined && blockIndex <= highestBlock)
      violations.push(
        `${write.object}: a write came into block ${blockIndex}, and one into block ${highestBlock} that was durable before it was called`,
      )
  }
}

/** Within one life a node does not go back. */
function checkNodes(reads: readonly RecordedRead<unknown>[], violations: string[]): void {
  for (const [life, its] of Map.groupBy(reads, read => `${read.node}, life ${read.life}`)) {
    const byReturn = its.toSorted((a, b) => a.returnedMs - b.returnedMs)
    let returned = 0
    let highest = -1
    for (const { calledMs, height } of its.toSorted((a, b) => a.calledMs - b.calledMs)) {
      for (; returned < byReturn.length && byReturn[returned]!.returnedMs < calledMs; returned++)
        highest = Math.max(highest, byReturn[returned]!.height)
      if (height < highest) violations.push(`${life} went back from height ${highest} to ${height}`)
    }
  }
}
