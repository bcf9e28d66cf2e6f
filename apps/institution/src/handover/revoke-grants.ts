import { randomUUID } from 'node:crypto'
import type { Queries } from '@hufu/service'
import { crashPoint } from '../parts/crash-point.ts'
import type { BegunPresentation } from '../verifier/presentation-desk.ts'
import { HandoverError } from './errors.ts'
import { ownerKeyOf } from './give-grant.ts'
import type { HandoverContext } from './handover-context.ts'

/** Type of what people agree to when they take a consent back. */
const revocationType = 'urn:hufu:hand-over-revocation'
const purposePrefix = 'revocation'

/** A grant as officers, auditors and the person see it. */
export interface GrantSummary {
  readonly id: string
  readonly receiver: string
  readonly record: string
  readonly notBeforeMs: number
  readonly endMs: number
  readonly receiptId: string
  readonly revokedAtMs: number | undefined
  readonly revokedBy: string | undefined
}

interface Row {
  readonly id: string
  readonly receiver: string
  readonly record: string
  readonly not_before_ms: number
  readonly end_ms: number
  readonly receipt_id: string
  readonly revoked_at_ms: number | null
  readonly revoked_by: string | null
}

const columns = 'id, receiver, record, not_before_ms, end_ms, receipt_id, revoked_at_ms, revoked_by'

/** The newest first. */
export async function listGrants({ institution }: HandoverContext, limit: number): Promise<readonly GrantSummary[]> {
  const rows = await institution.database.query<Row>(`select ${columns} from handover_grants order by not_before_ms desc, id limit $1`, [
    limit,
  ])
  return rows.map(summaryOf)
}

/**
 * Revokes a grant: the next fetch is refused.
 *
 * @param by - `staff <id>`
 * @throws HandoverError `ERR_HANDOVER_UNKNOWN`; `ERR_HANDOVER_STATE`: it is revoked already
 */
export async function revokeGrant({ institution }: HandoverContext, id: string, by: string, reason: string): Promise<GrantSummary> {
  const { database, audit, clock } = institution
  return database.transaction(async queries => {
    const [row] = await queries.query<Row>(
      `update handover_grants set revoked_at_ms = $2, revoked_by = $3 where id = $1 and revoked_at_ms is null returning ${columns}`,
      [id, clock.nowMs(), by],
    )
    if (row === undefined) {
      const known = await queries.query('select id from handover_grants where id = $1', [id])
      throw known.length === 0
        ? new HandoverError('ERR_HANDOVER_UNKNOWN', 'there is no such grant')
        : new HandoverError('ERR_HANDOVER_STATE', 'the grant is revoked already')
    }
    await audit.append(queries, { actor: by, action: 'hand-over revoked', subject: `grant ${id}`, detail: { reason } })
    crashPoint('hand-over revoke before commit')
    return summaryOf(row)
  })
}

/**
 * Lets a person take back what they agreed to, by showing once more who they are here.
 *
 * @param grantId - one of their grants; default: all
 */
export async function beginRevocation(
  { desk, consentQuery, institution }: HandoverContext,
  { grantId, returnTo }: { readonly grantId?: string | undefined; readonly returnTo?: string | undefined },
): Promise<BegunPresentation> {
  const grant = grantId === undefined ? undefined : await findGrant(institution.database, grantId)
  const what = grant === undefined ? {} : { record: grant.record, receiver: grant.receiver }
  return desk.begin({
    queryId: consentQuery,
    purpose: { kind: 'hand-over', id: `${purposePrefix} ${grantId ?? randomUUID()} ${grantId === undefined ? 'all' : 'one'}` },
    ...(returnTo === undefined ? {} : { returnTo }),
    transactionData: [{ type: revocationType, holder: institution.self.did, ...what }],
  })
}

/** Revokes what the person wanted to take back, if it is theirs. @returns what was revoked by this */
export async function finishRevocation(
  context: HandoverContext,
  id: string,
  options: { readonly token: string; readonly responseCode?: string | undefined },
): Promise<readonly GrantSummary[]> {
  const { institution, desk } = context
  const { database, audit, clock } = institution
  return database.transaction(async queries => {
    const { pseudonym, purpose } = await desk.finish(queries, id, options)
    const [prefix, grantId, which] = purpose.id.split(' ')
    if (purpose.kind !== 'hand-over' || prefix !== purposePrefix || pseudonym === undefined)
      throw new HandoverError('ERR_HANDOVER_STATE', 'expected what was shown to take a consent back')
    const rows = await queries.query<Row>(
      `update handover_grants set revoked_at_ms = $2, revoked_by = 'person'
       where owner_key = $1 and revoked_at_ms is null and end_ms > $2 ${which === 'one' ? 'and id = $3' : ''} returning ${columns}`,
      [ownerKeyOf(context, pseudonym), clock.nowMs(), ...(which === 'one' ? [grantId!] : [])],
    )
    for (const row of rows) await audit.append(queries, { actor: 'wallet', action: 'hand-over revoked', subject: `grant ${row.id}` })
    crashPoint('hand-over taken back before commit')
    return rows.map(summaryOf)
  })
}

async function findGrant(queries: Queries, id: string): Promise<GrantSummary> {
  const [row] = await queries.query<Row>(`select ${columns} from handover_grants where id = $1`, [id])
  if (row === undefined) throw new HandoverError('ERR_HANDOVER_UNKNOWN', 'there is no such grant')
  return summaryOf(row)
}

function summaryOf(row: Row): GrantSummary {
  return {
    id: row.id,
    receiver: row.receiver,
    record: row.record,
    notBeforeMs: row.not_before_ms,
    endMs: row.end_ms,
    receiptId: row.receipt_id,
    revokedAtMs: row.revoked_at_ms ?? undefined,
    revokedBy: row.revoked_by ?? undefined,
  }
}
