import { compareBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import type { Queries } from './database.ts'
import type { Migration } from './migrate.ts'

/** What was used stands here as a hash only, until it need not be remembered. */
export const usedValueMigrations: readonly Migration[] = [
  {
    name: 'service 1: used values',
    sql: `create table used_values (digest bytea primary key, until_ms double precision not null);
          create index used_values_until on used_values (until_ms)`,
  },
]

/** A value by the hash it is kept as. */
export interface UsedValue {
  readonly digest: Uint8Array
  readonly untilMs: number
}

/** The same text of two kinds is two values. */
export function usedValue(kind: string, value: string, untilMs: number): UsedValue {
  return { digest: sha256(utf8ToBytes(JSON.stringify([kind, value]))), untilMs }
}

/**
 * Writes values down, each that is not there yet or need not be remembered any more.
 *
 * @returns those that were written
 */
export async function writeUsedValues(queries: Queries, values: readonly UsedValue[], nowMs: number): Promise<readonly UsedValue[]> {
  // In one order for all, so that two transactions never wait for each other.
  const ordered = [...values].sort((a, b) => compareBytes(a.digest, b.digest))
  const rows = ordered.map((_, index) => `($${2 * index + 2}, $${2 * index + 3})`)
  const written = await queries.query<{ digest: Uint8Array }>(
    `insert into used_values (digest, until_ms) values ${rows.join(', ')}
     on conflict (digest) do update set until_ms = excluded.until_ms where used_values.until_ms <= $1
     returning digest`,
    [nowMs, ...ordered.flatMap(({ digest, untilMs }) => [digest, untilMs])],
  )
  return values.filter(({ digest }) => written.some(row => compareBytes(row.digest, digest) === 0))
}

/** Forgets what need not be remembered any more. */
export async function sweepUsedValues(queries: Queries, nowMs: number): Promise<void> {
  await queries.query('delete from used_values where until_ms <= $1', [nowMs])
}
