import type { JsonObject } from '@hufu/credentials'
import { isSignatureValid, joseAlgorithm, type PublicKey, publicKeyFromJwk, publicKeyToJwk, type Signer } from '@hufu/keys'
import { bytesToBase64url, canonicalJsonBytes, errorCode, utf8ToBytes } from '@hufu/primitives'
import { ExchangeError } from '../errors.ts'
import { type Place, readBase64url, readJsonBytes, readObject, refusal } from '../json/read-json.ts'

/** A proof that its sender has a key: signed by the key in its own header. It says nothing about whose key that is. */
export interface OwnKeyJwt {
  readonly publicKey: PublicKey
  readonly payload: JsonObject
}

const maxLength = 16_384
/** Header parameters that name another key than `jwk`, or ask for extensions. */
const refusedNames = ['kid', 'jku', 'x5c', 'x5u', 'x5t', 'x5t#S256', 'crit']

/** Signs a JWT that brings its own key. */
export async function signOwnKeyJwt(type: string, payload: Readonly<Record<string, unknown>>, signer: Signer): Promise<string> {
  const { publicKey } = signer
  const header = { alg: joseAlgorithm[publicKey.algorithm], typ: type, jwk: publicKeyToJwk(publicKey) }
  const signingInput = `${encode(header)}.${encode(payload)}`
  return `${signingInput}.${bytesToBase64url(await signer.sign(utf8ToBytes(signingInput)))}`
}

/**
 * Verifies a JWT by the key in its header: `jwk` and no other.
 *
 * @throws ExchangeError `ERR_EXCHANGE_TOO_LARGE`, `ERR_EXCHANGE_MALFORMED`, `ERR_EXCHANGE_TYPE`, `ERR_EXCHANGE_ALGORITHM`; `ERR_EXCHANGE_HEADER_KEY`: no key
 *   there, a private one, or one named otherwise; `ERR_EXCHANGE_SIGNATURE`
 */
export async function verifyOwnKeyJwt(text: string, type: string, place: Place): Promise<OwnKeyJwt> {
  if (text.length > maxLength) throw refusal({ ...place, code: 'ERR_EXCHANGE_TOO_LARGE' }, `at most ${maxLength} characters`)
  const [headerText = '', payloadText, signatureText, ...rest] = text.split('.', 4)
  if (payloadText === undefined || signatureText === undefined || rest.length > 0)
    throw refusal({ ...place, code: 'ERR_EXCHANGE_MALFORMED' }, 'three parts with dots between')
  const publicKey = readHeader(decodeObject(headerText, place), type, place)
  const payload = decodeObject(payloadText, place)
  const signature = readBase64url(signatureText, { ...place, code: 'ERR_EXCHANGE_MALFORMED' })
  if (!(await isSignatureValid(publicKey, utf8ToBytes(`${headerText}.${payloadText}`), signature)))
    throw refusal({ ...place, code: 'ERR_EXCHANGE_SIGNATURE' }, 'the signature of the key in its header')
  return { publicKey, payload }
}

function readHeader(header: JsonObject, type: string, place: Place): PublicKey {
  const { alg, typ, jwk } = header
  if (typ !== type) throw refusal({ ...place, code: 'ERR_EXCHANGE_TYPE' }, `a JWT of type ${type}`)
  if (alg !== 'ES256' && alg !== 'EdDSA') throw refusal({ ...place, code: 'ERR_EXCHANGE_ALGORITHM' }, 'ES256 or EdDSA')
  if (jwk === undefined || refusedNames.some(name => Object.hasOwn(header, name)))
    throw refusal({ ...place, code: 'ERR_EXCHANGE_HEADER_KEY' }, 'a key as jwk and no other')
  const publicKey = readKey(jwk, place)
  if (joseAlgorithm[publicKey.algorithm] !== alg) throw refusal({ ...place, code: 'ERR_EXCHANGE_ALGORITHM' }, "the key's own algorithm")
  return publicKey
}

function readKey(jwk: unknown, place: Place): PublicKey {
  try {
    return publicKeyFromJwk(jwk)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new ExchangeError('ERR_EXCHANGE_HEADER_KEY', `${place.path}: expected a public key of P-256 or Ed25519 as jwk`, { cause })
  }
}

function decodeObject(text: string, place: Place): JsonObject {
  const malformed: Place = { ...place, code: 'ERR_EXCHANGE_MALFORMED' }
  return readObject(readJsonBytes(readBase64url(text, malformed), malformed, maxLength), malformed)
}

function encode(value: unknown): string {
  return bytesToBase64url(canonicalJsonBytes(value))
}
