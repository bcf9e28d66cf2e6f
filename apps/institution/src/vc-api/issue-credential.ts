import {
  bitstringStatusEntryType,
  CredentialError,
  type CredentialForm,
  checkCredentialForm,
  issueW3cCredential,
  type JsonObject,
  readBitstringStatusEntry,
} from '@hufu/credentials'
import type { IssueRequest } from './vc-api-request.ts'
import type { VcApiServices } from './vc-api-services.ts'

/**
 * Issues a credential in the name of the issuer that it names, who must be one of this server's. A credential without status gets one, so that it
 * can be revoked; VC Data Model 1.1 has no words for it.
 *
 * @throws CredentialError `ERR_CREDENTIAL_ISSUER_MISMATCH`: nobody of that name issues here; `ERR_CREDENTIAL_ISSUER_NOT_TRUSTED`,
 *   `ERR_CREDENTIAL_SCHEMA`: every verifier would refuse it; those of `issueW3cCredential`
 */
export async function issueCredential({ credential, credentialId }: IssueRequest, services: VcApiServices): Promise<JsonObject> {
  const form = checkCredentialForm(credential)
  const party = services.issuers.find(({ did }) => did === form.issuer)
  if (party === undefined)
    throw new CredentialError('ERR_CREDENTIAL_ISSUER_MISMATCH', 'issuer: expected one in whose name this server issues')
  await checkAcceptable(form, services)
  const options = { key: party.keys[0], createdMs: services.nowMs() }
  if (form.model !== '2.0' || form.statuses.length > 0) return issueW3cCredential(credential, options)
  // Signed once to see that it can be: a place in a list that is given out is gone.
  await issueW3cCredential(credential, options)
  return issueW3cCredential({ ...credential, credentialStatus: await services.statuses.giveOut(party, credentialId) }, options)
}

/** Looks now at what a verifier will look at. */
async function checkAcceptable(
  { issuer, types, subjects, statuses }: CredentialForm,
  { verification, nowMs }: VcApiServices,
): Promise<void> {
  for (const status of statuses) if (status.type === bitstringStatusEntryType) readBitstringStatusEntry(status)
  for (const credentialType of types.length === 0 ? ['VerifiableCredential'] : types) {
    const { allowed } = await verification.mayIssue({ issuer, credentialType, atMs: nowMs() })
    if (!allowed) throw new CredentialError('ERR_CREDENTIAL_ISSUER_NOT_TRUSTED', 'type: expected types that the issuer is accredited for')
    for (const { id: _, ...claims } of subjects) {
      const checked = await verification.validateClaims?.({ credentialType, claims, partial: false })
      if (checked?.valid === false)
        throw new CredentialError('ERR_CREDENTIAL_SCHEMA', "credentialSubject: expected claims that follow the type's schema")
    }
  }
}
