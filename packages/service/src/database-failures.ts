import { ServiceError } from './errors.ts'

/** How a database itself fails, as opposed to a statement that it refuses. */
export type DatabaseFailure = 'unreachable' | 'full' | 'damaged'

const messages = {
  unreachable: [
    'ERR_SERVICE_DATABASE',
    'the database does not answer; whether a change that was under way was kept is not known: look, then try again',
  ],
  // Not "nothing was changed": without room for its log the whole server of PostgreSQL ends, maybe after the change was written.
  full: ['ERR_SERVICE_DATABASE_FULL', 'the database has no room left: try again later, and look first whether the change was kept'],
  damaged: ['ERR_SERVICE_DATABASE_DAMAGED', 'the database cannot read or write what it keeps: its operator has to mend it'],
} as const satisfies Readonly<Record<DatabaseFailure, readonly [string, string]>>

/** SQLSTATEs, whole or the class that they begin with (PostgreSQL's documentation, appendix A). */
const failuresByState: readonly (readonly [prefix: string, failure: DatabaseFailure])[] = [
  ['53100', 'full'],
  // Data or an index is corrupted; a read or write failed; a file is missing, or there twice.
  ['XX001', 'damaged'],
  ['XX002', 'damaged'],
  ['58030', 'damaged'],
  ['58P', 'damaged'],
  // No connection, too many, a server that starts, stops or is a standby, a statement or transaction that took too long.
  ['08', 'unreachable'],
  ['53300', 'unreachable'],
  ['57P', 'unreachable'],
  ['57014', 'unreachable'],
  ['25006', 'unreachable'],
  ['25P03', 'unreachable'],
]

/** Tells failures of a database from refusals of statements, and counts them. */
export class DatabaseFailures {
  readonly #counts: Record<DatabaseFailure, number> = { unreachable: 0, full: 0, damaged: 0 }
  #last: { readonly failure: DatabaseFailure; readonly atMs: number } | undefined

  /** How many there were since the start. */
  get counts(): Readonly<Record<DatabaseFailure, number>> {
    return this.#counts
  }

  /** The latest one that is no older. */
  within(ms: number): DatabaseFailure | undefined {
    return this.#last !== undefined && performance.now() - this.#last.atMs <= ms ? this.#last.failure : undefined
  }

  /** Takes what a driver threw. @returns what to throw in its place: a ServiceError, or the same where a statement was refused */
  told(error: unknown): unknown {
    const failure = failureOf(error)
    if (failure === undefined) return error
    this.#counts[failure]++
    this.#last = { failure, atMs: performance.now() }
    const [code, message] = messages[failure]
    return new ServiceError(code, message, { cause: error })
  }

  /** Runs what a driver does. @throws as {@link told} says */
  async tell<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw this.told(error)
    }
  }
}

function failureOf(error: unknown): DatabaseFailure | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, severity } = error as Error & { readonly code?: unknown; readonly severity?: unknown }
  if (severity !== undefined) return failuresByState.find(([prefix]) => String(code).startsWith(prefix))?.[1]
  // Not by the server: the driver lost its connection or never had one. What is wrong with a call of ours is a TypeError or a RangeError.
  return error instanceof TypeError || error instanceof RangeError ? undefined : 'unreachable'
}
