import { bytesToUtf8, errorCode, msToDateTime, parseJson } from '@hufu/primitives'
import type { ResolvedDocument } from './did-document.ts'
import type { DidMoment, DidSource, DidState } from './did-state.ts'
import { DidError } from './errors.ts'
import { accountOfDid, type Did, didOf, networkOfDid } from './parse-did.ts'
import { maxDocumentBytes, parseStoredDocument } from './parse-stored-document.ts'

/** A DID resolved: its document, what the ledger says about it, and the state both were read from. */
export interface DidResolution {
  readonly did: Did
  /** Null once deactivated. */
  readonly document: ResolvedDocument | null
  readonly metadata: DocumentMetadata
  /** Evidence: the version and its block. */
  readonly state: DidState
}

/** Metadata of a document; times are in UTC with whole seconds. @see https://www.w3.org/TR/did-resolution/#did-document-metadata */
export interface DocumentMetadata {
  readonly created: string
  /** Time of the operation that made this version; absent for the first. */
  readonly updated?: string
  readonly deactivated?: true
  readonly versionId: string
  readonly nextUpdate?: string
  readonly nextVersionId?: string
}

/**
 * Resolves a DID to its document at a moment, by default as it is now.
 *
 * @throws DidError `ERR_DID_NOT_FOUND`: never registered, of another network, or no such version; `ERR_DID_DOCUMENT`,
 *   `ERR_DID_DOCUMENT_SIZE`: what its controller stored breaks the method's schema, so nobody is shown it
 * @throws LedgerError `ERR_LEDGER_UNREACHABLE`, `ERR_LEDGER_ANSWER`, `ERR_LEDGER_PROOF`: the source could not tell
 * @see https://www.w3.org/TR/did-resolution/#resolving
 */
export async function resolveDid(source: DidSource, did: Did, moment: DidMoment = 'latest'): Promise<DidResolution> {
  if (networkOfDid(did) !== source.network) throw new DidError('ERR_DID_NOT_FOUND', `expected a DID of network ${source.network}`)
  const state = await source.findState(accountOfDid(did), moment)
  if (state === null) throw new DidError('ERR_DID_NOT_FOUND', 'the DID or that version of it is not registered')
  const before = resolved.get(state)
  if (before?.did === did) return before
  const resolution = { did, document: state.deactivated ? null : documentOf(state, did), metadata: metadataOf(state), state }
  resolved.set(state, resolution)
  return resolution
}

/** A source that keeps states gives the same object again: its document need not be parsed again. */
const resolved = new WeakMap<DidState, DidResolution>()

function documentOf(state: DidState, did: Did): ResolvedDocument {
  const document = parseStoredDocument(jsonOf(state.document), did)
  if (state.controller === accountOfDid(did)) return document
  const { id, ...rest } = document
  return { id, controller: didOf(networkOfDid(did), state.controller), ...rest }
}

function jsonOf(document: Uint8Array): unknown {
  try {
    return parseJson(bytesToUtf8(document), { maxLength: maxDocumentBytes })
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new DidError('ERR_DID_DOCUMENT', 'document: expected JSON', { cause })
  }
}

function metadataOf(state: DidState): DocumentMetadata {
  return {
    created: msToDateTime(state.createdMs),
    ...(state.version === 1 ? {} : { updated: msToDateTime(state.timeMs) }),
    ...(state.deactivated ? { deactivated: true } : {}),
    versionId: String(state.version),
    ...(state.nextTimeMs === null ? {} : { nextUpdate: msToDateTime(state.nextTimeMs), nextVersionId: String(state.version + 1) }),
  }
}
