import type { Json } from '@hufu/primitives'
import type { DidDocument } from './did-document.ts'
import { DidError } from './errors.ts'
import type { Did } from './parse-did.ts'
import { parseStoredDocument } from './parse-stored-document.ts'
import { knownContexts } from './produce-document.ts'

/**
 * Brings a document as people write or resolve it into the form the ledger keeps: `@context` and `controller` are checked
 * and left out, since resolution adds them.
 *
 * @param controller - DID of the account that will control the identifier; a member `controller` must name it
 * @throws DidError `ERR_DID_DOCUMENT`, `ERR_DID_DOCUMENT_SIZE` as {@link parseStoredDocument}
 */
export function prepareDocument(json: unknown, did: Did, controller: Did): DidDocument {
  if (typeof json !== 'object' || json === null) return parseStoredDocument(json, did)
  const { '@context': context, controller: named, ...stored } = json as Readonly<Record<string, Json>>
  if (context !== undefined) checkContext(context)
  if (named !== undefined && named !== controller) {
    throw new DidError('ERR_DID_DOCUMENT', 'controller: expected the DID of the signing account, or no such member: rotating sets it')
  }
  return parseStoredDocument(Array.isArray(json) ? json : stored, did)
}

function checkContext(json: Json): void {
  const contexts: readonly Json[] = Array.isArray(json) ? (json as readonly Json[]) : [json]
  const [first] = contexts
  const isDidFirst = typeof first === 'string' && first.startsWith('https://www.w3.org/ns/did/')
  if (!isDidFirst || !contexts.every(item => typeof item === 'string' && knownContexts.includes(item))) {
    throw new DidError('ERR_DID_DOCUMENT', '@context: expected that of DID Core first, and then those of JsonWebKey or Multikey')
  }
}
