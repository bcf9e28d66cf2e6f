import { presentSdJwt } from '@hufu/credentials'
import {
  bindingOf,
  createErrorResponse,
  createPresentationResponse,
  ExchangeError,
  type PresentationBinding,
  postPresentationResponse,
  RefusedError,
} from '@hufu/exchange'
import { dayInChina } from '@hufu/primitives'
import { compileStatement, type StatementInWords } from '@hufu/proofs'
import type { Texts } from '@hufu/trust'
import { WalletError } from '../errors.ts'
import type { AskedKind, CopyRecord, HistoryRecord, ZkRecord } from '../records.ts'
import { type Session, stepper, writeHistory } from '../session.ts'
import type { AnswerOption, ProgressOptions, SentAnswer } from '../wallet.ts'
import type { PlannedCredential } from './answer-plan.ts'
import { type OpenedRequest, provenOf } from './open-request.ts'

const maxAskedKinds = 4

/**
 * Answers a request in one of its ways. A copy is off the disk before it is shown; the history has the answer before it is sent.
 *
 * @throws WalletError as `Wallet.answer`
 */
export async function answerRequest(
  session: Session,
  { signed, preview, plans }: OpenedRequest,
  optionId: string,
  options: ProgressOptions,
): Promise<SentAnswer> {
  const plan = plans.get(optionId)
  const option = preview.options.find(({ id }) => id === optionId)
  if (plan === undefined || option === undefined) throw new WalletError('ERR_WALLET_STATE', 'option: expected one of the request')
  if (session.clock.nowMs() >= signed.expiresAtMs) throw new WalletError('ERR_WALLET_REQUEST_EXPIRED', 'request: it has expired')
  const step = stepper(options)
  const answeredIds = plan.map(({ queryId }) => queryId)
  const presentations: Record<string, readonly string[]> = {}
  for (const planned of plan) {
    const binding = bindingOf(signed, planned.queryId, answeredIds)
    presentations[planned.queryId] = [await presentOne(session, planned, binding, options)]
  }
  step('sending', 0.92)
  const body = await createPresentationResponse(signed, presentations)
  const entry = entryOf(session, preview, option)
  const historyId = await writeHistory(session, entry)
  session.emit({ type: 'credentials' })
  try {
    const { redirectUri } = await postPresentationResponse(signed, body, { fetch: session.fetch })
    step('done', 1)
    return { historyId, ...(redirectUri === undefined || preview.returns === 'cross-device' ? {} : { redirectUri }) }
  } catch (cause) {
    if (!(cause instanceof ExchangeError)) throw cause
    const failure = failureOf(cause)
    await writeHistory(session, { ...entry, action: 'failed', code: failure.code, reason: failure.reason }, historyId)
    throw failure
  }
}

/** Tells the verifier no, and nothing else; whether it hears it or not. */
export async function declineRequest(session: Session, { signed, preview }: OpenedRequest): Promise<{ readonly redirectUri?: string }> {
  await writeHistory(session, { ...entryOf(session, preview), action: 'declined' })
  try {
    const body = createErrorResponse(signed, 'access_denied')
    const { redirectUri } = await postPresentationResponse(signed, body, { fetch: session.fetch })
    return redirectUri === undefined || preview.returns === 'cross-device' ? {} : { redirectUri }
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    return {}
  }
}

async function presentOne(
  session: Session,
  planned: PlannedCredential,
  binding: PresentationBinding,
  options: ProgressOptions,
): Promise<string> {
  const { holding, option, zkQuery } = planned
  const step = stepper(options)
  if (zkQuery !== undefined) {
    const proven = provenOf(holding)
    const statement = compileStatement(zkQuery.statement, proven.layout, { today: dayInChina(session.clock.nowMs()) })
    step('proving', 0.05)
    const text = await session.proofs.present(proven, statement, binding.challenge, {
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onProgress: (name, fraction) => step(name, 0.05 + 0.85 * fraction),
    })
    await rememberAsked(session, holding.id, {
      slots: statement.slots,
      meta: String(statement.meta),
      maxRootAgeSeconds: zkQuery.statement.maxRootAgeSeconds,
      lastMs: session.clock.nowMs(),
    })
    return text
  }
  step('signing', 0.3)
  const copy = await takeCopy(session, holding.copies)
  const { audience, nonce, transactionDataHashes } = binding
  const keyBinding = { signer: await session.keys.signer(copy.keyName), audience, nonce, issuedAtMs: session.clock.nowMs() }
  return presentSdJwt(copy.sdJwt, {
    disclose: option.disclose,
    keyBinding: { ...keyBinding, ...(transactionDataHashes === undefined ? {} : { transactionDataHashes }) },
  })
}

/** One that is not set aside, if there is any; another tab may take them, too. */
async function takeCopy({ store }: Session, copies: PlannedCredential['holding']['copies']): Promise<CopyRecord> {
  for (const copy of copies) if (await store.takeOut('copy', copy.id)) return copy
  throw new WalletError('ERR_WALLET_COPIES_USED', 'credential: no copy is left')
}

/** So that proofs for statements of this kind are made ahead. */
async function rememberAsked({ store }: Session, id: string, kind: AskedKind): Promise<void> {
  const record = await store.get<ZkRecord>('zk', id)
  if (record === undefined) return
  const asked = [kind, ...record.asked.filter(({ meta }) => meta !== kind.meta)].slice(0, maxAskedKinds)
  await store.change([{ kind: 'zk', id, value: { text: record.text, asked } satisfies ZkRecord }])
}

function entryOf({ clock }: Session, preview: OpenedRequest['preview'], option?: AnswerOption): HistoryRecord {
  const credentials = option?.credentials ?? []
  return {
    timeMs: clock.nowMs(),
    action: 'presented',
    party: preview.verifier,
    purpose: preview.query.purpose,
    legalBasis: preview.query.legalBasis,
    retentionDays: preview.query.retentionDays,
    queryId: preview.query.id,
    credentials: credentials.map(({ title }) => title),
    shown: credentials.flatMap(({ shows }) => shows),
    proven: credentials.flatMap(({ statement }) => (statement === undefined ? [] : sentencesOf(statement))),
    transaction: preview.transaction,
  }
}

/** What is proven, sentence by sentence in both languages. */
function sentencesOf(statement: Readonly<Record<'zh-CN' | 'en', StatementInWords>>): readonly Texts[] {
  return statement.en.proves.map((sentence, index) => ({ 'zh-CN': statement['zh-CN'].proves[index] ?? sentence, en: sentence }))
}

function failureOf(cause: ExchangeError): WalletError {
  const code = cause instanceof RefusedError || cause.code === 'ERR_EXCHANGE_ADDRESS' ? 'ERR_WALLET_ANSWER_REFUSED' : 'ERR_WALLET_OFFLINE'
  return new WalletError(code, 'answer: it was not taken', { cause })
}
