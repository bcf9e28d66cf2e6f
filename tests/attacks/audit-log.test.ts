// An institution's log on a real network: what `hufu audit verify` says of it as it is, and after somebody changed it in the database.

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDid, didOf } from '@hufu/did'
import { systemClock } from '@hufu/primitives'
import { createHttpServer, createLog, type Database, migrate, openEmbeddedDatabase } from '@hufu/service'
import { AccessCheckers, auditMigrations, enforceAccess, ManualJobs, type OpenAuditLog, openAuditLog } from '@hufu/staff'
import { startTestNetwork } from '@hufu/testkit'
import type { FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { staffRoles } from '../../apps/institution/src/access/access.ts'
import { anchorOnLedger } from '../../apps/institution/src/audit/anchor-on-ledger.ts'
import { Hufu } from '../journeys/run-hufu.ts'

const network = await startTestNetwork({ validators: 4 })
const folder = mkdtempSync(join(tmpdir(), 'hufu-audit-'))
const auditorToken = 'auditor-token'
const hufu = new Hufu(join(folder, 'home'))
const onNetwork = ['--network', join(folder, 'network.json')]
let database: Database
let audit: OpenAuditLog
let server: FastifyInstance
let url: string

beforeAll(async () => {
  const [account] = await network.fundedAccounts('audited')
  const did = didOf(network.descriptor.name, account!.scriptHash)
  await (await createDid({ client: network.ledger, network: network.descriptor }, { account: account! })).durable()
  writeFileSync(join(folder, 'network.json'), JSON.stringify(network.descriptor))
  writeFileSync(join(folder, 'token'), `${auditorToken}\n`)
  database = await openEmbeddedDatabase(join(folder, 'database'))
  await migrate(database, auditMigrations)
  const log = createLog({ level: 'silent' })
  const ledger = { client: network.ledger, network: network.descriptor }
  audit = openAuditLog({
    ...{ database, jobs: new ManualJobs(), clock: systemClock, log, metrics: new Registry(), self: { slug: 'bank', did } },
    anchor: anchorOnLedger({ ledger: ledger as never, self: { slug: 'bank', did, account } as never, publicUrl: 'http://localhost' }),
  })
  server = createHttpServer({ log, bodyLimitBytes: 1024, requestTimeoutMs: 10_000 })
  const member = { id: '1', name: 'auditor', roles: ['auditor'] } as const
  const session = { id: '1', member, csrfToken: '', confirmedAtMs: 0, kind: 'reader', expiresAtMs: 0 } as const
  enforceAccess(server, {
    roles: staffRoles,
    ...{ publicUrl: 'http://localhost', systemToken: undefined, checkers: new AccessCheckers() },
    findSession: async ({ headers }) => (headers.authorization === `Bearer ${auditorToken}` ? session : null),
  })
  await audit.routes(server)
  url = await server.listen({ host: '127.0.0.1', port: 0 })
  for (let round = 1; round <= 3; round++) {
    await append(4)
    await audit.anchor()
  }
  await append(2)
})

afterAll(async () => {
  await server?.close()
  await audit?.close()
  await database?.close()
  await network.stop()
})

async function append(count: number): Promise<void> {
  for (let index = 0; index < count; index++)
    await database.transaction(queries => audit.append(queries, { actor: 'server', action: 'tested', detail: { index } }))
  await audit.chain()
}

async function verify(source: string, ...options: string[]): Promise<{ code: number | null; answer: ReturnType<typeof JSON.parse> }> {
  const { code, value } = await hufu.json(...onNetwork, 'audit', 'verify', source, ...options)
  return { code, answer: value }
}

const verifyServer = (...options: string[]) => verify(url, '--token-file', join(folder, 'token'), ...options)

test('a running server: its log holds, every head of it is on the ledger, by proof and by the word of the nodes', async () => {
  for (const options of [[], ['--node']]) {
    const { code, answer } = await verifyServer(...options)
    expect({ code, answer }).toMatchObject({
      code: 0,
      answer: { verdict: 'intact', records: 14, anchors: 3, anchorsMet: 3, anchoredThrough: 12, finding: null },
    })
  }
  expect((await fetch(`${url}/audit/export`)).status).toBe(401)
  expect(await verify(url)).toMatchObject({ code: 1, answer: { error: { code: 'ERR_CLI_SERVER' } } })
})

test('a copy in a file, also an old one; not the one of another DID, and not another file', async () => {
  const copy = join(folder, 'audit.jsonl')
  const answer = await fetch(`${url}/audit/export`, { headers: { authorization: `Bearer ${auditorToken}` } })
  expect(answer.headers.get('content-type')).toBe('application/jsonl')
  writeFileSync(copy, await answer.text())
  expect(await verify(copy)).toMatchObject({ code: 0, answer: { verdict: 'intact', records: 14 } })
  const other = didOf(network.descriptor.name, network.committee.scriptHash)
  expect(await verify(copy, '--did', other)).toMatchObject({ code: 1, answer: { error: { code: 'ERR_CLI_USAGE' } } })
  expect(await verify(join(folder, 'network.json'))).toMatchObject({ code: 1 })
})

test.each<[string, { kind: string; from: number; to: number | undefined }, ...string[]]>([
  ['edited', { kind: 'edited', from: 6, to: 6 }, `update audit_entries set entry = replace(entry, 'tested', 'tasted') where sequence = 6`],
  ['removed', { kind: 'removed', from: 6, to: 7 }, 'delete from audit_entries where sequence in (6, 7)'],
  [
    'cut off with the note of its head',
    { kind: 'truncated', from: 11, to: undefined },
    `delete from audit_entries where sequence > 10`,
    'update audit_head set sequence = 10, hash = (select hash from audit_entries where sequence = 10)',
  ],
])('a log of which records were %s in the database: the command says where, and ends with 2', async (_, finding, ...statements) => {
  await database.query('create temporary table kept as select * from audit_entries')
  const [head] = await database.query<{ sequence: number; hash: string }>('select * from audit_head')
  for (const statement of statements) await database.query(statement)
  const { code, answer } = await verifyServer()
  expect({ code, verdict: answer.verdict, finding: { to: undefined, ...answer.finding } }).toEqual({ code: 2, verdict: 'broken', finding })
  await database.query('delete from audit_entries')
  await database.query('insert into audit_entries overriding system value select * from kept')
  await database.query('update audit_head set sequence = $1, hash = $2', [head!.sequence, head!.hash])
  await database.query('drop table kept')
  expect((await verifyServer()).code).toBe(0)
})

test('the command speaks Chinese', async () => {
  const stdout = await hufu.ok(...onNetwork, '--lang', 'zh-CN', 'audit', 'verify', url, '--token-file', join(folder, 'token'))
  expect(stdout).toMatch(/^完好 {2}14 条记录/)
})
