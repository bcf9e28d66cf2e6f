import type { ChaincodeState, PastValue } from './chaincode-state.ts'

// For tests: a channel in memory, on which each call is a transaction of its own.

/** Who calls. */
export interface FixtureCaller {
  readonly mspId?: string
  readonly isAdmin?: boolean
  readonly channel?: string
}

/** A channel without peers. */
export class FixtureChannel {
  readonly #entries = new Map<string, PastValue[]>()
  readonly events: { readonly name: string; readonly payload: Uint8Array }[] = []
  #transactions = 0
  /** Time of the transactions that follow. */
  nowMs = Date.UTC(2026, 0, 1)

  /** Runs a call; its writes are applied after it, or not at all if it throws. */
  async call<T>(
    work: (state: ChaincodeState) => Promise<T>,
    { mspId = 'Hospital1MSP', isAdmin = false, channel = 'hospitals' }: FixtureCaller = {},
  ): Promise<T> {
    const transactionId = `transaction ${++this.#transactions}`
    const writes = new Map<string, Uint8Array>()
    let event: { name: string; payload: Uint8Array } | undefined
    const result = await work({
      channel,
      transactionId,
      caller: { mspId, isAdmin },
      timeMs: () => this.nowMs,
      get: async key => this.#entries.get(key)?.at(-1)?.value,
      put: async (key, value) => void writes.set(key, value),
      history: async key => this.#entries.get(key) ?? [],
      event: (name, payload) => {
        event = { name, payload }
      },
    })
    for (const [key, value] of writes)
      this.#entries.set(key, [...(this.#entries.get(key) ?? []), { transactionId, timeMs: this.#transactions, value }])
    if (event !== undefined) this.events.push(event)
    return result
  }

  /** Everything that the channel holds, to see that a refusal left it alone. */
  get contents(): string {
    return JSON.stringify([...this.#entries].map(([key, past]) => [key, past.length]))
  }
}
