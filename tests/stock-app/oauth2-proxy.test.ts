import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openEmbeddedDatabase } from '@hufu/service'
import { freePort } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  Browser,
  csrfIn,
  FakeDesk,
  identified,
  type Replica,
  settings,
  sha256Hex,
  startReplica,
} from '../../apps/institution/src/authorization/authorization-fixture.ts'

// oauth2-proxy stands before applications that know nothing of sign-in, and is in wide use: nothing of it is ours.
const folder = fileURLToPath(new URL('oauth2-proxy', import.meta.url))
const secret = randomBytes(32).toString('base64url')

const desk = new FakeDesk()
let database: Awaited<ReturnType<typeof openEmbeddedDatabase>>
let replica: Replica
let proxy: ChildProcess
let application: Server
let proxyUrl: string
/** What the application behind the proxy was told of its visitor. */
let seen: IncomingHttpHeaders = {}

beforeAll(async () => {
  await promisify(execFile)('go', ['build', '-buildvcs=false', '-o', 'bin/oauth2-proxy', 'github.com/oauth2-proxy/oauth2-proxy/v7'], {
    cwd: folder,
  })
  application = createServer((request, response) => {
    seen = request.headers
    response.end('welcome to the records')
  }).listen(0, '127.0.0.1')
  await once(application, 'listening')
  const applicationPort = (application.address() as { port: number }).port
  const port = await freePort()
  proxyUrl = `http://127.0.0.1:${port}`
  const client = {
    id: 'records',
    name: { 'zh-CN': '病历', en: 'Records' },
    secretSha256: sha256Hex(secret),
    redirectUris: [`${proxyUrl}/oauth2/callback`],
    levels: [settings.levels[1]!],
  }
  database = await openEmbeddedDatabase()
  replica = await startReplica(database, { desk, settings: { ...settings, clients: [client] } })
  const flags = {
    provider: 'oidc',
    'oidc-issuer-url': `${replica.url}/oidc`,
    'client-id': 'records',
    'client-secret': secret,
    'redirect-url': `${proxyUrl}/oauth2/callback`,
    'http-address': `127.0.0.1:${port}`,
    upstream: `http://127.0.0.1:${applicationPort}/`,
    scope: 'openid profile',
    'code-challenge-method': 'S256',
    'oidc-email-claim': 'sub',
    'user-id-claim': 'sub',
    'email-domain': '*',
    'insecure-oidc-allow-unverified-email': 'true',
    'cookie-secret': randomBytes(32).toString('base64url'),
    'cookie-secure': 'false',
    'skip-provider-button': 'true',
    'pass-access-token': 'true',
  }
  const parameters = Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
  proxy = spawn(`${folder}/bin/oauth2-proxy`, parameters, { stdio: 'ignore' })
  await untilReady(`${proxyUrl}/ping`)
}, 900_000)

afterAll(async () => {
  proxy?.kill()
  application?.close()
  await replica?.close()
  await database?.close()
})

async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await fetch(url).catch(() => undefined))?.ok === true) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error('expected oauth2-proxy to start')
}

/** Follows redirects from one server to the other, until a page. */
async function visit(browser: Browser, address: string) {
  let { url, response } = await browser.follow(address)
  for (let hop = 0; hop < 5 && response.headers.has('location'); hop++) ({ url, response } = await browser.follow(url))
  return { url, response }
}

test('a stock application is reached after signing in with the wallet, and not before', async () => {
  const browser = new Browser()
  const { url: page, response } = await visit(browser, `${proxyUrl}/patients?id=1`)
  expect(page).toContain('/oidc/interaction/')
  expect(seen).toEqual({})
  const html = await response.text()
  expect(html).toContain('病历')
  desk.answer({ pseudonym: 'lee', claims: { resident: { name: '李雷' } } })
  const done = await browser.post(`${page}/finish`, { csrf: csrfIn(html) })
  const landed = await visit(browser, done.headers.get('location')!)
  expect(await landed.response.text()).toBe('welcome to the records')
  expect(landed.url).toBe(`${proxyUrl}/patients?id=1`)
  const user = seen['x-forwarded-user']
  expect(user).toMatch(/^[A-Za-z0-9_-]{43}$/)
  const me = await fetch(`${replica.url}/oidc/me`, { headers: { authorization: `Bearer ${String(seen['x-forwarded-access-token'])}` } })
  expect(await me.json()).toEqual({ sub: user, name: '李雷' })
  expect(replica.entries.map(({ action, detail }) => [action, detail?.acr])).toEqual([['signed in', identified]])
})

test('a stranger’s code does not sign anybody in', async () => {
  const answer = await new Browser().get(`${proxyUrl}/oauth2/callback?code=stolen&state=x:/`)
  expect(answer.status).toBeGreaterThanOrEqual(400)
})
