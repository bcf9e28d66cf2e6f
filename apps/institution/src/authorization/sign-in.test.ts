import { openEmbeddedDatabase } from '@hufu/service'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  Browser,
  csrfIn,
  FakeDesk,
  identified,
  pseudonymous,
  type Replica,
  type Shown,
  settings,
  startReplica,
} from './authorization-fixture.ts'
import { authorize, begin, configurationOf, finish, han, lee } from './client-fixture.ts'

let replica: Replica
let desk: FakeDesk
let database: Awaited<ReturnType<typeof openEmbeddedDatabase>>
let shop: client.Configuration

beforeAll(async () => {
  database = await openEmbeddedDatabase()
  desk = new FakeDesk()
  replica = await startReplica(database, { desk, settings })
  shop = await configurationOf(replica.url, 'shop')
}, 60_000)

afterAll(async () => {
  await replica.close()
  await database.close()
})

async function signIn(browser: Browser, parameters: Record<string, string> = {}, shown: Shown = lee) {
  const { answer, checks } = await authorize(shop, desk, { browser, shown, parameters })
  return client.authorizationCodeGrant(shop, answer, checks)
}

describe('an unmodified client', () => {
  test('signs somebody in, by a name of its own for them, and learns what they showed', async () => {
    const tokens = await signIn(new Browser(), { acr_values: identified })
    const claims = tokens.claims()!
    expect(claims).toMatchObject({ acr: identified, amr: ['pop'], aud: 'shop' })
    expect(claims.sub).not.toContain('lee')
    expect(claims.name).toBeUndefined()
    expect(await client.fetchUserInfo(shop, tokens.access_token, claims.sub)).toEqual({
      sub: claims.sub,
      name: '李雷',
      birthdate: '1990-01-02',
    })
  })

  test('without a wish gets the lowest level, and nothing but the name of its own', async () => {
    const tokens = await signIn(new Browser(), {}, { pseudonym: lee.pseudonym! })
    expect(tokens.claims()).toMatchObject({ acr: pseudonymous })
    expect(await client.fetchUserInfo(shop, tokens.access_token, tokens.claims()!.sub)).toEqual({ sub: tokens.claims()!.sub })
  })

  test('may have a claim in the ID token, by asking for it by name', async () => {
    const claims = JSON.stringify({ id_token: { name: null } })
    expect((await signIn(new Browser(), { acr_values: identified, claims })).claims()).toMatchObject({ name: '李雷', acr: identified })
  })

  test('knows the same person again, and another as another', async () => {
    const [first, again, other] = [await signIn(new Browser()), await signIn(new Browser()), await signIn(new Browser(), {}, han)]
    expect(again.claims()!.sub).toBe(first.claims()!.sub)
    expect(other.claims()!.sub).not.toBe(first.claims()!.sub)
    // So that records can be found by whichever name a system gave them.
    expect(replica.authorization.subjectsOf(lee.pseudonym!)).toContain(first.claims()!.sub)
    expect(replica.authorization.subjectsOf(lee.pseudonym!)).not.toContain(other.claims()!.sub)
  })

  test('of another sector knows the person by another name', async () => {
    const configuration = await configurationOf(replica.url, 'other')
    const redirect = 'http://other.example/callback'
    const { checks, url: plain } = await begin(configuration, { redirect_uri: redirect })
    const url = await client.buildAuthorizationUrlWithPAR(configuration, Object.fromEntries(plain.searchParams))
    const browser = new Browser()
    const landed = await browser.follow(url.href)
    const tokens = await client.authorizationCodeGrant(configuration, await finish(browser, desk, landed.url, lee), checks)
    expect(tokens.claims()!.sub).not.toBe((await signIn(new Browser())).claims()!.sub)
  })

  test('steps somebody up who is signed in, with nothing shown again until then', async () => {
    const browser = new Browser()
    const first = await signIn(browser, {}, { pseudonym: lee.pseudonym! })
    const silent = await begin(shop, { prompt: 'none' })
    expect(new URL((await browser.follow(silent.url.href)).url).searchParams.has('code')).toBe(true)
    const up = await begin(shop, { acr_values: identified })
    const landed = await browser.follow(up.url.href)
    const tokens = await client.authorizationCodeGrant(shop, await finish(browser, desk, landed.url, lee), up.checks)
    expect(tokens.claims()).toMatchObject({ acr: identified, sub: first.claims()!.sub })
    expect(await client.fetchUserInfo(shop, tokens.access_token, tokens.claims()!.sub)).toMatchObject({ name: '李雷' })
  })

  test('has somebody show again with prompt=login and with max_age', async () => {
    const browser = new Browser()
    await signIn(browser)
    for (const parameters of [{ prompt: 'login' }, { max_age: '0' }] as const) {
      await new Promise(resolve => setTimeout(resolve, 1100))
      const { url } = await begin(shop, parameters)
      expect(new URL((await browser.follow(url.href)).url).pathname).toMatch(/^\/oidc\/interaction\//)
    }
  })

  test('is told that nobody is signed in, when it asks not to show a page', async () => {
    const { url } = await begin(shop, { prompt: 'none' })
    expect(new URL((await new Browser().follow(url.href)).url).searchParams.get('error')).toBe('login_required')
  })

  test('is told that a level which it insists on cannot be had', async () => {
    const { url } = await begin(shop, { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['urn:other'] } } }) })
    expect(new URL((await new Browser().follow(url.href)).url).searchParams.get('error')).toBe('unmet_authentication_requirements')
  })

  test('is told that the person does not want to', async () => {
    const browser = new Browser()
    const { url } = await begin(shop)
    const landed = await browser.follow(url.href)
    const html = await landed.response.text()
    const answer = await browser.post(`${landed.url}/cancel`, { csrf: csrfIn(html) })
    const end = await browser.follow(answer.headers.get('location')!)
    expect(new URL(end.url).searchParams.get('error')).toBe('access_denied')
  })
})
