import type { Queries } from './database.ts'

const waiting = new WeakMap<Queries, (() => void)[]>()

/** Runs `work` once what `queries` belongs to is committed; never if it is rolled back. It must not throw. */
export function afterCommit(queries: Queries, work: () => void): void {
  const works = waiting.get(queries)
  // No transaction: the statement before was one by itself.
  if (works === undefined) work()
  else works.push(work)
}

/** For drivers: marks queries as those of a transaction. @returns what to call once it is committed */
export function beginAfterCommit(queries: Queries): () => void {
  const works: (() => void)[] = []
  waiting.set(queries, works)
  return () => {
    for (const work of works) work()
  }
}
