import { type Clock, errorCode, parseJson, systemClock } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import type { FetchStatusList, FindStatusAnchor, ResolveIssuerKey } from '../lookups.ts'
import { RuleLog } from '../rule-log.ts'
import { type ListTerms, PublishedLists } from '../status/published-lists.ts'
import { StatusBits } from '../status/status-bits.ts'
import type { BitstringStatusEntry } from './bitstring-status-entry.ts'
import { type BitstringStatusList, minBitstringEntries, readBitstringStatusList } from './bitstring-status-list.ts'
import { type ContextLoader, contextLoader } from './context-loader.ts'
import { checkCredentialForm } from './credential-form.ts'
import { openVcJwt, type VcJwtPolicy } from './open-vc-jwt.ts'
import { checkProofs } from './proof-form.ts'
import { verifyProofs } from './verify-proofs.ts'

export interface BitstringStatusListsOptions {
  readonly fetchStatusList: FetchStatusList
  readonly resolveIssuerKey: ResolveIssuerKey
  /** With it, a list must be anchored on the ledger. */
  readonly findStatusAnchor?: FindStatusAnchor
  readonly loadContext?: ContextLoader
  readonly clock?: Clock
  /** With it, lists that a JWT secures (`vc+jwt`) are accepted too: those of partners. */
  readonly vcJwt?: VcJwtPolicy
}

/** A status as the issuer's list has it. */
export interface BitstringStatus {
  readonly purpose: string
  /** 0 if not set. */
  readonly status: number
  readonly message?: string
}

type OpenedList = BitstringStatusList & ListTerms

/** A verifier's Bitstring Status Lists: fetched, verified, and kept for as long as their issuer allows. */
export class BitstringStatusLists {
  readonly #lists: PublishedLists<OpenedList>

  constructor(options: BitstringStatusListsOptions) {
    this.#lists = new PublishedLists({ ...options, open: (log, list) => openList(log, list, options) })
  }

  /**
   * Looks up one entry of a credential's status, and refuses a credential that is revoked or suspended. A message or a refresh notice is only told.
   *
   * @param log - gets the rules `status-list`, `status-age`, `status-anchor` (if anchors are looked up) and `status`
   * @param credential.issuer - the list must be signed by it
   * @param options.maxAgeMs - refuse what the issuer said longer ago
   * @throws CredentialError `ERR_CREDENTIAL_STATUS_UNAVAILABLE`, `…_STATUS_INVALID`, `…_STATUS_STALE`, `…_STATUS_NOT_ANCHORED`, `…_LOOKUP`, `…_REVOKED`, `…_SUSPENDED`
   * @see https://www.w3.org/TR/vc-bitstring-status-list/#validate-algorithm
   */
  async check(
    log: RuleLog,
    { issuer, entry }: { issuer: string; entry: BitstringStatusEntry },
    options: { maxAgeMs: number },
  ): Promise<BitstringStatus> {
    const { purpose, index, size, messages } = entry
    const list = await this.#lists.find(log, { issuer, uri: entry.uri }, options)
    if (!list.purposes.includes(purpose)) log.fail('status', 'ERR_CREDENTIAL_STATUS_INVALID', 'status list is for another purpose')
    const bits = new StatusBits(list.bytes, size, 'msb')
    if (bits.length < minBitstringEntries)
      log.fail('status', 'ERR_CREDENTIAL_STATUS_INVALID', `status list has fewer than ${minBitstringEntries} entries`)
    if (index >= bits.length) log.fail('status', 'ERR_CREDENTIAL_STATUS_INVALID', 'index is outside the status list')
    const status = bits.get(index)
    if (status !== 0 && purpose === 'revocation') log.fail('status', 'ERR_CREDENTIAL_REVOKED', 'credential is revoked', { status, purpose })
    if (status !== 0 && purpose === 'suspension')
      log.fail('status', 'ERR_CREDENTIAL_SUSPENDED', 'credential is suspended', { status, purpose })
    log.pass('status', { status, purpose })
    return { purpose, status, ...(messages === undefined ? {} : { message: messages[status]! }) }
  }
}

async function openList(
  log: RuleLog,
  list: { issuer: string; uri: string; text: string },
  options: BitstringStatusListsOptions,
): Promise<OpenedList> {
  const { vcJwt, clock = systemClock } = options
  if (vcJwt !== undefined && vcJwtPattern.test(list.text)) return openJwtList(log, list, vcJwt, clock.nowMs())
  return openProvenList(log, list, options)
}

const vcJwtPattern = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

async function openJwtList(
  log: RuleLog,
  { issuer, uri, text }: { issuer: string; uri: string; text: string },
  policy: VcJwtPolicy,
  nowMs: number,
): Promise<OpenedList> {
  const { form, kid, ...times } = await verifyListProofs(log, () => openVcJwt(new RuleLog(nowMs), text, policy, nowMs))
  if (form.document.id !== uri) throw refused('it is the list of another address')
  if (form.issuer !== issuer) throw refused("the credential's issuer did not sign it")
  const issuedAtMs = times.issuedAtMs ?? form.validFromMs
  if (issuedAtMs === undefined) throw refused('it does not say when it was issued')
  return { ...(await readBitstringStatusList(form)), uri, kid, issuedAtMs, expiresAtMs: times.expiresAtMs }
}

async function openProvenList(
  log: RuleLog,
  { issuer, uri, text }: { issuer: string; uri: string; text: string },
  { resolveIssuerKey, loadContext = contextLoader(), clock = systemClock }: BitstringStatusListsOptions,
): Promise<OpenedList> {
  const form = checkCredentialForm(parseList(text))
  if (form.document.id !== uri) throw refused('it is the list of another address')
  const proofs = checkProofs(form.document.proof)
  const proof = proofs.find(candidate => candidate.controller === issuer)
  if (form.issuer !== issuer || proof === undefined) throw refused("the credential's issuer did not sign it")
  const nowMs = clock.nowMs()
  await verifyListProofs(log, () =>
    verifyProofs(
      form.document,
      proofs,
      {
        purpose: 'assertionMethod',
        findKey: query => resolveIssuerKey({ ...query, purpose: 'assertionMethod' }),
        keyListedNow: false,
        loadContext,
        nowMs,
        clockSkewMs: 60_000,
        domain: undefined,
        challenge: undefined,
        rules: { key: 'status-list', keyNow: 'status-list', signature: 'status-list', age: 'status-list' },
      },
      new RuleLog(nowMs),
    ),
  )
  const issuedAtMs = proof.createdMs ?? form.validFromMs
  if (issuedAtMs === undefined) throw refused('it does not say when it was issued')
  return { ...(await readBitstringStatusList(form)), uri, kid: proof.verificationMethod, issuedAtMs, expiresAtMs: form.validUntilMs }
}

/** The list's own verification has its own log; of it, the credential's receipt only says how it ended. */
async function verifyListProofs<Result>(log: RuleLog, verify: () => Promise<Result>): Promise<Result> {
  try {
    return await verify()
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error
    if (error.code === 'ERR_CREDENTIAL_LOOKUP') log.fail('status-list', error.code, error.message, {}, error)
    throw refused(error.message)
  }
}

function parseList(text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    throw refused('it is not JSON')
  }
}

function refused(why: string): CredentialError {
  return new CredentialError('ERR_CREDENTIAL_STATUS_INVALID', `status list is refused: ${why}`)
}
