import type { Queries } from '@hufu/service'
import { IssuerError } from './errors.ts'
import type { Status, StatusReason } from './status-reasons.ts'

export const applicationStates = ['draft', 'submitted', 'approved', 'returned', 'offered', 'collected'] as const
export type ApplicationState = (typeof applicationStates)[number]

/** An application as the table has it. */
export interface ApplicationRow {
  readonly id: string
  readonly type: string
  readonly state: ApplicationState
  readonly status: Status
  readonly reason: StatusReason | null
  readonly content: Uint8Array
  readonly content_digest: string
  readonly subject_key: string | null
  readonly clerk: string
  readonly officer: string | null
  readonly return_reason: Uint8Array | null
  readonly import_id: string | null
  readonly import_line: number | null
  readonly created_at_ms: number
  readonly changed_at_ms: number
}

/** Reads an application, and keeps others from changing it until the transaction ends. @throws IssuerError `ERR_ISSUER_UNKNOWN` */
export async function lockApplication(queries: Queries, id: string): Promise<ApplicationRow> {
  const [row] = await queries.query<ApplicationRow>('select * from applications where id = $1 for update', [id])
  if (row === undefined) throw new IssuerError('ERR_ISSUER_UNKNOWN', 'there is no such application')
  return row
}

/** States in which credentials may come of an application. */
export function isApproved({ state }: Pick<ApplicationRow, 'state'>): boolean {
  return state === 'approved' || state === 'offered' || state === 'collected'
}
