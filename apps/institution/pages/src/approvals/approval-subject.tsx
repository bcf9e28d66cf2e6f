import type { Approval, StaffRole } from '../api/staff-answers.ts'
import { frameTexts } from '../frame/frame-texts.ts'
import { useTexts } from '../language/language.tsx'
import { useNameOf } from '../session/colleagues.tsx'
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
  const frame = useTexts(frameTexts)
  const nameOf = useNameOf()
  const { id, person, roles, reason, scope } = (approval.payload ?? {}) as Payload
  const parts = [
    person !== undefined ? nameOf(person) : approval.kind.startsWith('staff') && id !== undefined ? nameOf(id) : id,
    roles?.map(role => frame.roles[role]).join(' · '),
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
