import { afterAll, expect, test } from 'vitest'
import { application, clerk, concessionType, officer, openIssuerBench, otherClerk, person } from './issuer-fixture.ts'

const bench = await openIssuerBench()
const { staff } = bench

afterAll(() => bench.close())

async function entered(input: object = application, member = clerk): Promise<string> {
  const answer = await staff(member, 'POST', '/issuer/applications', input)
  expect(answer.statusCode).toBe(201)
  return answer.json().id
}

test('a clerk enters and submits, an officer approves; everything stands in the log, and nothing of the person', async () => {
  const id = await entered()
  expect((await staff(clerk, 'POST', `/issuer/applications/${id}/submit`)).json()).toMatchObject({ state: 'submitted', clerk: clerk.id })
  const approved = await staff(officer, 'POST', `/issuer/applications/${id}/approve`)
  expect(approved.json()).toMatchObject({ state: 'approved', officer: officer.id, claims: application.claims })
  const log = JSON.stringify(bench.audit)
  for (const action of ['application entered', 'application submitted', 'application approved']) expect(log).toContain(action)
  expect(log).not.toMatch(/黄洁丹|990121199501241468/)
})

test('who entered it does not approve or return it, whatever roles they have', async () => {
  const both = person('both', 'clerk', 'officer')
  const id = await entered(application, both)
  await staff(both, 'POST', `/issuer/applications/${id}/submit`)
  for (const [path, body] of [
    ['approve', undefined],
    ['return', { reason: 'x' }],
  ] as const)
    expect((await staff(both, 'POST', `/issuer/applications/${id}/${path}`, body)).json()).toMatchObject({
      status: 403,
      code: 'ERR_ISSUER_SAME_PERSON',
    })
  expect((await staff(officer, 'POST', `/issuer/applications/${id}/approve`)).statusCode).toBe(200)
})

test('another clerk’s application is not there', async () => {
  const id = await entered()
  for (const [method, path, body] of [
    ['GET', '', undefined],
    ['PUT', '', application],
    ['POST', '/submit', undefined],
    ['POST', '/offer', undefined],
  ] as const)
    expect((await staff(otherClerk, method, `/issuer/applications/${id}${path}`, body)).statusCode).toBe(404)
  expect((await staff(otherClerk, 'GET', '/issuer/applications')).json().applications).toEqual([])
  expect((await staff(officer, 'GET', `/issuer/applications/${id}`)).statusCode).toBe(200)
})

test('claims that break the schema can be entered and not submitted; the answer names the place and no value', async () => {
  const id = await entered({ ...application, claims: { ...application.claims, city_code: '990', address: '' } })
  const answer = await staff(clerk, 'POST', `/issuer/applications/${id}/submit`)
  expect(answer.json()).toMatchObject({ status: 400, code: 'ERR_ISSUER_CLAIMS' })
  expect(answer.json().detail).toContain('claims/city_code: pattern')
  expect(answer.body).not.toContain('黄洁丹')
  await staff(clerk, 'PUT', `/issuer/applications/${id}`, application)
  expect((await staff(clerk, 'POST', `/issuer/applications/${id}/submit`)).json().problems).toEqual([])
})

test.each([
  ['an unknown type', { type: 'urn:hufu:other' }, 'ERR_ISSUER_TYPE'],
  ['a day that does not exist', { validUntil: '2036-02-30' }, 'ERR_ISSUER_CLAIMS'],
  ['an end that was yesterday', { validUntil: '2026-11-26' }, 'ERR_ISSUER_CLAIMS'],
  ['an end before the beginning', { validFrom: '2030-01-02', validUntil: '2030-01-01' }, 'ERR_ISSUER_CLAIMS'],
  ['a member too many', { state: 'approved' }, 'ERR_SERVICE_REQUEST'],
  ['no end', { validUntil: undefined }, 'ERR_SERVICE_REQUEST'],
])('refuses %s', async (_what, change, code) => {
  expect((await staff(clerk, 'POST', '/issuer/applications', { ...application, ...change })).json().code).toBe(code)
})

test('an end that is today is accepted', async () => {
  await entered({ ...application, validUntil: '2026-11-27' })
})

test('only what is submitted is approved or returned, and only what is a draft or was returned is changed', async () => {
  const id = await entered()
  const post = async (path: string, body?: object) => (await staff(officer, 'POST', `/issuer/applications/${id}/${path}`, body)).json().code
  expect(await post('approve')).toBe('ERR_ISSUER_STATE')
  expect(await post('offer')).toBe('ERR_ISSUER_STATE')
  await staff(clerk, 'POST', `/issuer/applications/${id}/submit`)
  expect((await staff(clerk, 'PUT', `/issuer/applications/${id}`, application)).json().code).toBe('ERR_ISSUER_STATE')
  expect((await staff(officer, 'POST', `/issuer/applications/${id}/return`, { reason: '住址有误' })).statusCode).toBe(204)
  expect((await staff(clerk, 'GET', `/issuer/applications/${id}`)).json()).toMatchObject({ state: 'returned', returnReason: '住址有误' })
  expect(await post('approve')).toBe('ERR_ISSUER_STATE')
  await staff(clerk, 'PUT', `/issuer/applications/${id}`, application)
  await staff(clerk, 'POST', `/issuer/applications/${id}/submit`)
  expect((await staff(officer, 'POST', `/issuer/applications/${id}/approve`)).statusCode).toBe(200)
  expect(await post('approve')).toBe('ERR_ISSUER_STATE')
})

test('a second application of the same person for the same type shows the first one; another type or person does not', async () => {
  const subject = '990102199003071233'
  const claims = { concession: 'student', fare_percent: 50, city_code: '990100' }
  const input = { type: concessionType, claims, subject, validUntil: '2030-07-31' }
  const first = await entered(input)
  const second = await staff(clerk, 'POST', '/issuer/applications', input)
  expect(second.json().duplicates).toEqual([{ id: first, state: 'draft', status: 'valid' }])
  const resident = { ...application, claims: { ...application.claims, resident_number: subject } }
  expect((await staff(clerk, 'POST', '/issuer/applications', resident)).json().duplicates).toEqual([])
  const other = await staff(clerk, 'POST', '/issuer/applications', { ...input, subject: '990121199501241468' })
  expect(other.json().duplicates).toEqual([])
})

test('the tables hold nothing of the person in the clear', async () => {
  await entered()
  const rows = await bench.database.query<{ content: Uint8Array }>('select * from applications')
  const text = rows.map(row => `${JSON.stringify(row)}${Buffer.from(row.content).toString('latin1')}`).join()
  expect(text).not.toMatch(/Huang|990121199501241468|1995-01-24/)
})
