import { type Json, msToDateTime } from '@hufu/primitives'
import type { DereferencingResult } from '../dereference-did-url.ts'
import type { VerificationPurpose } from '../did-document.ts'
import { DidError } from '../errors.ts'
import { problemOfError } from '../problem-of-error.ts'
import { type DocumentMediaType, documentMediaTypes, knownContexts } from '../produce-document.ts'
import { type OptionTexts, parseDocumentMediaType, parseResolutionOptions } from '../resolution-options.ts'
import type { ResolutionResult } from '../resolution-result.ts'
import type { OtherDidDocument } from './did-driver.ts'
import type { DidResolver, OtherDidResolution } from './did-resolver.ts'

/**
 * The function `resolve` of DID Resolution for a DID of whatever method. What stands behind the answer, and where it came from, is in its metadata. Methods other than
 * `neo` have no past versions here.
 *
 * @throws what is not the caller's doing: DidError `ERR_DID_UNREACHABLE`, `ERR_DID_ANSWER`; the edge logs it and answers `internalProblem`
 */
export async function resolveOther(resolver: DidResolver, did: string, options: OptionTexts = new Map()): Promise<ResolutionResult> {
  try {
    const { contentType, resolution } = await find(resolver, did, options)
    return {
      didDocument: resolution.document === null ? null : produce(resolution.document, contentType),
      didResolutionMetadata: { contentType, ...provenance(resolution) },
      didDocumentMetadata: resolution.metadata,
    }
  } catch (error) {
    const problem = problemOfError(error)
    if (problem === undefined) throw error
    return { didDocument: null, didResolutionMetadata: { error: problem }, didDocumentMetadata: {} }
  }
}

/**
 * The function `dereference` for a DID of whatever method: its document, or the key or service that a fragment names. Nothing else: what paths and parameters
 * mean is for each method to say.
 *
 * @throws as {@link resolveOther}
 */
export async function dereferenceOther(
  resolver: DidResolver,
  didUrl: string,
  options: OptionTexts = new Map(),
): Promise<DereferencingResult> {
  try {
    const [did, fragment, ...rest] = didUrl.split('#')
    if (rest.length > 0) throw new DidError('ERR_DID_URL_SYNTAX', 'expected a DID URL with one fragment')
    if (/[/?]/.test(did!))
      throw new DidError('ERR_DID_FEATURE', 'expected a DID, alone or with a fragment: of this method nothing else is known here')
    const purpose = options.get('verificationRelationship')
    const { contentType, resolution } = await find(resolver, did!, options, ['verificationRelationship'])
    const { document, metadata } = resolution
    const dereferencingMetadata = { contentType, ...provenance(resolution) }
    if (document === null) return { dereferencingMetadata: {}, contentStream: null, contentMetadata: metadata }
    if (fragment === undefined && purpose !== undefined)
      throw new DidError('ERR_DID_KEY', 'expected a fragment that names a verification method')
    const contentStream =
      fragment === undefined ? produce(document, contentType) : partOf(document, `${did}#${fragment}`, contentType, purpose)
    return { dereferencingMetadata, contentStream, contentMetadata: metadata }
  } catch (error) {
    const problem = problemOfError(error)
    if (problem === undefined) throw error
    return { dereferencingMetadata: { error: problem }, contentStream: null, contentMetadata: {} }
  }
}

async function find(
  resolver: DidResolver,
  did: string,
  options: OptionTexts,
  further: readonly string[] = [],
): Promise<{ readonly contentType: DocumentMediaType; readonly resolution: OtherDidResolution }> {
  const { moment, accept } = parseResolutionOptions(options, further)
  const contentType = parseDocumentMediaType(accept)
  if (moment !== 'latest')
    throw new DidError('ERR_DID_FEATURE', 'expected no versionId and no versionTime: this method has no past versions here')
  const resolution = await resolver.resolve(did, options.get('noCache') === 'true' ? { maxAgeMs: 0 } : {})
  return { contentType, resolution }
}

function provenance({ assurance, source: { retrievedMs, ...source } }: OtherDidResolution) {
  return { assurance, source: { ...source, retrieved: msToDateTime(retrievedMs) } }
}

function partOf(
  document: OtherDidDocument,
  id: string,
  contentType: DocumentMediaType,
  purpose: string | undefined,
): Readonly<Record<string, Json>> {
  const entries = ['verificationMethod', 'service'].flatMap(member => listOf(document[member]))
  const part = entries.find(entry => (entry as { readonly id?: Json }).id === id) as Readonly<Record<string, Json>> | undefined
  if (part === undefined) throw new DidError('ERR_DID_NOT_FOUND', 'the document has nothing of that fragment')
  if (purpose !== undefined && !listOf(document[purpose as VerificationPurpose]).includes(id))
    throw new DidError('ERR_DID_KEY_PURPOSE', `the verification method is not listed for ${purpose}`)
  const whole = produce(document, contentType)
  return { ...('@context' in whole ? { '@context': whole['@context']! } : {}), ...part }
}

/** With the context that the document was published with, or else those of what is in it. */
function produce(document: OtherDidDocument, contentType: DocumentMediaType): Readonly<Record<string, Json>> {
  if (document['@context'] !== undefined || contentType === documentMediaTypes[2] || contentType === documentMediaTypes[3]) return document
  const [didV1, didV11] = knownContexts
  if (contentType === 'application/did') return { '@context': [didV11!], ...document }
  const types = new Set(listOf(document.verificationMethod).map(method => (method as { readonly type?: Json }).type))
  const contexts = Object.entries(methodContexts).flatMap(([type, context]) => (types.has(type) ? [context] : []))
  return { '@context': [didV1!, ...contexts], ...document }
}

const methodContexts: Readonly<Record<string, string>> = {
  JsonWebKey: 'https://w3id.org/security/jwk/v1',
  Multikey: 'https://w3id.org/security/multikey/v1',
  EcdsaSecp256k1RecoveryMethod2020: 'https://w3id.org/security/suites/secp256k1recovery-2020/v2',
}

function listOf(json: Json | undefined): readonly Json[] {
  return Array.isArray(json) ? json : []
}
