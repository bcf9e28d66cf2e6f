import { type Clock, errorCode } from '@hufu/primitives'
import { CredentialError, type CredentialErrorCode } from '../errors.ts'
import { didOfKid } from '../jose/did-of-kid.ts'
import { requiredJwtTime } from '../jose/jwt-time.ts'
import { parseJwt } from '../jose/parse-jwt.ts'
import { verifyJwt } from '../jose/verify-jwt.ts'
import type { FetchStatusList, FindStatusAnchor, ResolveIssuerKey } from '../lookups.ts'
import { RuleLog } from '../rule-log.ts'
import { type ListTerms, PublishedLists } from './published-lists.ts'
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

/** A verifier's Token Status Lists: fetched, verified, and kept for as long as their issuer allows. */
export class TokenStatusLists {
  readonly #lists: PublishedLists<TokenStatusList & ListTerms>

  constructor(options: TokenStatusListsOptions) {
    const { resolveIssuerKey } = options
    this.#lists = new PublishedLists({ ...options, open: (log, list) => openList(log, list, resolveIssuerKey) })
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
    const { uri, index } = credential.reference
    const list = await this.#lists.find(log, { issuer: credential.issuer, uri }, options)
    checkStatus(log, list, index)
  }

  /** How a credential stands, for a holder who wants to know. Throws as {@link check} where that cannot be found out. */
  async statusOf(
    credential: { issuer: string; reference: StatusReference },
    options: { maxAgeMs: number },
  ): Promise<'valid' | 'revoked' | 'suspended'> {
    try {
      await this.check(new RuleLog(0), credential, options)
      return 'valid'
    } catch (error) {
      const code = errorCode(error)
      if (code === ('ERR_CREDENTIAL_REVOKED' satisfies CredentialErrorCode)) return 'revoked'
      if (code === ('ERR_CREDENTIAL_SUSPENDED' satisfies CredentialErrorCode)) return 'suspended'
      throw error
    }
  }
}

async function openList(
  log: RuleLog,
  { issuer, uri, text }: { issuer: string; uri: string; text: string },
  resolveIssuerKey: ResolveIssuerKey,
): Promise<TokenStatusList & ListTerms> {
  const jwt = parseJwt(text, { type: statusListType })
  const { kid } = jwt
  if (kid === undefined || didOfKid(kid) !== issuer) throw invalid("the credential's issuer did not sign it")
  const atMs = requiredJwtTime(jwt.payload, 'iat')
  const key = await log.lookUp('status-list', () => resolveIssuerKey({ issuer, kid, purpose: 'assertionMethod', atMs }))
  if (key === null || key.controller !== issuer) throw invalid('the issuer had not listed the key')
  await verifyJwt(jwt, key.publicKey)
  const list = await readTokenStatusList(jwt)
  if (list.uri !== uri) throw invalid('it is the list of another address')
  return { ...list, kid }
}

function checkStatus(log: RuleLog, list: TokenStatusList, index: number): void {
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
