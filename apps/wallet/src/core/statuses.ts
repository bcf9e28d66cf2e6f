import { CredentialError, TokenStatusLists } from '@hufu/credentials'
import type { Clock } from '@hufu/primitives'
import { WalletError } from './errors.ts'
import { keyOfDid } from './network/ledger-view.ts'
import type { CredentialRecord } from './records.ts'
import { partyOf, type Session, wordsOf, writeHistory } from './session.ts'
import type { CredentialStatus } from './wallet.ts'

const maxListBytes = 8_388_608
const timeoutMs = 10_000
/** What the issuer said longer ago than this is not news. */
const maxAgeMs = 7 * 86_400_000

/**
 * Looks up how the wallet's own credentials stand. It is done now and then, never when a credential is shown: the issuer sees that somebody fetches a whole
 * list, and must not see when.
 */
export async function refreshStatuses(session: Session): Promise<void> {
  const { store, clock, emit } = session
  const lists = listsOf(session)
  for (const { id, ...record } of await store.list<CredentialRecord>('credential')) {
    const { issuer, statusReference } = record
    if (statusReference === undefined || record.status === 'revoked') continue
    try {
      const status = await lists.statusOf({ issuer, reference: statusReference }, { maxAgeMs })
      const latest = await store.get<CredentialRecord>('credential', id)
      if (latest === undefined) continue
      const { id: _, ...kept } = latest
      const value: CredentialRecord = { ...kept, status, statusCheckedAtMs: clock.nowMs() }
      await store.change([{ kind: 'credential', id, value }])
      if (status !== record.status) await tellChange(session, id, record, status)
    } catch (error) {
      // Offline, or a list that cannot be trusted: what was known stays, with its time.
      if (!(error instanceof CredentialError) && !(error instanceof WalletError)) throw error
    }
  }
  emit({ type: 'credentials' })
}

async function tellChange(session: Session, credentialId: string, record: CredentialRecord, status: CredentialStatus): Promise<void> {
  session.emit({ type: 'status-changed', credentialId, status })
  await writeHistory(session, {
    timeMs: session.clock.nowMs(),
    action: 'status-changed',
    party: partyOf(session, record.issuer, { name: record.issuerName, address: record.issuerUrl }),
    credentials: [wordsOf(session, record).title],
    shown: [],
    proven: [],
    transaction: [],
    reason: statusTexts[status],
  })
}

const statusTexts = {
  valid: { 'zh-CN': '已恢复有效', en: 'It counts again' },
  suspended: { 'zh-CN': '已被暂停', en: 'It is suspended' },
  revoked: { 'zh-CN': '已被撤销', en: 'It is revoked' },
  expired: { 'zh-CN': '已到期', en: 'It has expired' },
  unknown: { 'zh-CN': '未知', en: 'Unknown' },
} as const

function listsOf({ ledger, fetch, clock }: { ledger: Session['ledger']; fetch: Session['fetch']; clock: Clock }): TokenStatusLists {
  return new TokenStatusLists({
    fetchStatusList: uri => fetchText(fetch, uri),
    resolveIssuerKey: async ({ kid, purpose, atMs }) => {
      const key = await keyOfDid(await ledger.now(60_000), kid, purpose, atMs)
      return key === null ? null : { ...key, evidence: { blockIndex: key.blockIndex } }
    },
    clock,
  })
}

async function fetchText(fetch: Session['fetch'], uri: string): Promise<string> {
  const { protocol } = new URL(uri)
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError('status list: expected an address of the web')
  const response = await fetch(uri, {
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    redirect: 'error',
    cache: 'no-cache',
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (!response.ok) throw new TypeError(`status list: answered with status ${response.status}`)
  const text = await response.text()
  if (text.length > maxListBytes) throw new TypeError('status list: too large')
  return text
}
