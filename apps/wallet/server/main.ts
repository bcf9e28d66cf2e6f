// Gives out the wallet's files. Any web server can: this one is for the pilot and for tests.
import fastifyStatic from '@fastify/static'
import { addHealthRoutes, createHttpServer, createLog, readConfig, runServer, ServiceError } from '@hufu/service'
import { configSchema } from './config.ts'

try {
  const { host, port, logLevel, stopAfterMs, programFolder, networkFolder } = readConfig(configSchema, process.env)
  const server = createHttpServer({ log: createLog({ level: logLevel }), bodyLimitBytes: 1024, requestTimeoutMs: 10_000 })
  addHealthRoutes(server, {})
  await server.register(fastifyStatic, {
    root: [programFolder, networkFolder],
    // Files whose names hold a hash of their content never change.
    setHeaders: (reply, path) =>
      void reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'),
  })
  // The page names its own policy; only this cannot stand in a page.
  server.addHook('onRequest', async (_request, reply) => void reply.header('content-security-policy', "frame-ancestors 'none'"))
  await runServer(server, { host, port, stopAfterMs })
} catch (error) {
  process.stderr.write(`${error instanceof ServiceError ? error.message : String(error)}\n`)
  process.exitCode = 1
}
