import type { Json } from '@hufu/primitives'
import type { ResolvedDocument, Service, VerificationPurpose } from './did-document.ts'
import type { DidSource } from './did-state.ts'
import { DidError } from './errors.ts'
import { findVerificationMethod } from './find-verification-key.ts'
import { type DidUrl, parseDidUrl } from './parse-did-url.ts'
import { type DidProblem, problemOfError } from './problem-of-error.ts'
import { type DocumentMediaType, produceDocument } from './produce-document.ts'
import { type OptionTexts, parseDocumentMediaType, parseResolutionOptions } from './resolution-options.ts'
import type { Provenance, ResolutionResult } from './resolution-result.ts'
import { resolveDid } from './resolve-did.ts'
import { resolveServiceReference } from './resolve-service-reference.ts'

/** What the function `dereference` of DID Resolution answers. */
export interface DereferencingResult {
  readonly dereferencingMetadata: {
    readonly contentType?: DocumentMediaType | 'text/uri-list'
    readonly error?: DidProblem
  } & Partial<Provenance>
  /** A document, a part of one, a list of URLs (`text/uri-list`), or null. */
  readonly contentStream: Readonly<Record<string, Json>> | readonly string[] | null
  readonly contentMetadata: ResolutionResult['didDocumentMetadata']
}

const uriList = 'text/uri-list'
const serviceParameters = ['service', 'serviceType', 'relativeRef']

/**
 * The function `dereference` of DID Resolution: a DID URL to its document, to a key or service in it, or to a service's URLs.
 *
 * @throws what is not the caller's doing, such as a `LedgerError`; the edge logs it and answers `internalProblem`
 * @see https://www.w3.org/TR/did-resolution/#dereferencing
 */
export async function dereference(source: DidSource, didUrl: string, options: OptionTexts = new Map()): Promise<DereferencingResult> {
  try {
    return await dereferenceParsed(source, parseDidUrl(didUrl), options)
  } catch (error) {
    const problem = problemOfError(error)
    if (problem === undefined) throw error
    return { dereferencingMetadata: { error: problem }, contentStream: null, contentMetadata: {} }
  }
}

async function dereferenceParsed(source: DidSource, url: DidUrl, options: OptionTexts): Promise<DereferencingResult> {
  const merged = mergeParameters(url.parameters, options)
  const { moment, accept, verificationRelationship } = parseResolutionOptions(merged, [...serviceParameters, 'verificationRelationship'])
  if (url.path !== '') throw new DidError('ERR_DID_NOT_FOUND', 'did:neo defines no paths')
  const { document, metadata } = await resolveDid(source, url.did, moment)
  if (document === null) return { dereferencingMetadata: {}, contentStream: null, contentMetadata: metadata }
  if (!serviceParameters.some(name => merged.has(name))) {
    const contentType = parseDocumentMediaType(accept)
    const contentStream = contentOf(document, url, contentType, verificationRelationship)
    return { dereferencingMetadata: { contentType }, contentStream, contentMetadata: metadata }
  }
  const services = selectServices(document, merged)
  if (accept === uriList || (accept === undefined && merged.has('relativeRef'))) {
    const urls = services.map(service => resolveServiceReference(service.serviceEndpoint, merged.get('relativeRef'), url.fragment))
    return { dereferencingMetadata: { contentType: uriList }, contentStream: urls, contentMetadata: {} }
  }
  const contentType = parseDocumentMediaType(accept)
  const contentStream = contentOf({ ...document, service: services }, url, contentType, verificationRelationship)
  return { dereferencingMetadata: { contentType }, contentStream, contentMetadata: metadata }
}

/** Parameters of the DID URL and options beside it are one set (DID Resolution, "Dereferencing the Resource", step 2). */
function mergeParameters(parameters: ReadonlyMap<string, string>, options: OptionTexts): OptionTexts {
  for (const name of parameters.keys()) {
    if (options.has(name)) throw new DidError('ERR_DID_OPTIONS', 'expected each option once, in the DID URL or beside it')
    if (name === 'accept') throw new DidError('ERR_DID_FEATURE', 'expected no parameter accept in a DID URL')
  }
  return new Map([...parameters, ...options])
}

function contentOf(
  document: ResolvedDocument,
  url: DidUrl,
  contentType: DocumentMediaType,
  purpose: VerificationPurpose | undefined,
): Readonly<Record<string, Json>> {
  const whole = produceDocument(document, contentType)
  if (url.fragment === undefined) {
    if (purpose !== undefined) throw new DidError('ERR_DID_KEY', 'expected a fragment that names a verification method')
    return whole
  }
  const id = `${url.did}#${url.fragment}`
  const part = purpose === undefined ? findPart(document, id) : findVerificationMethod(document, id, purpose)
  return { ...('@context' in whole ? { '@context': whole['@context']! } : {}), ...(part as unknown as Readonly<Record<string, Json>>) }
}

function findPart(document: ResolvedDocument, id: string): unknown {
  const part = [...(document.verificationMethod ?? []), ...(document.service ?? [])].find(candidate => candidate.id === id)
  if (part === undefined) throw new DidError('ERR_DID_NOT_FOUND', 'the document has nothing of that fragment')
  return part
}

function selectServices(document: ResolvedDocument, parameters: OptionTexts): readonly Service[] {
  const id = parameters.get('service')
  const type = parameters.get('serviceType')
  if (id === undefined && type === undefined)
    throw new DidError('ERR_DID_OPTIONS', 'relativeRef: expected service or serviceType beside it')
  const wanted = id === undefined || id.startsWith('did:') ? id : `${document.id}#${id.replace(/^#/, '')}`
  const services = (document.service ?? []).filter(
    service => (wanted === undefined || service.id === wanted) && (type === undefined || service.type === type),
  )
  if (services.length === 0) throw new DidError('ERR_DID_NOT_FOUND', 'the document has no such service')
  return services
}
