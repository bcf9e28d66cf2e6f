import { checkIssuerTrust, type IssuerPolicy } from '../check-issuer.ts'
import type { ValidateClaims } from '../lookups.ts'
import type { RuleLog } from '../rule-log.ts'
import { readBitstringStatusEntry } from './bitstring-status-entry.ts'
import type { BitstringStatus, BitstringStatusLists } from './bitstring-status-lists.ts'
import type { CredentialForm } from './credential-form.ts'

/** How a credential's status is checked. */
export type StatusPolicy =
  | {
      readonly lists: BitstringStatusLists
      readonly maxAgeMs: number
      /** Default false: a credential without status is refused. */
      readonly optional?: boolean
    }
  | 'unchecked'

/** Whether the issuer may issue each of the credential's types. Rules `issuer-trusted-then`, `issuer-trusted-now`. */
export async function checkTrust(
  log: RuleLog,
  { issuer, types }: CredentialForm,
  issuedAtMs: number,
  policy: Pick<IssuerPolicy, 'mayIssue' | 'trustedNow'>,
  nowMs: number,
): Promise<void> {
  for (const credentialType of types.length === 0 ? ['VerifiableCredential'] : types)
    await checkIssuerTrust(log, { issuer, credentialType, issuedAtMs }, policy, nowMs)
}

/** Looks every status of a credential up. */
export async function checkStatuses(
  log: RuleLog,
  { issuer, statuses }: CredentialForm,
  status: StatusPolicy,
): Promise<readonly BitstringStatus[]> {
  if (status === 'unchecked') return []
  if (statuses.length === 0 && status.optional !== true)
    log.fail('status', 'ERR_CREDENTIAL_STATUS_MISSING', 'credentialStatus: expected one, so that the credential can be revoked')
  const found: BitstringStatus[] = []
  for (const item of statuses) {
    const entry = await log.during('status', () => readBitstringStatusEntry(item))
    found.push(await status.lists.check(log, { issuer, entry }, { maxAgeMs: status.maxAgeMs }))
  }
  return found
}

/** Whether what is said of each subject follows the schema of each type. Rule `schema`. */
export async function checkSchemas(
  log: RuleLog,
  { types, subjects }: CredentialForm,
  validateClaims: ValidateClaims | undefined,
): Promise<void> {
  if (validateClaims === undefined) return
  for (const credentialType of types)
    for (const { id: _, ...claims } of subjects) {
      const { valid, evidence } = await log.lookUp('schema', () => validateClaims({ credentialType, claims, partial: false }))
      if (!valid) log.fail('schema', 'ERR_CREDENTIAL_SCHEMA', "claims do not follow the type's schema", evidence)
      log.pass('schema', evidence)
    }
}
