import { createHash } from 'node:crypto'
import { openEmbeddedDatabase } from '@hufu/service'
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Browser, csrfIn, FakeDesk, identified, type Replica, settings, shopSecret, startReplica } from './authorization-fixture.ts'
import { authorize, begin, callback, configurationOf, finish, lee } from './client-fixture.ts'

let replica: Replica
let desk: FakeDesk
let database: Awaited<ReturnType<typeof openEmbeddedDatabase>>
let shop: client.Configuration
const assertionKey = await generateKeyPair('ES256', { extractable: true })

beforeAll(async () => {
  database = await openEmbeddedDatabase()
  desk = new FakeDesk()
  const asserting = {
    id: 'asserting',
    name: { 'zh-CN': '断言', en: 'Asserting' },
    jwks: { keys: [{ ...(await exportJWK(assertionKey.publicKey)), alg: 'ES256', use: 'sig', kid: '1' }] },
    redirectUris: ['http://asserting.example/callback'],
  }
  replica = await startReplica(database, { desk, settings: { ...settings, clients: [...settings.clients, asserting] } })
  shop = await configurationOf(replica.url, 'shop')
}, 60_000)

afterAll(async () => {
  await replica.close()
  await database.close()
})

function form(
  path: string,
  parameters: Record<string, string>,
  authorization = `Basic ${Buffer.from(`shop:${shopSecret}`).toString('base64')}`,
) {
  return fetch(`${replica.url}/oidc${path}`, {
    method: 'POST',
    headers: authorization === '' ? {} : { authorization },
    body: new URLSearchParams(parameters),
  })
}

async function errorOf(response: Response): Promise<string> {
  expect(response.status).toBeGreaterThanOrEqual(400)
  expect(response.status).toBeLessThan(500)
  return ((await response.json()) as { error: string }).error
}

function exchange(answer: URL, verifier: string, changes: Record<string, string> = {}) {
  return form('/token', {
    grant_type: 'authorization_code',
    code: answer.searchParams.get('code')!,
    redirect_uri: callback,
    code_verifier: verifier,
    ...changes,
  })
}

describe('an authorization request is refused', () => {
  /** Without a redirect: what the client did not register is never gone to. */
  const direct: readonly (readonly [string, Record<string, string>])[] = [
    ['to an address that is not registered', { redirect_uri: 'http://evil.example/callback' }],
    ['to a path below the registered one', { redirect_uri: `${callback}/more` }],
    ['to the registered one with a query', { redirect_uri: `${callback}?next=http://evil.example` }],
    ['to the registered one by another case', { redirect_uri: 'http://shop.example/Callback' }],
    ['to the registered one through a user name', { redirect_uri: 'http://shop.example@evil.example/callback' }],
    ['to the registered one with dots', { redirect_uri: 'http://shop.example/x/../callback' }],
    ['to another port', { redirect_uri: 'http://shop.example:81/callback' }],
    ['to a script', { redirect_uri: 'javascript:alert(1)//callback' }],
    ['of an unknown client', { client_id: 'nobody' }],
  ]
  test.each(direct)('%s', async (_, changes) => {
    const { url } = await begin(shop)
    for (const [name, value] of Object.entries(changes)) url.searchParams.set(name, value)
    const { response } = await new Browser().follow(url.href)
    expect(response.status).toBe(400)
    expect(response.headers.get('location')).toBeNull()
  })

  const redirected: readonly (readonly [string, Record<string, string>, string])[] = [
    ['without a challenge', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for a token at once', { response_type: 'token' }, 'invalid_request'],
    ['for an ID token at once', { response_type: 'id_token' }, 'invalid_request'],
    ['for both', { response_type: 'code id_token' }, 'invalid_request'],
    ['with a request object', { request: new UnsecuredJWT({ scope: 'openid' }).encode() }, 'request_not_supported'],
    ['by reference to somewhere', { request_uri: 'http://169.254.169.254/latest' }, 'request_uri_not_supported'],
    ['for another audience', { resource: 'http://elsewhere.example' }, 'invalid_target'],
    ['of a client that must push its requests', { client_id: 'other', redirect_uri: 'http://other.example/callback' }, 'invalid_request'],
  ]
  test.each(redirected)('%s', async (_, changes, error) => {
    const { url } = await begin(shop)
    for (const [name, value] of Object.entries(changes)) value === '' ? url.searchParams.delete(name) : url.searchParams.set(name, value)
    const landed = new URL((await new Browser().follow(url.href)).url)
    const parameters = new URLSearchParams(landed.search || landed.hash.slice(1))
    expect(parameters.get('error')).toBe(error)
    expect(parameters.has('code')).toBe(false)
  })

  test('when its address was pushed by another client, or was used', async () => {
    const other = await configurationOf(replica.url, 'other')
    const { url: plain } = await begin(other, { redirect_uri: 'http://other.example/callback' })
    const pushed = await client.buildAuthorizationUrlWithPAR(other, Object.fromEntries(plain.searchParams))
    const stolen = new URL(pushed)
    stolen.searchParams.set('client_id', 'shop')
    expect((await new Browser().follow(stolen.href)).response.status).toBe(400)
    const browser = new Browser()
    const landed = await browser.follow(pushed.href)
    expect((await finish(browser, desk, landed.url, lee)).searchParams.has('code')).toBe(true)
    expect((await new Browser().follow(pushed.href)).response.status).toBe(400)
  })
})

describe('a code is refused', () => {
  const changes: readonly (readonly [string, Record<string, string>])[] = [
    ['without a verifier', { code_verifier: '' }],
    ['with another verifier', { code_verifier: client.randomPKCECodeVerifier() }],
    ['with another address', { redirect_uri: 'http://shop.example/other' }],
    ['with one character changed', { code: 'changed' }],
  ]
  test.each(changes)('%s', async (_, change) => {
    const { answer, checks } = await authorize(shop, desk)
    const code = answer.searchParams.get('code')!
    const changed = { ...change, ...('code' in change ? { code: `${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}` } : {}) }
    const parameters = Object.fromEntries(
      Object.entries({ code_verifier: checks.pkceCodeVerifier, ...changed }).filter(([, value]) => value !== ''),
    )
    const response = await form('/token', { grant_type: 'authorization_code', code, redirect_uri: callback, ...parameters })
    expect(await errorOf(response)).toBe('invalid_grant')
  })

  test('of another client', async () => {
    const { answer, checks } = await authorize(shop, desk)
    const assertion = await assertionOf()
    const response = await form(
      '/token',
      {
        grant_type: 'authorization_code',
        code: answer.searchParams.get('code')!,
        redirect_uri: callback,
        code_verifier: checks.pkceCodeVerifier,
        ...assertion,
      },
      '',
    )
    expect(await errorOf(response)).toBe('invalid_grant')
  })

  test('after a minute and not a second before', async () => {
    const [early, late] = [await authorize(shop, desk), await authorize(shop, desk)]
    const now = Date.now()
    vi.useFakeTimers({ toFake: ['Date'], now: now + 58_000 })
    try {
      expect((await exchange(early.answer, early.checks.pkceCodeVerifier)).status).toBe(200)
      vi.setSystemTime(now + 61_000)
      expect(await errorOf(await exchange(late.answer, late.checks.pkceCodeVerifier))).toBe('invalid_grant')
    } finally {
      vi.useRealTimers()
    }
  })

  test('the second time, and what the first gave ends', async () => {
    const { answer, checks } = await authorize(shop, desk)
    const tokens = (await (await exchange(answer, checks.pkceCodeVerifier)).json()) as { access_token: string; refresh_token: string }
    expect((await me(tokens.access_token)).status).toBe(200)
    expect(await errorOf(await exchange(answer, checks.pkceCodeVerifier))).toBe('invalid_grant')
    expect((await me(tokens.access_token)).status).toBe(401)
    expect(await errorOf(await form('/token', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }))).toBe('invalid_grant')
  })
})

function me(token: string, scheme = 'Bearer'): Promise<Response> {
  return fetch(`${replica.url}/oidc/me`, { headers: { authorization: `${scheme} ${token}` } })
}

describe('a client is refused', () => {
  test('with another secret, none, or the hash of its own', async () => {
    const hash = createHash('sha256').update(shopSecret).digest('hex')
    for (const secret of ['wrong', hash, shopSecret.toUpperCase()]) {
      const response = await form(
        '/token',
        { grant_type: 'authorization_code', code: 'x' },
        `Basic ${Buffer.from(`shop:${secret}`).toString('base64')}`,
      )
      expect(await errorOf(response)).toBe('invalid_client')
    }
    expect(await errorOf(await form('/token', { grant_type: 'authorization_code', client_id: 'shop', code: 'x' }, ''))).toBe(
      'invalid_client',
    )
  })

  test('for grants that it has not, or that there are not', async () => {
    for (const grant_type of ['password', 'client_credentials', 'implicit', 'urn:ietf:params:oauth:grant-type:device_code'])
      expect(['unsupported_grant_type', 'invalid_request']).toContain(
        await errorOf(await form('/token', { grant_type, username: 'a', password: 'b' })),
      )
  })

  const assertions: readonly (readonly [string, () => Promise<string>])[] = [
    ['by none', async () => new UnsecuredJWT(assertionClaims()).encode()],
    [
      'by its public key as a secret',
      async () => {
        const jwk = await exportJWK(assertionKey.publicKey)
        return new SignJWT(assertionClaims())
          .setProtectedHeader({ alg: 'HS256', kid: '1' })
          .sign(new TextEncoder().encode(JSON.stringify(jwk)))
      },
    ],
    [
      'by another key',
      async () =>
        new SignJWT(assertionClaims()).setProtectedHeader({ alg: 'ES256', kid: '1' }).sign((await generateKeyPair('ES256')).privateKey),
    ],
    [
      'by a key that it brings',
      async () => {
        const pair = await generateKeyPair('ES256', { extractable: true })
        return new SignJWT(assertionClaims())
          .setProtectedHeader({ alg: 'ES256', jwk: await exportJWK(pair.publicKey) })
          .sign(pair.privateKey)
      },
    ],
    ['for another server', async () => signed({ aud: 'http://elsewhere.example' })],
    ['that is over', async () => signed({ exp: Math.floor(Date.now() / 1000) - 10 })],
    ['in the name of another', async () => signed({ iss: 'shop' })],
  ]
  test.each(assertions)('with an assertion %s', async (_, make) => {
    expect(await errorOf(await pushWith(await make()))).toBe('invalid_client')
  })

  test('with an assertion the second time', async () => {
    const assertion = await signed({})
    expect((await pushWith(assertion)).status).toBe(201)
    expect(await errorOf(await pushWith(assertion))).toBe('invalid_client')
  })
})

function assertionClaims(changes: object = {}) {
  const now = Math.floor(Date.now() / 1000)
  return { iss: 'asserting', sub: 'asserting', aud: `${replica.url}/oidc`, iat: now, exp: now + 60, jti: crypto.randomUUID(), ...changes }
}

function signed(changes: object): Promise<string> {
  return new SignJWT(assertionClaims(changes)).setProtectedHeader({ alg: 'ES256', kid: '1' }).sign(assertionKey.privateKey)
}

async function assertionOf() {
  return { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: await signed({}) }
}

function pushWith(client_assertion: string): Promise<Response> {
  return form(
    '/request',
    {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
      client_id: 'asserting',
      response_type: 'code',
      redirect_uri: 'http://asserting.example/callback',
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    },
    '',
  )
}

describe('tokens', () => {
  test('a refresh token counts once: the second time ends all that came of it', async () => {
    const { answer, checks } = await authorize(shop, desk)
    const first = await client.authorizationCodeGrant(shop, answer, checks)
    const second = await client.refreshTokenGrant(shop, first.refresh_token!)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect((await me(second.access_token)).status).toBe(200)
    await expect(client.refreshTokenGrant(shop, first.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' })
    await expect(client.refreshTokenGrant(shop, second.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect((await me(second.access_token)).status).toBe(401)
  })

  test('a revoked one counts no longer, and nobody else revokes it', async () => {
    const { answer, checks } = await authorize(shop, desk)
    const tokens = await client.authorizationCodeGrant(shop, answer, checks)
    const other = await configurationOf(replica.url, 'other')
    await expect(client.tokenRevocation(other, tokens.access_token)).rejects.toThrow()
    expect((await me(tokens.access_token)).status).toBe(200)
    await client.tokenRevocation(shop, tokens.access_token)
    expect((await me(tokens.access_token)).status).toBe(401)
  })

  test('one bound to a key counts with its proof alone, and each proof once', async () => {
    const { answer, checks } = await authorize(shop, desk)
    const handle = client.getDPoPHandle(shop, await client.randomDPoPKeyPair('ES256'))
    const tokens = await client.authorizationCodeGrant(shop, answer, checks, undefined, { DPoP: handle })
    expect(tokens.token_type).toBe('dpop')
    expect((await me(tokens.access_token)).status).toBe(401)
    let proof = ''
    const watched = await configurationOf(replica.url, 'shop')
    watched[client.customFetch] = (url, options) => {
      proof = new Headers(options.headers as HeadersInit).get('dpop') ?? proof
      return fetch(url, options as RequestInit)
    }
    await client.fetchUserInfo(watched, tokens.access_token, tokens.claims()!.sub, { DPoP: handle })
    const replayed = await fetch(`${replica.url}/oidc/me`, { headers: { authorization: `DPoP ${tokens.access_token}`, dpop: proof } })
    expect(replayed.status).toBe(401)
  })

  test('end with the session', async () => {
    const browser = new Browser()
    const { answer, checks } = await authorize(shop, desk, { browser, parameters: { acr_values: identified } })
    const tokens = await client.authorizationCodeGrant(shop, answer, checks)
    const end = client.buildEndSessionUrl(shop, { id_token_hint: tokens.id_token!, post_logout_redirect_uri: 'http://shop.example/bye' })
    const page = await (await browser.get(end.href)).text()
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)![1]!
    expect((await browser.post(`${replica.url}/oidc/session/end/confirm`, { xsrf: 'another', logout: 'yes' })).status).toBe(400)
    const done = await browser.post(`${replica.url}/oidc/session/end/confirm`, { xsrf, logout: 'yes' })
    expect(done.headers.get('location')).toBe('http://shop.example/bye')
    expect((await me(tokens.access_token)).status).toBe(401)
    await expect(client.refreshTokenGrant(shop, tokens.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' })
    const [left] = await database.query<{ count: number }>(
      'select count(*)::integer as count from sign_in_claims where grant_key not in (select id from authorization_entries)',
    )
    expect(left!.count).toBe(0)
  })
})

describe('an interaction', () => {
  test('is not open to a browser without its cookie, nor with another one’s', async () => {
    const [victim, attacker] = [new Browser(), new Browser()]
    const page = (await victim.follow((await begin(shop)).url.href)).url
    const own = (await attacker.follow((await begin(shop)).url.href)).url
    expect((await new Browser().get(page)).status).toBe(400)
    expect((await attacker.get(page)).status).toBe(400)
    expect(await (await attacker.get(`${page}/state`)).json()).toEqual({ state: 'expired' })
    const html = await (await attacker.get(own)).text()
    for (const what of ['finish', 'again', 'cancel'])
      expect((await attacker.post(`${page}/${what}`, { csrf: csrfIn(html) })).status).toBe(400)
  })

  test('is not finished by what another browser’s was answered with', async () => {
    const [victim, attacker] = [new Browser(), new Browser()]
    const victimPage = (await victim.follow((await begin(shop)).url.href)).url
    await (await victim.get(victimPage)).text()
    const attackerPage = (await attacker.follow((await begin(shop)).url.href)).url
    const html = await (await attacker.get(attackerPage)).text()
    // The victim's wallet answers the victim's request, which was begun first.
    const [first] = [...desk.presentations.values()].slice(-2)
    first!.state = 'answered'
    first!.shown = lee
    const answer = await attacker.post(`${attackerPage}/finish`, { csrf: csrfIn(html) })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('role="alert"')
  })

  test('is not finished by a form of another page, or without one', async () => {
    const browser = new Browser()
    const page = (await browser.follow((await begin(shop)).url.href)).url
    desk.answer(lee)
    expect((await browser.post(`${page}/finish`, { csrf: 'another' })).status).toBe(400)
    expect((await browser.post(`${page}/finish`, {})).status).toBe(400)
    expect((await browser.get(`${page}/finish`)).status).toBe(404)
  })

  test('on the same device is finished with the code that came back, and without it not', async () => {
    const browser = new Browser()
    const { url, checks } = await begin(shop)
    const page = (await browser.follow(url.href)).url
    const html = await (await browser.get(page)).text()
    const code = desk.answer(lee, { sameDevice: true })!
    expect(await (await browser.post(`${page}/finish`, { csrf: csrfIn(html) })).text()).toContain('role="alert"')
    expect(await (await browser.get(`${page}/return?response_code=another`)).text()).toContain('role="alert"')
    expect((await new Browser().get(`${page}/return?response_code=${code}`)).status).toBe(400)
    const back = await browser.get(`${page}/return?response_code=${code}`)
    expect(back.status).toBe(303)
    const answer = new URL((await browser.follow(back.headers.get('location')!)).url)
    await client.authorizationCodeGrant(shop, answer, checks)
  })

  test('goes on once: the way back from it leads nowhere the second time', async () => {
    const browser = new Browser()
    const page = (await browser.follow((await begin(shop)).url.href)).url
    const html = await (await browser.get(page)).text()
    desk.answer(lee)
    const answer = await browser.post(`${page}/finish`, { csrf: csrfIn(html) })
    const back = answer.headers.get('location')!
    const answers = await Promise.all([browser.get(back), browser.get(back), browser.get(back)])
    const codes = answers.filter(({ headers }) => headers.get('location')?.includes('code=') === true)
    expect(codes).toHaveLength(1)
  })

  test('says who asks in the browser’s language, in no frame and with no script inside', async () => {
    const browser = new Browser()
    const landed = await browser.follow((await begin(shop, { ui_locales: 'en' })).url.href)
    const html = await landed.response.text()
    expect(html).toContain('<html lang="en">')
    expect(html).toContain('Sign in to Online bank')
    expect(html).not.toMatch(/<script(?![^>]*src=)/)
    expect(landed.response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(await (await browser.get(landed.url.replace('ui_locales=en', ''))).text()).toContain('role="status"')
  })

  test('keeps no secret and nothing of the person readable in the database', async () => {
    const browser = new Browser()
    const { answer, checks } = await authorize(shop, desk, {
      browser,
      parameters: { acr_values: identified, login_hint: 'lee@example.org' },
    })
    const tokens = await client.authorizationCodeGrant(shop, answer, checks)
    const rows = await database.query<object>('select * from authorization_entries')
    const claims = await database.query<object>('select grant_key from sign_in_claims')
    const text = JSON.stringify([rows.map(row => ({ ...row, sealed: null })), claims])
    const cookie = /hufu_session=([^;]+)/.exec(browser.cookies('/'))![1]!
    for (const secret of [
      answer.searchParams.get('code')!,
      tokens.access_token,
      tokens.refresh_token!,
      cookie,
      '李雷',
      'lee@example.org',
      'pseudonym-of-lee',
    ])
      expect(text).not.toContain(secret)
  })
})

test('whatever host a request says, the provider answers for its own address', async () => {
  const response = await fetch(`${replica.url}/oidc/.well-known/openid-configuration`, {
    headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
  })
  const metadata = (await response.json()) as Record<string, unknown>
  expect(JSON.stringify(metadata)).not.toContain('evil.example')
  expect(metadata).toMatchObject({
    issuer: `${replica.url}/oidc`,
    id_token_signing_alg_values_supported: ['ES256'],
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    subject_types_supported: ['pairwise'],
  })
  expect(metadata.introspection_endpoint).toBeUndefined()
  expect(metadata.registration_endpoint).toBeUndefined()
})

test('keys are rotated without a failed verification', async () => {
  const before = await authorize(shop, desk)
  const tokens = await client.authorizationCodeGrant(shop, before.answer, before.checks)
  const kidOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).kid as string
  // A client that has fetched the keys once, before any rotation, and will not again.
  const keys = (await (await fetch(`${replica.url}/oidc/jwks`)).json()) as { keys: { kid: string; d?: string }[] }
  expect(keys.keys.every(key => key.d === undefined)).toBe(true)
  await database.transaction(queries => replica.authorization.rotateKeys(queries, 'staff 1'))
  await replica.authorization.refreshKeys()
  const after = await authorize(shop, desk)
  const newTokens = await client.authorizationCodeGrant(shop, after.answer, after.checks)
  expect(kidOf(newTokens.id_token!)).not.toBe(kidOf(tokens.id_token!))
  expect(keys.keys.map(({ kid }) => kid)).toContain(kidOf(newTokens.id_token!))
  const now = (await (await fetch(`${replica.url}/oidc/jwks`)).json()) as { keys: { kid: string }[] }
  expect(now.keys.map(({ kid }) => kid)).toEqual(expect.arrayContaining([kidOf(tokens.id_token!), kidOf(newTokens.id_token!)]))
  expect(now.keys).toHaveLength(3)
})
