import { errorCode, parseJson } from '@hufu/primitives'
import type { ChainedAuditRecord } from './audit-record.ts'
import type { AuditLogCopy, ClaimedAuditAnchor } from './check-audit-log.ts'
import { ServiceError } from './errors.ts'

/** A copy of a log as a server gives it out, and whose it says it is. */
export interface ReadAuditLog {
  readonly did: string
  /** Name under which its heads stand on the ledger. */
  readonly list: string
  readonly copy: AuditLogCopy
}

/**
 * Reads JSON lines: what the log is, records, anchors, and where it ends. Records are taken as they are: whether they hold is for `checkAuditLog` to say.
 *
 * @throws ServiceError `ERR_SERVICE_REQUEST`: not such a copy
 */
export function readAuditLog(text: string): ReadAuditLog {
  const lines = text.split('\n').filter(line => line !== '')
  const [first = {}, ...others] = lines.map(parseLine)
  const { hufuAuditLog, did, list, exportedAtMs } = first
  if (hufuAuditLog !== 1 || typeof did !== 'string' || typeof list !== 'string' || typeof exportedAtMs !== 'number')
    throw new ServiceError('ERR_SERVICE_REQUEST', 'expected a copy of an audit log, as GET /audit/export gives it')
  const anchors = others.flatMap(({ anchor }) => (anchor === undefined ? [] : [anchor as ClaimedAuditAnchor]))
  const head = others.find(line => line.head !== undefined)?.head as ClaimedAuditAnchor | undefined
  const records = others.filter(line => line.anchor === undefined && line.head === undefined) as unknown as ChainedAuditRecord[]
  return { did, list, copy: { records, anchors, head, exportedAtMs } }
}

function parseLine(line: string, index: number): Readonly<Record<string, unknown>> {
  try {
    const value = parseJson(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>
  } catch (error) {
    if (errorCode(error) === undefined) throw error
  }
  throw new ServiceError('ERR_SERVICE_REQUEST', `line ${index + 1}: expected a JSON object`)
}
