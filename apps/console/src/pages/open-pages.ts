import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { servePages } from '@hufu/service'
import type { Part } from '@hufu/staff'
import type { Texts } from '@hufu/trust'
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { closed } from '../api/closed.ts'
import { TextsSchema } from '../api/common-schemas.ts'

const builtFolder = fileURLToPath(new URL('../../pages/dist', import.meta.url))
const HostSchema = closed({ name: TextsSchema, network: Type.String() })

/** What a server without built pages answers with. */
const notBuilt = `<!doctype html>
<html lang="zh-CN">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>虎符 Hufu</title>
  <main>
    <h1>页面尚未构建</h1>
    <p>控制台页面尚未构建。请在项目目录运行 <code>npm run setup</code>，然后刷新。</p>
    <section lang="en">
      <h2>Pages are not built</h2>
      <p>The console's pages are not built yet. Run <code>npm run setup</code> in the project's folder, and load this page again.</p>
    </section>
  </main>
</html>
`

/** The pages, at the root, and whose console it is. @param options.folder - of the built pages; default: where the set-up builds them */
export function openPages(options: { readonly name: Texts; readonly network: string; readonly folder?: string }): Part {
  const { name, network, folder = builtFolder } = options
  return {
    name: 'pages',
    async routes(server: FastifyInstance) {
      server.get(
        '/v1/console',
        {
          config: { access: 'public' },
          schema: { summary: 'Whose console this is', tags: ['Server'], response: { 200: HostSchema } },
        },
        async () => ({ name: { ...name }, network }),
      )
      if (existsSync(join(folder, 'index.html'))) await servePages(server, { folder, prefix: '', areHashRouted: true })
      else {
        const route = { config: { access: 'public', page: true }, schema: { hide: true } as object } as const
        server.get('/', route, async (_request, reply) => reply.code(503).type('text/html; charset=utf-8').send(notBuilt))
      }
    },
  }
}
