import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accept, type Browser, browserOf, openStaffBench, publicUrl, type StaffBench } from './staff-fixture.ts'
import { type Deviations, TestAuthenticator } from './test-authenticator.ts'

let bench: StaffBench
let administrator: Browser

beforeAll(async () => {
  bench = await openStaffBench()
  administrator = await bench.person('administrator')
})
afterAll(() => bench.close())

async function signIn(browser: Browser, deviations?: Deviations, headers?: object) {
  const { challengeId, options } = (await bench.send(undefined, 'POST', '/staff/sign-in/options')).json()
  const response = browser.authenticator.answer(options, deviations)
  return bench.send(undefined, 'POST', '/staff/sign-in', { challengeId, response }, headers)
}

describe('a passkey', () => {
  test('signs in, with a new session every time, and ends the one that the browser had', async () => {
    const first = browserOf(await signIn(administrator), administrator.personId, administrator.authenticator)
    const second = browserOf(await signIn(administrator, {}, { cookie: first.cookie }), administrator.personId, administrator.authenticator)
    expect(second.cookie).not.toBe(first.cookie)
    expect((await bench.send(first, 'GET', '/staff/me')).json()).toMatchObject({ code: 'ERR_STAFF_SESSION', status: 401 })
    expect((await bench.send(second, 'GET', '/staff/me')).json()).toMatchObject({ id: administrator.personId, roles: ['administrator'] })
  })

  test.each<[string, Deviations]>([
    ['another origin', { origin: 'http://localhost:8081' }],
    ['another host', { rpId: 'example.org' }],
    ['another challenge', { challenge: 'AAAA' }],
    ['nobody checked', { userVerified: false }],
    ['a counter that has not grown', { counter: 1 }],
    ['the handle of somebody else', { userHandle: Buffer.from(crypto.randomUUID()).toString('base64url') }],
    ['another key', { forged: true }],
  ])('is refused with %s', async (_, deviations) => {
    await signIn(administrator)
    expect((await signIn(administrator, deviations)).json()).toMatchObject({ status: 401, code: 'ERR_STAFF_PASSKEY' })
  })

  test('answers a challenge once, of any number of tries at once', async () => {
    const tries = Number(process.env.TRIES ?? 40)
    const { challengeId, options } = (await bench.send(undefined, 'POST', '/staff/sign-in/options')).json()
    const body = { challengeId, response: administrator.authenticator.answer(options) }
    const answers = await Promise.all(Array.from({ length: tries }, () => bench.send(undefined, 'POST', '/staff/sign-in', body)))
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
    expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(tries - 1)
  })

  test('answers a challenge within 5 minutes, and a wrong answer uses it up', async () => {
    const late = (await bench.send(undefined, 'POST', '/staff/sign-in/options')).json()
    bench.clock.advance(300_000)
    const answer = { challengeId: late.challengeId, response: administrator.authenticator.answer(late.options) }
    expect((await bench.send(undefined, 'POST', '/staff/sign-in', answer)).json().code).toBe('ERR_STAFF_PASSKEY')
    const { challengeId, options } = (await bench.send(undefined, 'POST', '/staff/sign-in/options')).json()
    for (const deviations of [{ forged: true }, {}]) {
      const body = { challengeId, response: administrator.authenticator.answer(options, deviations) }
      expect((await bench.send(undefined, 'POST', '/staff/sign-in', body)).json().code).toBe('ERR_STAFF_PASSKEY')
    }
  })

  test('that nobody registered is refused, and so is a challenge for another purpose', async () => {
    const stranger = { ...administrator, authenticator: new TestAuthenticator(publicUrl) }
    expect((await signIn(stranger)).json().code).toBe('ERR_STAFF_PASSKEY')
    const me = browserOf(await signIn(administrator), administrator.personId, administrator.authenticator)
    const { challengeId, options } = (await bench.send(me, 'POST', '/staff/confirmation/options')).json()
    const body = { challengeId, response: administrator.authenticator.answer(options) }
    expect((await bench.send(undefined, 'POST', '/staff/sign-in', body)).json().code).toBe('ERR_STAFF_PASSKEY')
  })

  test("is not asked for by another site's page", async () => {
    expect((await signIn(administrator, {}, { origin: 'https://evil.example' })).json()).toMatchObject({
      status: 403,
      code: 'ERR_STAFF_ORIGIN',
    })
    expect((await signIn(administrator, {}, { origin: undefined })).json().code).toBe('ERR_STAFF_ORIGIN')
  })
})

describe('a session', () => {
  test('ends after 15 minutes without a request, and after 8 hours in all', async () => {
    const me = browserOf(await signIn(administrator), administrator.personId, administrator.authenticator)
    for (let quarter = 0; quarter < 33; quarter++) {
      bench.clock.advance(899_000)
      const expected = (quarter + 1) * 899_000 < 28_800_000 ? 200 : 401
      expect((await bench.send(me, 'GET', '/staff/me')).statusCode).toBe(expected)
    }
    const idle = browserOf(await signIn(administrator), administrator.personId, administrator.authenticator)
    bench.clock.advance(900_000)
    expect((await bench.send(idle, 'GET', '/staff/me')).statusCode).toBe(401)
  })

  test('changes nothing without its token, with that of another session, or from another site', async () => {
    const me = browserOf(await signIn(administrator), administrator.personId, administrator.authenticator)
    const other = browserOf(await signIn(administrator), administrator.personId, administrator.authenticator)
    const code = async (headers: object) => (await bench.send(me, 'POST', '/staff/sign-out', undefined, headers)).json().code
    expect(await code({ 'x-hufu-csrf': undefined })).toBe('ERR_STAFF_CSRF')
    expect(await code({ 'x-hufu-csrf': other.csrfToken })).toBe('ERR_STAFF_CSRF')
    expect(await code({ origin: 'http://localhost:8081' })).toBe('ERR_STAFF_ORIGIN')
    expect(await code({ cookie: `${me.cookie}; ${other.cookie}` })).toBe('ERR_STAFF_SESSION')
    expect((await bench.send(me, 'POST', '/staff/sign-out')).statusCode).toBe(200)
    expect((await bench.send(me, 'GET', '/staff/me')).statusCode).toBe(401)
    expect((await bench.send(other, 'GET', '/staff/me')).statusCode).toBe(200)
  })

  test('is kept by hash alone, in a cookie that pages cannot read', async () => {
    const answer = await signIn(administrator)
    expect(answer.headers['set-cookie']).toMatch(/^hufu-staff-8080=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Expires=/)
    const token = String(answer.headers['set-cookie']).slice('hufu-staff-8080='.length).split(';')[0]!
    const rows = await bench.database.query<{ all: string }>('select s::text as all from staff_sessions s')
    expect(rows.some(row => row.all.includes(token))).toBe(false)
  })

  test('confirms who it is with a passkey of that person alone', async () => {
    const me = browserOf(await signIn(administrator), administrator.personId, administrator.authenticator)
    const clerk = await bench.person('clerk')
    bench.clock.advance(300_001)
    expect((await bench.send(me, 'POST', '/staff/passkeys/options')).json().code).toBe('ERR_STAFF_SIGN_IN_AGAIN')
    const confirm = async ({ authenticator }: Browser) => {
      const { challengeId, options } = (await bench.send(me, 'POST', '/staff/confirmation/options')).json()
      return bench.send(me, 'POST', '/staff/confirmation', { challengeId, response: authenticator.answer(options) })
    }
    expect((await confirm(clerk)).json().code).toBe('ERR_STAFF_PASSKEY')
    expect((await bench.send(me, 'POST', '/staff/confirmation', {})).json().code).toBe('ERR_STAFF_PASSKEY')
    expect((await confirm(administrator)).statusCode).toBe(200)
    expect((await bench.send(me, 'POST', '/staff/passkeys/options')).statusCode).toBe(200)
  })
})

describe('an invitation', () => {
  test('lets one person in, once, within a day', async () => {
    const fresh = browserOf(await signIn(administrator), administrator.personId, administrator.authenticator)
    const invite = async () => {
      const { link } = (await bench.send(fresh, 'POST', '/staff/invitations', { name: '李四', roles: ['clerk'] })).json()
      expect(link).toMatch(/^http:\/\/localhost:8080\/staff\/#\/invitation\/[\w-]{43}$/)
      return link.split('/').at(-1) as string
    }
    const code = await invite()
    expect((await bench.send(undefined, 'POST', '/staff/invitation', { code })).json()).toMatchObject({ name: '李四', roles: ['clerk'] })
    const clerk = await accept(bench, code, '')
    expect((await bench.send(clerk, 'GET', '/staff/me')).json()).toMatchObject({ name: '李四', roles: ['clerk'] })
    expect((await bench.send(undefined, 'POST', '/staff/registration/options', { code })).json().code).toBe('ERR_STAFF_INVITATION')
    const late = await invite()
    bench.clock.advance(86_400_000)
    expect((await bench.send(undefined, 'POST', '/staff/invitation', { code: late })).json().code).toBe('ERR_STAFF_INVITATION')
  })

  test('signs nobody in by itself where passkeys are asked for', async () => {
    const code = 'A'.repeat(43)
    expect((await bench.send(undefined, 'POST', '/staff/sign-in/invitation', { code })).json()).toMatchObject({
      status: 403,
      code: 'ERR_STAFF_INVITATION',
    })
  })
})

test('a passkey more can be added and taken away, but never the last, and never that of another person', async () => {
  const me = await bench.person('clerk')
  const other = await bench.person('clerk')
  const { challengeId, options } = (await bench.send(me, 'POST', '/staff/passkeys/options')).json()
  const second = new TestAuthenticator(publicUrl)
  const body = { challengeId, response: second.register(options), label: 'key' }
  // The challenge is of one session: another person's cannot take it.
  expect((await bench.send(other, 'POST', '/staff/passkeys', body)).json().code).toBe('ERR_STAFF_PASSKEY')
  const again = (await bench.send(me, 'POST', '/staff/passkeys/options')).json()
  const answer = { challengeId: again.challengeId, response: second.register(again.options), label: 'key' }
  expect((await bench.send(me, 'POST', '/staff/passkeys', answer)).statusCode).toBe(201)
  expect((await bench.send(me, 'GET', '/staff/passkeys')).json().passkeys).toHaveLength(2)
  expect((await bench.send(other, 'DELETE', `/staff/passkeys/${second.id}`)).statusCode).toBe(404)
  expect((await bench.send(me, 'DELETE', `/staff/passkeys/${me.authenticator.id}`)).statusCode).toBe(200)
  expect((await signIn(me)).statusCode).toBe(401)
  expect((await signIn({ ...me, authenticator: second })).statusCode).toBe(200)
  expect((await bench.send(me, 'DELETE', `/staff/passkeys/${second.id}`)).json().code).toBe('ERR_STAFF_STATE')
  const { sessions } = (await bench.send(me, 'GET', '/staff/sessions')).json()
  expect((await bench.send(other, 'DELETE', `/staff/sessions/${sessions[0].id}`)).statusCode).toBe(404)
})
