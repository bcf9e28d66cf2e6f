import type { Json } from '@hufu/primitives'
import type { StaffMember } from '@hufu/staff'
import type { Institution } from '../institution.ts'
import { crashPoint } from '../parts/crash-point.ts'
import { changeStatus, type StatusKeepers, type StatusScope } from './change-status.ts'
import { IssuerError } from './errors.ts'
import type { StatusReason } from './status-reasons.ts'

/** What is to be revoked all at once: an import's credentials, or those of a type. */
export type RevokeAllScope = Exclude<StatusScope, { application: string }>

const kind = 'revoke all'

/** Says what happens once a second officer has confirmed. */
export function handleRevokeAll(institution: Institution, keepers: StatusKeepers): void {
  institution.approvals.handle(kind, {
    role: 'officer',
    title: { en: 'Revoke all credentials of an import or a type', 'zh-CN': '撤销一次导入或一种类型的全部凭证' },
    async confirm(queries, { payload, requestedBy }, confirmedBy) {
      const { scope, reason } = payload as unknown as { scope: RevokeAllScope; reason: StatusReason }
      const actor = `staff ${requestedBy}, staff ${confirmedBy.id}`
      const copies = await changeStatus(queries, institution, keepers, { scope, reason, status: 'revoked', actor })
      crashPoint('issuer all revoked')
      return { copies }
    },
  })
}

/** Asks for it. @throws IssuerError `ERR_ISSUER_UNKNOWN`: no such import */
export function requestRevokeAll(
  { database, approvals }: Institution,
  member: StaffMember,
  { scope, reason }: { readonly scope: RevokeAllScope; readonly reason: StatusReason },
): Promise<{ approvalId: string; expiresAtMs: number }> {
  return database.transaction(async queries => {
    if ('importId' in scope && (await queries.query('select id from imports where id = $1', [scope.importId])).length === 0)
      throw new IssuerError('ERR_ISSUER_UNKNOWN', 'there is no such import')
    const payload = { scope, reason } as unknown as Json
    const { id, expiresAtMs } = await approvals.request(queries, { kind, payload, requestedBy: member.id })
    return { approvalId: id, expiresAtMs }
  })
}
