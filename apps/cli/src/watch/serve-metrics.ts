import { createServer, type Server } from 'node:http'
import { fleetMetrics, type Watch } from '@hufu/network'
import { CliError } from '../errors.ts'

/** Serves the state of a fleet to Prometheus, on this machine only. @throws CliError `ERR_CLI_SERVER`: the port is taken */
export async function serveMetrics(watch: Watch, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(fleetMetrics(watch.snapshot()))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause => reject(new CliError('ERR_CLI_SERVER', `metrics cannot listen on port ${port} of 127.0.0.1`, { cause })))
    server.listen(port, '127.0.0.1', resolve)
  })
  return server
}
