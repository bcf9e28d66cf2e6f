import type { FastifyContextConfig, FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Pages of any origin may call the route and read its answers; never with cookies. */
    readonly cors?: true
  }
}

const requestHeaders = 'accept, authorization, content-type, dpop, if-none-match'
const answerHeaders = 'dpop-nonce, etag, location, retry-after, www-authenticate'
const preflightMaxAgeSeconds = 86_400

/** Answers preflights of the routes that say `cors`, and lets their answers be read, refusals too. */
export function openToAnyOrigin(server: FastifyInstance): void {
  const methodsByUrl = new Map<string, Set<string>>()
  server.addHook('onRoute', ({ url, method, config }) => {
    if (config?.cors !== true) return
    const methods = methodsByUrl.get(url)
    for (const name of [method].flat()) if (name !== 'OPTIONS') methods?.add(name)
    if (methods !== undefined || [method].flat().includes('OPTIONS')) return
    const allowed = new Set([method].flat())
    methodsByUrl.set(url, allowed)
    const preflight: FastifyContextConfig & { readonly access: 'public' } = { cors: true, access: 'public' }
    server.options(url, { config: preflight, schema: { hide: true } as object }, async (_request, reply) =>
      reply
        .code(204)
        .header('access-control-allow-methods', [...allowed].join(', '))
        .header('access-control-allow-headers', requestHeaders)
        .header('access-control-max-age', preflightMaxAgeSeconds)
        .send(),
    )
  })
  server.addHook('onRequest', async (request, reply) => {
    if (request.is404 || request.routeOptions.config.cors !== true) return
    reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', answerHeaders)
  })
}
