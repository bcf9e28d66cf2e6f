import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHttpServer, createLog } from '@hufu/service'
import { AccessCheckers, enforceAccess } from '@hufu/staff'
import type { FastifyInstance } from 'fastify'
import { expect, test } from 'vitest'
import { staffRoles } from '../access/access.ts'
import { newFolder } from '../fixture.ts'
import type { Institution } from '../institution.ts'
import { openPages } from './open-pages.ts'

const institution = {
  config: { roles: ['issuer'], databaseUrlFile: undefined, walletUrl: undefined, pageQueries: [] },
  self: { name: { 'zh-CN': '银行', en: 'Bank' }, did: 'did:neo:test:bank' },
  network: { name: 'test' },
  publicUrl: 'http://localhost:8080',
  clock: { nowMs: () => 0 },
} as unknown as Institution

async function serve(folder: string): Promise<FastifyInstance> {
  const server = createHttpServer({ log: createLog({ level: 'silent' }), bodyLimitBytes: 1000, requestTimeoutMs: 1000 })
  enforceAccess(server, { roles: staffRoles, publicUrl: institution.publicUrl, systemToken: undefined, checkers: new AccessCheckers() })
  await openPages(institution, { folder }).routes(server)
  return server
}

test('gives out the pages, and beside them whose they are', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'index.html'), '<p>staff')
  const server = await serve(folder)
  expect((await server.inject('/staff/')).body).toBe('<p>staff')
  // Exact routes come before the pages.
  const { did, network, roles } = (await server.inject('/staff/institution')).json()
  expect([did, network, roles]).toEqual(['did:neo:test:bank', 'test', ['issuer']])
  expect((await server.inject('/staff/server')).statusCode).toBe(401)
})

test('says how to build them where they are not built', async () => {
  const server = await serve(join(newFolder(), 'missing'))
  const { statusCode, body, headers } = await server.inject('/staff/')
  expect([statusCode, headers['content-type']]).toEqual([503, 'text/html; charset=utf-8'])
  expect(body).toContain('npm run setup')
  expect((await server.inject('/staff')).headers.location).toBe('/staff/')
})
