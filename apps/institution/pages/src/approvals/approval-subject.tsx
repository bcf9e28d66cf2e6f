import { useNameOf, useRoleNames, useTexts } from '@hufu/look'
import type { Approval, StaffRole } from '../api/staff-answers.ts'
import { approvalTexts } from './approval-texts.ts'

interface Payload {
  readonly id?: string
  readonly person?: string
  readonly roles?: readonly StaffRole[]
  readonly reason?: string
  readonly scope?: { readonly type?: string; readonly importId?: string }
}

/** Whom or what an approval is about, as far as its payload says. */
export function ApprovalSubject({ approval }: { readonly approval: Approval }) {
  const texts = useTexts(approvalTexts)
  const roleNames = useRoleNames()
  const nameOf = useNameOf()
  const { id, person, roles, reason, scope } = (approval.payload ?? {}) as Payload
  const parts = [
    person !== undefined ? nameOf(person) : approval.kind.startsWith('staff') && id !== undefined ? nameOf(id) : id,
    roles === undefined ? undefined : roleNames(roles),
    scope?.type ?? scope?.importId,
    reason,
  ].filter(part => part !== undefined)
  if (parts.length === 0) return null
  return (
    <small style={{ display: 'block' }}>
      {texts.affects}: {parts.join(', ')}
    </small>
  )
}
