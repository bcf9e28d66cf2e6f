import { bytesToBase64url, canonicalJson, type Json } from '@hufu/primitives'
import { type Scalar, scalarToBytes } from '../field/scalar-field.ts'
import { type AttributeLayout, encodingLimit } from './attribute-layout.ts'
import { checkRandom, credentialLeaf, credentialTypeScalar, holderCommitment, type LeafContent } from './credential-leaf.ts'
import { dayNumber } from './day-number.ts'
import { encodeAttributes } from './encode-attribute.ts'
import {
  memberOf,
  type Place,
  readDid,
  readInteger,
  readJson,
  readMembers,
  readObject,
  readScalar,
  readText,
  readTypeId,
  refusal,
} from './read-json.ts'

/** Name of the credential format, in files and in OpenID4VP. */
export const zkFormat = 'hufu_zk'

/** Credential formats' version that this code reads and writes. */
const fileVersion = 1

/** A credential as a wallet keeps it for zero-knowledge presentation. The wallet's own secret is kept apart, for it belongs to all its credentials. */
export interface ZkCredential {
  /** Identifier of the credential type. */
  readonly credentialType: string
  /** Version of the type's schema by which the claims were encoded. */
  readonly schemaVersion: number
  /** DID of the issuer, in whose tree the leaf stands. */
  readonly issuer: string
  readonly claims: Readonly<Record<string, Json>>
  /** Place of the leaf in the tree. */
  readonly leafIndex: number
  /** Last day on which the credential counts, `YYYY-MM-DD`. */
  readonly expires: string
  /** From the issuer. */
  readonly salt: Scalar
  /** From the wallet: hides the secret from the issuer, another one for each credential. */
  readonly blinding: Scalar
}

const maxFileLength = 65_536
const members = ['format', 'version', 'credentialType', 'schemaVersion', 'issuer', 'claims', 'leafIndex', 'expires', 'salt', 'blinding']

/**
 * Parses a credential's file, at most 65,536 characters.
 *
 * @throws ProofError `ERR_PROOF_ENCODING`: a member missing, unknown or of another form; `ERR_PROOF_SCALAR`: salt or blinding not below r, or not random
 */
export function parseZkCredential(text: string): ZkCredential {
  const file: Place = { path: 'credential', code: 'ERR_PROOF_ENCODING' }
  const json = readMembers(readJson(text, file, maxFileLength), file, { required: members })
  if (json.format !== zkFormat || json.version !== fileVersion) throw refusal(file, `format ${zkFormat} of version ${fileVersion}`)
  const expires = readText(json.expires, memberOf(file, 'expires'), 10, 10)
  dayNumber(expires, 'credential.expires')
  return {
    credentialType: readTypeId(json.credentialType, memberOf(file, 'credentialType')),
    schemaVersion: readInteger(json.schemaVersion, memberOf(file, 'schemaVersion'), 1, encodingLimit),
    issuer: readDid(json.issuer, memberOf(file, 'issuer')),
    claims: readObject(json.claims, memberOf(file, 'claims')),
    leafIndex: readInteger(json.leafIndex, memberOf(file, 'leafIndex'), 0, encodingLimit - 1),
    expires,
    salt: readRandom(json.salt, memberOf(file, 'salt')),
    blinding: readRandom(json.blinding, memberOf(file, 'blinding')),
  }
}

/** The file of a credential: canonical JSON. */
export function writeZkCredential({ salt, blinding, ...rest }: ZkCredential): string {
  return canonicalJson({
    format: zkFormat,
    version: fileVersion,
    ...rest,
    salt: bytesToBase64url(scalarToBytes(salt)),
    blinding: bytesToBase64url(scalarToBytes(blinding)),
  })
}

/**
 * What the leaf of a credential commits to, with the wallet's secret.
 *
 * @throws ProofError `ERR_PROOF_ATTRIBUTE`: a claim does not fit its encoding
 */
export function leafContentOf(credential: ZkCredential, layout: AttributeLayout, secret: Scalar): LeafContent {
  return {
    type: credentialTypeScalar(credential.credentialType),
    attributes: encodeAttributes(layout, credential.claims),
    holder: holderCommitment(secret, credential.blinding),
    expiry: dayNumber(credential.expires, 'expires'),
    salt: credential.salt,
  }
}

/** The leaf of a credential. @throws ProofError `ERR_PROOF_ATTRIBUTE`, `ERR_PROOF_SCALAR` */
export function leafOfCredential(credential: ZkCredential, layout: AttributeLayout, secret: Scalar): Scalar {
  return credentialLeaf(leafContentOf(credential, layout, secret))
}

function readRandom(json: unknown, place: Place): Scalar {
  const value = readScalar(json, place)
  checkRandom(place.path, value)
  return value
}
