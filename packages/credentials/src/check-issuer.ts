import type { PublicKey } from '@hufu/keys'
import { didOfKid } from './jose/did-of-kid.ts'
import type { MayIssue, ResolveIssuerKey } from './lookups.ts'
import type { RuleLog } from './rule-log.ts'

/** What is known of the issuer before anything is looked up. */
export interface IssuerStatement {
  /** DID, as the credential names it. */
  readonly issuer: string
  /** DID URL of the key that is said to have signed. */
  readonly kid: string | undefined
  readonly credentialType: string
  readonly issuedAtMs: number
}

/** Where to look issuers up, and how strict to be. */
export interface IssuerPolicy<Key = PublicKey> {
  readonly resolveIssuerKey: ResolveIssuerKey<Key>
  readonly mayIssue: MayIssue
  /** Refuse if the issuer has been suspended or revoked since; default true. */
  readonly trustedNow?: boolean
  /** Refuse if the issuer no longer lists the key; default false, so that a routine change of keys leaves credentials valid. */
  readonly keyListedNow?: boolean
}

/**
 * Finds the key that must have signed: the one who is checked is the one who signed, so the credential's issuer, the DID of the key and the DID
 * that listed the key have to be the same. Rules `issuer`, `issuer-key` and `issuer-key-now`.
 *
 * @throws CredentialError `ERR_CREDENTIAL_ISSUER_MISMATCH`, `ERR_CREDENTIAL_ISSUER_KEY`, `ERR_CREDENTIAL_LOOKUP`
 */
export async function findIssuerKey<Key = PublicKey>(
  log: RuleLog,
  { issuer, kid, issuedAtMs }: Pick<IssuerStatement, 'issuer' | 'kid' | 'issuedAtMs'>,
  policy: Pick<IssuerPolicy<Key>, 'resolveIssuerKey' | 'keyListedNow'>,
  nowMs: number,
): Promise<Key> {
  if (kid === undefined || didOfKid(kid) !== issuer)
    log.fail('issuer', 'ERR_CREDENTIAL_ISSUER_MISMATCH', "the signing key's DID is not the issuer", { issuer })
  log.pass('issuer', { issuer, kid })
  const publicKey = await findListedKey(log, 'issuer-key', { issuer, kid, atMs: Math.min(issuedAtMs, nowMs) }, policy)
  if (policy.keyListedNow === true) await findListedKey(log, 'issuer-key-now', { issuer, kid, atMs: nowMs }, policy)
  return publicKey
}

async function findListedKey<Key>(
  log: RuleLog,
  rule: 'issuer-key' | 'issuer-key-now',
  query: { issuer: string; kid: string; atMs: number },
  policy: Pick<IssuerPolicy<Key>, 'resolveIssuerKey'>,
): Promise<Key> {
  const { issuer, atMs } = query
  const key = await log.lookUp(rule, () => policy.resolveIssuerKey({ ...query, purpose: 'assertionMethod' }))
  if (key === null) log.fail(rule, 'ERR_CREDENTIAL_ISSUER_KEY', 'the issuer did not list the key for issuing at that time', { atMs })
  if (key.controller !== issuer)
    log.fail(rule, 'ERR_CREDENTIAL_ISSUER_MISMATCH', 'another DID than the issuer listed the key', { controller: key.controller })
  log.pass(rule, { atMs, ...key.evidence })
  return key.publicKey
}

/**
 * Checks that the issuer was accredited for the type when it issued, and is still. Rules `issuer-trusted-then` and `issuer-trusted-now`.
 *
 * @throws CredentialError `ERR_CREDENTIAL_ISSUER_NOT_TRUSTED`, `ERR_CREDENTIAL_LOOKUP`
 */
export async function checkIssuerTrust(
  log: RuleLog,
  { issuer, credentialType, issuedAtMs }: Pick<IssuerStatement, 'issuer' | 'credentialType' | 'issuedAtMs'>,
  policy: Pick<IssuerPolicy, 'mayIssue' | 'trustedNow'>,
  nowMs: number,
): Promise<void> {
  const moments = [
    { rule: 'issuer-trusted-then', atMs: Math.min(issuedAtMs, nowMs) },
    ...(policy.trustedNow === false ? [] : [{ rule: 'issuer-trusted-now', atMs: nowMs } as const]),
  ] as const
  for (const { rule, atMs } of moments) {
    const { allowed, evidence } = await log.lookUp(rule, () => policy.mayIssue({ issuer, credentialType, atMs }))
    if (!allowed) log.fail(rule, 'ERR_CREDENTIAL_ISSUER_NOT_TRUSTED', 'the issuer is not accredited for this type', { atMs, ...evidence })
    log.pass(rule, { atMs, ...evidence })
  }
}
