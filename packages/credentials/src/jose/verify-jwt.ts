import { isSignatureValid, joseAlgorithm, type PublicKey } from '@hufu/keys'
import { CredentialError } from '../errors.ts'
import type { ParsedJwt } from './parse-jwt.ts'

/**
 * Checks a JWT's signature. The algorithm is the key's own: what the header says must only agree with it (RFC 8725 §3.1).
 *
 * @throws CredentialError `ERR_CREDENTIAL_ALGORITHM`: the key is of another algorithm; `ERR_CREDENTIAL_SIGNATURE`: not the key's signature over this JWT
 */
export async function verifyJwt(jwt: ParsedJwt, key: PublicKey): Promise<void> {
  if (joseAlgorithm[key.algorithm] !== jwt.algorithm)
    throw new CredentialError('ERR_CREDENTIAL_ALGORITHM', "JWT's algorithm is not the key's")
  if (!(await isSignatureValid(key, jwt.signingInput, jwt.signature)))
    throw new CredentialError('ERR_CREDENTIAL_SIGNATURE', "signature is not the key's over this JWT")
}
