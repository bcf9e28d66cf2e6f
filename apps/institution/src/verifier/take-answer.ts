import { randomUUID } from 'node:crypto'
import type { JsonObject } from '@hufu/credentials'
import {
  clientIdOfDid,
  type DcqlQuery,
  decryptPresentationResponse,
  encodeTransactionData,
  parseDcqlQuery,
  parsePresentationForm,
  parseTransactionData,
  parseVpToken,
  type ResponseKey,
  type TransactionData,
} from '@hufu/exchange'
import { bytesToBase64url, canonicalJsonBytes, errorCode, type Json, sha256 } from '@hufu/primitives'
import type { OneUse } from '@hufu/proofs'
import type { OneUseValues, Queries } from '@hufu/service'
import type { RegisteredQuery } from '@hufu/trust'
import { crashPoint } from '../parts/crash-point.ts'
import { AnswerLog, AnswerRefusal } from './answer-receipt.ts'
import type { AnswerRule } from './answer-rules.ts'
import { VerifierError } from './errors.ts'
import type { PresentationResult } from './presentation-desk.ts'
import { closePresentation, countAttempt, findPresentation, type StoredPresentation } from './presentation-store.ts'
import { hashOfSecret, newSecret } from './secret.ts'
import { lifetimeMs, requireQuery, type VerifierContext } from './verifier-context.ts'
import { isUndecided, type VerifiedAnswer, verifyAnswer } from './verify-answer.ts'

/** Answers that cannot be taken to be the wallet's, and those that could not be judged, before no more is looked at. */
const maxAttempts = 10

/** What the wallet is told. */
export interface AnswerTaken {
  /** Where to send the browser, if the wallet is on the same device. */
  readonly redirectUri: string | undefined
}

/** An answer opened: it was made by whoever got this request. */
interface OpenedAnswer {
  readonly device: 'this' | 'other'
  readonly response: JsonObject
}

/**
 * Takes a wallet's answer: opens it, verifies everything in it, and records it once, with its receipt.
 *
 * A wrong answer by whoever got the request ends the presentation, with a receipt that names the rule. What does not even open says nothing about
 * the wallet, so it ends nothing before it has happened ten times.
 *
 * @param form - body of the response, `application/x-www-form-urlencoded`
 * @throws VerifierError `ERR_VERIFIER_UNKNOWN`, `ERR_VERIFIER_EXPIRED`, `ERR_VERIFIER_STATE`: answered before
 * @throws AnswerRefusal a rule did not hold, or could not be decided
 */
export async function takeAnswer(context: VerifierContext, id: string, form: string): Promise<AnswerTaken> {
  const { institution, metrics } = context
  const stored = await requireOpen(context, id)
  const stopTimer = metrics.verifySeconds.startTimer()
  const log = new AnswerLog(
    { verifier: institution.self.did, query: { id: stored.queryId, version: stored.queryVersion } },
    institution.clock.nowMs(),
  )
  let opened: OpenedAnswer | undefined
  try {
    const parsed = await during(log, 'response', () => parsePresentationForm(form))
    if (parsed.kind === 'error') return await decline(context, stored, log, parsed.state)
    opened = await openAnswer(context, stored, log, parsed.jwe)
    const verified = await verifyOpened(context, stored, log, opened)
    return await accept(context, stored, log, opened, verified)
  } catch (error) {
    if (!(error instanceof AnswerRefusal)) throw error
    metrics.answers.inc({ query: stored.queryId, verdict: error.undecided ? 'undecided' : 'refused', rule: error.rule })
    await refuse(context, stored, log, error, opened !== undefined)
    throw error
  } finally {
    stopTimer()
  }
}

async function requireOpen({ institution }: VerifierContext, id: string): Promise<StoredPresentation> {
  const stored = await findPresentation(institution.database, id)
  if (stored === undefined) throw new VerifierError('ERR_VERIFIER_UNKNOWN', 'there is no such request')
  if (stored.status !== 'waiting' && stored.status !== 'opened') throw answeredBefore()
  if (institution.clock.nowMs() >= stored.expiresAtMs)
    throw new VerifierError('ERR_VERIFIER_EXPIRED', 'the request has expired; begin again')
  return stored
}

function answeredBefore(): VerifierError {
  return new VerifierError('ERR_VERIFIER_STATE', 'the request was answered before, or has expired; begin again')
}

/** Decrypts, and finds that it belongs to this request. */
async function openAnswer(
  { institution }: VerifierContext,
  stored: StoredPresentation,
  log: AnswerLog,
  jwe: string,
): Promise<OpenedAnswer> {
  const key = (await institution.vault.open(stored.responseKey, `response key ${stored.id}`)) as unknown as ResponseKey
  const response = await during(log, 'response', () => decryptPresentationResponse(jwe, key.privateJwk))
  log.pass('response')
  const device = deviceOf(stored, response.state)
  if (device === undefined) log.fail('state', 'ERR_EXCHANGE_NONCE', 'state: expected that of this request')
  log.pass('state', { device })
  return { device, response }
}

/** On which device the wallet is: each got a `state` of its own. */
function deviceOf({ stateElsewhere, stateHere }: StoredPresentation, state: unknown): 'this' | 'other' | undefined {
  if (state === stateElsewhere) return 'other'
  return stateHere !== undefined && state === stateHere ? 'this' : undefined
}

async function verifyOpened(
  context: VerifierContext,
  stored: StoredPresentation,
  log: AnswerLog,
  { response }: OpenedAnswer,
): Promise<VerifiedAnswer & { readonly query: RegisteredQuery }> {
  const query = await registered(context, stored, log)
  const dcql = await during(log, 'query', () => parseDcqlQuery(query.content.dcql))
  log.pass('query', { id: query.id, version: query.version })
  const { presentations } = await during(log, 'answer', () => parseVpToken(response, dcql))
  const terms = {
    clientId: clientIdOfDid(context.institution.self.did),
    nonce: stored.nonce,
    transactionData: transactionDataOf(stored, dcql),
  }
  return { ...(await verifyAnswer(log, presentations, dcql, terms, context.sources)), query }
}

/** Asked of the ledger again: it may have been suspended since the presentation began. */
async function registered(
  context: VerifierContext,
  { queryId, queryVersion }: StoredPresentation,
  log: AnswerLog,
): Promise<RegisteredQuery> {
  try {
    return await requireQuery(context, queryId, queryVersion)
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined) throw error
    return log.fail('query', code, (error as Error).message, { undecided: isUndecided(error), cause: error })
  }
}

function transactionDataOf({ transactionData }: StoredPresentation, dcql: DcqlQuery): readonly TransactionData[] {
  return transactionData === undefined ? [] : parseTransactionData(encodeTransactionData(JSON.parse(transactionData) as JsonObject[]), dcql)
}

/** All of it in one transaction: of many at once one is taken, and a crash leaves either nothing or everything. */
async function accept(
  { institution, receipts, metrics }: VerifierContext,
  stored: StoredPresentation,
  log: AnswerLog,
  { device, response }: OpenedAnswer,
  { query, claims, pseudonym, formats, uses }: VerifiedAnswer & { readonly query: RegisteredQuery },
): Promise<AnswerTaken> {
  const { database, vault, clock, audit, once } = institution
  const { id, purpose, queryId } = stored
  const nowMs = clock.nowMs()
  const receiptId = randomUUID()
  const receipt = log.receipt('accepted')
  const result: PresentationResult = {
    presentationId: id,
    queryId,
    purpose,
    ...(pseudonym === undefined ? {} : { pseudonym }),
    claims,
    formats,
    receiptId,
    receiptSha256: bytesToBase64url(sha256(canonicalJsonBytes(receipt))),
    verifiedAtMs: receipt.verifiedAtMs,
  }
  const [sealedResult, sealedReceipt] = await Promise.all([
    vault.seal(result as unknown as Json, `presentation ${id}`),
    receipts.seal({
      id: receiptId,
      presentationId: id,
      purpose: purpose.kind,
      receipt,
      formats,
      content: {
        presentation: response.vp_token as JsonObject,
        nonce: stored.nonce,
        transactionData: stored.transactionData === undefined ? null : (JSON.parse(stored.transactionData) as Json),
        claims,
      },
      retentionDays: query.content.retentionDays,
    }),
  ])
  const responseCode = device === 'this' ? newSecret() : undefined
  await database.transaction(async queries => {
    const closed = await closePresentation(
      queries,
      id,
      {
        status: 'answered',
        result: sealedResult,
        responseCodeHash: responseCode === undefined ? undefined : hashOfSecret(responseCode),
        finishUntilMs: nowMs + lifetimeMs,
      },
      nowMs,
    )
    if (!closed) throw answeredBefore()
    crashPoint('verifier answer closed')
    const used = await firstUsed(queries, once, uses)
    if (used !== undefined) throw usedBefore(log, used)
    await receipts.add(queries, sealedReceipt)
    crashPoint('verifier receipt written')
    await audit.append(queries, {
      actor: 'wallet',
      action: 'presentation accepted',
      subject: `presentation ${id}`,
      detail: { query: queryId, version: query.version, receipt: receiptId, device },
    })
    crashPoint('verifier answer before commit')
  })
  crashPoint('verifier answered')
  metrics.answers.inc({ query: queryId, verdict: 'accepted', rule: '' })
  return { redirectUri: responseCode === undefined ? undefined : returnAddress(institution.publicUrl, stored, responseCode) }
}

/** Records what zero-knowledge proofs used. @returns the kind of one that was used before */
async function firstUsed(queries: Queries, once: OneUseValues, uses: readonly OneUse[]): Promise<OneUse['kind'] | undefined> {
  // In one order for all, so that two answers never wait for each other.
  for (const { kind, key, untilMs } of uses.toSorted((a, b) => (`${a.kind} ${a.key}` < `${b.kind} ${b.key}` ? -1 : 1)))
    if (!(await once.use(queries, `zk ${kind}`, key, untilMs ?? Number.POSITIVE_INFINITY))) return kind
  return undefined
}

function usedBefore(log: AnswerLog, kind: OneUse['kind']): AnswerRefusal {
  log.overturn('once')
  const code = kind === 'right' ? 'ERR_PROOF_SPENT' : 'ERR_PROOF_REPLAYED'
  const detail = kind === 'right' ? 'the one-time right was used before' : 'the presentation was used before'
  return new AnswerRefusal({ rule: 'once', code, detail })
}

/** The wallet says no (OpenID4VP §8.5). It may do so unencrypted, but must have got the request. */
async function decline(
  { institution, receipts, metrics }: VerifierContext,
  stored: StoredPresentation,
  log: AnswerLog,
  state: string | undefined,
): Promise<AnswerTaken> {
  if (deviceOf(stored, state) === undefined) log.fail('state', 'ERR_EXCHANGE_NONCE', 'state: expected that of this request')
  const { database, clock, audit } = institution
  const receiptId = randomUUID()
  const failure = { rule: 'consent', code: 'ERR_VERIFIER_REFUSED' }
  const sealed = await receipts.seal({
    id: receiptId,
    presentationId: stored.id,
    purpose: stored.purpose.kind,
    receipt: log.receipt('declined'),
    failure,
    formats: [],
    retentionDays: 0,
  })
  await database.transaction(async queries => {
    if (!(await closePresentation(queries, stored.id, { status: 'refused', failedRule: 'consent' }, clock.nowMs()))) throw answeredBefore()
    await receipts.add(queries, sealed)
    await audit.append(queries, {
      actor: 'wallet',
      action: 'presentation declined',
      subject: `presentation ${stored.id}`,
      detail: { query: stored.queryId, receipt: receiptId },
    })
    crashPoint('verifier decline before commit')
  })
  metrics.answers.inc({ query: stored.queryId, verdict: 'declined', rule: 'consent' })
  return { redirectUri: undefined }
}

/** Keeps the receipt of a refused answer. What was presented is not kept: it has been refused. */
async function refuse(
  { institution, receipts }: VerifierContext,
  stored: StoredPresentation,
  log: AnswerLog,
  refusal: AnswerRefusal,
  isWallets: boolean,
): Promise<void> {
  const { database, clock, audit } = institution
  const receiptId = randomUUID()
  const sealed = await receipts.seal({
    id: receiptId,
    presentationId: stored.id,
    purpose: stored.purpose.kind,
    receipt: log.receipt('refused'),
    failure: { rule: refusal.rule, code: refusal.code },
    formats: [],
    retentionDays: 0,
  })
  await database.transaction(async queries => {
    const ends = (isWallets && !refusal.undecided) || (await countAttempt(queries, stored.id)) >= maxAttempts
    if (ends && !(await closePresentation(queries, stored.id, { status: 'refused', failedRule: refusal.rule }, clock.nowMs()))) return
    if (refusal.undecided) return
    await receipts.add(queries, sealed)
    await audit.append(queries, {
      actor: 'wallet',
      action: 'presentation refused',
      subject: `presentation ${stored.id}`,
      detail: { query: stored.queryId, rule: refusal.rule, code: refusal.code, receipt: receiptId },
    })
    crashPoint('verifier refusal before commit')
  })
}

/** Wallets go only where the answer went: to another origin by way of our own. */
function returnAddress(publicUrl: string, { id, returnTo }: StoredPresentation, responseCode: string): string {
  const isOwn = new URL(returnTo!).origin === new URL(publicUrl).origin
  return withResponseCode(isOwn ? returnTo! : `${publicUrl}/vp/return/${id}`, responseCode)
}

/** An address with the code by which the browser that began takes the answer. */
export function withResponseCode(address: string, responseCode: string): string {
  const url = new URL(address)
  url.searchParams.set('response_code', responseCode)
  return url.href
}

/** Runs a part; an error of ours out of it is the failure of a rule. */
async function during<Result>(log: AnswerLog, rule: AnswerRule, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined || error instanceof AnswerRefusal) throw error
    return log.fail(rule, code, (error as Error).message, { cause: error })
  }
}
