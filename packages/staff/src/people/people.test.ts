import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accept, type Browser, openStaffBench, type StaffBench } from './staff-fixture.ts'

let bench: StaffBench
let first: Browser
let second: Browser
let clerk: Browser

beforeAll(async () => {
  bench = await openStaffBench({
    addRoutes(_server, approvals) {
      approvals.handle('close the counter', {
        role: 'officer',
        title: { en: 'Close the counter', 'zh-CN': '关闭柜台' },
        confirm: async (queries, approval, by) => {
          await queries.query('insert into closed values ($1, $2)', [approval.id, by.id])
          if (approval.payload === 'fails') throw new Error('did not work')
          return 'closed'
        },
      })
    },
  })
  await bench.database.query('create table closed (id text, by_id text)')
  first = await bench.person('administrator')
  second = await bench.person('administrator')
  clerk = await bench.person('clerk')
})
afterAll(() => bench.close())

const post = (browser: Browser, url: string, body?: object) => bench.send(browser, 'POST', url, body)
const confirm = (browser: Browser, id: string) => post(browser, `/approvals/${id}/confirm`)

describe('two administrators', () => {
  test('invite whoever decides over people; one alone invites clerks and auditors', async () => {
    for (const role of ['clerk', 'auditor'])
      expect((await post(first, '/staff/invitations', { name: '甲', roles: [role] })).statusCode).toBe(201)
    for (const roles of [['officer'], ['administrator'], ['clerk', 'officer']]) {
      const answer = await post(first, '/staff/invitations', { name: '乙', roles })
      expect(answer.statusCode).toBe(202)
      expect(answer.body).not.toContain('invitation/')
      const { id } = answer.json().approval
      expect((await confirm(first, id)).json().code).toBe('ERR_APPROVAL_SAME_PERSON')
      const { link } = (await confirm(second, id)).json().result
      const officer = await accept(bench, link.split('/').at(-1), '')
      expect((await bench.send(officer, 'GET', '/staff/me')).json().roles).toEqual(roles)
      await bench.database.query(`update staff_people set state = 'removed' where id = $1`, [(await me(officer)).id])
    }
  })

  test('give roles of weight and take away that of an administrator; nobody changes their own', async () => {
    const put = (browser: Browser, id: string, roles: string[]) => bench.send(browser, 'PUT', `/staff/people/${id}/roles`, { roles })
    expect((await put(first, first.personId, ['administrator', 'officer'])).json().code).toBe('ERR_STAFF_SELF')
    expect((await put(clerk, clerk.personId, ['administrator'])).json().code).toBe('ERR_STAFF_ROLE')
    const { approval } = (await put(first, clerk.personId, ['clerk', 'officer'])).json()
    expect((await me(clerk)).roles).toEqual(['clerk'])
    expect((await confirm(clerk, approval.id)).statusCode).toBe(404)
    expect((await confirm(second, approval.id)).statusCode).toBe(200)
    expect((await me(clerk)).roles).toEqual(['clerk', 'officer'])
    expect((await put(first, clerk.personId, ['clerk'])).statusCode).toBe(200)
    expect((await put(first, second.personId, ['clerk'])).statusCode).toBe(202)
  })

  test('lift a suspension, which one imposes and which ends all sessions at once', async () => {
    const victim = await bench.person('clerk')
    expect((await post(first, `/staff/people/${victim.personId}/suspend`)).statusCode).toBe(200)
    expect((await bench.send(victim, 'GET', '/staff/me')).statusCode).toBe(401)
    const { challengeId, options } = (await bench.send(undefined, 'POST', '/staff/sign-in/options')).json()
    const answer = await bench.send(undefined, 'POST', '/staff/sign-in', { challengeId, response: victim.authenticator.answer(options) })
    expect(answer.json().code).toBe('ERR_STAFF_PASSKEY')
    expect((await post(first, `/staff/people/${victim.personId}/suspend`)).json().code).toBe('ERR_STAFF_STATE')
    const { approval } = (await post(first, `/staff/people/${victim.personId}/reinstate`)).json()
    expect((await confirm(first, approval.id)).json().code).toBe('ERR_APPROVAL_SAME_PERSON')
    expect((await confirm(second, approval.id)).statusCode).toBe(200)
    const again = (await bench.send(undefined, 'POST', '/staff/sign-in/options')).json()
    const body = { challengeId: again.challengeId, response: victim.authenticator.answer(again.options) }
    expect((await bench.send(undefined, 'POST', '/staff/sign-in', body)).statusCode).toBe(200)
    expect((await confirm(second, approval.id)).json().code).toBe('ERR_APPROVAL_STATE')
  })

  test('let a person back in who lost their passkey; the old one is dead then', async () => {
    const lost = await bench.person('clerk')
    const { approval } = (await post(first, `/staff/people/${lost.personId}/invitation`)).json()
    const { link } = (await confirm(second, approval.id)).json().result
    const back = await accept(bench, link.split('/').at(-1), lost.personId)
    expect((await me(back)).id).toBe(lost.personId)
    expect((await bench.send(lost, 'GET', '/staff/me')).statusCode).toBe(401)
    const { challengeId, options } = (await bench.send(undefined, 'POST', '/staff/sign-in/options')).json()
    const answer = await bench.send(undefined, 'POST', '/staff/sign-in', { challengeId, response: lost.authenticator.answer(options) })
    expect(answer.statusCode).toBe(401)
  })

  test('one administrator of several goes only when two want it; the last one never, though both try at once', async () => {
    const own = await openStaffBench()
    try {
      const [one, other] = [await own.person('administrator'), await own.person('administrator')]
      expect((await own.send(one, 'DELETE', `/staff/people/${other.personId}`)).statusCode).toBe(202)
      const answers = await Promise.all(
        (
          [
            [one, other],
            [other, one],
          ] as const
        ).map(([by, whom]) => own.send(by, 'POST', `/staff/people/${whom.personId}/suspend`)),
      )
      // Both were let in while active; the one that came later found itself the last one, or was signed out.
      expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
      const active = await own.database.query(`select id from staff_people where state = 'active'`)
      expect(active).toHaveLength(1)
    } finally {
      await own.close()
    }
  })
})

describe('an approval', () => {
  let asking: Browser
  let officer: Browser
  const request = (payload: string) =>
    bench.database.transaction(queries =>
      bench.approvals.request(queries, { kind: 'close the counter', payload, requestedBy: asking.personId }),
    )
  const done = async (id: string) => (await bench.database.query('select * from closed where id = $1', [id])).length

  beforeAll(async () => {
    asking = await bench.person('officer')
    officer = await bench.person('officer')
  })

  test('is confirmed by another person of the role, and done once, of any number at once', async () => {
    const { id } = await request('all of it')
    expect((await confirm(asking, id)).json()).toMatchObject({ status: 403, code: 'ERR_APPROVAL_SAME_PERSON' })
    expect((await confirm(clerk, id)).json()).toMatchObject({ status: 404, code: 'ERR_SERVICE_NOT_FOUND' })
    expect(await done(id)).toBe(0)
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm(officer, id)))
    expect(answers.filter(({ statusCode }) => statusCode === 200).map(answer => answer.json())).toEqual([{ result: 'closed' }])
    expect(answers.filter(answer => answer.json().code === 'ERR_APPROVAL_STATE')).toHaveLength(19)
    expect(await done(id)).toBe(1)
  })

  test('that is refused, taken back or expired is not done', async () => {
    const [refused, takenBack, expired] = [await request('a'), await request('b'), await request('c')]
    expect((await post(officer, `/approvals/${refused!.id}/refuse`)).statusCode).toBe(200)
    expect((await post(asking, `/approvals/${takenBack!.id}/refuse`)).statusCode).toBe(200)
    for (const { id } of [refused!, takenBack!]) expect((await confirm(officer, id)).json().code).toBe('ERR_APPROVAL_STATE')
    bench.clock.advance(86_400_000)
    const late = await bench.person('officer')
    expect((await confirm(late, expired!.id)).json().code).toBe('ERR_APPROVAL_STATE')
    expect((await bench.send(late, 'GET', `/approvals/${expired!.id}`)).json()).toMatchObject({
      state: 'expired',
      title: { en: 'Close the counter' },
    })
    for (const { id } of [refused!, takenBack!, expired!]) expect(await done(id)).toBe(0)
  })

  test('whose doing fails still waits', async () => {
    ;[asking, officer] = [await bench.person('officer'), await bench.person('officer')]
    const { id } = await request('fails')
    expect((await confirm(officer, id)).json()).toMatchObject({ status: 500, code: 'ERR_SERVICE_INTERNAL' })
    expect(await done(id)).toBe(0)
    expect((await bench.send(officer, 'GET', `/approvals/${id}`)).json().state).toBe('pending')
  })

  test('takes a passkey shown within 5 minutes', async () => {
    const { id } = await request('all of it')
    bench.clock.advance(300_001)
    expect((await confirm(officer, id)).json().code).toBe('ERR_STAFF_SIGN_IN_AGAIN')
    expect(await done(id)).toBe(0)
  })
})

test('names are sealed in the database, and what was done stands in the log', async () => {
  const rows = await bench.database.query<{ text: string }>(
    'select p::text as text from staff_people p union all select i::text from staff_invitations i',
  )
  expect(rows.every(({ text }) => !/[王甲乙]/.test(text))).toBe(true)
  const entries = await bench.database.query<{ entry: string }>('select entry from audit_entries')
  const actions = new Set(entries.map(({ entry }) => JSON.parse(entry).action as string))
  expect([...actions]).toEqual(
    expect.arrayContaining([
      'invitation imported',
      'invitation accepted',
      'person suspended',
      'person reinstated',
      'roles changed',
      'approval confirmed',
    ]),
  )
  expect(entries.every(({ entry }) => !/[王甲乙]/.test(entry))).toBe(true)
})

async function me(browser: Browser): Promise<{ id: string; roles: string[] }> {
  return (await bench.send(browser, 'GET', '/staff/me')).json()
}
