import type { Json } from '@hufu/primitives'
import type { Queries } from './database.ts'

/** Work to do later, kept in the database: it is done at least once, by whichever replica takes it, also after a crash. */
export interface Jobs {
  /**
   * Asks for work, in the transaction that `queries` belongs to: if that is rolled back, nobody asked.
   *
   * @param options.key - while work of this kind with this key waits, it is not asked for again
   * @param options.afterMs - how long to wait first; default 0
   */
  send(queries: Queries, kind: string, payload: Json, options?: { readonly key?: string; readonly afterMs?: number }): Promise<void>
  /**
   * Says who does work of a kind. If the handler throws, it is done again later, with longer pauses.
   *
   * @param options.atOnce - how much of it this process does at one time; default 1
   * @param options.everyMs - also ask for it regularly, once among all replicas
   */
  work(
    kind: string,
    handler: (payload: Json, signal: AbortSignal) => Promise<void>,
    options?: { readonly atOnce?: number; readonly everyMs?: number },
  ): void
  /** Stops taking work, and waits for what is under way. */
  close(): Promise<void>
}
