import { type Clock, systemClock } from '@hufu/primitives'
import type { Database } from './database.ts'
import type { Jobs } from './jobs.ts'
import type { OneUseValues } from './one-use-values.ts'
import { sweepUsedValues, usedValue, writeUsedValues } from './used-values.ts'

const sweepEveryMs = 600_000

/**
 * Values that count once, in the table of `usedValueMigrations`. Of many who use one value at once, in any process, one gets true: the others wait until its
 * transaction ends.
 */
export function openOneUseValues({ clock = systemClock }: { readonly clock?: Clock } = {}): OneUseValues {
  return {
    async use(queries, kind, value, untilMs) {
      const written = await writeUsedValues(queries, [usedValue(kind, value, untilMs)], clock.nowMs())
      return written.length > 0
    },
  }
}

/** Has used values forgotten once they need not be remembered, every ten minutes by one of the replicas. */
export function keepUsedValuesSwept(jobs: Jobs, database: Database, clock: Clock = systemClock): void {
  jobs.work('sweep used values', () => sweepUsedValues(database, clock.nowMs()), { everyMs: sweepEveryMs })
}
