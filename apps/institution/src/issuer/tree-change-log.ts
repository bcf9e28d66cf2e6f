import type { TreeLog, TreeLogEntry } from '@hufu/proofs'
import type { Database } from '@hufu/service'

/** What was done last to each leaf of a credential type's tree, in the database. */
export function treeChangeLog(database: Database, typeId: string): TreeLog {
  return {
    append: ({ action, reason, atMs, leaves }) =>
      database.transaction(async queries => {
        for (const { index, leaf } of leaves)
          await queries.query(
            `insert into tree_changes (type, leaf_index, action, leaf, reason, at_ms) values ($1, $2, $3, $4, $5, $6)
             on conflict (type, leaf_index) do update set action = excluded.action, reason = excluded.reason, at_ms = excluded.at_ms`,
            [typeId, index, action, leaf, reason, atMs],
          )
      }),
    async latest(index) {
      const [row] = await database.query<{ action: TreeLogEntry['action']; leaf: string }>(
        'select action, leaf from tree_changes where type = $1 and leaf_index = $2',
        [typeId, index],
      )
      return row
    },
  }
}
