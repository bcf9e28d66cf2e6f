import { networkOfDid, parseDid } from '@hufu/did'
import type { NetworkDescriptor } from '@hufu/ledger'
import { bytesToUtf8, type Clock, errorCode } from '@hufu/primitives'
import { type AuditReport, checkAuditLog, describeAuditFinding, provenAuditAnchors, type ReadAuditLog, readAuditLog } from '@hufu/service'
import type { Part } from '@hufu/staff'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ReplaySchema } from '../api/audit-schemas.ts'
import type { Replay } from '../api-types.ts'
import { ConsoleError } from '../errors.ts'
import type { EvidenceDesk } from '../evidence/evidence-desk.ts'

export interface ReplayOptions {
  readonly network: NetworkDescriptor
  readonly desk: EvidenceDesk
  readonly clock: Clock
  /** Longest log that is taken. */
  readonly maxLogBytes: number
}

/** Replays logs of institutions for auditors: each record must follow from the one before, and every head on the ledger must be in the log. */
export function openReplay({ network, desk, clock, maxLogBytes }: ReplayOptions): Part {
  return {
    name: 'replay',
    routes(server: FastifyInstance) {
      server.addContentTypeParser('application/jsonl', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) => body)

      server.post(
        '/v1/audit/replay',
        {
          config: { access: ['auditor'] },
          bodyLimit: maxLogBytes,
          schema: {
            summary:
              'Replay a log, as GET /audit/export of an institution gives it, and compare it with its heads on the ledger; nothing of it is kept',
            tags: ['Audit'],
            consumes: ['application/jsonl'],
            response: { 200: ReplaySchema },
          } as object,
        },
        async ({ body }) => {
          if (!(body instanceof Uint8Array)) throw new ConsoleError('ERR_CONSOLE_LOG', 'body: expected a log as application/jsonl')
          return replay(readLog(body))
        },
      )
    },
  }

  async function replay({ did, list, copy }: ReadAuditLog): Promise<Replay> {
    if (networkOf(did) !== network.name) throw new ConsoleError('ERR_CONSOLE_LOG', 'log: expected one of a DID of this network')
    const { value: anchors } = await desk.derive(reader => provenAuditAnchors(reader, network, did, list))
    const report = checkAuditLog(copy, anchors)
    const { records, headHash, anchorsMet, anchoredThrough, finding } = report
    return {
      ...{ did, list, records, headHash, ledgerAnchors: anchors.length, anchorsMet, anchoredThrough },
      finding: finding === null ? null : { kind: finding.kind, from: finding.from, to: finding.to ?? null },
      ...{ says: wordsOf(report), checkedAtMs: clock.nowMs() },
    }
  }
}

function readLog(body: Uint8Array): ReadAuditLog {
  try {
    return readAuditLog(bytesToUtf8(body))
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new ConsoleError('ERR_CONSOLE_LOG', 'body: expected a copy of an audit log, as GET /audit/export gives it', { cause })
  }
}

function networkOf(did: string): string | undefined {
  try {
    return networkOfDid(parseDid(did))
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}

function wordsOf({ finding, records, anchoredThrough }: AuditReport): Replay['says'] {
  if (finding !== null) {
    const { en, 'zh-CN': chinese } = describeAuditFinding(finding)
    return { en: `The log is not what it was: ${en}`, 'zh-CN': `日志已被改动：${chinese}` }
  }
  return {
    en: `The log holds: ${records} records, of which the ledger vouches for the first ${anchoredThrough}`,
    'zh-CN': `日志完好：共 ${records} 条记录，其中前 ${anchoredThrough} 条由账本证明`,
  }
}
