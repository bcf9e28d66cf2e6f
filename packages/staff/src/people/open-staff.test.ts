import { join } from 'node:path'
import { createLog, type Database, migrate, openEmbeddedDatabase, openVault } from '@hufu/service'
import { FixedClock } from '@hufu/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Approvals } from './approvals.ts'
import { approvalMigrations } from './approvals-schema.ts'
import { parseBootstrapInvitations } from './bootstrap-invitations.ts'
import { ManualJobs } from './manual-jobs.ts'
import { openStaff, type StaffOptions } from './open-staff.ts'
import { hashOfToken, newToken } from './secret-token.ts'
import { newFolder, openStaffBench, publicUrl, roles, type StaffBench } from './staff-fixture.ts'
import { staffMigrations } from './staff-schema.ts'

const clock = new FixedClock()
let database: Database

beforeAll(async () => {
  database = await openEmbeddedDatabase(join(newFolder(), 'database'))
  await migrate(database, [...staffMigrations, ...approvalMigrations])
})
afterAll(() => database.close())

function open(url: string, options: Omit<StaffOptions, 'roles'>) {
  const audit = { append: async () => undefined }
  const approvals = new Approvals({ database, audit, clock })
  const shared = { database, audit, approvals, clock, publicUrl: url, jobs: new ManualJobs(), log: createLog({ level: 'silent' }) }
  return openStaff(
    { ...shared, vault: openVault(new Uint8Array(32)), self: { name: { en: 'Bank', 'zh-CN': '银行' } } },
    { roles, ...options },
  )
}

describe('at the start', () => {
  test.each<[string, string, Omit<StaffOptions, 'roles'>]>([
    ['passkeys at a number', 'http://127.0.0.1:8080', { signIn: 'passkey', host: '127.0.0.1' }],
    ['passkeys at a number of six', 'http://[::1]:8080', { signIn: 'passkey', host: '::1' }],
    ['passkeys without HTTPS beyond this machine', 'http://bank.example', { signIn: 'passkey', host: '0.0.0.0' }],
    ['the stand-in on all addresses', 'http://localhost:8080', { signIn: 'invitation', host: '0.0.0.0' }],
    ['the stand-in on an address of the network', 'https://bank.example', { signIn: 'invitation', host: '10.0.0.1' }],
    ['the stand-in on a name that begins like this machine', 'https://bank.example', { signIn: 'invitation', host: '127.0.0.1.example' }],
    ['a bootstrap file of another form', publicUrl, { signIn: 'passkey', host: '127.0.0.1', bootstrap: '{"version":2}' }],
  ])('refuses %s', async (_, url, options) => {
    await expect(open(url, options)).rejects.toMatchObject({ code: 'ERR_SERVICE_CONFIG' })
  })

  test.each(['http://localhost:8080', 'https://bank.example', 'https://bank.example:8443'])('takes passkeys at %s', async url => {
    expect(await open(url, { signIn: 'passkey', host: '127.0.0.1' })).toMatchObject({ name: 'staff' })
  })
})

describe("an operator's invitation", () => {
  const invitation = {
    ...{ personId: crypto.randomUUID(), name: '王五', roles: ['administrator'], codeHash: hashOfToken(newToken()) },
    expiresAtMs: clock.nowMs() + 86_400_000,
  }
  const parse = (changes: object) =>
    parseBootstrapInvitations(JSON.stringify({ version: 1, invitations: [{ ...invitation, ...changes }] }), {
      nowMs: clock.nowMs(),
      roles: roles.all,
    })

  test('is taken as it was written', () => {
    expect(parse({})).toEqual([invitation])
  })

  test.each([
    ['a day and a moment', { expiresAtMs: clock.nowMs() + 86_400_001 }],
    ['the code itself in place of its hash', { codeHash: 'code' }],
    ['no name', { name: '' }],
    ['no role', { roles: [] }],
    ['another role', { roles: ['root'] }],
    ['no person', { personId: 'me' }],
  ])('is refused with %s', (_, changes) => {
    expect(() => parse(changes)).toThrow(expect.objectContaining({ code: 'ERR_SERVICE_CONFIG' }))
  })
})

describe('the stand-in for passkeys', () => {
  let bench: StaffBench
  const personId = crypto.randomUUID()
  const code = newToken()

  beforeAll(async () => {
    bench = await openStaffBench({ signIn: 'invitation' })
    await bench.invite({ personId, name: '赵六', roles: ['clerk'], code })
  })
  afterAll(() => bench.close())

  const enter = (given: string) => bench.send(undefined, 'POST', '/staff/sign-in/invitation', { code: given })

  test('says that it is one, and signs the same person in as often as the link is opened, until it expires', async () => {
    expect((await bench.send(undefined, 'GET', '/staff/sign-in')).json()).toEqual({ signIn: 'invitation' })
    const cookies = new Set<string>()
    for (const answer of [await enter(code), await enter(code)]) {
      expect(answer.statusCode).toBe(200)
      const cookie = String(answer.headers['set-cookie']).split(';')[0]!
      cookies.add(cookie)
      const browser = { personId, authenticator: undefined as never, cookie, csrfToken: answer.json().csrfToken }
      expect((await bench.send(browser, 'GET', '/staff/me')).json()).toMatchObject({ id: personId, name: '赵六', signIn: 'invitation' })
      expect((await bench.send(browser, 'POST', '/staff/confirmation', {})).statusCode).toBe(200)
    }
    expect(cookies.size).toBe(2)
    expect((await enter(newToken())).json().code).toBe('ERR_STAFF_INVITATION')
    bench.clock.advance(86_400_000)
    expect((await enter(code)).json().code).toBe('ERR_STAFF_INVITATION')
  })

  test('lets nobody in who is suspended', async () => {
    const again = newToken()
    await bench.invite({ personId, name: '赵六', roles: ['clerk'], code: again })
    expect((await enter(again)).statusCode).toBe(200)
    await bench.database.query(`update staff_people set state = 'suspended' where id = $1`, [personId])
    expect((await enter(again)).json().code).toBe('ERR_STAFF_INVITATION')
  })
})

test('people, approvals and invitations of another institution are not found here, and stay as they are', async () => {
  const [own, other] = [await openStaffBench(), await openStaffBench()]
  try {
    const mine = await own.person('administrator')
    const [theirs, victim] = [await other.person('administrator'), await other.person('clerk')]
    const { approval } = (await other.send(theirs, 'POST', `/staff/people/${victim.personId}/invitation`)).json()
    expect(approval).toBeUndefined()
    await other.person('administrator')
    const asked = (await other.send(theirs, 'POST', `/staff/people/${victim.personId}/invitation`)).json().approval.id
    const { invitations } = (await other.send(theirs, 'GET', '/staff/invitations')).json()
    const tries = [
      ['GET', `/approvals/${asked}`],
      ['POST', `/approvals/${asked}/confirm`],
      ['POST', `/approvals/${asked}/refuse`],
      ['POST', `/staff/people/${victim.personId}/suspend`],
      ['POST', `/staff/people/${victim.personId}/reinstate`],
      ['POST', `/staff/people/${victim.personId}/invitation`],
      ['DELETE', `/staff/people/${victim.personId}`],
      ['DELETE', `/staff/invitations/${invitations[0].id}`],
    ] as const
    for (const [method, url] of tries) {
      expect((await own.send(mine, method, url)).json(), url).toMatchObject({ status: 404, code: 'ERR_SERVICE_NOT_FOUND' })
      // Nor does a session of one count at the other.
      expect((await other.send(mine, method, url)).json(), url).toMatchObject({ status: 401, code: 'ERR_STAFF_SESSION' })
    }
    expect((await other.send(theirs, 'GET', `/approvals/${asked}`)).json().state).toBe('pending')
  } finally {
    await own.close()
    await other.close()
  }
})
