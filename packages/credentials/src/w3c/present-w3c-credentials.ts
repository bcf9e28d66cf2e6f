import { CredentialError } from '../errors.ts'
import { didOfKid } from '../jose/did-of-kid.ts'
import type { JsonObject } from '../json-object.ts'
import { type ContextLoader, contextLoader } from './context-loader.ts'
import { addProof, type SigningKey } from './data-integrity.ts'
import { malformed } from './form.ts'
import { checkPresentationForm } from './presentation-form.ts'

export interface PresentW3cCredentialsOptions {
  /** Listed under `authentication` by the holder's DID. */
  readonly key: SigningKey
  readonly createdMs: number
  /** The one verifier that the presentation is for. */
  readonly domain: string
  /** What that verifier asked to be signed. */
  readonly challenge: string
  readonly loadContext?: ContextLoader
}

/**
 * Signs a presentation for one verifier.
 *
 * @param presentation - without proof; its holder, if it names one, must be the DID of the key
 * @throws CredentialError `ERR_CREDENTIAL_KEY_BINDING`: the key is not the holder's; those of `issueW3cCredential`
 */
export async function presentW3cCredentials(presentation: unknown, options: PresentW3cCredentialsOptions): Promise<JsonObject> {
  const { key, createdMs, domain, challenge, loadContext = contextLoader() } = options
  const { document, holder } = checkPresentationForm(presentation)
  if ('proof' in document) malformed('proof', 'none yet')
  if (holder !== undefined && didOfKid(key.id) !== holder)
    throw new CredentialError('ERR_CREDENTIAL_KEY_BINDING', "expected a key of the holder's DID")
  return addProof(document, key, { purpose: 'authentication', createdMs, domain, challenge }, loadContext)
}
