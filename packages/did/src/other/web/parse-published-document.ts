import { publicKeyFromJwk, publicKeyFromMultikey, secp256k1FromJwk, secp256k1FromMultikey } from '@hufu/keys'
import { errorCode, type Json } from '@hufu/primitives'
import { verificationPurposes } from '../../did-document.ts'
import { parseDidSyntax } from '../../did-syntax.ts'
import { DidError } from '../../errors.ts'
import type { OtherDidDocument } from '../did-driver.ts'

type Members = Readonly<Record<string, Json>>

const maxItems = 64
const fragmentPattern = /^[A-Za-z0-9._~!$&'()*+,;=:@/?%-]{1,256}$/

/**
 * Parses a document that somebody published about a DID. Other than our own documents it may have members that are not known here; those that say which
 * keys are good for what have to be in order, and ids relative to the document become absolute.
 *
 * @throws DidError `ERR_DID_DOCUMENT`: the message names the member
 */
export function parsePublishedDocument(json: unknown, did: string): OtherDidDocument {
  const document = objectOf(json as Json, 'document')
  if (document.id !== did) throw wrong('id', 'the DID that the document belongs to')
  const methods = listOf(document.verificationMethod, 'verificationMethod').map((item, index) =>
    parseMethod(item, `verificationMethod[${index}]`, did),
  )
  const ids = new Set(methods.map(method => method.id))
  const purposes = verificationPurposes.flatMap(purpose =>
    document[purpose] === undefined
      ? []
      : [
          [
            purpose,
            listOf(document[purpose], purpose).map((item, index) => parseReference(item, `${purpose}[${index}]`, did, ids)),
          ] as const,
        ],
  )
  if (ids.size < methods.length) throw wrong('verificationMethod', 'ids that differ from each other')
  const services = listOf(document.service, 'service').map((item, index) => parseService(item, `service[${index}]`, did))
  return {
    ...document,
    id: did,
    ...(document.verificationMethod === undefined ? {} : { verificationMethod: methods }),
    ...Object.fromEntries(purposes),
    ...(document.service === undefined ? {} : { service: services }),
  }
}

function parseMethod(json: Json, path: string, did: string): Members {
  const method = objectOf(json, path)
  const { type, controller, publicKeyJwk, publicKeyMultibase } = method
  if (typeof type !== 'string' || type === '') throw wrong(`${path}.type`, 'text')
  if (typeof controller !== 'string' || !isDid(controller)) throw wrong(`${path}.controller`, 'a DID')
  for (const member of ['privateKeyJwk', 'privateKeyMultibase', 'secretKeyMultibase', 'privateKeyHex', 'privateKeyBase58'])
    if (method[member] !== undefined) throw wrong(path, 'no private key')
  if (publicKeyJwk !== undefined) checkJwk(publicKeyJwk, `${path}.publicKeyJwk`)
  if (publicKeyMultibase !== undefined) checkMultikey(publicKeyMultibase, `${path}.publicKeyMultibase`)
  if (publicKeyJwk !== undefined && publicKeyMultibase !== undefined) throw wrong(path, 'one form of its key')
  return { ...method, id: absolute(method.id, `${path}.id`, did) }
}

/** A key of a kind that is known here must be one; others are passed on as they are, and no one here will verify with them. */
function checkJwk(json: Json, path: string): void {
  const jwk = objectOf(json, path)
  if (jwk.d !== undefined || jwk.k !== undefined) throw wrong(path, 'no private key')
  check(path, jwk.crv === 'secp256k1' ? () => secp256k1FromJwk(jwk) : () => publicKeyFromJwk(jwk))
}

function checkMultikey(json: Json, path: string): void {
  if (typeof json !== 'string' || json.length > 4096) throw wrong(path, 'text')
  if (!json.startsWith('zDn') && !json.startsWith('z6Mk') && !json.startsWith('zQ3s')) return
  check(path, json.startsWith('zQ3s') ? () => secp256k1FromMultikey(json) : () => publicKeyFromMultikey(json))
}

function check(path: string, parse: () => unknown): void {
  try {
    parse()
  } catch (cause) {
    const code = errorCode(cause)
    if (code === 'ERR_KEY_ALGORITHM') return
    if (code === undefined) throw cause
    throw new DidError('ERR_DID_DOCUMENT', `${path}: expected a public key on its curve`, { cause })
  }
}

/** The id of a method, or a method for this purpose alone. */
function parseReference(json: Json, path: string, did: string, ids: ReadonlySet<Json | undefined>): Json {
  if (typeof json !== 'string') return parseMethod(json, path, did)
  const id = absolute(json, path, did)
  if (id.startsWith(`${did}#`) && !ids.has(id)) throw wrong(path, 'the id of a verification method of this document')
  return id
}

function parseService(json: Json, path: string, did: string): Members {
  const service = objectOf(json, path)
  const types = Array.isArray(service.type) ? service.type : [service.type]
  if (types.length === 0 || !types.every(type => typeof type === 'string' && type !== ''))
    throw wrong(`${path}.type`, 'text, or a list of texts')
  if (service.serviceEndpoint === undefined || service.serviceEndpoint === null) throw wrong(`${path}.serviceEndpoint`, 'a value')
  return { ...service, id: absolute(service.id, `${path}.id`, did, true) }
}

/** A fragment of the document, written as such or absolute. What stands in another DID's document has its own. */
function absolute(json: Json | undefined, path: string, did: string, mayBeUrl = false): string {
  if (typeof json !== 'string' || json.length > 2048) throw wrong(path, 'text')
  const id = json.startsWith('#') ? `${did}${json}` : json
  const [base, fragment, ...rest] = id.split('#')
  const isReference = fragment !== undefined && rest.length === 0 && fragmentPattern.test(fragment) && isDid(base!)
  if (isReference || (mayBeUrl && URL.canParse(id))) return id
  throw wrong(path, 'a DID, # and a fragment')
}

function isDid(text: string): boolean {
  try {
    parseDidSyntax(text)
    return true
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return false
  }
}

function listOf(json: Json | undefined, path: string): readonly Json[] {
  if (json === undefined) return []
  if (!Array.isArray(json) || json.length > maxItems) throw wrong(path, `a list of at most ${maxItems}`)
  return json
}

function objectOf(json: Json, path: string): Members {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(path, 'an object')
  return json as Members
}

function wrong(path: string, expected: string): DidError {
  return new DidError('ERR_DID_DOCUMENT', `${path}: expected ${expected}`)
}
