import { errorCode, parseJson } from '@hufu/primitives'
import { DidError } from '../../errors.ts'
import type { DidDriver } from '../did-driver.ts'
import { type FetchPort, fetchText } from '../fetch-text.ts'
import { parsePublishedDocument } from './parse-published-document.ts'

/** Settings of {@link didWebDriver}. */
export interface DidWebOptions {
  readonly fetch: FetchPort
  /** Longest document; default 65,536. */
  readonly maxBytes?: number
  /** Default 5 s. */
  readonly timeoutMs?: number
}

const hostPattern = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const segmentPattern = /^(?:[A-Za-z0-9_-]|\.(?!\.?$)|%[0-9A-Fa-f]{2})+$/

/**
 * `did:web`: a document that a host publishes over HTTPS. Whoever runs the host, or its name, says what the document is, and says another tomorrow.
 *
 * @see https://w3c-ccg.github.io/did-method-web/
 */
export function didWebDriver({ fetch, maxBytes = 65_536, timeoutMs = 5_000 }: DidWebOptions): DidDriver {
  return {
    method: 'web',
    version: 1,
    async resolve(did) {
      const url = urlOfDidWeb(did)
      const accept = 'application/did+json, application/did+ld+json;q=0.9, application/json;q=0.8'
      const text = await fetchText(url.href, { fetch, accept, maxBytes, timeoutMs })
      if (text === null) throw new DidError('ERR_DID_NOT_FOUND', 'the host publishes no such document')
      const document = parsePublishedDocument(parse(text, maxBytes), did)
      return { document, metadata: {}, assurance: { kind: 'gatewaySigned' }, origin: { host: url.host } }
    },
  }
}

/**
 * Where the document of a `did:web` stands.
 *
 * @throws DidError `ERR_DID_SYNTAX`: no full name of a host in lower case, an IP address, or a path that another reader could take for another
 */
function urlOfDidWeb(did: string): URL {
  const [authority = '', ...path] = did.slice('did:web:'.length).split(':')
  const [host = '', port, ...rest] = authority.split(/%3A/i)
  const isPort = port === undefined || (/^[1-9]\d{0,4}$/.test(port) && Number(port) < 65_536)
  if (!hostPattern.test(host) || !isPort || rest.length > 0)
    throw new DidError('ERR_DID_SYNTAX', 'expected did:web and the full name of a host, in lower case, with %3A before a port')
  if (!path.every(segment => segmentPattern.test(segment) && !/%(?:2[ef]|5c|00|3a|3f|23|25)/i.test(segment)))
    throw new DidError('ERR_DID_SYNTAX', 'expected path segments without dots alone, slashes or marks of a URL')
  const url = new URL(
    `https://${host}${port === undefined ? '' : `:${port}`}/${[...(path.length === 0 ? ['.well-known'] : path), 'did.json'].join('/')}`,
  )
  if (url.hostname !== host) throw new DidError('ERR_DID_SYNTAX', 'expected the name of a host')
  return url
}

function parse(text: string, maxLength: number): unknown {
  try {
    return parseJson(text, { maxLength, maxDepth: 16 })
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new DidError('ERR_DID_DOCUMENT', 'document: expected JSON', { cause })
  }
}
