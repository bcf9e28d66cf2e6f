import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type FastifyInstance, fastify } from 'fastify'

const htmlOf = (title: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}: API</title>
  </head>
  <body>
    <div id="app"></div>
    <script src="/api/reference.js"></script>
    <script src="/api/start.js"></script>
  </body>
</html>
`

// The page runs no script that stands in it, asks no other server for anything, and tells nobody that it was opened.
const start = `Scalar.createApiReference('#app', ${JSON.stringify({
  url: '/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  showDeveloperTools: 'never',
  hideClientButton: true,
  agent: { disabled: true },
  mcp: { disabled: true },
  persistAuth: false,
})})
`

/** `GET /api`: a page to read about the routes and try them, whole from this server. */
export function addTryPage(server: FastifyInstance, title: string): void {
  const config = { access: 'public', page: true } as const
  const schema = { hide: true } as object
  let reference: Promise<Buffer> | undefined
  server.get('/api', { config, schema }, async (_request, reply) => reply.type('text/html; charset=utf-8').send(htmlOf(title)))
  server.get('/api/start.js', { config, schema }, async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(start))
  server.get('/api/reference.js', { config, schema }, async (_request, reply) => {
    reference ??= readReference()
    return reply
      .type('text/javascript; charset=utf-8')
      .header('content-encoding', 'gzip')
      .header('cache-control', 'public, max-age=3600')
      .send(await reference)
  })
}

/** The script of the component, compressed: megabytes that most servers never need, so they are loaded when somebody asks. */
async function readReference(): Promise<Buffer> {
  const { default: apiReference } = await import('@scalar/fastify-api-reference')
  // Its plugin brings routes of its own, with scripts in the page; of them only the script's file is taken.
  const shelf = fastify()
  await shelf.register(apiReference, { routePrefix: '/api', configuration: { url: '/openapi.json' } })
  const { body } = await shelf.inject('/api/js/scalar.js')
  await shelf.close()
  return promisify(gzip)(body)
}
