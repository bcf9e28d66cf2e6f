import fastifyStatic from '@fastify/static'
import type { FastifyContextConfig, FastifyInstance } from 'fastify'
import type { PagePolicy } from './page-policy.ts'

export interface PagesOptions {
  /** Of the built files: `index.html`, `assets/…` with hashes in their names, and others. */
  readonly folder: string
  /** Where the pages are, such as `/staff`; without a slash at its end. */
  readonly prefix: string
  /** The pages' own addresses are behind a `#`: then there is one page, and everything else that is no file is not there. */
  readonly areHashRouted?: boolean
  /** What differs from the usual policy for pages. */
  readonly policy?: PagePolicy | undefined
}

const assetCaching = 'public, max-age=31536000, immutable'

/**
 * Gives out a folder of built pages. An address without a dot in its last part is one of the pages' own, and answered with `index.html`. The files are public:
 * what they show comes from routes that say who may call them.
 */
export async function servePages(server: FastifyInstance, { folder, prefix, policy, areHashRouted = false }: PagesOptions): Promise<void> {
  // The plugin's own routes could not say who may call them.
  if (!server.hasReplyDecorator('sendFile')) await server.register(fastifyStatic, { root: folder, serve: false })
  const config: FastifyContextConfig & { readonly access: 'public' } = { access: 'public', page: policy ?? true }
  const route = { config, schema: { hide: true } as object }
  server.get(`${prefix}/*`, route, async (request, reply) => {
    const path = (request.params as { '*': string })['*']
    const isPage = areHashRouted ? path === '' : !/\.[^/]*$/.test(path)
    reply.header('cache-control', path.startsWith('assets/') ? assetCaching : 'no-cache')
    return reply.sendFile(isPage ? 'index.html' : path, folder, { cacheControl: false, dotfiles: 'deny', index: false })
  })
  if (prefix !== '') server.get(prefix, route, async (_request, reply) => reply.redirect(`${prefix}/`))
}
