import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { NetworkError } from './errors.ts'

/** What one validator listens on, all on loopback. */
export interface NodePorts {
  readonly p2p: number
  readonly rpc: number
  readonly metrics: number
}

const portsPerNode = 3
// Above the ports that need root, below those that the kernel gives to outgoing connections: one of these might take a port while its node is down.
const freeFrom = 10_000
const freeUpTo = 32_000
const maxAttempts = 50
const retryMs = 100

/** Consecutive ports from `base`: three a node. @throws TypeError: they do not lie between 1024 and 65535 */
export function portsFrom(base: number, count: number): readonly NodePorts[] {
  if (!Number.isInteger(base) || base < 1024 || base + portsPerNode * count - 1 > 65_535)
    throw new TypeError(`expected a base port from 1024 on with ${portsPerNode * count} ports up to 65535`)
  return Array.from({ length: count }, (_, index) => {
    const first = base + portsPerNode * index
    return { p2p: first, rpc: first + 1, metrics: first + 2 }
  })
}

/** Ports that nobody uses just now; somebody else may take one before a node does. @throws NetworkError `ERR_NETWORK_PORT_TAKEN` */
export async function freePorts(count: number): Promise<readonly NodePorts[]> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const ports = portsFrom(freeFrom + Math.floor(Math.random() * (freeUpTo - freeFrom - portsPerNode * count)), count)
    if ((await takenPorts(ports)).length === 0) return ports
  }
  throw new NetworkError(
    'ERR_NETWORK_PORT_TAKEN',
    `no ${portsPerNode * count} free ports in a row were found on 127.0.0.1; name a base port`,
  )
}

/**
 * Makes sure that nobody listens on the nodes' ports.
 *
 * @param waitMs - how long to wait: nodes of a killed process let go of their ports a moment after it
 * @throws NetworkError `ERR_NETWORK_PORT_TAKEN`: naming every port that another program listens on
 */
export async function checkPortsFree(nodes: readonly NodePorts[], waitMs = 1_000): Promise<void> {
  const deadline = Date.now() + waitMs
  for (;;) {
    const taken = await takenPorts(nodes)
    if (taken.length === 0) return
    if (Date.now() >= deadline) {
      throw new NetworkError(
        'ERR_NETWORK_PORT_TAKEN',
        `another program listens on port ${taken.join(', ')} of 127.0.0.1; end it, or make the network with another base port`,
      )
    }
    await sleep(retryMs)
  }
}

async function takenPorts(nodes: readonly NodePorts[]): Promise<readonly number[]> {
  const ports = nodes.flatMap(({ p2p, rpc, metrics }) => [p2p, rpc, metrics])
  const isTaken = await Promise.all(ports.map(isPortTaken))
  return ports.filter((_, index) => isTaken[index])
}

function isPortTaken(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(true) : reject(error)))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(false)))
  })
}
