import { type PublicKey, publicKeyFromJwk, publicKeyFromMultikey } from '@hufu/keys'
import { canonicalJsonBytes, errorCode, type Json } from '@hufu/primitives'
import { type DidDocument, type VerificationMethod, type VerificationPurpose, verificationPurposes } from './did-document.ts'
import { DidError } from './errors.ts'
import type { Did } from './parse-did.ts'

/** Largest document the contract keeps, in bytes of canonical JSON. */
export const maxDocumentBytes = 8192

const fragmentPattern = /^[A-Za-z0-9._-]{1,64}$/
const serviceTypePattern = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/
const maxUrlLength = 512

type Members = Readonly<Record<string, Json>>

/**
 * Parses a document in the form the ledger keeps it, against the strict schema of docs/did-method.md §4. Nothing outside it
 * passes, for what is written to the ledger stays there: no free text, no private key, no member that could carry personal data.
 *
 * @throws DidError `ERR_DID_DOCUMENT`: the message names the member; `ERR_DID_DOCUMENT_SIZE`: over 8,192 bytes of canonical JSON
 */
export function parseStoredDocument(json: unknown, did: Did): DidDocument {
  const document = members(json, 'document', ['id'], ['alsoKnownAs', 'verificationMethod', 'service', ...verificationPurposes])
  if (document.id !== did) throw wrong('id', 'the DID that the document belongs to')
  if (document.alsoKnownAs !== undefined) parseSet(document.alsoKnownAs, 'alsoKnownAs', parseOtherName)
  const keys = parseMethods(document.verificationMethod, did)
  parseServices(document.service, did, keys)
  for (const purpose of verificationPurposes) {
    if (document[purpose] !== undefined) parseSet(document[purpose], purpose, (item, path) => parseReference(item, path, purpose, keys))
  }
  if (canonicalJsonBytes(document).length > maxDocumentBytes) {
    throw new DidError('ERR_DID_DOCUMENT_SIZE', `document: expected at most ${maxDocumentBytes} bytes of canonical JSON`)
  }
  return document as unknown as DidDocument
}

function parseMethods(json: Json | undefined, did: Did): ReadonlyMap<string, PublicKey> {
  const keys = new Map<string, PublicKey>()
  for (const [index, method] of listOf(json, 'verificationMethod')) {
    const path = `verificationMethod[${index}]`
    const key = parseMethod(method, path, did)
    const { id } = method as unknown as VerificationMethod
    if (keys.has(id)) throw wrong(`${path}.id`, 'an id of its own')
    keys.set(id, key)
  }
  return keys
}

function parseServices(json: Json | undefined, did: Did, keys: ReadonlyMap<string, PublicKey>): void {
  const ids = new Set(keys.keys())
  for (const [index, service] of listOf(json, 'service')) {
    const id = parseService(service, `service[${index}]`, did)
    if (ids.has(id)) throw wrong(`service[${index}].id`, 'an id of its own')
    ids.add(id)
  }
}

function parseMethod(json: Json, path: string, did: Did): PublicKey {
  const isJwk = (json as Members | null)?.type === 'JsonWebKey'
  const method = members(json, path, ['id', 'type', 'controller', isJwk ? 'publicKeyJwk' : 'publicKeyMultibase'])
  parseOwnId(method.id, `${path}.id`, did)
  if (method.controller !== did) throw wrong(`${path}.controller`, 'the DID that the document belongs to')
  if (isJwk) {
    const jwk = members(method.publicKeyJwk, `${path}.publicKeyJwk`, ['kty', 'crv', 'x'], ['y'])
    const key = parseKey(`${path}.publicKeyJwk`, () => publicKeyFromJwk(jwk))
    if (key.algorithm === 'Ed25519' && jwk.y !== undefined) throw wrong(`${path}.publicKeyJwk`, 'no member y in an Ed25519 key')
    return key
  }
  const { type, publicKeyMultibase } = method
  if (type !== 'Multikey' || typeof publicKeyMultibase !== 'string') throw wrong(`${path}.type`, 'JsonWebKey or Multikey')
  return parseKey(`${path}.publicKeyMultibase`, () => publicKeyFromMultikey(publicKeyMultibase))
}

function parseKey(path: string, parse: () => PublicKey): PublicKey {
  try {
    return parse()
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new DidError('ERR_DID_DOCUMENT', `${path}: expected a public key of P-256 or Ed25519`, { cause })
  }
}

function parseService(json: Json, path: string, did: Did): string {
  const service = members(json, path, ['id', 'type', 'serviceEndpoint'])
  const { type, serviceEndpoint } = service
  if (typeof type !== 'string' || !serviceTypePattern.test(type))
    throw wrong(`${path}.type`, 'a name of letters, digits, dot, hyphen, underscore')
  if (!isHttpsUrl(serviceEndpoint) && !isLocalUrl(serviceEndpoint))
    throw wrong(`${path}.serviceEndpoint`, 'an https URL without user, password and fragment')
  return parseOwnId(service.id, `${path}.id`, did)
}

function parseReference(json: Json, path: string, purpose: VerificationPurpose, keys: ReadonlyMap<string, PublicKey>): void {
  const key = typeof json === 'string' ? keys.get(json) : undefined
  if (key === undefined) throw wrong(path, 'the id of a verification method of this document')
  if (purpose === 'keyAgreement' && key.algorithm !== 'P-256') throw wrong(path, 'a P-256 key: Ed25519 only signs')
}

function parseOtherName(json: Json, path: string): void {
  const isDid = typeof json === 'string' && json.length <= maxUrlLength && /^did:[a-z0-9]+:[A-Za-z0-9._:%-]+$/.test(json)
  if (!isDid && !isHttpsUrl(json)) throw wrong(path, 'a DID, or an https URL without user, password and fragment')
}

function parseOwnId(json: Json | undefined, path: string, did: Did): string {
  if (typeof json !== 'string' || !json.startsWith(`${did}#`) || !fragmentPattern.test(json.slice(did.length + 1))) {
    throw wrong(path, "the document's DID, # and a fragment of at most 64 letters, digits, dots, hyphens and underscores")
  }
  return json
}

function isHttpsUrl(json: Json | undefined): boolean {
  if (typeof json !== 'string' || json.length > maxUrlLength || !/^https:\/\/[\x21-\x7e]+$/.test(json) || json.includes('#')) return false
  const url = URL.parse(json)
  return url !== null && url.username === '' && url.password === ''
}

/** Of a network on one machine: nobody else can reach it, nor be led to it, for what a server fetches is checked apart. */
function isLocalUrl(json: Json | undefined): boolean {
  return typeof json === 'string' && /^http:\/\/localhost:[1-9]\d{0,4}$/.test(json)
}

function parseSet(json: Json | undefined, path: string, parseItem: (item: Json, path: string) => void): void {
  const items = listOf(json, path)
  for (const [index, item] of items) parseItem(item, `${path}[${index}]`)
  if (new Set(items.map(([, item]) => item)).size !== items.length) throw wrong(path, 'no entry twice')
}

/** Entries of a list that, if it is there at all, is not empty. */
function listOf(json: Json | undefined, path: string): readonly (readonly [number, Json])[] {
  if (json === undefined) return []
  if (!Array.isArray(json) || json.length === 0) throw wrong(path, 'a list that is not empty; leave the member out instead')
  return [...(json as readonly Json[]).entries()]
}

function members(json: unknown, path: string, required: readonly string[], optional: readonly string[] = []): Members {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(path, 'an object')
  const record = json as Members
  const missing = required.find(name => record[name] === undefined)
  if (missing !== undefined) throw wrong(path, `a member ${missing}`)
  if (Object.keys(record).some(name => !required.includes(name) && !optional.includes(name))) {
    throw wrong(path, `no members but ${[...required, ...optional].join(', ')}`)
  }
  return record
}

function wrong(path: string, expected: string): DidError {
  return new DidError('ERR_DID_DOCUMENT', `${path}: expected ${expected}`)
}
