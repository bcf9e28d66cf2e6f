import { bytesToBase64url, canonicalJsonBytes, type Json, sha256, utf8ToBytes } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import { decodeJson } from '../json-object.ts'

/** A disclosed claim: `[salt, name, value]` of an object's member, `[salt, value]` of an array's element (RFC 9901 §4.2). */
export interface Disclosure {
  /** base64url, as it travels. */
  readonly text: string
  /** base64url of SHA-256 over `text`: what the signed credential holds in its place. */
  readonly digest: string
  /** undefined for an array's element. */
  readonly name: string | undefined
  readonly value: Json
}

/** Names that no claim may bear: those with a meaning of their own in SD-JWT (RFC 9901 §4.2.1), and one that does something else when it is assigned. */
export const reservedNames: readonly string[] = ['_sd', '...', '_sd_alg', '__proto__']

/** Parses a disclosure. @throws CredentialError `ERR_CREDENTIAL_MALFORMED`, `ERR_CREDENTIAL_DISCLOSURE`: a reserved name */
export function parseDisclosure(text: string): Disclosure {
  const parts = decodeJson(text, 'disclosure')
  if (!Array.isArray(parts) || parts.length < 2 || parts.length > 3 || typeof parts[0] !== 'string') throw malformed()
  const name = parts.length === 3 ? parts[1] : undefined
  if (parts.length === 3 && typeof name !== 'string') throw malformed()
  if (name !== undefined && reservedNames.includes(name))
    throw new CredentialError('ERR_CREDENTIAL_DISCLOSURE', 'disclosure bears a reserved name')
  return { text, digest: digestOf(text), name, value: parts.at(-1) }
}

/** Makes the disclosure of an object's member, or of an array's element if `name` is undefined. @param salt - at least 16 random bytes */
export function makeDisclosure(salt: Uint8Array, name: string | undefined, value: Json): Disclosure {
  const saltText = bytesToBase64url(salt)
  const text = bytesToBase64url(canonicalJsonBytes(name === undefined ? [saltText, value] : [saltText, name, value]))
  return { text, digest: digestOf(text), name, value }
}

/** base64url of SHA-256 over ASCII text (RFC 9901 §4.2.3 and §4.3.1). */
export function digestOf(text: string): string {
  return bytesToBase64url(sha256(utf8ToBytes(text)))
}

function malformed(): CredentialError {
  return new CredentialError('ERR_CREDENTIAL_MALFORMED', 'expected a disclosure of salt, name and value, or of salt and value')
}
