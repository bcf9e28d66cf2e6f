import { LedgerError } from '@hufu/ledger'
import { type Clock, steadyClock, systemClock } from '@hufu/primitives'
import { ServiceError } from './errors.ts'

/** A block's header, verified: its time has passed, by the word of a quorum of the validators. */
export interface SignedMoment {
  readonly blockIndex: number
  readonly timeMs: number
}

/** What a {@link ClockWatch} needs. */
export interface ClockWatchOptions {
  /** The newest header that the nodes have. Rejects with LedgerError where none is to be had. */
  readonly newestHeader: () => Promise<SignedMoment>
  readonly clock?: Clock
  /** A clock that nobody sets. */
  readonly steady?: Clock
  /** How far before or behind the ledger's time the clock may be; more than a validator's own error and the longest time between blocks; default 30,000. */
  readonly toleranceMs?: number
  /** How old a confirmation may get before the ledger is asked again; default 10,000. */
  readonly confirmEveryMs?: number
  /** Is told when the clock is found wrong, and when it is right again. */
  readonly onChange?: (error: ServiceError | undefined) => void
}

/** A clock that was set by less than this is taken as it is until the next look at the ledger. */
const maxStepMs = 2_000
/** After this long without a new block, a ledger stands. */
const standsAfterMs = 15_000

/**
 * Keeps a server from working with a wrong clock. One that is behind accepts what has expired; one that is ahead forgets what was used, and after it is set
 * back takes it a second time. The reference is the time in headers that the validators have signed, and between two looks at them a clock that is never set.
 *
 * While no new block comes, a clock that is ahead cannot be told from a ledger that stands: then the clock counts as it went on from the last confirmation,
 * and right after the start as it is, once the ledger was seen to stand.
 */
export class ClockWatch {
  readonly #options: Required<Omit<ClockWatchOptions, 'onChange'>> & Pick<ClockWatchOptions, 'onChange'>
  #newest: SignedMoment | undefined
  #newestSinceMs = 0
  /** What the clock and the steady one showed when the clock was last found right. */
  #right: { readonly nowMs: number; readonly steadyMs: number } | undefined
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #look: Promise<void> | undefined
  #error: ServiceError | undefined

  constructor(options: ClockWatchOptions) {
    const { clock = systemClock, steady = steadyClock, toleranceMs = 30_000, confirmEveryMs = 10_000 } = options
    this.#options = { ...options, clock, steady, toleranceMs, confirmEveryMs }
  }

  /**
   * Confirms that the clock is right, without a promise if that is known.
   *
   * @throws ServiceError `ERR_SERVICE_CLOCK` in the promise: it is wrong, or nothing says that it is right
   */
  confirm(): Promise<void> | undefined {
    if (this.#right === undefined || this.#error !== undefined || Math.abs(this.#stepMs()) > maxStepMs) return this.#lookNow()
    const { steady, confirmEveryMs } = this.#options
    // What it finds counts for the next request.
    if (steady.nowMs() - this.#lookedAtMs > confirmEveryMs) void this.#lookNow().catch(() => undefined)
    return undefined
  }

  /** How far the clock has moved against the steady one since it was found right. */
  #stepMs(): number {
    const { clock, steady } = this.#options
    return this.#right === undefined ? 0 : clock.nowMs() - this.#right.nowMs - (steady.nowMs() - this.#right.steadyMs)
  }

  /** Looks at the ledger; several at once are one look. */
  #lookNow(): Promise<void> {
    this.#look ??= this.#compare().finally(() => {
      this.#look = undefined
    })
    return this.#look
  }

  async #compare(): Promise<void> {
    const { newestHeader, steady } = this.#options
    let header: SignedMoment | undefined
    try {
      header = await newestHeader()
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
    }
    const sinceLookMs = steady.nowMs() - this.#lookedAtMs
    const isNewer = header !== undefined && header.blockIndex > (this.#newest?.blockIndex ?? -1)
    if (isNewer) {
      this.#newest = header
      this.#newestSinceMs = steady.nowMs()
    }
    this.#lookedAtMs = steady.nowMs()
    this.#tell(this.#judge(isNewer && sinceLookMs < standsAfterMs))
    if (this.#error !== undefined) throw this.#error
  }

  /**
   * What is wrong with the clock; undefined, and confirmed, if nothing is.
   *
   * @param isJustMade - of the newest block: it was not there at a look a moment ago
   */
  #judge(isJustMade: boolean): string | undefined {
    const { clock, steady, toleranceMs } = this.#options
    if (this.#newest === undefined) return 'is not confirmed, for no node gives a header'
    const errorMs = clock.nowMs() - (this.#newest.timeMs + steady.nowMs() - this.#newestSinceMs)
    if (errorMs < -toleranceMs) return 'is behind the time that the validators have signed'
    if (errorMs > toleranceMs) {
      if (isJustMade) return 'is ahead of the time that the validators have signed'
      if (this.#right !== undefined)
        return Math.abs(this.#stepMs()) > toleranceMs ? 'was set, and the ledger confirms no new time' : undefined
      if (steady.nowMs() - this.#newestSinceMs < standsAfterMs) return 'is not confirmed yet, for no new block has come'
    }
    this.#right = { nowMs: clock.nowMs(), steadyMs: steady.nowMs() }
    return undefined
  }

  #tell(reason: string | undefined): void {
    const before = this.#error
    this.#error =
      reason === undefined
        ? undefined
        : new ServiceError(
            'ERR_SERVICE_CLOCK',
            `the clock of this server ${reason}; once a time service has set it, the server goes on by itself`,
          )
    if ((before === undefined) !== (this.#error === undefined)) this.#options.onChange?.(this.#error)
  }
}
