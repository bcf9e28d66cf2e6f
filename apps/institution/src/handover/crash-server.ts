// An institution in a process of its own, to be killed; for tests. Waits for a line of JSON that says who it is, then says that it listens.
import { once } from 'node:events'
import { flushCompileCache } from 'node:module'
import { createInterface } from 'node:readline'
import type { Queries } from '@hufu/service'
import { migrate, openPostgresDatabase } from '@hufu/service'
import type { AuditEntry } from '@hufu/staff'
import { fixedSecret } from '@hufu/testkit'
import { armCrashPoint } from '../parts/crash-point.ts'
import { Directory } from '../verifier/directory-fixture.ts'
import { World } from '../verifier/verifier-fixture.ts'
import { handoverMigrations } from './migrations.ts'
import { openHandover } from './open-handover.ts'

/** Who a server is, and where the others are. */
export interface CrashOrder {
  readonly name: string
  readonly databaseUrl: string
  readonly port: number
  readonly peers: Readonly<Record<string, number>>
}

// Killed, it keeps nothing that was compiled; the next one need not do it again.
flushCompileCache()
const orders = createInterface({ input: process.stdin })
const [line] = (await once(orders, 'line')) as [string]
const { name, databaseUrl, port, peers } = JSON.parse(line) as CrashOrder
const database = openPostgresDatabase(databaseUrl)
const directory = new Directory()
for (const [peer, peerPort] of Object.entries(peers)) await directory.add(peer, `http://localhost:${peerPort}`)
const world = await World.open(database, { directory, vaultSecret: fixedSecret(`${name} vault`), anyRoots: true })
await migrate(database, [...handoverMigrations, { name: 'test audit', sql: 'create table test_audit (entry text not null)' }])
const audit = {
  append: async (queries: Queries, entry: AuditEntry) =>
    void (await queries.query('insert into test_audit values ($1)', [JSON.stringify(entry)])),
}
const environment = { LOOPBACK_PEERS: 'allow' }
const { server } = await world.replica(name, { address: `http://localhost:${port}`, environment, audit }, async (institution, { desk }) => [
  await openHandover(institution, { desk }),
  {
    name: 'test',
    routes: routes => {
      routes.post<{ Body: { point: string } }>('/test/arm', { config: { access: 'public' } }, async request => {
        armCrashPoint(request.body.point)
        return {}
      })
    },
  },
])
await server.listen({ host: '127.0.0.1', port })
process.stdout.write('listening\n')
