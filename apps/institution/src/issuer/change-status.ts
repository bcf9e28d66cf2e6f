import type { Queries, SqlValue } from '@hufu/service'
import type { Institution } from '../institution.ts'
import { crashPoint } from '../parts/crash-point.ts'
import { lockApplication } from './application-row.ts'
import type { CredentialTrees } from './credential-trees.ts'
import { IssuerError } from './errors.ts'
import type { IssuerMetrics } from './issuer-metrics.ts'
import type { ListKind, StatusLists } from './status-lists.ts'
import type { Status, StatusReason } from './status-reasons.ts'

/** A change of how credentials stand. */
export interface StatusChange {
  readonly status: Status
  readonly reason: StatusReason
}

/** Which credentials: those of one application, of an import, or of a whole type. */
export type StatusScope = { readonly application: string } | { readonly importId: string } | { readonly type: string }

/** What keeps the lists and trees that a change goes into, and what counts it. */
export interface StatusKeepers {
  readonly metrics: IssuerMetrics
  readonly lists: StatusLists
  readonly trees: CredentialTrees
}

const columnOf = (scope: StatusScope): readonly [column: string, value: SqlValue] => {
  if ('application' in scope) return ['id', scope.application]
  return 'importId' in scope ? ['import_id', scope.importId] : ['type', scope.type]
}

/**
 * Changes how credentials stand, all copies in all formats together, in the transaction that `queries` belongs to. Lists and trees follow as soon as they are
 * written.
 *
 * @returns how many copies it changed
 * @throws IssuerError `ERR_ISSUER_UNKNOWN`: no such application; `ERR_ISSUER_REVOKED`: it is revoked, which cannot be taken back
 */
export async function changeStatus(
  queries: Queries,
  { audit, clock }: Institution,
  { lists, trees, metrics }: StatusKeepers,
  change: StatusChange & { readonly scope: StatusScope; readonly actor: string },
): Promise<number> {
  const { scope, status, reason, actor } = change
  if ('application' in scope) {
    const application = await lockApplication(queries, scope.application)
    if (application.status === 'revoked' && status !== 'revoked')
      throw new IssuerError('ERR_ISSUER_REVOKED', 'the credential is revoked for good')
  }
  const [column, value] = columnOf(scope)
  const nowMs = clock.nowMs()
  // The applications first: whoever issues from one of them has it locked, so nothing is issued that this does not see.
  await queries.query(
    `update applications set status = $2, reason = $3, changed_at_ms = $4 where ${column} = $1 and status <> 'revoked' and status <> $2`,
    [value, status, reason, nowMs],
  )
  const changed = await queries.query<{ list_kind: ListKind | null; list: number | null; type: string; count: number }>(
    `with changed as (
       update credentials set status = $2, reason = $3, status_at_ms = $4
       where application in (select id from applications where ${column} = $1) and status <> 'revoked' and status <> $2
       returning list_kind, list, type
     ) select list_kind, list, type, count(*)::integer as count from changed group by list_kind, list, type`,
    [value, status, reason, nowMs],
  )
  await lists.touch(
    queries,
    changed.flatMap(({ list_kind: kind, list }) => (kind === null || list === null ? [] : [{ kind, list }])),
  )
  for (const typeId of new Set(changed.filter(row => row.list_kind === null).map(({ type }) => type))) await trees.touch(queries, typeId, 0)
  const count = changed.reduce((sum, row) => sum + row.count, 0)
  const [subject, detail] = 'application' in scope ? [`application ${scope.application}`, {}] : ['credentials', scope]
  await audit.append(queries, { actor, action: `credentials ${status}`, subject, detail: { reason, copies: count, ...detail } })
  // Counted a moment early: should the transaction be rolled back, it was counted in vain.
  metrics.changed(status, count)
  crashPoint('issuer status written')
  return count
}
