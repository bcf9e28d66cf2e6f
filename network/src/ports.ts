import { createServer } from 'node:net'
import { NetworkError } from './errors.ts'

/** What one validator listens on, all on loopback. */
export interface NodePorts {
  readonly p2p: number
  readonly rpc: number
  readonly metrics: number
}

const kinds = ['p2p', 'rpc', 'metrics'] as const

/** Consecutive ports from `base`: three a node. */
export function portsFrom(base: number, count: number): readonly NodePorts[] {
  return Array.from({ length: count }, (_, index) => ({ p2p: base + 3 * index, rpc: base + 3 * index + 1, metrics: base + 3 * index + 2 }))
}

/** Ports that nobody uses just now; somebody else may take one before a node does. */
export async function freePorts(count: number): Promise<readonly NodePorts[]> {
  // All are held open until the last is known, so that none is given twice.
  const servers = await Promise.all(Array.from({ length: 3 * count }, () => listen(0)))
  const ports = servers.map(server => (server.address() as { port: number }).port)
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return Array.from({ length: count }, (_, index) => ({
    p2p: ports[3 * index]!,
    rpc: ports[3 * index + 1]!,
    metrics: ports[3 * index + 2]!,
  }))
}

/** @throws NetworkError `ERR_NETWORK_PORT_TAKEN`: naming every port that another program listens on */
export async function checkPortsFree(nodes: readonly NodePorts[]): Promise<void> {
  const taken: number[] = []
  for (const port of nodes.flatMap(node => kinds.map(kind => node[kind]))) {
    const server = await listen(port).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error
      taken.push(port)
    })
    if (server !== undefined) await new Promise(resolve => server.close(resolve))
  }
  if (taken.length > 0) {
    throw new NetworkError(
      'ERR_NETWORK_PORT_TAKEN',
      `another program listens on port ${taken.join(', ')} of 127.0.0.1; end it, or make the network with another base port`,
    )
  }
}

function listen(port: number): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve(server))
  })
}
