import type { IncomingMessage } from 'node:http'

export interface ProviderRequestOptions {
  /** Path and query below `/oidc`. */
  readonly url: string
  /** Text of a form, already read. */
  readonly form?: string | undefined
}

/**
 * Makes requests as the provider is to see them: at our own address, whatever headers say of hosts and proxies, with a body that was read before. Everything
 * else is the original's.
 */
export function providerRequests(publicUrl: string): (raw: IncomingMessage, options: ProviderRequestOptions) => IncomingMessage {
  const { protocol, host, pathname } = new URL(publicUrl)
  const forwarded = { 'x-forwarded-proto': protocol.slice(0, -1), 'x-forwarded-host': host }
  const mountPath = `${pathname.replace(/\/$/, '')}/oidc`
  return (raw, { url, form }) => {
    const { 'x-forwarded-for': _, ...headers } = raw.headers
    const request = Object.create(raw) as Record<string, unknown>
    define(request, { url, originalUrl: `${mountPath}${url}`, headers: { ...headers, ...forwarded } })
    if (form !== undefined) {
      const body = Buffer.from(form)
      async function* iterator() {
        yield body
      }
      define(request, { headers: { ...headers, ...forwarded, 'content-length': String(body.length) } })
      define(request, { readable: true, readableEncoding: null, iterator })
    }
    return request as unknown as IncomingMessage
  }
}

/** Most of them have no setter where they come from. */
function define(request: Record<string, unknown>, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values))
    Object.defineProperty(request, name, { value, writable: true, configurable: true, enumerable: true })
}
