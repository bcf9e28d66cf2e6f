import { migrate, openEmbeddedDatabase } from '@hufu/service'
import { Approvals, approvalMigrations } from '@hufu/staff'
import { FixedClock, freePort } from '@hufu/testkit'
import * as client from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BeginOptions, BegunPresentation } from '../verifier/presentation-desk.ts'
import { type Replica, World } from '../verifier/verifier-fixture.ts'
import { answer, openLink, post, type TestWallet } from '../verifier/wallet-fixture.ts'
import { Browser, csrfIn, pseudonymous, settings } from './authorization-fixture.ts'
import { authorizationMigrations } from './authorization-migrations.ts'
import { begin, configurationOf } from './client-fixture.ts'
import { openAuthorization } from './open-authorization.ts'

const database = await openEmbeddedDatabase()
let world: World
let bank: Replica
let shop: client.Configuration
/** The newest one: what the page shows as a picture. */
let begun: BegunPresentation

beforeAll(async () => {
  await migrate(database, [...authorizationMigrations, ...approvalMigrations])
  world = await World.open(database, { clock: new FixedClock(Date.now()) })
  const address = `http://127.0.0.1:${await freePort()}`
  bank = await world.replica('bank', { address }, async (institution, { desk }) => {
    const begin = async (options: BeginOptions) => {
      begun = await desk.begin(options)
      return begun
    }
    const watched = { begin, state: desk.state.bind(desk), finish: desk.finish.bind(desk) }
    return [
      await openAuthorization(
        { ...institution, approvals: new Approvals(institution) },
        { desk: watched, settings, keysEveryMs: 3_600_000 },
      ),
    ]
  })
  await bank.server.listen({ host: '127.0.0.1', port: Number(new URL(address).port) })
  shop = await configurationOf(address, 'shop')
}, 60_000)

afterAll(async () => {
  await bank.server.close()
  await database.close()
})

/** In a browser on one device, with a wallet on another or on the same. */
async function signIn(wallet: TestWallet, options: { readonly sameDevice?: boolean } = {}): Promise<client.IDToken> {
  const { url, checks } = await begin(shop)
  const browser = new Browser()
  const { url: page, response } = await browser.follow(url.href)
  const html = await response.text()
  const request = await openLink(wallet, options.sameDevice === true ? begun.walletUrl! : begun.qr)
  expect(await stateOf(browser, page)).toBe('opened')
  const posted = await post(wallet, request, await answer(wallet, request))
  expect(posted.status).toBe(200)
  expect(await stateOf(browser, page)).toBe('answered')
  const done = await (options.sameDevice === true
    ? browser.get(String(posted.json.redirect_uri))
    : browser.post(`${page}/finish`, { csrf: csrfIn(html) }))
  expect(done.status).toBe(303)
  const back = new URL((await browser.follow(done.headers.get('location')!)).url)
  return (await client.authorizationCodeGrant(shop, back, checks)).claims()!
}

async function stateOf(browser: Browser, page: string): Promise<string> {
  return ((await (await browser.get(`${page}/state`)).json()) as { state: string }).state
}

test('a wallet made of packages signs two people in, each always under one name', async () => {
  const [li, wang] = [await world.wallet(bank, 'li'), await world.wallet(bank, 'wang')]
  const [first, again, other] = [await signIn(li), await signIn(li, { sameDevice: true }), await signIn(wang)]
  expect(first).toMatchObject({ acr: pseudonymous, amr: ['pop'], aud: 'shop' })
  expect(again.sub).toBe(first.sub)
  expect(other.sub).not.toBe(first.sub)
})

test('what a wallet answers on this device is not taken by a browser on another', async () => {
  const wallet = await world.wallet(bank, 'li')
  const [victim, attacker] = [new Browser(), new Browser()]
  const page = (await attacker.follow((await begin(shop)).url.href)).url
  const html = await (await attacker.get(page)).text()
  // The attacker has sent the link of their own page to the victim, whose wallet answers on the victim's device.
  const request = await openLink(wallet, begun.walletUrl!)
  const posted = await post(wallet, request, await answer(wallet, request))
  expect((await victim.get(String(posted.json.redirect_uri))).status).toBe(400)
  const answered = await attacker.post(`${page}/finish`, { csrf: csrfIn(html) })
  expect(answered.status).toBe(200)
  expect(await answered.text()).toContain('role="alert"')
})
