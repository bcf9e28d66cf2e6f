import { type JsonObject, reattestBsnCredential, type VerifiedBsnCredential, verifyBsnCredential } from '@hufu/credentials'
import type { BsnDidService, DidResolver } from '@hufu/did'
import { bsnCredentialLookups } from '@hufu/service'
import { issueCredential } from '../vc-api/issue-credential.ts'
import type { VcApiServices } from '../vc-api/vc-api-services.ts'

/** Of which issuer at BSN, and which of its templates, credentials are attested again, in whose name, and as what. */
export interface BsnReattestationRule {
  readonly issuerDid: string
  readonly cptId: string
  /** DID of one in whose name this server issues. */
  readonly issuer: string
  readonly credentialType: string
  /** Names of claims here by their names there. */
  readonly claims: Readonly<Record<string, string>>
  readonly maxValidityDays: number
}

/** What attesting again works with. */
export interface BsnReattestationOptions {
  readonly accepted: readonly BsnReattestationRule[]
  readonly resolver: DidResolver
  readonly service: BsnDidService
  /** Issues, with all that it checks of any credential: the issuer's accreditation, the type's schema; and gives it a status. */
  readonly vcApi: VcApiServices
}

const dayMs = 86_400_000

/**
 * Verifies a credential of BSN's in its own form, and issues one of ours on the strength of it.
 *
 * @param text - the credential as its holder keeps it
 * @param subject - whom the new one is about; default the DID at BSN
 * @throws as `verifyBsnCredential`, `reattestBsnCredential` and `issueCredential`
 */
export async function reattest(
  text: string,
  subject: string | undefined,
  { accepted, resolver, service, vcApi }: BsnReattestationOptions,
): Promise<{ readonly verifiableCredential: JsonObject; readonly receipt: VerifiedBsnCredential['receipt'] }> {
  const { nowMs } = vcApi
  const lookups = bsnCredentialLookups(resolver, service)
  const original = await verifyBsnCredential(text, { ...lookups, accepted, clock: { nowMs } })
  const { issuer, credentialType, claims, maxValidityDays } = accepted.find(
    ({ issuerDid, cptId }) => issuerDid === original.issuerDid && cptId === original.cptId,
  )!
  const id = `urn:uuid:${crypto.randomUUID()}`
  const terms = { issuer, id, credentialType, claims, maxValidityMs: maxValidityDays * dayMs, nowMs: nowMs() }
  const credential = reattestBsnCredential(original, subject === undefined ? terms : { ...terms, subject })
  return { verifiableCredential: await issueCredential({ credential, credentialId: id }, vcApi), receipt: original.receipt }
}
