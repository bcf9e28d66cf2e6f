import { CredentialError } from '../errors.ts'
import { didOfKid } from '../jose/did-of-kid.ts'
import type { JsonObject } from '../json-object.ts'
import { type ContextLoader, contextLoader } from './context-loader.ts'
import { checkCredentialForm } from './credential-form.ts'
import { addProof, type SigningKey } from './data-integrity.ts'
import { malformed } from './form.ts'

export interface IssueW3cCredentialOptions {
  /** Listed under `assertionMethod` by the DID that the credential names as its issuer. Its kind decides the suite. */
  readonly key: SigningKey
  /** Goes into the proof, in whole seconds. */
  readonly createdMs: number
  readonly loadContext?: ContextLoader
}

/**
 * Issues a W3C credential: checks it against the VC Data Model, then adds a Data Integrity proof (`ecdsa-rdfc-2019` for a P-256 key,
 * `eddsa-rdfc-2022` for Ed25519). Check the claims against the type's schema first.
 *
 * @param credential - without proof; it is not changed
 * @returns the credential with its proof
 * @throws CredentialError `ERR_CREDENTIAL_ISSUER_MISMATCH`: the key is not the issuer's; `ERR_CREDENTIAL_MALFORMED`, `ERR_CREDENTIAL_CONTEXT`,
 *   `ERR_CREDENTIAL_UNDEFINED_TERM`, `ERR_CREDENTIAL_RESOURCE`, `ERR_CREDENTIAL_TOO_LARGE`
 */
export async function issueW3cCredential(credential: unknown, options: IssueW3cCredentialOptions): Promise<JsonObject> {
  const { key, createdMs, loadContext = contextLoader() } = options
  const { document, issuer } = checkCredentialForm(credential)
  if ('proof' in document) malformed('proof', 'none yet')
  if (didOfKid(key.id) !== issuer) throw new CredentialError('ERR_CREDENTIAL_ISSUER_MISMATCH', "expected a key of the issuer's DID")
  return addProof(document, key, { purpose: 'assertionMethod', createdMs }, loadContext)
}
