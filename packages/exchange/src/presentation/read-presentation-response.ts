import type { JsonObject } from '@hufu/credentials'
import { publicKeyFromJwk } from '@hufu/keys'
import { errorCode, type Json } from '@hufu/primitives'
import { compactDecrypt, importJWK } from 'jose'
import type { CredentialFormat, DcqlQuery } from '../dcql/dcql-query.ts'
import { ExchangeError } from '../errors.ts'
import { readForm } from '../http/form.ts'
import {
  memberOf,
  type Place,
  readBase64url,
  readJsonBytes,
  readList,
  readObject,
  readOptionalText,
  readText,
  refusal,
} from '../json/read-json.ts'
import { maxPresentationLength, maxPresentations, type ResponseEncryption, responseEncryptions } from './presentation-request.ts'

/** Size limit of an encrypted answer, in characters. */
export const maxResponseLength = 524_288

const place: Place = { path: 'response', code: 'ERR_EXCHANGE_MALFORMED' }
const maxHeaderLength = 2048
/** Header parameters of an answer; with any other (`zip`, `crit`, `jku` …) it is refused. */
const headerNames = ['alg', 'enc', 'kid', 'epk', 'apu', 'apv', 'typ', 'cty']

/** What came to `response_uri`. */
export type PresentationForm =
  | { readonly kind: 'answer'; readonly jwe: string }
  /** The wallet says no. */
  | { readonly kind: 'error'; readonly error: string; readonly state: string | undefined }

/** Reads the form that a wallet sends (OpenID4VP 1.0 §8.2). @throws ExchangeError `ERR_EXCHANGE_MALFORMED`, `ERR_EXCHANGE_TOO_LARGE` */
export function parsePresentationForm(body: string): PresentationForm {
  const { response, error, state } = readForm(body, place, maxResponseLength + 64)
  if (response !== undefined) {
    if (error !== undefined || state !== undefined) throw refusal(place, 'response alone')
    return { kind: 'answer', jwe: response }
  }
  if (error === undefined || !/^[a-z0-9_]{1,64}$/.test(error)) throw refusal(place, 'response or error')
  return { kind: 'error', error, state: readOptionalText(state, memberOf(place, 'state'), 1, 512) }
}

/**
 * Decrypts an answer: ECDH-ES with A128GCM or A256GCM, to this key, not compressed (OpenID4VP 1.0 §8.3).
 *
 * @param privateJwk - of `generateResponseKey`
 * @throws ExchangeError `ERR_EXCHANGE_DECRYPTION`: to another key, or altered; `ERR_EXCHANGE_ALGORITHM`, `ERR_EXCHANGE_TOO_LARGE`, `ERR_EXCHANGE_MALFORMED`
 */
export async function decryptPresentationResponse(jwe: string, privateJwk: JsonObject): Promise<JsonObject> {
  if (jwe.length > maxResponseLength) throw refusal({ ...place, code: 'ERR_EXCHANGE_TOO_LARGE' }, `at most ${maxResponseLength} characters`)
  const encryption = checkHeader(jwe, privateJwk)
  const { d, kty, crv, x, y } = privateJwk as { [name: string]: string }
  const key = await importJWK({ kty: kty!, crv: crv!, x: x!, y: y!, d: d! }, 'ECDH-ES')
  let plaintext: Uint8Array
  try {
    const options = { keyManagementAlgorithms: ['ECDH-ES'], contentEncryptionAlgorithms: [encryption] }
    plaintext = (await compactDecrypt(jwe, key, options)).plaintext
  } catch {
    // Whatever the library says: who sent it learns no more than that.
    throw new ExchangeError('ERR_EXCHANGE_DECRYPTION', 'response: expected to be encrypted to the key of this request')
  }
  return readObject(readJsonBytes(plaintext, place, maxResponseLength), place)
}

function checkHeader(jwe: string, privateJwk: JsonObject): ResponseEncryption {
  const [protectedHeader = '', encryptedKey, ...rest] = jwe.split('.', 6)
  if (rest.length !== 3 || encryptedKey !== '') throw refusal(place, 'five parts, the second empty')
  if (protectedHeader.length > maxHeaderLength) throw refusal({ ...place, code: 'ERR_EXCHANGE_TOO_LARGE' }, 'a short header')
  const at = memberOf(place, 'header')
  const header = readObject(readJsonBytes(readBase64url(protectedHeader, at), at, maxHeaderLength), at)
  const { alg, enc, kid, epk, apu, apv } = header
  if (!Object.keys(header).every(name => headerNames.includes(name))) throw refusal(at, `no members but ${headerNames.join(', ')}`)
  const encryption = responseEncryptions.find(name => name === enc)
  if (alg !== 'ECDH-ES' || encryption === undefined)
    throw new ExchangeError('ERR_EXCHANGE_ALGORITHM', 'response.header: expected ECDH-ES with A128GCM or A256GCM')
  if (kid !== undefined && kid !== privateJwk.kid)
    throw new ExchangeError('ERR_EXCHANGE_DECRYPTION', 'response.header.kid: expected the key of this request')
  // What the parties are called goes into the key (RFC 7518 §4.6.2): any names will do, if they are of the right form.
  for (const name of [apu, apv]) if (name !== undefined) readBase64url(readText(name, at, 1, 512), at)
  checkPoint(epk, memberOf(at, 'epk'))
  return encryption
}

/** A point that is not on the curve would draw out the key bit by bit; platforms check it too. */
function checkPoint(epk: Json | undefined, at: Place): void {
  try {
    if (publicKeyFromJwk(epk).algorithm === 'P-256') return
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
  }
  throw refusal(at, 'a point on P-256')
}

/** One presentation of an answer; nothing about it is verified yet. */
export interface VpPresentation {
  /** Id of the credential query that it answers. */
  readonly queryId: string
  readonly format: CredentialFormat
  /** Text for `dc+sd-jwt` and `hufu_zk`, an object for `ldp_vc`. */
  readonly presentation: string | JsonObject
}

/**
 * Takes an answer apart (OpenID4VP 1.0 §8.1). Whether all is there is for `checkDcqlAnswer` to say, once each is verified.
 *
 * @param response - decrypted
 * @throws ExchangeError `ERR_EXCHANGE_PRESENTATION`: something that the query does not ask, in another form or number; `ERR_EXCHANGE_MALFORMED`
 */
export function parseVpToken(
  response: JsonObject,
  query: DcqlQuery,
): { readonly state: string | undefined; readonly presentations: readonly VpPresentation[] } {
  const state = readOptionalText(response.state, memberOf(place, 'state'), 1, 512)
  const token = readObject(response.vp_token, { path: 'vp_token', code: 'ERR_EXCHANGE_MALFORMED' })
  const presentations = Object.entries(token).flatMap(([id, list]) => {
    const asked = query.credentials.find(credential => credential.id === id)
    if (asked === undefined) throw new ExchangeError('ERR_EXCHANGE_PRESENTATION', 'vp_token: expected only what the query names')
    const at: Place = { path: `vp_token.${id}`, code: 'ERR_EXCHANGE_PRESENTATION' }
    return readList(list, at, 1, asked.multiple ? maxPresentations : 1).map(presentation => ({
      queryId: id,
      format: asked.format,
      presentation: asked.format === 'ldp_vc' ? readObject(presentation, at) : readText(presentation, at, 1, maxPresentationLength),
    }))
  })
  if (presentations.length === 0) throw new ExchangeError('ERR_EXCHANGE_PRESENTATION', 'vp_token: expected a presentation')
  return { state, presentations }
}
