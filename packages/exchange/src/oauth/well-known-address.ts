/** Address of a well-known document: its name comes between host and path (RFC 8414 §3.1, OpenID4VCI 1.0 §12.2.2). */
export function wellKnownAddress(identifier: URL, name: string): URL {
  const path = identifier.pathname.replace(/\/$/, '')
  return new URL(`${identifier.origin}/.well-known/${name}${path}`)
}
