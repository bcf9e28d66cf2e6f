import {
  ExchangeError,
  fetchPresentationRequest,
  type PresentationLink,
  parsePresentationLink,
  type PresentationRequest as SignedRequest,
  verifyPresentationRequest,
} from '@hufu/exchange'
import { bytesToBase64url, dayInChina, randomBytes } from '@hufu/primitives'
import { compileStatement, describeStatement, type Language, readAttributeLayout, type StatementInWords } from '@hufu/proofs'
import { WalletError } from '../errors.ts'
import { keyOfDid, type LedgerMoment } from '../network/ledger-view.ts'
import { partyOf, type Session, wordsOf } from '../session.ts'
import type { AnswerOption, Check, Party, PresentationRequest, ShownClaim, Warning } from '../wallet.ts'
import { type AnswerPlan, type PlannedCredential, planAnswers } from './answer-plan.ts'
import { type AllowedQuery, checkVerifier } from './check-verifier.ts'
import { type Holding, holdingsOf } from './held-for-query.ts'
import { revealedClaims } from './revealed-claims.ts'
import { transactionDetails } from './transaction-words.ts'

/** A request with what is needed to answer it. */
export interface OpenedRequest {
  readonly signed: SignedRequest
  readonly preview: PresentationRequest
  readonly plans: ReadonlyMap<string, AnswerPlan>
}

/** What is known of a request that is refused, for the person and the history. */
export interface RefusedRequest {
  readonly party: Party | undefined
  readonly queryId: string | undefined
}

/** Claims that name a person. */
const naming = ['resident_number', 'name', 'name_latin', 'address', 'phone', 'email']
const longRetentionDays = 5 * 365
const freshStatusMs = 24 * 3_600_000

/**
 * Opens a link to a presentation request: verifies who asks and whether it may ask this, and finds what the wallet can answer. The verifier learns that some
 * wallet has its request, and nothing of the person.
 *
 * @param learn - is told of the other side as soon as something is known
 * @throws WalletError with what is wrong
 */
export async function openRequest(
  session: Session,
  text: string,
  from: 'link' | 'scan',
  learn: (known: Partial<RefusedRequest>) => void,
): Promise<OpenedRequest> {
  const link = parsePresentationLink(text)
  learn({ party: partyOf(session, link.verifier, { address: link.requestUri }) })
  const moment = await session.ledger.now()
  const signed = await fetchSigned(session, link, moment)
  learn({ queryId: signed.registeredQuery?.id })
  const nowMs = session.clock.nowMs()
  const allowed = await checkVerifier(moment, signed, { network: session.file.network.name, nowMs })
  const plans = planAnswers(signed.query, await holdingsOf(session), nowMs)
  const options = await Promise.all(plans.map((plan, index) => describePlan(session, plan, String(index), dayInChina(nowMs))))
  const verifier = partyOf(session, link.verifier, { address: link.requestUri })
  const preview: PresentationRequest = {
    kind: 'request',
    id: crypto.randomUUID(),
    verifier,
    checks: checksOf(verifier, moment.blockIndex),
    query: queryOf(allowed),
    options,
    warnings: warningsOf(session, { verifier, allowed, plans, options }),
    transaction: signed.transactionData.flatMap(({ content }) => transactionDetails(content, session.file)),
    transactionTypes: signed.transactionData.flatMap(({ content: { type } }) => (typeof type === 'string' ? [type] : [])),
    returns: from === 'scan' ? 'cross-device' : 'same-device',
    expiresAtMs: signed.expiresAtMs,
  }
  warmUp(session, plans[0]!, dayInChina(nowMs))
  return { signed, preview, plans: new Map(plans.map((plan, index) => [String(index), plan])) }
}

async function fetchSigned({ fetch, clock }: Session, link: PresentationLink, moment: LedgerMoment): Promise<SignedRequest> {
  const nonce = link.method === 'post' ? { walletNonce: bytesToBase64url(randomBytes(24)) } : {}
  const jwt = await fetchPresentationRequest(link, { fetch, ...nonce })
  try {
    return await verifyPresentationRequest(jwt, {
      link,
      // As it is now: a key that was taken off the list counts no longer.
      resolveKey: ({ kid }) => keyOfDid(moment, kid, 'authentication', 'latest'),
      nowMs: clock.nowMs(),
      ...nonce,
    })
  } catch (cause) {
    if (cause instanceof ExchangeError && cause.code === 'ERR_EXCHANGE_KEY')
      throw new WalletError('ERR_WALLET_VERIFIER_UNKNOWN', 'request: signed by no key of the verifier', { cause })
    throw cause
  }
}

function queryOf({ id, version, content }: AllowedQuery): PresentationRequest['query'] {
  const { purpose, legalBasis, retentionDays } = content
  return { id, version, purpose, legalBasis, retentionDays }
}

function checksOf({ origin = '' }: Party, blockIndex: number): readonly Check[] {
  const onLedger = (id: Check['id'], chinese: string, english: string): Check => ({
    id,
    text: { 'zh-CN': chinese, en: english },
    blockIndex,
  })
  return [
    onLedger('identifier', '对方的数字身份登记在账本上', 'The verifier’s identifier stands on the ledger'),
    onLedger('signature', '请求由对方登记的密钥签名', 'The request is signed with a key that it lists'),
    onLedger('institution', '对方是已登记且有效的机构', 'It is a registered institution in good standing'),
    onLedger('authority', '其主管部门有效', 'The authority that vouches for it is in good standing'),
    onLedger('right', '它现在有权提出这项查询', 'It may ask this query now'),
    onLedger('query', '所索取的内容与登记的完全一致', 'What it asks is exactly what it registered'),
    { id: 'return-address', text: { 'zh-CN': `回答只发送到 ${origin}`, en: `The answer goes to ${origin} alone` } },
  ]
}

async function describePlan(session: Session, plan: AnswerPlan, id: string, today: string): Promise<AnswerOption> {
  return { id, credentials: await Promise.all(plan.map(planned => describePlanned(session, planned, today))) }
}

async function describePlanned(session: Session, planned: PlannedCredential, today: string): Promise<AnswerOption['credentials'][number]> {
  const { holding, option, zkQuery } = planned
  const { record } = holding
  const words = wordsOf(session, record)
  const common = {
    credentialId: holding.id,
    typeId: record.typeId,
    title: words.title,
    issuer: partyOf(session, record.issuer, { name: record.issuerName, address: record.issuerUrl }),
  }
  if (zkQuery === undefined) {
    const claims = await revealedClaims(holding.copies[0]!.sdJwt, record, option.disclose, session.clock)
    return { ...common, format: 'dc+sd-jwt', shows: words.all(claims), prepared: true }
  }
  const proven = provenOf(holding)
  const compiled = compileStatement(zkQuery.statement, proven.layout, { today })
  const maxRootAgeMs = zkQuery.statement.maxRootAgeSeconds * 1000
  const inWords = (language: Language): StatementInWords =>
    describeStatement(zkQuery.statement, proven.layout, language, {
      today,
      label: words.labelIn(language),
      typeTitle: words.title[language],
    })
  return {
    ...common,
    format: 'hufu_zk',
    shows: compiled.claims
      .filter(({ disclosed }) => disclosed)
      .flatMap(({ attribute }) => words.shown([attribute.claim], proven.credential.claims[attribute.claim]!)),
    statement: { 'zh-CN': inWords('zh-CN'), en: inWords('en') },
    prepared: await session.proofs.isReady(proven, { ...compiled, maxRootAgeMs }),
  }
}

/** A holding's zero-knowledge form with its layout. @throws TypeError: it has none */
export function provenOf({ zk, record }: Holding) {
  if (zk === undefined) throw new TypeError('holding: expected a zero-knowledge form')
  return { credential: zk.credential, layout: readAttributeLayout(record.schema) }
}

/** Makes the proofs of the best way to answer while the person reads. */
function warmUp(session: Session, plan: AnswerPlan, today: string): void {
  for (const { holding, zkQuery } of plan) {
    if (zkQuery === undefined) continue
    const proven = provenOf(holding)
    const terms = {
      ...compileStatement(zkQuery.statement, proven.layout, { today }),
      maxRootAgeMs: zkQuery.statement.maxRootAgeSeconds * 1000,
    }
    void session.proofs.warm(proven, terms)
  }
}

function warningsOf(
  { clock }: Session,
  about: {
    readonly verifier: Party
    readonly allowed: AllowedQuery
    readonly plans: readonly AnswerPlan[]
    readonly options: readonly AnswerOption[]
  },
): readonly Warning[] {
  const { verifier, allowed, plans, options } = about
  const shown: readonly ShownClaim[] = options[0]!.credentials.flatMap(({ shows }) => shows)
  const names = shown.some(({ path }) => naming.includes(path[0]!))
  const best = plans[0]!
  const ownCopies = best.flatMap(({ holding, zkQuery }) =>
    zkQuery === undefined ? [holding.copies.filter(copy => !copy.reserved).length] : [],
  )
  const recognises = best.some(({ zkQuery }) => zkQuery !== undefined && zkQuery.statement.pseudonym !== 'none')
  const isStale = best.some(({ holding: { record } }) => clock.nowMs() - (record.statusCheckedAtMs ?? 0) > freshStatusMs)
  const when = (applies: boolean, id: Warning['id'], chinese: string, english: string): readonly Warning[] =>
    applies ? [{ id, text: { 'zh-CN': chinese, en: english } }] : []
  return [
    ...when(
      !verifier.nameVerified,
      'name-unverified',
      '对方是已登记的机构，但钱包不知道它的名称；请确认网址。',
      'This is a registered institution, but the wallet does not know its name. Make sure of its address.',
    ),
    ...when(names, 'identifies-you', '对方将知道您是谁。', 'The institution will know who you are.'),
    ...when(
      recognises && !names,
      'recognises-you',
      '对方下次能认出是同一个人，但不知道您是谁；别的机构看到的代号与此无关。',
      'The institution will recognise the same person next time, without knowing who. Others see an unrelated name.',
    ),
    ...when(
      allowed.content.retentionDays > longRetentionDays,
      'kept-long',
      `对方登记的保存期限较长：${allowed.content.retentionDays} 天。`,
      `It is kept for long: ${allowed.content.retentionDays} days.`,
    ),
    ...when(
      ownCopies.includes(1),
      'last-copy',
      '这是此凭证最后一份未用过的副本；请向签发机构领取新的。',
      'This is the last copy of the credential that was not shown yet. Collect new ones from its issuer.',
    ),
    ...when(
      ownCopies.includes(0),
      'last-copy',
      '未用过的副本只剩留给备份的：若已在另一台设备上恢复，两次出示可能被关联。请向签发机构领取新的。',
      'Only copies that were set aside for a backup are left: if it was restored on another device, what both show may be linked. Collect new ones from the issuer.',
    ),
    ...when(
      isStale,
      'status-unknown',
      '此凭证是否仍然有效，近一天内未能查询。',
      'Whether the credential still counts was not looked up for a day.',
    ),
  ]
}
