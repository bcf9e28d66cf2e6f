import { errorCode, parseJson } from '@hufu/primitives'
import type { AuditLogCopy, ChainedAuditRecord, ClaimedAuditAnchor } from '@hufu/service/check-audit-log'

/** A copy of a log as an institution gives it out, and whose it says it is. */
export interface ReadLog {
  readonly did: string
  /** Name under which its heads stand on the ledger. */
  readonly list: string
  readonly copy: AuditLogCopy
}

/** Reads JSON lines; records are taken as they are, whether they hold is for the replay to say. Undefined: it is no such copy. */
export function readLog(text: string): ReadLog | undefined {
  const lines = text.split('\n').filter(line => line !== '')
  const parsed = lines.map(objectIn)
  if (!parsed.every(line => line !== undefined)) return undefined
  const [first, ...others] = parsed
  const { hufuAuditLog, did, list, exportedAtMs } = first ?? {}
  if (hufuAuditLog !== 1 || typeof did !== 'string' || typeof list !== 'string' || typeof exportedAtMs !== 'number') return undefined
  const anchors = others.flatMap(({ anchor }) => (anchor === undefined ? [] : [anchor as ClaimedAuditAnchor]))
  const head = others.find(line => line.head !== undefined)?.head as ClaimedAuditAnchor | undefined
  const records = others.filter(line => line.anchor === undefined && line.head === undefined) as unknown as ChainedAuditRecord[]
  return { did, list, copy: { records, anchors, head, exportedAtMs } }
}

function objectIn(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = parseJson(line)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return value as Readonly<Record<string, unknown>>
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}
