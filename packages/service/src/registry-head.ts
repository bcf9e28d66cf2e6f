import type { LedgerClient } from '@hufu/ledger'
import { type Clock, steadyClock } from '@hufu/primitives'

/** Settings of a {@link RegistryHead}. */
export interface RegistryHeadOptions {
  readonly client: Pick<LedgerClient, 'watchHead' | 'getBlockCount'>
  /** Of passing time, whatever the day; default {@link steadyClock}: put back, a wall clock would make an old height count as fresh. */
  readonly clock?: Clock
  /** The longest time between blocks that raises no doubt; after it a node is asked. Default 5,000. */
  readonly silenceMs?: number
}

/** Knows the height of the chain: from announcements, and by asking when they fall silent. */
export class RegistryHead {
  readonly #client: RegistryHeadOptions['client']
  readonly #clock: Clock
  readonly #silenceMs: number
  readonly #stop: () => void
  #height = -1
  #heardAtMs = Number.NEGATIVE_INFINITY
  #asking: Promise<number> | undefined

  constructor({ client, clock = steadyClock, silenceMs = 5_000 }: RegistryHeadOptions) {
    this.#client = client
    this.#clock = clock
    this.#silenceMs = silenceMs
    this.#stop = client.watchHead(blockIndex => this.#hear(blockIndex))
  }

  /** Index of the latest block, if it is known well enough without asking; else undefined. */
  get known(): number | undefined {
    return this.#clock.nowMs() - this.#heardAtMs <= this.#silenceMs ? this.#height : undefined
  }

  /** Asks a node for the index of the latest block. Questions at one time are asked once. Rejects as `getBlockCount`. */
  ask(): Promise<number> {
    this.#asking ??= this.#client
      .getBlockCount()
      .then(count => {
        this.#hear(count - 1)
        return this.#height
      })
      .finally(() => {
        this.#asking = undefined
      })
    return this.#asking
  }

  close(): void {
    this.#stop()
  }

  #hear(blockIndex: number): void {
    this.#height = Math.max(this.#height, blockIndex)
    this.#heardAtMs = this.#clock.nowMs()
  }
}
