import type { JsonObject } from '@hufu/credentials'
import { bytesToBase64url, canonicalJsonBytes, concatBytes, type Json, sha256, utf8ToBytes } from '@hufu/primitives'
import type { Challenge } from '@hufu/proofs'
import type { DcqlQuery } from '../dcql/dcql-query.ts'
import { memberOf, type Place, readBase64url, readJsonBytes, readList, readObject, readText, refusal } from '../json/read-json.ts'
import { didOfClientId } from './client-id.ts'

/** Something that the person agrees to by presenting, such as the hand-over of a record (OpenID4VP 1.0 §5.1). */
export interface TransactionData {
  /** As it stands in the request: what is hashed. */
  readonly encoded: string
  readonly type: string
  /** Credential queries; the first of these that is answered carries the agreement. */
  readonly credentialIds: readonly string[]
  readonly content: JsonObject
}

const maxEntries = 8
const maxEntryLength = 8192
const place: Place = { path: 'transaction_data', code: 'ERR_EXCHANGE_TRANSACTION_DATA' }

/** The entries as they stand in a request. Each has at least `type` and `credential_ids`. */
export function encodeTransactionData(entries: readonly JsonObject[]): readonly string[] {
  return entries.map(entry => bytesToBase64url(canonicalJsonBytes(entry)))
}

/**
 * Reads transaction data.
 *
 * @param json - list of base64url texts
 * @throws ExchangeError `ERR_EXCHANGE_TRANSACTION_DATA`: malformed, for a credential that the query does not have or whose format cannot carry it
 *   (`ldp_vc`), or with another hash than SHA-256; `ERR_EXCHANGE_TOO_LARGE`
 */
export function parseTransactionData(json: unknown, query: DcqlQuery): readonly TransactionData[] {
  if (json === undefined) return []
  return readList(json, place, 1, maxEntries).map((entry, index) => readEntry(entry, { ...place, path: `${place.path}[${index}]` }, query))
}

function readEntry(json: Json, at: Place, query: DcqlQuery): TransactionData {
  const encoded = readText(json, at, 1, maxEntryLength)
  const content = readObject(readJsonBytes(readBase64url(encoded, at), at, maxEntryLength), at)
  const algorithms = content.transaction_data_hashes_alg
  if (algorithms !== undefined && !readList(algorithms, memberOf(at, 'transaction_data_hashes_alg'), 1, 8).includes('sha-256'))
    throw refusal(memberOf(at, 'transaction_data_hashes_alg'), 'sha-256 among them')
  const credentialIds = readList(content.credential_ids, memberOf(at, 'credential_ids'), 1, query.credentials.length).map(id =>
    readText(id, memberOf(at, 'credential_ids'), 1, 64),
  )
  for (const id of credentialIds) {
    const asked = query.credentials.find(credential => credential.id === id)
    if (asked === undefined || asked.format === 'ldp_vc' || !asked.holderBinding)
      throw refusal(memberOf(at, 'credential_ids'), 'credentials of the query, in a format whose holder can sign it')
  }
  return { encoded, type: readText(content.type, memberOf(at, 'type'), 1, 256), credentialIds, content }
}

/** What one presentation is bound to: the same for wallet and verifier. */
export interface PresentationBinding {
  /** `aud` of an SD-JWT's key binding, `domain` of a W3C presentation: the whole `client_id`. */
  readonly audience: string
  /** `nonce` of the key binding, `challenge` of a W3C presentation. */
  readonly nonce: string
  /** For the key binding; undefined where there is no transaction for this credential. */
  readonly transactionDataHashes: readonly string[] | undefined
  /** For `hufu_zk`: verifier's DID, nonce, and the transaction: SHA-256, in base64url, over the hashes one after another. */
  readonly challenge: Challenge
}

/**
 * What the presentation for one credential query is bound to.
 *
 * @param answeredIds - the credential queries that are answered, this one among them
 */
export function bindingOf(
  request: { readonly clientId: string; readonly nonce: string; readonly transactionData: readonly TransactionData[] },
  queryId: string,
  answeredIds: readonly string[],
): PresentationBinding {
  const { clientId, nonce, transactionData } = request
  // One credential agrees to each entry (OpenID4VP 1.0 §5.1), and both sides must know which.
  const entries = transactionData.filter(({ credentialIds }) => credentialIds.find(id => answeredIds.includes(id)) === queryId)
  const hashes = entries.map(({ encoded }) => sha256(utf8ToBytes(encoded)))
  const challenge = { verifier: didOfClientId(clientId), nonce }
  if (hashes.length === 0) return { audience: clientId, nonce, transactionDataHashes: undefined, challenge }
  return {
    audience: clientId,
    nonce,
    transactionDataHashes: hashes.map(bytesToBase64url),
    challenge: { ...challenge, transaction: bytesToBase64url(sha256(concatBytes(...hashes))) },
  }
}
