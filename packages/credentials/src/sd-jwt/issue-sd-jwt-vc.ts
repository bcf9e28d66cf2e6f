import { type PublicKey, publicKeyToJwk, type Signer } from '@hufu/keys'
import { randomBytes, secondsOfMs } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import { didOfKid } from '../jose/did-of-kid.ts'
import { signJwt } from '../jose/sign-jwt.ts'
import type { JsonObject } from '../json-object.ts'
import type { RandomSource } from '../random-below.ts'
import type { StatusReference } from '../status/status-reference.ts'
import type { ClaimPath } from './claim-path.ts'
import { conceal } from './conceal.ts'
import { openClaims } from './credential-terms.ts'
import { sdJwtVcType } from './parse-sd-jwt.ts'

export interface IssueSdJwtVcOptions {
  readonly signer: Signer
  /** DID URL of the signer's key, listed under `assertionMethod`. */
  readonly kid: string
  /** DID of the issuer; the DID of `kid`. */
  readonly issuer: string
  /** The `vct` claim. */
  readonly credentialType: string
  /** Hash of the type's metadata document, `sha256-…` (SD-JWT VC §5); the `vct#integrity` claim. */
  readonly typeIntegrity?: string
  /** About the subject. */
  readonly claims: JsonObject
  /** What the holder can show or keep back by itself; default: every claim, each as a whole. A path that names nothing is passed over. */
  readonly disclosable?: readonly ClaimPath[]
  /** Digests of nothing added wherever something is concealed; default 0. */
  readonly decoys?: number
  /** The key that the holder proves possession of; without one, whoever has the credential can show it. */
  readonly holderKey?: PublicKey
  /** Copies issued in the same second can be told to belong together: issue a batch with one rounded time for many people. */
  readonly issuedAtMs: number
  readonly notBeforeMs?: number
  readonly expiresAtMs?: number
  readonly status?: StatusReference
  readonly random?: RandomSource
}

/**
 * Issues an SD-JWT VC (RFC 9901, `dc+sd-jwt`) with all its disclosures. Check the claims against the type's schema first.
 *
 * @returns compact form, ends with a tilde
 * @throws CredentialError `ERR_CREDENTIAL_ISSUER_MISMATCH`: `kid` is no DID URL of the issuer; `ERR_CREDENTIAL_MALFORMED`: a claim with a reserved name
 * @throws EncodingError `ERR_ENCODING_JSON`: the claims hold something JSON cannot
 */
export async function issueSdJwtVc(options: IssueSdJwtVcOptions): Promise<string> {
  const { signer, kid, issuer, claims, decoys = 0, random = randomBytes } = options
  if (didOfKid(kid) !== issuer) throw new CredentialError('ERR_CREDENTIAL_ISSUER_MISMATCH', "expected a key identifier of the issuer's DID")
  if (openClaims.some(name => Object.hasOwn(claims, name)))
    throw new CredentialError('ERR_CREDENTIAL_MALFORMED', 'a claim about the subject bears the name of a term')
  const disclosable = options.disclosable ?? Object.keys(claims).map(name => [name])
  const { payload, disclosures } = conceal(claims, { disclosable, decoys, random })
  const jwt = await signJwt({ type: sdJwtVcType, kid, payload: { ...payload, ...termsOf(options), _sd_alg: 'sha-256' } }, signer)
  return `${[jwt, ...disclosures.map(disclosure => disclosure.text)].join('~')}~`
}

function termsOf(options: IssueSdJwtVcOptions): Record<string, unknown> {
  const { holderKey, status, notBeforeMs, expiresAtMs } = options
  return {
    iss: options.issuer,
    vct: options.credentialType,
    'vct#integrity': options.typeIntegrity,
    iat: secondsOfMs(options.issuedAtMs),
    nbf: notBeforeMs === undefined ? undefined : secondsOfMs(notBeforeMs),
    exp: expiresAtMs === undefined ? undefined : secondsOfMs(expiresAtMs),
    cnf: holderKey === undefined ? undefined : { jwk: publicKeyToJwk(holderKey) },
    status: status === undefined ? undefined : { status_list: { idx: status.index, uri: status.uri } },
  }
}
