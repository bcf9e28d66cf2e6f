import { type CredentialTerms, readTerms } from './credential-terms.ts'
import { parseSdJwt } from './parse-sd-jwt.ts'

/**
 * What an SD-JWT VC says of itself, with nothing verified: for an issuer to find its own records, or to ask a person what to check.
 *
 * @throws CredentialError `ERR_CREDENTIAL_MALFORMED`, `ERR_CREDENTIAL_TOO_LARGE`, and as `parseJwt`
 */
export function readUnverifiedTerms(text: string): CredentialTerms & { readonly hasKeyBinding: boolean } {
  const { jwt, keyBinding } = parseSdJwt(text)
  return { ...readTerms(jwt.payload), hasKeyBinding: keyBinding !== undefined }
}
