// A gateway in a process of its own, to be killed. Waits for a line of JSON that says which it is, then says that it listens. Its chain is a stand-in.
import { once } from 'node:events'
import { flushCompileCache } from 'node:module'
import { createInterface } from 'node:readline'
import type { Transfer } from '@hufu/chains/titles'
import { type Database, openPostgresDatabase } from '@hufu/service'
import {
  chainsOf,
  instead,
  networkOf,
  openStandIn,
  openTestGateway,
  type Side,
  settingsOf,
} from '../../apps/gateway/src/gateway-fixture.ts'
import { messagesPath } from '../../apps/gateway/src/transfers/send-over-http.ts'

/** Which gateway a process is, and where the other one is. */
export interface GatewayOrder {
  readonly side: Side
  readonly folder: string
  readonly databaseUrl: string
  readonly port: number
  readonly otherPort: number
}

let stepsLeft = Number.POSITIVE_INFINITY

/** Whatever is done by a gateway that others could see, before and after: at one of them the process ends as by a power cut. */
function step(): void {
  stepsLeft--
  if (stepsLeft === 0) process.kill(process.pid, 'SIGKILL')
}

// Killed, it keeps nothing that was compiled; the next one need not do it again.
flushCompileCache()
const orders = createInterface({ input: process.stdin })
const [line] = (await once(orders, 'line')) as [string]
const { side, folder, databaseUrl, port, otherPort } = JSON.parse(line) as GatewayOrder

const server = openPostgresDatabase(databaseUrl)
/** Transactions are the records of sessions. */
const database: Database = {
  ...server,
  async transaction(work) {
    const result = await server.transaction(async queries => {
      const written = await work(queries)
      step()
      return written
    })
    step()
    return result
  },
}

const chain = await openStandIn(side, folder)
function around<Result>(act: (transfer: Transfer) => Promise<Result>): (transfer: Transfer) => Promise<Result> {
  return async transfer => {
    step()
    const result = await act(transfer)
    step()
    return result
  }
}
const end = instead(chain, {
  lock: around(transfer => chain.lock(transfer)),
  leave: around(transfer => chain.leave(transfer)),
  proveLeft: around(transfer => chain.proveLeft(transfer)),
  async arrive(transfer, proof) {
    step()
    const receipt = await chain.arrive(transfer, proof)
    step()
    return receipt
  },
})

const gateway = await openTestGateway({
  ...{ side, folder, database, chain },
  settings: await settingsOf(side, folder, { otherUrl: `http://localhost:${otherPort}` }),
  chains: { ...chainsOf(side, chain), endOf: network => (network === networkOf(side) ? end : undefined) },
  async fetch(input, init) {
    step()
    const response = await fetch(input, init)
    step()
    return response
  },
  parts: [
    {
      name: 'test',
      routes(routes) {
        routes.addHook('onSend', async request => {
          if (request.url === messagesPath) step()
        })
        routes.post<{ Body: { steps: number } }>('/test/arm', { config: { access: 'public' } }, async request => {
          stepsLeft = request.body.steps
          return {}
        })
        routes.get('/test/left', { config: { access: 'public' } }, async () => ({ steps: stepsLeft }))
      },
    },
  ],
})
await gateway.server.listen({ host: '127.0.0.1', port })
process.stdout.write('listening\n')
