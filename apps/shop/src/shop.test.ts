import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLog } from '@hufu/service'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readShopConfig } from './config.ts'
import { createShop } from './create-shop.ts'
import { readLogoutToken } from './logout-token.ts'

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'ES256', use: 'sig' }

/** As much of an OpenID provider as a shop needs, which signs in whoever comes. */
class FakeProvider {
  readonly server: Server
  readonly pushed: URLSearchParams[] = []
  /** What the next ID token says besides. */
  claims: Record<string, unknown> = {}

  constructor() {
    this.server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const form = new URLSearchParams(Buffer.concat(chunks).toString())
      const answer = this.#answer(new URL(request.url!, this.url).pathname, form)
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  token(changes: Record<string, unknown>, key: KeyObject = privateKey): string {
    const now = Math.floor(Date.now() / 1000)
    const parts = [
      { alg: 'ES256', kid: '1' },
      { iss: this.url, aud: 'shop', iat: now, exp: now + 60, ...changes },
    ]
    const input = parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
  }

  #answer(path: string, form: URLSearchParams): { status?: number; body: unknown } {
    if (path === '/.well-known/openid-configuration')
      return {
        body: {
          issuer: this.url,
          authorization_endpoint: `${this.url}/auth`,
          token_endpoint: `${this.url}/token`,
          userinfo_endpoint: `${this.url}/me`,
          jwks_uri: `${this.url}/jwks`,
          end_session_endpoint: `${this.url}/end`,
          pushed_authorization_request_endpoint: `${this.url}/request`,
          id_token_signing_alg_values_supported: ['ES256'],
          authorization_response_iss_parameter_supported: true,
        },
      }
    if (path === '/jwks') return { body: { keys: [jwk] } }
    if (path === '/request') {
      this.pushed.push(form)
      return { status: 201, body: { request_uri: `urn:ietf:params:oauth:request_uri:${this.pushed.length}`, expires_in: 60 } }
    }
    if (path === '/me') return { body: { sub: 'lee', ...(this.claims.name === undefined ? {} : { name: this.claims.name }) } }
    const nonce = this.pushed.at(-1)!.get('nonce')
    return {
      body: { access_token: 'token', token_type: 'bearer', id_token: this.token({ sub: 'lee', sid: 'sid-1', nonce, ...this.claims }) },
    }
  }
}

const provider = new FakeProvider()
let shop: FastifyInstance

beforeAll(async () => {
  await new Promise<void>(resolve => provider.server.listen(0, '127.0.0.1', resolve))
  const config = readShopConfig({
    PUBLIC_URL: 'https://shop.example',
    SHOP_KIND: 'bank',
    NAME_ZH: '城市银行',
    NAME_EN: 'City Bank',
    ISSUER_URL: provider.url,
    CLIENT_ID: 'shop',
    CLIENT_SECRET_FILE: 'unused',
  })
  shop = await createShop({ config, secret: 'secret', log: createLog({ level: 'silent' }) })
})

afterAll(async () => {
  await shop.close()
  provider.server.close()
})

async function get(url: string, cookie = '', language = 'en') {
  return shop.inject({ url, headers: { cookie, 'accept-language': language } })
}

function cookieOf(response: Awaited<ReturnType<typeof get>>): string {
  const { name, value } = response.cookies.find(({ name }) => name === 'shop_visit')!
  return `${name}=${value}`
}

/** @returns the cookie of whoever is signed in */
async function signIn(claims: Record<string, unknown>, level = 'basic', cookie = ''): Promise<string> {
  provider.claims = claims
  const begun = await get(`/sign-in?level=${level}`, cookie)
  expect(begun.statusCode).toBe(303)
  const state = provider.pushed.at(-1)!.get('state')!
  const back = await get(`/callback?code=c&state=${state}&iss=${encodeURIComponent(provider.url)}`, cookieOf(begun))
  expect(back.statusCode).toBe(303)
  expect(cookieOf(back)).not.toBe(cookieOf(begun))
  return cookieOf(back)
}

test('offers its business in both languages', async () => {
  expect((await get('/')).body).toContain('Open an account')
  expect((await get('/', '', 'zh-CN')).body).toContain('开立账户')
  expect((await get('/?lang=zh-CN')).body).toContain('lang="zh-CN"')
})

test('signs in under a code name, steps up, and shows what it got', async () => {
  const cookie = await signIn({ acr: 'urn:hufu:acr:pseudonymous' })
  expect(Object.fromEntries(provider.pushed.at(-1)!)).toMatchObject({
    code_challenge_method: 'S256',
    acr_values: 'urn:hufu:acr:pseudonymous',
  })
  expect((await get('/', cookie)).body).toContain('You have shown nothing about yourself')
  const up = await signIn({ acr: 'urn:hufu:acr:identified', name: 'Li <Lei>' }, 'identified', cookie)
  const page = (await get('/', up)).body
  expect(page).toContain('Your account is open')
  expect(page).toContain('Li &lt;Lei&gt;')
  expect((await get('/', cookie)).body).not.toContain('code name that is for us alone</dt>')
})

test('takes nothing of a sign-in that this browser did not begin, or that is of another state or provider', async () => {
  const begun = await get('/sign-in')
  const state = provider.pushed.at(-1)!.get('state')!
  const issuer = encodeURIComponent(provider.url)
  expect((await get(`/callback?code=c&state=${state}&iss=${issuer}`)).statusCode).toBe(400)
  expect((await get(`/callback?code=c&state=other&iss=${issuer}`, cookieOf(begun))).statusCode).toBe(400)
  const again = await get('/sign-in')
  const next = provider.pushed.at(-1)!.get('state')!
  expect((await get(`/callback?code=c&state=${next}&iss=http%3A%2F%2Fevil.example`, cookieOf(again))).statusCode).toBe(400)
  expect((await get(`/callback?error=access_denied&state=${next}&iss=${issuer}`, cookieOf(await get('/sign-in')))).statusCode).toBe(400)
})

test('says so when the person did not want to', async () => {
  const begun = await get('/sign-in')
  const state = provider.pushed.at(-1)!.get('state')!
  const back = await get(`/callback?error=access_denied&state=${state}&iss=${encodeURIComponent(provider.url)}`, cookieOf(begun))
  expect(back.body).toContain('You cancelled the sign-in')
})

test('signs out by its own form alone, and at the provider too', async () => {
  const cookie = await signIn({ acr: 'urn:hufu:acr:pseudonymous' })
  const csrf = /name="csrf" value="([^"]+)"/.exec((await get('/', cookie)).body)![1]!
  const post = (payload: string) =>
    shop.inject({ method: 'POST', url: '/sign-out', headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' }, payload })
  expect((await post('csrf=other')).headers.location).toBe('/')
  expect((await get('/', cookie)).body).toContain('Sign out')
  expect((await post(`csrf=${csrf}`)).headers.location).toContain(`${provider.url}/end?id_token_hint=`)
  expect((await get('/', cookie)).body).not.toContain('Sign out')
})

test('signs out whoever signs out at the provider, by a token of the provider for this shop alone', async () => {
  const cookie = await signIn({ acr: 'urn:hufu:acr:pseudonymous' })
  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
  const post = (token: string) =>
    shop.inject({
      method: 'POST',
      url: '/backchannel-logout',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ logout_token: token }).toString(),
    })
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const right = { sub: 'lee', sid: 'sid-1', events, jti: '1' }
  const past = Math.floor(Date.now() / 1000) - 121
  const wrong = [
    provider.token({ ...right, aud: 'another' }),
    provider.token({ ...right, iss: 'http://evil.example' }),
    provider.token({ ...right, events: {} }),
    provider.token({ ...right, nonce: '1' }),
    provider.token({ ...right, iat: past }),
    provider.token({ events }),
    provider.token(right, other),
    'no.token',
  ]
  for (const token of wrong) expect((await post(token)).statusCode).toBe(400)
  expect((await get('/', cookie)).body).toContain('Sign out')
  expect((await post(provider.token(right))).statusCode).toBe(200)
  expect((await get('/', cookie)).body).not.toContain('Sign out')
  const options = { issuer: provider.url, clientId: 'shop', jwksUri: `${provider.url}/jwks`, nowMs: Date.now() }
  await expect(
    readLogoutToken(provider.token(right).replace(/^[^.]+/, Buffer.from('{"alg":"none"}').toString('base64url')), options),
  ).rejects.toThrow('alg')
})
