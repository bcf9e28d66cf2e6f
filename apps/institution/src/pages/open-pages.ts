import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { servePages } from '@hufu/service'
import type { Part } from '@hufu/staff'
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { Institution } from '../institution.ts'

const builtFolder = fileURLToPath(new URL('../../pages/dist', import.meta.url))
const tags = ['Staff: pages']
const closed = { additionalProperties: false } as const
const Names = Type.Object({ 'zh-CN': Type.String(), en: Type.String() }, closed)
const InstitutionSchema = Type.Object({ name: Names, did: Type.String(), network: Type.String(), roles: Type.Array(Type.String()) }, closed)
const ServerSchema = Type.Object(
  {
    publicUrl: Type.String(),
    database: Type.Union([Type.Literal('embedded'), Type.Literal('postgres')], {
      description: 'embedded: PGlite, which does not wait for the disk',
    }),
    walletUrl: Type.Optional(Type.String()),
    pageQueries: Type.Array(Type.String()),
    node: Type.String(),
    runningSinceMs: Type.Number(),
    timeMs: Type.Number(),
  },
  closed,
)

/** What a server without built pages answers with. */
const notBuilt = `<!doctype html>
<html lang="zh-CN">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>虎符 Hufu</title>
  <main>
    <h1>页面尚未构建</h1>
    <p>工作人员页面尚未构建。请在项目目录运行 <code>npm run setup</code>，然后刷新。</p>
    <section lang="en">
      <h2>Pages are not built</h2>
      <p>The pages for the staff are not built yet. Run <code>npm run setup</code> in the project's folder, and load this page again.</p>
    </section>
  </main>
</html>
`

/**
 * Opens the pages for the staff, at `/staff/`, and what they ask about the server as a whole.
 *
 * @param options.folder - of the built pages; default: where the set-up builds them
 */
export function openPages(institution: Institution, options: { readonly folder?: string } = {}): Part {
  const { folder = builtFolder } = options
  const { config, self, network, publicUrl, clock } = institution
  const runningSinceMs = clock.nowMs()

  return {
    name: 'pages',
    async routes(server: FastifyInstance) {
      if (existsSync(join(folder, 'index.html'))) await servePages(server, { folder, prefix: '/staff' })
      else unbuiltPages(server)

      server.get(
        '/staff/institution',
        {
          config: { access: 'public' },
          schema: { summary: 'Whose pages these are, and what this server does', tags, response: { 200: InstitutionSchema } },
        },
        async () => ({ name: { ...self.name }, did: self.did, network: network.name, roles: [...config.roles] }),
      )

      server.get(
        '/staff/server',
        {
          config: { access: ['administrator'] },
          schema: { summary: 'How this server is set up; no secrets', tags, response: { 200: ServerSchema } },
        },
        async () => ({
          publicUrl,
          database: config.databaseUrlFile === undefined ? ('embedded' as const) : ('postgres' as const),
          ...(config.walletUrl === undefined ? {} : { walletUrl: config.walletUrl }),
          pageQueries: [...config.pageQueries],
          node: process.version,
          runningSinceMs,
          timeMs: clock.nowMs(),
        }),
      )
    },
  }
}

function unbuiltPages(server: FastifyInstance): void {
  const route = { config: { access: 'public', page: true }, schema: { hide: true } as object } as const
  server.get('/staff/', route, async (_request, reply) => reply.code(503).type('text/html; charset=utf-8').send(notBuilt))
  server.get('/staff', route, async (_request, reply) => reply.redirect('/staff/'))
}
