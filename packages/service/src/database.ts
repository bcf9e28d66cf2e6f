import type { DatabaseFailures } from './database-failures.ts'

/** A value that goes into a query. */
export type SqlValue = string | number | boolean | Uint8Array | null

/** Where queries run: a database or a transaction of it. */
export interface Queries {
  /**
   * Runs one statement in PostgreSQL's dialect, `$1`, `$2`, … standing for the values.
   *
   * @returns rows; `integer` and `double precision` come as numbers, `bytea` as `Uint8Array`
   * @throws ServiceError `ERR_SERVICE_DATABASE`: no answer; `ERR_SERVICE_DATABASE_FULL`: no room; `ERR_SERVICE_DATABASE_DAMAGED`: the database cannot read its files
   */
  query<Row extends object>(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]>
}

/** A PostgreSQL database, on a server or embedded: the two drivers are interchangeable. */
export interface Database extends Queries {
  /** Of the database itself, for health and metrics; a stand-in has none. */
  readonly failures?: DatabaseFailures
  /** Runs `work` in a transaction: all of it happens, or, if it throws, nothing. */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}
