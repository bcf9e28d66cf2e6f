import type { BatchVerifier } from '@hufu/proofs'
import { NativeVerifier } from '@hufu/service'
import type { Part } from '@hufu/staff'
import type { FastifyInstance } from 'fastify'
import type { Institution } from '../institution.ts'
import { beginPresentation } from './begin-presentation.ts'
import { VerifierError } from './errors.ts'
import { finishPresentation, standingOf } from './finish-presentation.ts'
import { pageRoutes } from './page-routes.ts'
import type { PresentationDesk } from './presentation-desk.ts'
import { deleteExpired, findPresentation } from './presentation-store.ts'
import { queryRoutes } from './query-routes.ts'
import { receiptRoutes } from './receipt-routes.ts'
import { ReceiptStore } from './receipt-store.ts'
import { systemRoutes } from './system-routes.ts'
import { openVerificationSources, type VerificationSources } from './verification-sources.ts'
import { lifetimeMs, type VerifierContext } from './verifier-context.ts'
import { verifierMetrics } from './verifier-metrics.ts'
import { walletRoutes } from './wallet-routes.ts'

/** The verifier: asks people's wallets, and has other parts ask through its desk. */
export interface Verifier extends Part {
  readonly desk: PresentationDesk
}

export interface VerifierOptions {
  /** Checks zero-knowledge proofs; default as configured: in this process, or by the native verifier. */
  readonly proofVerifier?: BatchVerifier
  /** Default: what the ledger says. */
  readonly sources?: VerificationSources
}

/** How often what is over is cleared away. */
const sweepEveryMs = 60_000

/** Opens the verifier (docs/institution.md §5). Its tables are `verifierMigrations`. */
export async function openVerifier(institution: Institution, options: VerifierOptions = {}): Promise<Verifier> {
  const { config, database, jobs, clock, vault, audit } = institution
  const native = options.proofVerifier === undefined && config.proofVerifier === 'native' ? new NativeVerifier() : undefined
  const proofVerifier = options.proofVerifier ?? native
  const context: VerifierContext = {
    institution,
    sources: options.sources ?? (await openVerificationSources(institution, { proofVerifier, maxAnswerAgeMs: lifetimeMs })),
    receipts: new ReceiptStore(vault),
    metrics: verifierMetrics(institution.metrics),
  }
  jobs.work('verifier sweep', sweep, { everyMs: sweepEveryMs })

  async function sweep(): Promise<void> {
    const nowMs = clock.nowMs()
    await database.transaction(async queries => {
      await deleteExpired(queries, nowMs - lifetimeMs)
      const deleted = await context.receipts.deleteContent(queries, nowMs)
      if (deleted > 0)
        await audit.append(queries, { actor: 'server', action: 'presentations deleted after retention', detail: { count: deleted } })
    })
  }

  return {
    name: 'verifier',
    desk: {
      begin: begin => beginPresentation(context, begin),
      async state(id) {
        const stored = await findPresentation(database, id)
        if (stored === undefined) throw new VerifierError('ERR_VERIFIER_UNKNOWN', 'there is no such presentation')
        return standingOf(stored, clock.nowMs()).state
      },
      finish: (queries, id, finish) => finishPresentation(context, queries, id, finish),
    },
    async routes(server: FastifyInstance) {
      await walletRoutes(server, context)
      systemRoutes(server, context)
      receiptRoutes(server, context)
      queryRoutes(server, context)
      await pageRoutes(server, context)
    },
    async close() {
      await native?.close()
    },
  }
}
