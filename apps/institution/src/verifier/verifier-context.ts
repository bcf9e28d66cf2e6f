import { accountOfDid, parseDid } from '@hufu/did'
import { findRegisteredQuery, type RegisteredQuery } from '@hufu/trust'
import type { Institution } from '../institution.ts'
import { VerifierError } from './errors.ts'
import type { ReceiptStore } from './receipt-store.ts'
import type { VerificationSources } from './verification-sources.ts'
import type { VerifierMetrics } from './verifier-metrics.ts'

/** What the verifier's steps work with. */
export interface VerifierContext {
  readonly institution: Institution
  readonly sources: VerificationSources
  readonly receipts: ReceiptStore
  readonly metrics: VerifierMetrics
}

/** How long a wallet has for its answer, and whoever asked for taking it. */
export const lifetimeMs = 300_000
/** How long after it was first fetched a request can be fetched again: by the same wallet, whose connection failed or whose page was loaded anew. */
export const refetchMs = 60_000

/**
 * What this institution registered under a name, if it may ask it now.
 *
 * @throws VerifierError `ERR_VERIFIER_QUERY`
 */
export async function requireQuery({ institution }: VerifierContext, queryId: string, version?: number): Promise<RegisteredQuery> {
  const { self, ledger, clock } = institution
  const found = await findRegisteredQuery(ledger.registry.trust, accountOfDid(parseDid(self.did)), queryId, {
    atMs: clock.nowMs(),
    ...(version === undefined ? {} : { version }),
  })
  if (found === null) throw new VerifierError('ERR_VERIFIER_QUERY', 'the institution has not registered this query, or may not ask it now')
  return found
}
