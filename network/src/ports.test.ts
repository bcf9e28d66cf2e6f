import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { checkPortsFree, freePorts, portsFrom } from './ports.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

function listen(port: number, host: string): Promise<void> {
  return new Promise(resolve => {
    servers.push(createServer().listen({ port, host }, resolve))
  })
}

test('gives each node three ports in a row', () => {
  expect(portsFrom(20_400, 2)).toEqual([
    { p2p: 20_400, rpc: 20_401, metrics: 20_402 },
    { p2p: 20_403, rpc: 20_404, metrics: 20_405 },
  ])
})

test.each([80, 65_534, 70_000, 20_400.5, Number.NaN])('refuses the base port %d', base => {
  expect(() => portsFrom(base, 7)).toThrow(TypeError)
})

test.each(['127.0.0.1', '0.0.0.0'])('names the port that another program listens on at %s', async host => {
  const ports = await freePorts(2)
  await checkPortsFree(ports)
  await listen(ports[1]!.rpc, host)
  await expect(checkPortsFree(ports, 0)).rejects.toMatchObject({
    code: 'ERR_NETWORK_PORT_TAKEN',
    message: expect.stringContaining(`port ${ports[1]!.rpc} of`),
  })
})

test('waits for ports that are just being let go of', async () => {
  const ports = await freePorts(1)
  await listen(ports[0]!.p2p, '127.0.0.1')
  setTimeout(() => servers.splice(0)[0]!.close(), 150)
  await checkPortsFree(ports, 5_000)
})
