import type { CredentialMatch, CredentialOption, DcqlMatch, DcqlQuery, ZkQuery } from '@hufu/exchange'
import { matchDcql } from '@hufu/exchange'
import { dayInChina } from '@hufu/primitives'
import { WalletError } from '../errors.ts'
import type { CredentialStatus } from '../wallet.ts'
import { type Holding, heldForms } from './held-for-query.ts'

/** How one credential query is answered. */
export interface PlannedCredential {
  readonly queryId: string
  readonly holding: Holding
  readonly option: CredentialOption
  /** Of a zero-knowledge query. */
  readonly zkQuery: ZkQuery | undefined
}

/** One way to answer all that is required. */
export type AnswerPlan = readonly PlannedCredential[]

const maxPlans = 12

/**
 * All ways to answer a query with what the wallet holds, the best first. What is not required is not answered.
 *
 * @throws WalletError `ERR_WALLET_NO_MATCH`, `ERR_WALLET_NOT_SATISFIED`, `ERR_WALLET_CREDENTIAL_REVOKED`, `ERR_WALLET_CREDENTIAL_SUSPENDED`,
 *   `ERR_WALLET_CREDENTIAL_EXPIRED`, `ERR_WALLET_COPIES_USED`, `ERR_WALLET_NOT_IN_TREE_YET`: why there is none
 */
export function planAnswers(query: DcqlQuery, holdings: readonly Holding[], nowMs: number): readonly AnswerPlan[] {
  const today = dayInChina(nowMs)
  const usable = holdings.filter(({ status }) => status === 'valid' || status === 'unknown')
  const match = matchDcql(query, usable.flatMap(heldForms), { today })
  if (!match.possible) throw whyNot(query, match, holdings, today)
  return plansOf(match, usable)
}

function plansOf({ credentials, sets }: DcqlMatch, holdings: readonly Holding[]): readonly AnswerPlan[] {
  const idSets = sets
    .filter(({ required }) => required)
    .map(({ options }) => options.filter(({ possible }) => possible).map(({ ids }) => ids))
    .reduce<readonly (readonly string[])[]>(
      (before, options) => before.flatMap(ids => options.map(more => [...new Set([...ids, ...more])])),
      [[]],
    )
  return idSets
    .flatMap(ids =>
      ids
        .map(id => credentials.find(credential => credential.query.id === id)!)
        .map(credential => plannedFor(credential, holdings))
        .reduce<readonly AnswerPlan[]>((before, options) => before.flatMap(plan => options.map(one => [...plan, one])), [[]]),
    )
    .slice(0, maxPlans)
}

function plannedFor({ query, options }: CredentialMatch, holdings: readonly Holding[]): AnswerPlan {
  return options.map(option => ({
    queryId: query.id,
    holding: holdings.find(({ id }) => id === option.credentialId)!,
    option,
    zkQuery: query.format === 'hufu_zk' ? query : undefined,
  }))
}

const unusable: Readonly<Partial<Record<CredentialStatus, WalletError['code']>>> = {
  suspended: 'ERR_WALLET_CREDENTIAL_SUSPENDED',
  revoked: 'ERR_WALLET_CREDENTIAL_REVOKED',
  expired: 'ERR_WALLET_CREDENTIAL_EXPIRED',
}

/** The most helpful reason: what the wallet would have answered with, were it usable. */
function whyNot(query: DcqlQuery, match: DcqlMatch, holdings: readonly Holding[], today: string): WalletError {
  const unanswered = match.credentials.filter(({ options }) => options.length === 0).map(entry => entry.query)
  for (const asked of unanswered) {
    if (asked.format === 'ldp_vc') continue
    const ofType = holdings.filter(({ record }) => asked.credentialTypes.includes(record.typeId))
    const lost = ofType.find(({ status }) => unusable[status] !== undefined)
    if (lost !== undefined) return new WalletError(unusable[lost.status]!, 'credential: does not count now')
    if (asked.format === 'hufu_zk' && ofType.some(({ isZkPending }) => isZkPending))
      return new WalletError('ERR_WALLET_NOT_IN_TREE_YET', 'credential: its zero-knowledge form is on its way')
    if (asked.format === 'dc+sd-jwt' && ofType.some(({ copies, record }) => copies.length === 0 && record.copiesIssued > 0))
      return new WalletError('ERR_WALLET_COPIES_USED', 'credential: no copy is left')
  }
  const all = matchDcql(query, holdings.flatMap(heldForms), { today })
  const reasons = all.credentials.flatMap(({ missing }) => missing.map(({ reason }) => reason))
  return reasons.includes('condition') || reasons.includes('value')
    ? new WalletError('ERR_WALLET_NOT_SATISFIED', 'credential: does not have what is asked')
    : new WalletError('ERR_WALLET_NO_MATCH', 'credential: none answers the query')
}
