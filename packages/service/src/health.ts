import type { FastifyContextConfig, FastifyInstance } from 'fastify'

/** Names what a server needs to do its work, each with a look at it that throws if it is not there. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<void>>>

/**
 * `GET /health/live`: the process runs. `GET /health/ready`: it can serve, or 503 with the names of what is missing; also while it stops, so that
 * a load balancer sends nothing more.
 */
export function addHealthRoutes(server: FastifyInstance, checks: ReadinessChecks): void {
  let stopping = false
  server.addHook('preClose', async () => {
    stopping = true
  })
  const config: FastifyContextConfig & { readonly access: 'public' } = { access: 'public' }
  server.get('/health/live', { config }, async () => ({ status: 'live' }))
  server.get('/health/ready', { config }, async (request, reply) => {
    const missing = await missingOf(checks, (error, name) => request.log.warn({ err: error, name }, 'not ready'))
    const ready = missing.length === 0 && !stopping
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', missing })
  })
}

async function missingOf(checks: ReadinessChecks, onFailure: (error: unknown, name: string) => void): Promise<readonly string[]> {
  const results = await Promise.allSettled(Object.values(checks).map(check => check()))
  return Object.keys(checks).filter((name, index) => {
    const result = results[index]!
    if (result.status === 'rejected') onFailure(result.reason, name)
    return result.status === 'rejected'
  })
}
