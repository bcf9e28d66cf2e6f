import type { FastifyInstance } from 'fastify'

/**
 * Listens, and stops in order at SIGTERM or SIGINT: takes no new requests, finishes those under way, then settles. A second signal, or
 * `stopAfterMs`, ends it at once.
 *
 * @param options.port - 0 lets the system choose one
 */
export async function runServer(server: FastifyInstance, options: { host: string; port: number; stopAfterMs: number }): Promise<void> {
  const { host, port, stopAfterMs } = options
  server.log.info({ address: await server.listen({ host, port }) }, 'listening')
  await stopSignal()
  server.log.info('stopping')
  const deadline = setTimeout(() => {
    server.log.warn('requests were still under way')
    process.exit(1)
  }, stopAfterMs)
  await server.close()
  clearTimeout(deadline)
}

/** Settles at the first signal; the next one has its usual effect. */
function stopSignal(): Promise<void> {
  return new Promise(resolve => {
    const stop = () => {
      process.off('SIGTERM', stop).off('SIGINT', stop)
      resolve()
    }
    process.on('SIGTERM', stop).on('SIGINT', stop)
  })
}
