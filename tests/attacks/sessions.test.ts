// Sessions of the staff and of people who sign in: forged requests, planted cookies, and what belongs to somebody else.

import { createHash } from 'node:crypto'
import { createDpopProof, createPresentationResponse, preAuthorizedGrant } from '@hufu/exchange'
import { generateSigner } from '@hufu/keys'
import { type Database, openPostgresDatabase } from '@hufu/service'
import { freePort } from '@hufu/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Browser } from '../../apps/institution/src/authorization/authorization-fixture.ts'
import { signMessage } from '../../apps/institution/src/handover/peer-message.ts'
import { answer, openLink, presentAll, type TestWallet } from '../../apps/institution/src/verifier/wallet-fixture.ts'
import { type Answer, AttackedWorld, callback, residentType, type StaffName, walletUrl } from './world/attacked-world.ts'
import { changingRoutes } from './world/described-routes.ts'
import type { InstitutionProcess } from './world/institution-process.ts'
import {
  AuthorizedWallet,
  application,
  ask,
  authorizeWallet,
  beginWithoutOffer,
  makeOffer,
  walletLinkIn,
  walletOf,
} from './world/resident.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }
let world: AttackedWorld
let servers: readonly InstitutionProcess[]
/** As behind a proxy that speaks TLS. */
let secure: InstitutionProcess
let wallet: TestWallet
let database: Database

beforeAll(async () => {
  world = await AttackedWorld.start()
  servers = await Promise.all([world.bank.start(), world.hospital.start()])
  secure = await world.hospital.start(await freePort(), { PUBLIC_URL: 'https://hospital.example' })
  wallet = await walletOf(world.bank, [world.bank, world.hospital])
  database = openPostgresDatabase(world.bank.databaseUrl)
})

afterAll(async () => {
  await database?.close()
  for (const server of [...(servers ?? []), secure]) await server?.stop()
  await world?.stop()
})

/** What the staff's work is kept in, as it is now. */
async function stateOfWork(): Promise<string> {
  const tables = [
    'applications',
    'offers',
    'imports',
    'approvals',
    'staff_people',
    'staff_invitations',
    'staff_sessions',
    'institution_keys',
  ]
  const rows = await Promise.all(
    tables.map(table =>
      database.query(`select t::text as row from (select * from ${table}) t order by 1`).then(found => JSON.stringify(found)),
    ),
  )
  return createHash('sha256')
    .update(rows.join().replaceAll(/seen_at_ms[^,]*/g, ''))
    .digest('hex')
}

test('no route of the staff that changes something takes a request of another page', async () => {
  const { bank } = world
  const own = await bank.session('everything')
  const other = await bank.signIn('everything')
  const routes = (await changingRoutes(bank)).filter(({ access }) => typeof access !== 'string')
  expect(routes.length).toBeGreaterThan(30)
  const { origin, cookie } = own
  const csrf = own['x-hufu-csrf']
  const forged: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['no token', { cookie, origin }],
    ['an empty token', { cookie, origin, 'x-hufu-csrf': '' }],
    ['the token of another session of the same person', { cookie, origin, 'x-hufu-csrf': other['x-hufu-csrf'] }],
    ['the cookie as the token', { cookie, origin, 'x-hufu-csrf': cookie.split('=')[1]! }],
    ['the token in another case', { cookie, origin, 'x-hufu-csrf': csrf.toLowerCase() === csrf ? csrf.toUpperCase() : csrf.toLowerCase() }],
    ['no origin', { cookie, 'x-hufu-csrf': csrf }],
    ...[
      'null',
      'https://evil.example',
      origin.replace('http:', 'https:'),
      `${origin}0`,
      `${origin}.evil.example`,
      origin.replace('localhost', 'evil.localhost'),
      `${origin}/`,
      `${origin} https://evil.example`,
      world.hospital.url,
    ].map(foreign => [`origin ${foreign}`, { cookie, 'x-hufu-csrf': csrf, origin: foreign }] as const),
    ['a form of a page', { cookie, origin: 'https://evil.example', ...form }],
    ['a text of a page', { cookie, origin, 'content-type': 'text/plain' }],
  ]
  const before = await stateOfWork()
  const taken: string[] = []
  for (const { method, path } of routes)
    for (const [what, headers] of forged) {
      const { status } = await bank.request(method, path, { headers, body: 'content-type' in headers ? 'a=b' : undefined })
      if (status !== 403) taken.push(`${method} ${path}, ${what}: ${status}`)
    }
  for (const { path } of routes) {
    const overridden = await bank.request('GET', `${path}?_method=POST&x-hufu-csrf=${csrf}`, {
      headers: { cookie, 'x-http-method-override': 'POST', 'x-method-override': 'DELETE' },
    })
    if (overridden.status >= 500) taken.push(`GET ${path}, overridden: ${overridden.status}`)
  }
  expect(taken).toEqual([])
  expect(await stateOfWork()).toBe(before)
  process.stdout.write(`forged requests: ${routes.length} routes, ${forged.length} ways\n`)
})

describe('session fixation', () => {
  test('a cookie that was planted in a browser of the staff is nobody’s after signing in', async () => {
    const { bank } = world
    const name = (await bank.session('clerk')).cookie.split('=')[0]!
    const planted = `${name}=${'p'.repeat(43)}`
    const attackers = await bank.signIn('clerk-2')
    for (const cookie of [planted, attackers.cookie]) {
      const victim = await bank.signIn('officer', { cookie })
      expect(victim.cookie).not.toBe(cookie)
      expect((await bank.request('GET', '/staff/me', { headers: { cookie: victim.cookie } })).json).toMatchObject({ name: 'officer' })
      const left = await bank.request('GET', '/staff/me', { headers: { cookie } })
      expect(left.json?.name).not.toBe('officer')
      // Brought together, nobody knows which one is meant.
      for (const both of [`${cookie}; ${victim.cookie}`, `${victim.cookie}; ${cookie}`])
        expect((await bank.request('GET', '/staff/me', { headers: { cookie: both } })).status).toBe(401)
    }
  })

  test('a cookie that was planted in a person’s browser is nobody’s after signing in', async () => {
    const { bank } = world
    const browser = new Browser()
    const { url: page } = await browser.follow((await beginWithoutOffer(bank)).url)
    const planted = `${browser.cookies('/oidc/auth')}; ${browser.cookies(new URL(page).pathname)}`
    expect(planted).toContain('hufu_')
    await authorizeWallet(bank, wallet, browser)
    // Whoever planted them goes on where they were: asked to show who they are.
    const { pathname, search } = new URL((await beginWithoutOffer(bank)).url)
    const again = await bank.request('GET', pathname + search, { headers: { cookie: planted } })
    expect(again.headers.get('location')).toMatch(/^\/oidc\/interaction\//)
    const begun = await bank.request('GET', new URL(page).pathname, { headers: { cookie: planted } })
    expect(begun.status).toBe(200)
    expect(walletLinkIn(begun.text)).toContain(walletUrl)
    const sessionIn = (cookies: string) => /hufu_session=([^;]+)/.exec(cookies)?.[1]
    expect(sessionIn(browser.cookies('/oidc/auth'))).toBeDefined()
    expect(sessionIn(browser.cookies('/oidc/auth'))).not.toBe(sessionIn(planted))
  })

  test('an answer of a wallet is not taken by a browser in which the presentation was planted', async () => {
    const { bank } = world
    const begun = await bank.request('POST', '/verifier/pages/open-account/presentations', { headers: { origin: bank.url }, body: {} })
    expect(begun.status, begun.text).toBe(201)
    const { id, token, walletUrl: link } = begun.json
    const request = await openLink(wallet, link)
    const { redirect_uri: back } = await bank.done('POST', new URL(request.responseUri).pathname, {
      headers: form,
      body: await answer(wallet, request),
    })
    const responseCode = new URL(back).searchParams.get('response_code')
    const finish = (headers: object, body: object) =>
      bank.request('POST', `/verifier/pages/presentations/${id}/finish`, {
        headers: { authorization: `Bearer ${token}`, ...headers },
        body,
      })
    const cookie = begun.headers.get('set-cookie')!.split(';')[0]!
    expect((await finish({}, { responseCode })).status).toBe(403)
    expect((await finish({ cookie: `${cookie}x` }, { responseCode })).status).toBe(403)
    expect((await finish({ cookie }, {})).status).toBe(403)
    expect((await finish({ cookie }, { responseCode })).status).toBe(200)
  })
})

describe('cookies', () => {
  const parameters = new URLSearchParams({
    ...{ client_id: 'shop', response_type: 'code', redirect_uri: callback, scope: 'openid', state: 's', nonce: 'n' },
    ...{ code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' },
  })

  async function cookiesOf(url: string, origin: string, code: string): Promise<readonly string[]> {
    const { bank } = world
    const answers = [
      await bank.request('POST', '/staff/sign-in/invitation', { url, body: { code }, headers: { origin } }),
      await bank.request('POST', '/verifier/pages/open-account/presentations', { url, headers: { origin }, body: {} }),
      await bank.request('GET', `/oidc/auth?${parameters}`, { url }),
    ]
    for (const { status, text } of answers) expect(status, text).toBeLessThan(400)
    return answers.flatMap(({ headers }) => headers.getSetCookie())
  }

  test('are out of scripts’ reach and not sent from other sites', async () => {
    const { bank, hospital } = world
    const plain = await cookiesOf(bank.url, bank.url, bank.invitationCodes.auditor)
    const overTls = await cookiesOf(secure.url, 'https://hospital.example', hospital.invitationCodes.auditor)
    expect(plain.length).toBeGreaterThanOrEqual(4)
    expect(overTls).toHaveLength(plain.length)
    for (const line of [...plain, ...overTls]) {
      expect(line).toMatch(/; HttpOnly/i)
      expect(line).toMatch(/; SameSite=(Strict|Lax)/i)
      expect(line).toMatch(/; Path=\//i)
      expect(line).not.toMatch(/; Domain=/i)
    }
    for (const line of overTls) expect(line).toMatch(/^__(Host|Secure)-[^;]+;.*; Secure/i)
    const { headers } = await fetch(`${secure.url}/.well-known/openid-configuration/oidc`)
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
    expect(plain.find(line => line.startsWith('hufu-staff-'))).toMatch(/SameSite=Strict/i)
    expect(overTls.find(line => line.includes('hufu-staff-'))).toMatch(
      /^__Host-hufu-staff-443=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Secure/,
    )
  })

  test('of other sites read nothing: no answer for the staff may be read by another origin', async () => {
    const { bank } = world
    const { cookie } = await bank.session('everything')
    for (const path of [
      '/staff/me',
      '/staff/people',
      '/issuer/applications',
      '/verifier/receipts',
      '/audit/entries',
      '/approvals',
      '/keys',
    ]) {
      const { headers } = await bank.request('GET', path, { headers: { cookie, origin: 'https://evil.example' } })
      expect([path, headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')]).toEqual([
        path,
        null,
        null,
      ])
      expect(headers.get('cache-control')).toContain('no-store')
    }
  })
})

describe('what belongs to somebody else', () => {
  const unknownTo = (expected: readonly number[], { status, text }: Answer, what: string) =>
    expect(expected.includes(status), `${what}: ${status} ${text}`).toBe(true)

  test('at another institution is not known: sessions, tokens, codes, presentations, receipts, records', async () => {
    const { bank, hospital } = world
    const staff = await bank.session('everything')
    const renamed = staff.cookie.replace(/^[^=]+/, (await hospital.session('clerk')).cookie.split('=')[0]!)
    for (const cookie of [staff.cookie, renamed])
      unknownTo([401], await hospital.request('GET', '/staff/me', { headers: { ...staff, cookie, origin: hospital.url } }), 'session')
    const reader = (await bank.staff('auditor', 'POST', '/staff/tokens')).json.token
    expect((await bank.request('GET', '/audit/export', { headers: { authorization: `Bearer ${reader}` } })).status).toBe(200)
    for (const bearer of [reader, bank.systemToken]) {
      const headers = { authorization: `Bearer ${bearer}` }
      unknownTo([401], await hospital.request('GET', '/audit/export', { headers }), 'reading token')
      unknownTo(
        [401],
        await hospital.request('POST', '/verifier/presentations', { headers, body: { queryId: 'open-account' } }),
        'system token',
      )
    }
    const invited = { body: { code: bank.invitationCodes.clerk }, headers: { origin: hospital.url } }
    unknownTo([400, 401, 403, 404], await hospital.request('POST', '/staff/sign-in/invitation', invited), 'invitation')

    const offer = await makeOffer(bank)
    const redeem = new URLSearchParams({
      grant_type: preAuthorizedGrant,
      'pre-authorized_code': offer.code,
      tx_code: offer.txCode,
    }).toString()
    unknownTo([400], await hospital.request('POST', '/oidc/token', { headers: form, body: redeem }), 'code of an offer')
    unknownTo([404], await hospital.request('GET', `/issuer/offers/${offer.id}`), 'offer')
    const authorized = await AuthorizedWallet.redeem(bank, offer)
    const { accessToken } = authorized.token
    const dpop = await createDpopProof({
      ...{ method: 'POST', url: `${hospital.url}/vci/notification`, accessToken, nowMs: Date.now(), signer: authorized.dpop },
    })
    const token = { authorization: `DPoP ${accessToken}`, dpop }
    unknownTo([401], await hospital.request('POST', '/vci/notification', { headers: token, body: {} }), 'access token')
    const { form: code } = await authorizeWallet(bank, wallet)
    const codeForm = new URLSearchParams(code).toString()
    unknownTo([400], await hospital.request('POST', '/oidc/token', { headers: form, body: codeForm }), 'authorization code')
    const basic = { ...form, authorization: `Basic ${Buffer.from(`shop:${bank.shopSecret}`).toString('base64')}` }
    unknownTo(
      [401],
      await hospital.request('POST', '/oidc/token', { headers: basic, body: 'grant_type=refresh_token&refresh_token=x' }),
      'secret',
    )

    const shown = await ask(bank, wallet)
    const path = new URL(shown.request.responseUri).pathname
    const body = await answer(wallet, shown.request)
    unknownTo([404], await hospital.request('POST', path, { headers: form, body }), 'answer at the other')
    unknownTo([404], await hospital.request('GET', `/vp/requests/${shown.id}`), 'request')
    const bearer = { authorization: `Bearer ${shown.token}` }
    unknownTo([404], await hospital.request('GET', `/verifier/presentations/${shown.id}`, { headers: bearer }), 'presentation')
    expect((await bank.request('POST', path, { headers: form, body })).status).toBe(200)
    // Made for the bank, sent on by it to the hospital.
    const theirs = await ask(hospital, wallet)
    const made = await ask(bank, wallet)
    const sentOn = await createPresentationResponse(theirs.request, await presentAll(wallet, made.request))
    const mixed = await hospital.request('POST', new URL(theirs.request.responseUri).pathname, { headers: form, body: sentOn })
    unknownTo([400], mixed, 'presentation for the bank')
    expect(mixed.json.rule).toMatch(/holder|audience|key-binding|nonce|verifier/)

    const finish = (at: typeof bank) =>
      at.request('POST', `/verifier/presentations/${shown.id}/finish`, { headers: { authorization: `Bearer ${shown.token}` }, body: {} })
    unknownTo([404], await finish(hospital), 'finish')
    const { receiptId } = (await finish(bank)).json
    const ids: readonly (readonly [string, string, object?])[] = [
      ['GET', `/verifier/receipts/${receiptId}`],
      ['GET', `/issuer/applications/${offer.applicationId}`],
      ['POST', `/issuer/applications/${offer.applicationId}/offer`],
      ['POST', `/issuer/applications/${offer.applicationId}/status`, { status: 'revoked', reason: 'issued-in-error' }],
      ['GET', `/issuer/offers/${offer.id}/status`],
    ]
    for (const [method, address, content] of ids) {
      unknownTo([404], await hospital.staff('everything', method, address, content), address)
    }
    expect((await bank.staff('officer', 'GET', `/verifier/receipts/${receiptId}`)).status).toBe(200)
    const about = { method: 'POST', path: '/handover/peer/requests' } as const
    const messageBody = {
      record: 'x-ray',
      untilMs: 1000 * Math.ceil(Date.now() / 1000) + 3_600_000,
      receiverName: { 'zh-CN': '甲', en: 'A' },
    }
    const key = { id: bank.kid, signer: bank.signer }
    const { jws } = await signMessage({ issuer: bank.did, audience: hospital.did, about, body: messageBody }, key, Date.now())
    unknownTo([401], await bank.request('POST', about.path, { headers: { 'hufu-message': jws }, body: messageBody }), 'message')
    const asked = await hospital.request('POST', about.path, { headers: { 'hufu-message': jws }, body: messageBody })
    expect(asked.status, asked.text).toBe(200)
    // What the bank asked for is the bank's: not even the hospital itself may ask for it as a peer.
    const grantPath = `/handover/peer/requests/${asked.json.id}/grant`
    const own = { id: hospital.kid, signer: hospital.signer }
    const foreign = await signMessage(
      { issuer: hospital.did, audience: hospital.did, about: { method: 'POST', path: grantPath }, body: {} },
      own,
      Date.now(),
    )
    unknownTo([404], await hospital.request('POST', grantPath, { headers: { 'hufu-message': foreign.jws }, body: {} }), 'consent')
  })

  test('of the staff: applications, offers, sessions and approvals of a colleague', async () => {
    const { bank } = world
    const offer = await makeOffer(bank)
    const draft = (await bank.staff('clerk', 'POST', '/issuer/applications', application)).json.id
    const attempts: readonly (readonly [StaffName, string, string, object?])[] = [
      ['clerk-2', 'GET', `/issuer/applications/${draft}`],
      ['clerk-2', 'PUT', `/issuer/applications/${draft}`, application],
      ['clerk-2', 'POST', `/issuer/applications/${draft}/submit`],
      ['clerk-2', 'POST', `/issuer/applications/${offer.applicationId}/offer`],
      ['clerk-2', 'GET', `/issuer/offers/${offer.id}/status`],
    ]
    for (const [name, method, path, body] of attempts)
      unknownTo([404], await bank.staff(name, method, path, body), `${name} ${method} ${path}`)
    const { applications } = (await bank.staff('clerk-2', 'GET', '/issuer/applications')).json
    expect(applications).toEqual([])
    const { sessions } = (await bank.staff('clerk', 'GET', '/staff/sessions')).json
    for (const { id } of sessions) unknownTo([404], await bank.staff('clerk-2', 'DELETE', `/staff/sessions/${id}`), 'session')
    expect((await bank.staff('clerk', 'GET', '/staff/me')).status).toBe(200)
    // One person alone, whatever their roles.
    const own = (await bank.staff('everything', 'POST', '/issuer/applications', application)).json.id
    await bank.staff('everything', 'POST', `/issuer/applications/${own}/submit`)
    unknownTo([403, 409], await bank.staff('everything', 'POST', `/issuer/applications/${own}/approve`), 'own application')
    const { approvalId } = (await bank.staff('everything', 'POST', '/issuer/revoke-all', { type: residentType, reason: 'issued-in-error' }))
      .json
    unknownTo([403, 409], await bank.staff('everything', 'POST', `/approvals/${approvalId}/confirm`), 'own approval')
    for (const name of ['clerk', 'auditor', 'administrator'] as const)
      unknownTo([403, 404], await bank.staff(name, 'POST', `/approvals/${approvalId}/confirm`), `approval by ${name}`)
    const { id: me } = (await bank.staff('administrator', 'GET', '/staff/me')).json
    unknownTo(
      [403, 409],
      await bank.staff('administrator', 'PUT', `/staff/people/${me}/roles`, { roles: ['administrator', 'officer'] }),
      'own roles',
    )
  })

  test('of a resident: another wallet’s issuance and notification', async () => {
    const { bank } = world
    const one = await AuthorizedWallet.redeem(bank, await makeOffer(bank))
    const other = await AuthorizedWallet.redeem(bank, await makeOffer(bank))
    const { notificationId } = (await one.collect(`${residentType}_sd-jwt`, [await generateSigner('P-256')])) as { notificationId: string }
    const notify = async (by: AuthorizedWallet) =>
      bank.request('POST', '/vci/notification', {
        headers: await by.headers('/vci/notification'),
        body: { notification_id: notificationId, event: 'credential_deleted' },
      })
    unknownTo([400], await notify(other), 'notification of another')
    expect((await notify(one)).status).toBe(204)
    // The token of one with the proof of the other's key.
    const { authorization } = (await one.headers('/vci/notification')) as { authorization: string }
    const { accessToken } = one.token
    const dpop = await createDpopProof({
      method: 'POST',
      url: `${bank.url}/vci/notification`,
      accessToken,
      nowMs: Date.now(),
      signer: other.dpop,
    })
    unknownTo([401], await bank.request('POST', '/vci/notification', { headers: { authorization, dpop }, body: {} }), 'token of another')
    unknownTo(
      [401],
      await bank.request('POST', '/vci/notification', { headers: { authorization: `Bearer ${accessToken}` }, body: {} }),
      'as bearer',
    )
  })
})
