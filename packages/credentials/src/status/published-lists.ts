import { bytesToHex, type Clock, sha256, systemClock, utf8ToBytes } from '@hufu/primitives'
import type { FetchStatusList, FindStatusAnchor } from '../lookups.ts'
import type { RuleLog } from '../rule-log.ts'

/** What a status list says of itself, whatever its format. */
export interface ListTerms {
  readonly uri: string
  /** DID URL of the key that signed it. */
  readonly kid: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number | undefined
  /** How long a copy may be used before a fresh one is fetched. */
  readonly ttlMs: number | undefined
}

export interface PublishedListsOptions<List extends ListTerms> {
  readonly fetchStatusList: FetchStatusList
  /** Reads and verifies a list, which must be signed by `issuer` and say that it is the list of `uri`. @throws CredentialError */
  readonly open: (log: RuleLog, list: { issuer: string; uri: string; text: string }) => Promise<List>
  /** With it, a list must be anchored on the ledger. */
  readonly findStatusAnchor?: FindStatusAnchor
  readonly clock?: Clock
}

interface KeptList<List> {
  readonly list: List
  readonly sha256: Uint8Array
  readonly fetchedAtMs: number
}

const defaultTtlMs = 60_000
const maxClockSkewMs = 60_000
const maxKept = 64

/** A verifier's status lists: fetched, verified, and kept for as long as their issuer allows. */
export class PublishedLists<List extends ListTerms> {
  readonly #options: PublishedListsOptions<List>
  readonly #kept = new Map<string, KeptList<List>>()

  constructor(options: PublishedListsOptions<List>) {
    this.#options = options
  }

  /**
   * Finds an issuer's list, fresh and anchored. Rules `status-list`, `status-age` and, if anchors are looked up, `status-anchor`.
   *
   * @param options.maxAgeMs - refuse what the issuer said longer ago
   * @throws CredentialError `ERR_CREDENTIAL_STATUS_UNAVAILABLE`, `…_STATUS_INVALID`, `…_STATUS_STALE`, `…_STATUS_NOT_ANCHORED`, `…_LOOKUP`
   */
  async find(log: RuleLog, { issuer, uri }: { issuer: string; uri: string }, { maxAgeMs }: { maxAgeMs: number }): Promise<List> {
    const { list, sha256: hash } = await this.#get(log, issuer, uri, maxAgeMs)
    log.pass('status-list', { uri, kid: list.kid, sha256: bytesToHex(hash) })
    this.#checkAge(log, list, maxAgeMs)
    await this.#checkAnchor(log, { issuer, uri, sha256: hash }, maxAgeMs)
    return list
  }

  #nowMs(): number {
    return (this.#options.clock ?? systemClock).nowMs()
  }

  async #get(log: RuleLog, issuer: string, uri: string, maxAgeMs: number): Promise<KeptList<List>> {
    const nowMs = this.#nowMs()
    const name = `${issuer} ${uri}`
    const kept = this.#kept.get(name)
    if (kept !== undefined && nowMs < kept.fetchedAtMs + (kept.list.ttlMs ?? defaultTtlMs) && !isStale(kept.list, nowMs, maxAgeMs))
      return kept
    const fetched = await this.#fetch(log, issuer, uri)
    this.#kept.delete(name)
    this.#kept.set(name, fetched)
    if (this.#kept.size > maxKept) this.#kept.delete(this.#kept.keys().next().value!)
    return fetched
  }

  async #fetch(log: RuleLog, issuer: string, uri: string): Promise<KeptList<List>> {
    const text = await this.#options
      .fetchStatusList(uri)
      .catch(cause => log.fail('status-list', 'ERR_CREDENTIAL_STATUS_UNAVAILABLE', 'status list cannot be had', { uri }, cause))
    const list = await log.during('status-list', () => this.#options.open(log, { issuer, uri, text }), 'ERR_CREDENTIAL_STATUS_INVALID')
    return { list, sha256: sha256(utf8ToBytes(text)), fetchedAtMs: this.#nowMs() }
  }

  #checkAge(log: RuleLog, list: List, maxAgeMs: number): void {
    const nowMs = this.#nowMs()
    const evidence = { issuedAtMs: list.issuedAtMs, maxAgeMs }
    if (list.issuedAtMs > nowMs + maxClockSkewMs)
      log.fail('status-age', 'ERR_CREDENTIAL_STATUS_INVALID', 'status list is from the future', evidence)
    if (isStale(list, nowMs, maxAgeMs)) log.fail('status-age', 'ERR_CREDENTIAL_STATUS_STALE', 'status list is too old', evidence)
    log.pass('status-age', evidence)
  }

  async #checkAnchor(log: RuleLog, list: { issuer: string; uri: string; sha256: Uint8Array }, maxAgeMs: number): Promise<void> {
    const { findStatusAnchor } = this.#options
    if (findStatusAnchor === undefined) return
    const anchor = await log.lookUp('status-anchor', () => findStatusAnchor(list))
    if (anchor === null)
      log.fail('status-anchor', 'ERR_CREDENTIAL_STATUS_NOT_ANCHORED', 'the ledger does not know this status list', {
        sha256: bytesToHex(list.sha256),
      })
    if (anchor.supersededAtMs !== null && this.#nowMs() - anchor.supersededAtMs > maxAgeMs) {
      log.fail('status-anchor', 'ERR_CREDENTIAL_STATUS_STALE', 'the ledger knows a newer status list', anchor.evidence)
    }
    log.pass('status-anchor', anchor.evidence)
  }
}

function isStale(list: ListTerms, nowMs: number, maxAgeMs: number): boolean {
  return nowMs - list.issuedAtMs > maxAgeMs || (list.expiresAtMs !== undefined && nowMs >= list.expiresAtMs)
}
