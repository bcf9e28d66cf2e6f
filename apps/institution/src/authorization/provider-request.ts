import type { IncomingMessage } from 'node:http'

export interface ProviderRequestOptions {
  readonly publicUrl: string
  /** Path and query below `/oidc`. */
  readonly url: string
  /** Text of a form, already read. */
  readonly form?: string | undefined
}

/**
 * The request as the provider is to see it: at our own address, whatever headers say of hosts and proxies, with a body that was read before.
 *
 * Everything else is the original's.
 */
export function providerRequest(raw: IncomingMessage, { publicUrl, url, form }: ProviderRequestOptions): IncomingMessage {
  const { protocol, host, pathname } = new URL(publicUrl)
  const { 'x-forwarded-for': _, ...headers } = raw.headers
  const body = form === undefined ? undefined : Buffer.from(form)
  const own = {
    url,
    originalUrl: `${pathname.replace(/\/$/, '')}/oidc${url}`,
    headers: {
      ...headers,
      'x-forwarded-proto': protocol.slice(0, -1),
      'x-forwarded-host': host,
      ...(body === undefined ? {} : { 'content-length': String(body.length) }),
    },
    ...(body === undefined
      ? {}
      : {
          readable: true,
          readableEncoding: null,
          iterator: async function* () {
            yield body
          },
        }),
  }
  const descriptors = Object.entries(own).map(([name, value]) => [name, { value, writable: true, configurable: true, enumerable: true }])
  return Object.create(raw, Object.fromEntries(descriptors)) as IncomingMessage
}
