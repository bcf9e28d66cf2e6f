import { type DereferencingResult, type Did, type DidProblem, produceDocument, type ResolutionResult } from '@hufu/did'
import { contentTypeOf, errorFormat, type ResolverFormat } from './resolver-format.ts'

/** An HTTP answer, ready to be sent. */
export interface ResolverAnswer {
  readonly status: number
  readonly contentType?: string
  readonly location?: string
  readonly body: string
}

// DID Resolution, "HTTP(S) Binding": the status of each error type; any other is 500.
const statusOfProblem: Readonly<Record<string, number>> = {
  INVALID_DID: 400,
  INVALID_DID_URL: 400,
  INVALID_OPTIONS: 400,
  NOT_FOUND: 404,
  REPRESENTATION_NOT_SUPPORTED: 406,
  METHOD_NOT_SUPPORTED: 501,
  FEATURE_NOT_SUPPORTED: 501,
}

/** The answer to resolving a DID. */
export function answerResolution(result: ResolutionResult, format: ResolverFormat, did: string): ResolverAnswer {
  const { didDocument, didResolutionMetadata, didDocumentMetadata } = result
  const { error } = didResolutionMetadata
  if (error !== undefined) return answerProblem(error, format, false)
  const status = didDocumentMetadata.deactivated === true ? 410 : 200
  if (format.envelope === 'none' && didDocument !== null) return { status, contentType: format.type, body: JSON.stringify(didDocument) }
  // DID Core 1.0 §7.1 knows no success without a document; DID Resolution of today has none for a deactivated DID.
  const document = status === 410 && format.legacy ? produceDocument({ id: did as Did }, 'application/did+ld+json') : didDocument
  return envelope(status, errorFormat(format, false), { ...result, didDocument: document })
}

/** The answer to dereferencing a DID URL. A service's URL is where the caller is sent on to. */
export function answerDereferencing(result: DereferencingResult, format: ResolverFormat): ResolverAnswer {
  const { dereferencingMetadata, contentStream, contentMetadata } = result
  const { error, contentType } = dereferencingMetadata
  if (error !== undefined) return answerProblem(error, format, true)
  if (contentType === 'text/uri-list' && Array.isArray(contentStream)) return { status: 303, location: String(contentStream[0]), body: '' }
  const status = contentMetadata.deactivated === true ? 410 : 200
  if (format.envelope === 'none' && contentStream !== null) return { status, contentType: format.type, body: JSON.stringify(contentStream) }
  // Drafts disagree on the member's name: `contentStream` in the function, `content` in the data structure. Both are given.
  return envelope(status, errorFormat(format, true), { ...result, content: contentStream })
}

/** The answer to a request that cannot be served. */
export function answerProblem(error: DidProblem, format: ResolverFormat | undefined, isDidUrl: boolean): ResolverAnswer {
  const given = errorFormat(format, isDidUrl)
  const body =
    given.envelope === 'dereferencing'
      ? { dereferencingMetadata: { error }, contentStream: null, content: null, contentMetadata: {} }
      : { didDocument: null, didResolutionMetadata: { error }, didDocumentMetadata: {} }
  return envelope(statusOfProblem[nameOf(error)] ?? 500, given, body)
}

function envelope(status: number, format: ResolverFormat, body: Readonly<Record<string, unknown>>): ResolverAnswer {
  return { status, contentType: contentTypeOf(format), body: JSON.stringify(format.legacy ? legacyBody(body) : body) }
}

/** DID Core 1.0 §7.1.2: an error is one keyword such as `notFound`. */
function legacyBody(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => {
      const error = (value as { error?: DidProblem } | null)?.error
      return [name, error === undefined ? value : { error: keywordOf(error) }]
    }),
  )
}

function keywordOf(error: DidProblem): string {
  return nameOf(error)
    .toLowerCase()
    .replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function nameOf(error: DidProblem): string {
  return error.type.slice(error.type.indexOf('#') + 1)
}
