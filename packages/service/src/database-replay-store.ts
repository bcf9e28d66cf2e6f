import { bytesToHex, type Clock } from '@hufu/primitives'
import type { OneUse, ReplayStore } from '@hufu/proofs'
import type { Database } from './database.ts'
import { type UsedValue, usedValue, writeUsedValues } from './used-values.ts'

/** Ends the transaction without keeping anything of it. */
class AlreadyUsed extends Error {}

/** What zero-knowledge presentations used, in the table of `usedValueMigrations`: all replicas on one database verify as one. */
export function databaseReplayStore(database: Database, clock: Clock): ReplayStore {
  return {
    async recordOnce(uses) {
      if (uses.length === 0) return undefined
      let used: OneUse['kind'] | undefined
      try {
        await database.transaction(async queries => {
          const values = new Map(uses.map(use => [use, usedValueOf(use)]))
          const written = new Set(await writeUsedValues(queries, distinct([...values.values()]), clock.nowMs()).then(hashesOf))
          used = uses.find(use => !written.has(bytesToHex(values.get(use)!.digest)))?.kind
          if (used !== undefined) throw new AlreadyUsed()
        })
      } catch (error) {
        if (!(error instanceof AlreadyUsed)) throw error
      }
      return used
    },
  }
}

function usedValueOf({ kind, key, untilMs }: OneUse): UsedValue {
  return usedValue(`zk ${kind}`, key, untilMs ?? Number.POSITIVE_INFINITY)
}

/** One use may stand twice in a presentation; a statement may write a row once. */
function distinct(values: readonly UsedValue[]): readonly UsedValue[] {
  const byHash = new Map<string, UsedValue>()
  for (const value of values) {
    const before = byHash.get(bytesToHex(value.digest))
    if (before === undefined || before.untilMs < value.untilMs) byHash.set(bytesToHex(value.digest), value)
  }
  return [...byHash.values()]
}

function hashesOf(values: readonly UsedValue[]): readonly string[] {
  return values.map(({ digest }) => bytesToHex(digest))
}
