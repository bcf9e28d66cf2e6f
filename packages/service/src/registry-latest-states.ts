import type { DidMoment, DidSource, DidState } from '@hufu/did'
import type { ScriptHash } from '@hufu/ledger'

/** Keeps the latest states that were asked for in memory, until the follower says that one has changed. */
export class LatestStates {
  readonly #source: DidSource
  readonly #maxStates: number
  /** The one used longest ago first. */
  readonly #states = new Map<ScriptHash, DidState>()
  /** Reads on their way; one that is forgotten meanwhile may be out of date, and is not kept. */
  readonly #reading = new Map<ScriptHash, symbol>()

  constructor(source: DidSource, maxStates: number) {
    this.#source = source
    this.#maxStates = maxStates
  }

  /** As of the source; the same object as long as nothing changes, so that what is made of it can be kept beside it. */
  async findState(identifier: ScriptHash, moment: DidMoment): Promise<DidState | null> {
    const latest = this.#states.get(identifier)
    if (latest !== undefined && isAt(latest, moment)) return this.#keep(identifier, latest)
    if (moment !== 'latest') return this.#source.findState(identifier, moment)
    const reading = Symbol()
    this.#reading.set(identifier, reading)
    const state = await this.#source.findState(identifier, moment)
    if (this.#reading.get(identifier) !== reading) return state
    this.#reading.delete(identifier)
    return state === null ? null : this.#keep(identifier, state)
  }

  /** @param identifier - undefined: all */
  forget(identifier: ScriptHash | undefined): void {
    if (identifier === undefined) {
      this.#states.clear()
      this.#reading.clear()
      return
    }
    this.#states.delete(identifier)
    this.#reading.delete(identifier)
  }

  #keep(identifier: ScriptHash, state: DidState): DidState {
    this.#states.delete(identifier)
    this.#states.set(identifier, state)
    if (this.#states.size > this.#maxStates) this.#states.delete(this.#states.keys().next().value!)
    return state
  }
}

function isAt(latest: DidState, moment: DidMoment): boolean {
  if (moment === 'latest') return true
  return 'version' in moment ? moment.version === latest.version : moment.timeMs >= latest.timeMs
}
