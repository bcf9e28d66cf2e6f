import { DidError, parseDidUrlQuery } from '@hufu/did'

/** What a request asks for. */
export interface ResolverRequest {
  /** DID or DID URL as sent, percent-decoded once. */
  readonly identifier: string
  readonly isDidUrl: boolean
  /** Options beside the identifier, without `accept`. */
  readonly options: ReadonlyMap<string, string>
  /** Media types that the caller likes: the option `accept`, or else the header. */
  readonly accept: string | undefined
}

const dereferencingNames = ['service', 'serviceType', 'relativeRef', 'verificationRelationship']

/**
 * Reads a request of the HTTP binding. A DID URL may stand in the path percent-encoded, or as it is, its query then being the request's.
 *
 * @param url - path and query as sent, still encoded
 * @throws DidError `ERR_DID_URL_SYNTAX`, `ERR_DID_SYNTAX`: an option twice, or broken percent-encoding
 * @see https://www.w3.org/TR/did-resolution/#bindings-https
 */
export function readResolverRequest(url: string, prefix: string, acceptHeader: string | undefined): ResolverRequest {
  const question = url.indexOf('?')
  const path = question < 0 ? url : url.slice(0, question)
  const options = new Map(parseDidUrlQuery(question < 0 ? '' : url.slice(question + 1)))
  const accept = options.get('accept') ?? acceptHeader
  options.delete('accept')
  const identifier = percentDecode(path.slice(prefix.length))
  const isDidUrl = /[/?#]/.test(identifier) || dereferencingNames.some(name => options.has(name))
  return { identifier, isDidUrl, options, accept }
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new DidError('ERR_DID_SYNTAX', 'expected a DID or DID URL in percent-encoded UTF-8')
  }
}
