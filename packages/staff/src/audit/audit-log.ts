import type { Json } from '@hufu/primitives'
import type { Queries } from '@hufu/service'

/** Something that was done. Holds no personal data: only identifiers of our own, DIDs, codes and numbers. */
export interface AuditEntry {
  /** Who did it: `staff <id>`, `system`, `wallet`, `peer <did>` or `server`. */
  readonly actor: string
  /** What was done, such as `application approved`. */
  readonly action: string
  /** What it was done to, such as `application 1b4e…`. */
  readonly subject?: string
  readonly detail?: { readonly [name: string]: Json }
}

/** The log in which everything that is done stands. */
export interface AuditLog {
  /** Adds an entry in the transaction that `queries` belongs to: what was not done is not logged, and what was done is. */
  append(queries: Queries, entry: AuditEntry): Promise<void>
}
