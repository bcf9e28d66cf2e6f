import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHttpServer, createLog } from '@hufu/service'
import { beforeAll, expect, test } from 'vitest'
import { servePages } from './serve-pages.ts'

const server = createHttpServer({ log: createLog({ level: 'silent' }), bodyLimitBytes: 1000, requestTimeoutMs: 1000 })

beforeAll(async () => {
  const outer = mkdtempSync(join(tmpdir(), 'hufu-pages-'))
  for (const name of ['staff', 'visitors']) {
    const folder = join(outer, name)
    mkdirSync(join(folder, 'assets'), { recursive: true })
    writeFileSync(join(folder, 'index.html'), `<p>${name}`)
    writeFileSync(join(folder, 'assets', 'app-1a2b.js'), '0')
    writeFileSync(join(folder, '.secret'), 'x')
    await servePages(server, { folder, prefix: `/${name}`, policy: name === 'visitors' ? { 'img-src': '*' } : undefined })
  }
  writeFileSync(join(outer, 'private.txt'), 'x')
})

test('gives out pages and their files, each with the policy and caching that fits', async () => {
  for (const url of ['/staff/', '/staff/applications/1', '/staff/index.html']) {
    const { body, headers } = await server.inject(url)
    expect([body, headers['content-type'], headers['cache-control']]).toEqual(['<p>staff', 'text/html; charset=utf-8', 'no-cache'])
    expect(headers['content-security-policy']).toContain("script-src 'self'")
  }
  const script = await server.inject('/staff/assets/app-1a2b.js')
  expect(script.headers['cache-control']).toContain('immutable')
  expect(script.headers['content-type']).toContain('javascript')
  expect((await server.inject('/staff')).headers.location).toBe('/staff/')
  const other = await server.inject('/visitors/')
  expect([other.body, other.headers['content-security-policy']]).toEqual(['<p>visitors', expect.stringContaining('img-src *')])
})

test.each([
  '/staff/missing.js',
  '/staff/../private.txt',
  '/staff/..%2fprivate.txt',
  '/staff/%2e%2e/private.txt',
  '/staff/..%5cprivate.txt',
  '/staff/.secret',
  '/staff/assets/..%2f.secret',
  '/staff/%00.txt',
])('%s answers with no file', async url => {
  const { statusCode, body } = await server.inject(url)
  expect(statusCode).toBeGreaterThanOrEqual(400)
  expect(statusCode).toBeLessThan(500)
  expect(body).toContain('"code":"ERR_SERVICE_REQUEST"')
})
