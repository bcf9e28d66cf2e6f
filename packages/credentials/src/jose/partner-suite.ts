import type { PublicKey } from '@hufu/keys'
import type { Sm2PublicKey } from '@hufu/keys/sm2'
import { CredentialError } from '../errors.ts'
import type { JwtAlgorithm, ParsedJwt, PartnerAlgorithm } from './parse-jwt.ts'
import { verifyJwt } from './verify-jwt.ts'

/**
 * A signature suite of partners. Naming one takes the suite itself (`sm2sm3` of `@hufu/keys/sm2`), so that nothing accepts it by default, and who never deals
 * with such partners loads nothing of it.
 */
export interface PartnerSuite {
  readonly algorithm: PartnerAlgorithm
  /** Parses a JWK of the suite's curve. @throws KeyError */
  keyFromJwk(jwk: unknown): Sm2PublicKey
  isSignatureValid(key: Sm2PublicKey, message: Uint8Array, signature: Uint8Array): boolean
}

/** A key of an issuer, ours or a partner's. */
export type AnyIssuerKey = PublicKey | Sm2PublicKey

/** Algorithms that a verifier accepts from issuers, in no order: the key decides which one counts. */
export type AcceptedAlgorithms = readonly (JwtAlgorithm | PartnerSuite)[]

/** Their names, as headers have them. */
export function namesOf(algorithms: AcceptedAlgorithms): readonly (JwtAlgorithm | PartnerAlgorithm)[] {
  return algorithms.map(algorithm => (typeof algorithm === 'string' ? algorithm : algorithm.algorithm))
}

/** The suites of partners among them. */
export function partnerSuitesOf(algorithms: AcceptedAlgorithms): readonly PartnerSuite[] {
  return algorithms.filter(algorithm => typeof algorithm !== 'string')
}

/**
 * As `verifyJwt`, for keys of either kind. The algorithm is the key's own, never the header's choice: one of SM2 verifies `SM2SM3` alone, and no other key does.
 *
 * @throws CredentialError `ERR_CREDENTIAL_ALGORITHM`: not the key's, or not accepted; `ERR_CREDENTIAL_SIGNATURE`
 */
export async function verifyPartnerJwt(
  jwt: ParsedJwt<JwtAlgorithm | PartnerAlgorithm>,
  key: AnyIssuerKey,
  algorithms: AcceptedAlgorithms,
): Promise<void> {
  const suite = partnerSuitesOf(algorithms).find(({ algorithm }) => algorithm === jwt.algorithm)
  if (key.algorithm === 'SM2' ? suite === undefined : !isOwn(jwt))
    throw new CredentialError('ERR_CREDENTIAL_ALGORITHM', "JWT's algorithm is not the key's")
  if (key.algorithm !== 'SM2') return verifyJwt(jwt as ParsedJwt, key)
  if (!suite!.isSignatureValid(key, jwt.signingInput, jwt.signature))
    throw new CredentialError('ERR_CREDENTIAL_SIGNATURE', "signature is not the key's over this JWT")
}

function isOwn(jwt: ParsedJwt<JwtAlgorithm | PartnerAlgorithm>): jwt is ParsedJwt {
  return jwt.algorithm !== 'SM2SM3'
}
