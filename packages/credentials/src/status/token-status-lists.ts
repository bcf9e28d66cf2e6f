import { bytesToHex, type Clock, sha256, systemClock, utf8ToBytes } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import { didOfKid } from '../jose/did-of-kid.ts'
import { requiredJwtTime } from '../jose/jwt-time.ts'
import { parseJwt } from '../jose/parse-jwt.ts'
import { verifyJwt } from '../jose/verify-jwt.ts'
import type { FetchStatusList, FindStatusAnchor, ResolveIssuerKey } from '../lookups.ts'
import type { RuleLog } from '../rule-log.ts'
import { credentialStatus } from './status-list.ts'
import type { StatusReference } from './status-reference.ts'
import { readTokenStatusList, statusListType, type TokenStatusList } from './token-status-list.ts'

export interface TokenStatusListsOptions {
  readonly fetchStatusList: FetchStatusList
  readonly resolveIssuerKey: ResolveIssuerKey
  /** With it, a list must be anchored on the ledger. */
  readonly findStatusAnchor?: FindStatusAnchor
  readonly clock?: Clock
}

interface VerifiedList extends TokenStatusList {
  readonly issuer: string
  readonly kid: string
  readonly sha256: Uint8Array
  readonly fetchedAtMs: number
}

const defaultTtlMs = 60_000
const maxClockSkewMs = 60_000
const maxKept = 64

/** A verifier's status lists: fetched, verified, and kept for as long as their issuer allows. */
export class TokenStatusLists {
  readonly #options: TokenStatusListsOptions
  readonly #kept = new Map<string, VerifiedList>()

  constructor(options: TokenStatusListsOptions) {
    this.#options = options
  }

  /**
   * Checks that a credential is neither revoked nor suspended (draft-ietf-oauth-status-list-21 §8.3).
   *
   * @param log - gets the rules `status-list`, `status-age`, `status-anchor` (if anchors are looked up) and `status`
   * @param credential.issuer - DID; the list must be signed by it
   * @param options.maxAgeMs - refuse what the issuer said longer ago
   * @throws CredentialError `ERR_CREDENTIAL_STATUS_UNAVAILABLE`, `…_STATUS_INVALID`, `…_STATUS_STALE`, `…_STATUS_NOT_ANCHORED`, `…_LOOKUP`, `…_REVOKED`, `…_SUSPENDED`
   */
  async check(log: RuleLog, credential: { issuer: string; reference: StatusReference }, options: { maxAgeMs: number }): Promise<void> {
    const { issuer, reference } = credential
    const { maxAgeMs } = options
    const list = await this.#list(log, issuer, reference.uri, maxAgeMs)
    log.pass('status-list', { uri: list.uri, kid: list.kid, sha256: bytesToHex(list.sha256) })
    this.#checkAge(log, list, maxAgeMs)
    await this.#checkAnchor(log, list, maxAgeMs)
    checkStatus(log, list, reference.index)
  }

  #nowMs(): number {
    return (this.#options.clock ?? systemClock).nowMs()
  }

  async #list(log: RuleLog, issuer: string, uri: string, maxAgeMs: number): Promise<VerifiedList> {
    const nowMs = this.#nowMs()
    const name = `${issuer} ${uri}`
    const kept = this.#kept.get(name)
    if (kept !== undefined && nowMs < kept.fetchedAtMs + (kept.ttlMs ?? defaultTtlMs) && !isStale(kept, nowMs, maxAgeMs)) return kept
    const list = await this.#fetch(log, issuer, uri)
    this.#kept.delete(name)
    this.#kept.set(name, list)
    if (this.#kept.size > maxKept) this.#kept.delete(this.#kept.keys().next().value!)
    return list
  }

  async #fetch(log: RuleLog, issuer: string, uri: string): Promise<VerifiedList> {
    const text = await this.#options
      .fetchStatusList(uri)
      .catch(cause => log.fail('status-list', 'ERR_CREDENTIAL_STATUS_UNAVAILABLE', 'status list cannot be had', { uri }, cause))
    return log.during('status-list', () => this.#verify(log, issuer, uri, text), 'ERR_CREDENTIAL_STATUS_INVALID')
  }

  async #verify(log: RuleLog, issuer: string, uri: string, text: string): Promise<VerifiedList> {
    const jwt = parseJwt(text, { type: statusListType })
    const { kid } = jwt
    if (kid === undefined || didOfKid(kid) !== issuer) throw invalid("the credential's issuer did not sign it")
    const atMs = requiredJwtTime(jwt.payload, 'iat')
    const key = await log.lookUp('status-list', () => this.#options.resolveIssuerKey({ issuer, kid, purpose: 'assertionMethod', atMs }))
    if (key === null || key.controller !== issuer) throw invalid('the issuer had not listed the key')
    await verifyJwt(jwt, key.publicKey)
    const list = await readTokenStatusList(jwt)
    if (list.uri !== uri) throw invalid('it is the list of another address')
    return { ...list, issuer, kid, sha256: sha256(utf8ToBytes(text)), fetchedAtMs: this.#nowMs() }
  }

  #checkAge(log: RuleLog, list: VerifiedList, maxAgeMs: number): void {
    const nowMs = this.#nowMs()
    const evidence = { issuedAtMs: list.issuedAtMs, maxAgeMs }
    if (list.issuedAtMs > nowMs + maxClockSkewMs)
      log.fail('status-age', 'ERR_CREDENTIAL_STATUS_INVALID', 'status list is from the future', evidence)
    if (isStale(list, nowMs, maxAgeMs)) log.fail('status-age', 'ERR_CREDENTIAL_STATUS_STALE', 'status list is too old', evidence)
    log.pass('status-age', evidence)
  }

  async #checkAnchor(log: RuleLog, list: VerifiedList, maxAgeMs: number): Promise<void> {
    const { findStatusAnchor } = this.#options
    if (findStatusAnchor === undefined) return
    const { issuer, uri, sha256: hash } = list
    const anchor = await log.lookUp('status-anchor', () => findStatusAnchor({ issuer, uri, sha256: hash }))
    if (anchor === null)
      log.fail('status-anchor', 'ERR_CREDENTIAL_STATUS_NOT_ANCHORED', 'the ledger does not know this status list', {
        sha256: bytesToHex(hash),
      })
    if (anchor.supersededAtMs !== null && this.#nowMs() - anchor.supersededAtMs > maxAgeMs) {
      log.fail('status-anchor', 'ERR_CREDENTIAL_STATUS_STALE', 'the ledger knows a newer status list', anchor.evidence)
    }
    log.pass('status-anchor', anchor.evidence)
  }
}

function isStale(list: TokenStatusList, nowMs: number, maxAgeMs: number): boolean {
  return nowMs - list.issuedAtMs > maxAgeMs || (list.expiresAtMs !== undefined && nowMs >= list.expiresAtMs)
}

function checkStatus(log: RuleLog, list: VerifiedList, index: number): void {
  if (index >= list.statuses.length) log.fail('status', 'ERR_CREDENTIAL_STATUS_INVALID', 'index is outside the status list')
  const status = list.statuses.get(index)
  if (status === credentialStatus.revoked) log.fail('status', 'ERR_CREDENTIAL_REVOKED', 'credential is revoked', { status })
  if (status === credentialStatus.suspended) log.fail('status', 'ERR_CREDENTIAL_SUSPENDED', 'credential is suspended', { status })
  if (status !== credentialStatus.valid)
    log.fail('status', 'ERR_CREDENTIAL_STATUS_INVALID', 'status has a value without a meaning here', { status })
  log.pass('status', { status })
}

function invalid(why: string): CredentialError {
  return new CredentialError('ERR_CREDENTIAL_STATUS_INVALID', `status list is refused: ${why}`)
}
