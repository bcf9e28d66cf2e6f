import { bytesToBase64url, canonicalJson, type Json } from '@hufu/primitives'
import { parseCalendarDay } from '../attributes/day-number.ts'
import {
  memberOf,
  type Place,
  readBytes,
  readDid,
  readJson,
  readList,
  readMembers,
  readObject,
  readScalar,
  readText,
  refusal,
} from '../attributes/read-json.ts'
import { zkFormat } from '../attributes/zk-credential.ts'
import { type Scalar, scalarToBytes } from '../field/scalar-field.ts'
import { proofSize } from '../groth16/proof-encoding.ts'
import { type ClaimValue, readValue } from '../statement/statement.ts'
import { type RootList, readRootList } from './root-list.ts'

/** One credential of a presentation. */
export interface PresentedCredential {
  readonly roots: RootList
  /** Hash of the statement that it answers: to tell at once what does not fit. What counts is what the verifier asks. */
  readonly statementHash: Uint8Array
  readonly scope: Scalar
  readonly commitment: Scalar
  readonly nullifier: Scalar
  /** Proof that the credential stands in one of the trees. */
  readonly prepare: Uint8Array
  /** Proof of the statement. */
  readonly show: Uint8Array
  /** What the statement discloses, by claim. */
  readonly disclosed: Readonly<Record<string, ClaimValue>>
}

/** What a wallet gives a verifier. */
export interface Presentation {
  readonly verifier: string
  readonly nonce: string
  readonly transaction?: string
  /** The day for which it was made, `YYYY-MM-DD`. */
  readonly today: string
  /** One, or two with a proof that they are one holder's. */
  readonly credentials: readonly [PresentedCredential] | readonly [PresentedCredential, PresentedCredential]
  readonly pair?: Uint8Array
  /** Where SHOW was made ahead: the key to which it is bound, and its signature over the nonce. */
  readonly oneTimeKey?: { readonly publicKey: Uint8Array; readonly signature: Uint8Array }
}

/** Version of the format that this code reads and writes. */
export const presentationVersion = 1

/** Size limit of a presentation, in characters. */
export const maxPresentationLength = 16_384

export const maxNonceLength = 128
const maxTransactionLength = 128
const compressedKeySize = 33
const signatureSize = 64
const hashSize = 32

/** The text of a presentation: canonical JSON, bytes in base64url. */
export function writePresentation({ credentials, pair, oneTimeKey, ...rest }: Presentation): string {
  return canonicalJson({
    format: zkFormat,
    version: presentationVersion,
    ...rest,
    credentials: credentials.map(writeCredential),
    ...(pair === undefined ? {} : { pair: bytesToBase64url(pair) }),
    ...(oneTimeKey === undefined
      ? {}
      : { oneTimeKey: { publicKey: bytesToBase64url(oneTimeKey.publicKey), signature: bytesToBase64url(oneTimeKey.signature) } }),
  })
}

/**
 * Parses a presentation: canonical JSON only, so that one presentation has one text. Its proofs are not looked at.
 *
 * @throws ProofError `ERR_PROOF_LIMIT`: longer than 16,384 characters; `ERR_PROOF_ENCODING`: another form; `ERR_PROOF_SCALAR`: a scalar not below r
 */
export function parsePresentation(text: string): Presentation {
  const place: Place = { path: 'presentation', code: 'ERR_PROOF_ENCODING' }
  const json = readMembers(readJson(text, place, maxPresentationLength), place, {
    required: ['format', 'version', 'verifier', 'nonce', 'today', 'credentials'],
    optional: ['transaction', 'pair', 'oneTimeKey'],
  })
  if (json.format !== zkFormat || json.version !== presentationVersion)
    throw refusal(place, `format ${zkFormat} of version ${presentationVersion}`)
  if (canonicalJson(json) !== text) throw refusal(place, 'canonical JSON')
  const [first, second] = readList(json.credentials, memberOf(place, 'credentials'), 1, 2).map((entry, index) =>
    readCredential(entry, memberOf(place, `credentials[${index}]`)),
  )
  if ((second === undefined) !== (json.pair === undefined)) throw refusal(memberOf(place, 'pair'), 'with two credentials, and only then')
  return {
    verifier: readDid(json.verifier, memberOf(place, 'verifier')),
    nonce: readText(json.nonce, memberOf(place, 'nonce'), 1, maxNonceLength),
    ...(json.transaction === undefined
      ? {}
      : { transaction: readText(json.transaction, memberOf(place, 'transaction'), 1, maxTransactionLength) }),
    today: readDay(json.today, memberOf(place, 'today')),
    credentials: second === undefined ? [first!] : [first!, second],
    ...(json.pair === undefined ? {} : { pair: readBytes(json.pair, memberOf(place, 'pair'), proofSize) }),
    ...(json.oneTimeKey === undefined ? {} : { oneTimeKey: readOneTimeKey(json.oneTimeKey, memberOf(place, 'oneTimeKey')) }),
  }
}

function writeCredential(credential: PresentedCredential): Json {
  const { roots, statementHash, scope, commitment, nullifier, prepare, show, disclosed } = credential
  return {
    roots: { ...roots, issuers: roots.issuers.map(issuer => ({ ...issuer })) },
    statementHash: bytesToBase64url(statementHash),
    scope: bytesToBase64url(scalarToBytes(scope)),
    commitment: bytesToBase64url(scalarToBytes(commitment)),
    nullifier: bytesToBase64url(scalarToBytes(nullifier)),
    prepare: bytesToBase64url(prepare),
    show: bytesToBase64url(show),
    disclosed,
  }
}

function readCredential(json: Json, place: Place): PresentedCredential {
  const members = readMembers(json, place, {
    required: ['roots', 'statementHash', 'scope', 'commitment', 'nullifier', 'prepare', 'show', 'disclosed'],
  })
  const { roots, statementHash, scope, commitment, nullifier, prepare, show, disclosed } = members
  const values = Object.entries(readObject(disclosed, memberOf(place, 'disclosed'))).map(
    ([claim, value]) => [claim, readValue(value, memberOf(place, 'disclosed'))] as const,
  )
  return {
    roots: readRootList(roots, memberOf(place, 'roots')),
    statementHash: readBytes(statementHash, memberOf(place, 'statementHash'), hashSize),
    scope: readScalar(scope, memberOf(place, 'scope')),
    commitment: readScalar(commitment, memberOf(place, 'commitment')),
    nullifier: readScalar(nullifier, memberOf(place, 'nullifier')),
    prepare: readBytes(prepare, memberOf(place, 'prepare'), proofSize),
    show: readBytes(show, memberOf(place, 'show'), proofSize),
    disclosed: Object.fromEntries(values),
  }
}

function readDay(json: Json | undefined, place: Place): string {
  const text = readText(json, place, 10, 10)
  try {
    parseCalendarDay(text)
    return text
  } catch (cause) {
    throw refusal(place, 'a calendar day', cause)
  }
}

function readOneTimeKey(json: Json, place: Place): NonNullable<Presentation['oneTimeKey']> {
  const { publicKey, signature } = readMembers(json, place, { required: ['publicKey', 'signature'] })
  return {
    publicKey: readBytes(publicKey, memberOf(place, 'publicKey'), compressedKeySize),
    signature: readBytes(signature, memberOf(place, 'signature'), signatureSize),
  }
}
