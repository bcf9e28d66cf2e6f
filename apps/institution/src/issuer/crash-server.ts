// An issuer in a process of its own, to be killed; for tests. Waits for a line with the URL of its database, `{ "url" }`, then says on which port it listens.
import { once } from 'node:events'
import { flushCompileCache } from 'node:module'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { bytesToHex, systemClock } from '@hufu/primitives'
import { type Database, migrate, openJobs, openPostgresDatabase } from '@hufu/service'
import { armCrashPoint } from '../parts/crash-point.ts'
import type { WalletGrant } from './authorization-seam.ts'
import { migrateShared, residentType, serveIssuer, TestTokens, testInstitution, testLedger } from './issuer-fixture.ts'
import type { IssuerLedger, LeafWriter } from './issuer-ledger.ts'
import { openIssuer } from './open-issuer.ts'

const tables = [
  {
    name: 'test ledger',
    sql: `create table test_anchors (uri text, text text);
          create table test_leaves (type text, leaf text, place serial, status text default 'valid', unique (type, leaf));
          create table test_tokens (token text primary key, grant_json text not null)`,
  },
]

// Killed, it keeps nothing that was compiled; the next one need not do it again.
flushCompileCache()
const orders = createInterface({ input: process.stdin })
const [line] = (await once(orders, 'line')) as [string]
const { url } = JSON.parse(line) as { url: string }
const database = openPostgresDatabase(url)
await migrateShared(database)
await migrate(database, tables)
// A job whose replica was killed is taken up by the next one soon.
const jobs = openJobs(database, { leaseMs: 400, retryMs: 50, pollMs: 50 })
const institution = await testInstitution({ database, jobs, clock: systemClock, audit: { append: async () => undefined } })
const tokens = new TestTokens()
for (const row of await database.query<{ token: string; grant_json: string }>('select * from test_tokens'))
  tokens.add(row.token, JSON.parse(row.grant_json) as WalletGrant)
const issuer = await openIssuer(institution, { authorization: tokens, ledger: tableLedger(database) })
const served = await serveIssuer(institution, issuer, tokens, server => {
  server.post<{ Body: { point: string } }>('/test/arm', { config: { access: 'public' } }, async request => {
    armCrashPoint(request.body.point)
    return {}
  })
  server.post<{ Body: { code: string; txCode: string } }>('/test/token', { config: { access: 'public' } }, async request => {
    const { offerId } = await issuer.offers.redeem(request.body.code, request.body.txCode)
    const token = tokens.add(crypto.randomUUID(), { offerId })
    await database.query('insert into test_tokens values ($1, $2)', [token, JSON.stringify({ offerId })])
    return { token }
  })
})
await served.server.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`${(served.server.server.address() as AddressInfo).port}\n`)

/** A ledger that outlives the process: tables. */
function tableLedger(ledger: Database): IssuerLedger {
  const set = async (indices: readonly number[], status: string): Promise<void> => {
    for (const index of indices) await ledger.query('update test_leaves set status = $2 where place = $1', [index, status])
  }
  const writer: LeafWriter = {
    async append(bytes) {
      const places: number[] = []
      for (let at = 0; at < bytes.length; at += 32) {
        const leaf = bytesToHex(bytes.subarray(at, at + 32))
        await ledger.query('insert into test_leaves (type, leaf) values ($1, $2) on conflict do nothing', [residentType, leaf])
        const [row] = await ledger.query<{ place: number }>('select place from test_leaves where leaf = $1', [leaf])
        places.push(row!.place)
      }
      return places
    },
    revokeLeaves: indices => set(indices, 'revoked'),
    suspendLeaves: indices => set(indices, 'suspended'),
    reinstateLeaves: indices => set(indices, 'valid'),
  }
  return {
    ...testLedger(),
    anchor: async ({ uri, text }) => void (await ledger.query('insert into test_anchors values ($1, $2)', [uri, text])),
    openTree: async () => writer,
  }
}
