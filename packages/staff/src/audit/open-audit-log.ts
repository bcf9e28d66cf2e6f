import { type Clock, canonicalJson } from '@hufu/primitives'
import { auditListId, type Database, type Jobs } from '@hufu/service'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { Counter, Gauge, type Registry as MetricsRegistry } from 'prom-client'
import type { Part } from '../part.ts'
import { type AnchorHash, anchorHead } from './anchor-head.ts'
import type { AuditEntry, AuditLog } from './audit-log.ts'
import { auditRoutes } from './audit-routes.ts'
import { type AuditHead, chainEntries, readHead } from './chain-entries.ts'

export interface AuditLogOptions {
  readonly database: Database
  readonly jobs: Jobs
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: MetricsRegistry
  /** Whose log it is: their DID, and their short name on the ledger. */
  readonly self: { readonly did: string; readonly slug: string }
  /** How a head goes on the ledger; undefined: it does not, and only a copy kept elsewhere shows what was cut off. */
  readonly anchor: AnchorHash | undefined
  /** Is told of each step of anchoring, for tests of faults. */
  readonly onStep?: (step: string) => void
  /** How often what was appended is chained; default 500. */
  readonly chainEveryMs?: number
  /** How often a changed head goes on the ledger at most; default 60,000. */
  readonly anchorEveryMs?: number
}

/** The log, with its routes and its background work. */
export interface OpenAuditLog extends AuditLog, Part {
  /** Chains what was appended since, now. */
  chain(): Promise<AuditHead>
  /** Anchors the head if it has changed, now. @returns the position that is anchored; undefined: nothing was to be done */
  anchor(): Promise<number | undefined>
  close(): Promise<void>
}

const maxTextLength = 400
const maxDetailLength = 8_192
const anchorJob = 'audit anchor'

/** Opens the log; its tables must be there (`auditMigrations`). */
export function openAuditLog(options: AuditLogOptions): OpenAuditLog {
  const { database, jobs, clock, log, metrics, self, anchor, chainEveryMs = 500, anchorEveryMs = 60_000, onStep } = options
  const meters = metersOf(metrics)
  let running: Promise<unknown> | undefined

  async function chain(): Promise<AuditHead> {
    const { chained, isDamaged } = await chainEntries(database)
    meters.chained.inc(chained)
    if (isDamaged) {
      meters.damaged.set(1)
      log.error('the audit log is damaged: records before its head are missing or were changed; run hufu audit verify')
    }
    return readHead(database)
  }

  const anchorNow = async (everyMs: number) =>
    anchor === undefined ? undefined : anchorHead(database, anchor, { nowMs: clock.nowMs(), everyMs, onStep })
  const timer = setInterval(() => {
    running ??= chain()
      .catch(error => log.warn({ err: error }, 'chaining the audit log'))
      .finally(() => {
        running = undefined
      })
  }, chainEveryMs)
  timer.unref()
  if (anchor !== undefined) jobs.work(anchorJob, async () => void (await anchorNow(anchorEveryMs)), { everyMs: anchorEveryMs })

  return {
    name: 'audit',
    async append(queries, entry) {
      await queries.query('insert into audit_entries (at_ms, entry) values ($1, $2)', [clock.nowMs(), textOf(entry)])
    },
    chain,
    anchor: () => anchorNow(0),
    routes: (server: FastifyInstance) => auditRoutes(server, { database, clock, did: self.did, list: auditListId(self.slug) }),
    async close() {
      clearInterval(timer)
      await running
    },
  }
}

/** @throws TypeError: longer than what says what was done ever is */
function textOf({ actor, action, subject, detail }: AuditEntry): string {
  if ([actor, action, subject ?? ''].some(text => text.length > maxTextLength))
    throw new TypeError(`audit: expected actor, action and subject of at most ${maxTextLength} characters`)
  const text = canonicalJson({ actor, action, subject, detail })
  if (text.length > maxDetailLength) throw new TypeError(`audit: expected an entry of at most ${maxDetailLength} characters`)
  return text
}

function metersOf(registry: MetricsRegistry): { readonly chained: Counter; readonly damaged: Gauge } {
  const registers = [registry]
  return {
    chained: new Counter({ name: 'hufu_audit_chained_total', help: 'Entries of the audit log that this process chained.', registers }),
    damaged: new Gauge({ name: 'hufu_audit_damaged', help: '1 once records of the audit log were found missing or changed.', registers }),
  }
}
