import { DidError } from './errors.ts'

/**
 * The URL that a reference means at a service's endpoint (RFC 3986 §5), with the DID URL's fragment.
 * The reference comes from whoever wrote the DID URL, so it may not leave the endpoint's host nor climb its path.
 *
 * @throws DidError `ERR_DID_URL_SYNTAX`
 * @see https://www.w3.org/TR/did-resolution/#security-query-string-normalization-and-injection-risks
 */
export function resolveServiceReference(endpoint: string, reference: string | undefined, fragment: string | undefined): string {
  if (reference !== undefined && !staysWithin(reference)) {
    throw new DidError('ERR_DID_URL_SYNTAX', 'relativeRef: expected a path without host and dot segments')
  }
  const url = new URL(reference ?? '', endpoint)
  if (url.origin !== new URL(endpoint).origin) throw new DidError('ERR_DID_URL_SYNTAX', 'relativeRef: expected a path at the same host')
  if (fragment !== undefined) {
    if (url.hash !== '') throw new DidError('ERR_DID_URL_SYNTAX', 'expected a fragment in the DID URL or in relativeRef, not in both')
    url.hash = fragment
  }
  return url.href
}

/** Judged after decoding until nothing changes, since `%252E` is a dot to whoever decodes twice. */
function staysWithin(reference: string): boolean {
  // URL parsers trim, so what follows a space would count as the beginning.
  if (reference !== reference.trim()) return false
  let path = reference.replace(/[?#].*$/s, '')
  for (let previous = ''; previous !== path; ) {
    previous = path
    try {
      path = decodeURIComponent(path)
    } catch {
      return false
    }
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: URL parsers drop tabs and line ends, so `.\t.` would become `..`
  if (/[\\\u0000-\u001f]/.test(path) || path.startsWith('//') || /^[A-Za-z][A-Za-z0-9+.-]*:/.test(path)) return false
  return !path.split('/').some(segment => segment === '..' || segment === '.')
}
