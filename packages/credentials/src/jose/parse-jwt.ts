import { base64urlToBytes, errorCode, utf8ToBytes } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import { decodeJsonObject, type JsonObject } from '../json-object.ts'

/** JOSE names of the signature algorithms accepted everywhere. */
export type JwtAlgorithm = 'ES256' | 'EdDSA'

/** A further name, of SM2 with SM3, in no registry: accepted only by who asks for it. */
export type PartnerAlgorithm = 'SM2SM3'

/** A JWT taken apart, its signature not yet checked. */
export interface ParsedJwt<Algorithm extends JwtAlgorithm | PartnerAlgorithm = JwtAlgorithm> {
  readonly algorithm: Algorithm
  readonly kid: string | undefined
  readonly payload: JsonObject
  /** What the signature covers: ASCII of header, dot, payload (RFC 7515 §5.2). */
  readonly signingInput: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
}

/** Header parameters that bring a key or say where to get one (RFC 7515 §4.1): whoever forges a token would bring his own. */
const keyParameters = ['jwk', 'jku', 'x5c', 'x5u', 'x5t', 'x5t#S256']

const maxLength = 2 ** 21

const ownAlgorithms: readonly string[] = ['ES256', 'EdDSA'] satisfies readonly JwtAlgorithm[]

interface JwtHeader {
  readonly algorithm: JwtAlgorithm | PartnerAlgorithm
  readonly type: string
  readonly kid: string | undefined
}

/**
 * Parses a JWS in compact form whose payload is a JSON object, strictly: base64url and JSON in one form only, header without keys or extensions.
 *
 * @param text - at most 2,097,152 characters
 * @param options.type - what the `typ` header must be, exactly (RFC 8725 §3.11)
 * @param options.algorithms - what the `alg` header may be (RFC 8725 §3.1); default `ES256` and `EdDSA`
 * @throws CredentialError `ERR_CREDENTIAL_TOO_LARGE`, `ERR_CREDENTIAL_MALFORMED`, `ERR_CREDENTIAL_ALGORITHM`, `ERR_CREDENTIAL_HEADER_KEY`, `ERR_CREDENTIAL_TYPE`
 */
export function parseJwt<Algorithm extends JwtAlgorithm | PartnerAlgorithm>(
  text: string,
  options: { type: string; algorithms: readonly Algorithm[] },
): ParsedJwt<Algorithm>
export function parseJwt(text: string, options: { type: string }): ParsedJwt
export function parseJwt(
  text: string,
  { type, algorithms = ownAlgorithms }: { type: string; algorithms?: readonly string[] },
): ParsedJwt<JwtAlgorithm | PartnerAlgorithm> {
  if (text.length > maxLength) throw new CredentialError('ERR_CREDENTIAL_TOO_LARGE', `JWT is longer than ${maxLength} characters`)
  const [headerText, payloadText, signatureText, ...rest] = text.split('.')
  if (headerText === undefined || payloadText === undefined || signatureText === undefined || rest.length > 0)
    throw malformed('expected three parts with dots between')
  const header = headerOf(headerText)
  // For each call anew: a header that one caller accepts may be kept from another.
  if (!algorithms.includes(header.algorithm))
    throw new CredentialError('ERR_CREDENTIAL_ALGORITHM', `expected one of the algorithms ${algorithms.join(', ')}`)
  if (header.type !== type) throw new CredentialError('ERR_CREDENTIAL_TYPE', `expected a JWT of type ${type}`)
  return {
    algorithm: header.algorithm,
    kid: header.kid,
    payload: decodeJsonObject(payloadText, 'JWT payload'),
    signingInput: utf8ToBytes(`${headerText}.${payloadText}`),
    signature: parseSignature(signatureText),
  }
}

const knownHeaders = new Map<string, JwtHeader>()
const maxKnownHeaders = 1024
const maxKnownHeaderLength = 512

/** All credentials of an issuer have the same header, and so have all holders' proofs: the last 1,024 short ones are kept. */
function headerOf(text: string): JwtHeader {
  const before = knownHeaders.get(text)
  if (before !== undefined) return before
  const header = parseHeader(text)
  if (knownHeaders.size >= maxKnownHeaders) knownHeaders.delete(knownHeaders.keys().next().value!)
  if (text.length <= maxKnownHeaderLength) knownHeaders.set(text, header)
  return header
}

function parseHeader(text: string): JwtHeader {
  const header = decodeJsonObject(text, 'JWT header')
  if (keyParameters.some(name => Object.hasOwn(header, name)))
    throw new CredentialError('ERR_CREDENTIAL_HEADER_KEY', 'JWT header must not hold or point to a key')
  if (Object.hasOwn(header, 'crit')) throw malformed('header asks for extensions')
  const { alg, typ, kid } = header
  if (alg !== 'ES256' && alg !== 'EdDSA' && alg !== 'SM2SM3')
    throw new CredentialError('ERR_CREDENTIAL_ALGORITHM', 'expected an algorithm that is known here')
  if (typeof typ !== 'string') throw new CredentialError('ERR_CREDENTIAL_TYPE', 'expected a JWT that names its type')
  if (kid !== undefined && typeof kid !== 'string') throw malformed('kid is not text')
  return { algorithm: alg, type: typ, kid }
}

function parseSignature(text: string): Uint8Array<ArrayBuffer> {
  try {
    return base64urlToBytes(text)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw malformed('signature is not base64url')
  }
}

function malformed(why: string): CredentialError {
  return new CredentialError('ERR_CREDENTIAL_MALFORMED', `malformed JWT: ${why}`)
}
