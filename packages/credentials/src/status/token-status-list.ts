import type { Signer } from '@hufu/keys'
import { base64urlToBytes, bytesToBase64url, errorCode, secondsOfMs } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import { jwtTime, requiredJwtTime } from '../jose/jwt-time.ts'
import type { ParsedJwt } from '../jose/parse-jwt.ts'
import { signJwt } from '../jose/sign-jwt.ts'
import { isJsonObject } from '../json-object.ts'
import { compress, decompress } from './compression.ts'
import { StatusBits, type StatusSize } from './status-bits.ts'
import type { StatusList } from './status-list.ts'

/** The `typ` of a status list token (Token Status List §5.1). */
export const statusListType = 'statuslist+jwt'

/** What a status list token says. */
export interface TokenStatusList {
  readonly uri: string
  readonly statuses: StatusBits
  readonly issuedAtMs: number
  readonly expiresAtMs: number | undefined
  /** How long a copy may be used before a fresh one is fetched. */
  readonly ttlMs: number | undefined
}

/** 16 million entries of one bit. */
const maxListBytes = 2 ** 21

/**
 * Publishes a status list as a signed token (draft-ietf-oauth-status-list-21 §5.1). Serve it at `uri` as `application/statuslist+jwt`.
 *
 * @param options.kid - DID URL of the signer's key; the DID must be the issuer of the credentials
 * @returns compact JWT; its SHA-256 is what the ledger anchors
 */
export async function signTokenStatusList(options: {
  list: StatusList
  uri: string
  signer: Signer
  kid: string
  issuedAtMs: number
  expiresAtMs: number
  ttlMs: number
}): Promise<string> {
  const { list, uri, signer, kid } = options
  const lst = bytesToBase64url(await compress(list.toBytes(), 'deflate'))
  const payload = {
    sub: uri,
    iat: secondsOfMs(options.issuedAtMs),
    exp: secondsOfMs(options.expiresAtMs),
    ttl: secondsOfMs(options.ttlMs),
    status_list: { bits: list.size, lst },
  }
  return signJwt({ type: statusListType, kid, payload }, signer)
}

/**
 * Reads what a status list token says; its signature is the caller's to check.
 *
 * @throws CredentialError `ERR_CREDENTIAL_STATUS_INVALID`, `ERR_CREDENTIAL_MALFORMED`: not of the form that the specification gives, or longer than 2 MiB unpacked
 */
export async function readTokenStatusList({ payload }: ParsedJwt): Promise<TokenStatusList> {
  const { sub, status_list: list } = payload
  if (typeof sub !== 'string' || !isJsonObject(list) || typeof list.lst !== 'string' || !isStatusSize(list.bits))
    throw invalid('a claim is missing or malformed')
  const bytes = await decompress(bytesOf(list.lst), 'deflate', maxListBytes)
  return {
    uri: sub,
    statuses: new StatusBits(bytes, list.bits, 'lsb'),
    issuedAtMs: requiredJwtTime(payload, 'iat'),
    expiresAtMs: jwtTime(payload, 'exp'),
    ttlMs: jwtTime(payload, 'ttl'),
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  try {
    return base64urlToBytes(text)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw invalid('the list is not base64url')
  }
}

function isStatusSize(value: unknown): value is StatusSize {
  return value === 1 || value === 2 || value === 4 || value === 8
}

function invalid(why: string): CredentialError {
  return new CredentialError('ERR_CREDENTIAL_STATUS_INVALID', `malformed status list: ${why}`)
}
