import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'

const listenMs = 200

/** Something inside that nobody may reach: notes whoever connects, by whatever name and protocol, at all addresses of this machine. */
export class Canary {
  readonly port: number
  readonly #hits: string[] = []
  readonly #servers: readonly Server[]

  private constructor(port: number, servers: readonly Server[]) {
    this.port = port
    this.#servers = servers
    for (const server of servers)
      server.on('connection', socket => {
        const place = this.#hits.push(`${new Date().toISOString()} `) - 1
        socket.on('data', chunk => (this.#hits[place] += chunk.toString('latin1').slice(0, 500)))
        socket.on('error', () => undefined)
        setTimeout(() => socket.destroy(), listenMs).unref()
      })
  }

  static async start(): Promise<Canary> {
    const first = createServer().listen(0, '::')
    await once(first, 'listening')
    return new Canary((first.address() as AddressInfo).port, [first])
  }

  /** When somebody connected, and what they said. */
  get hits(): readonly string[] {
    return this.#hits
  }

  stop(): void {
    for (const server of this.#servers) server.close()
  }
}
