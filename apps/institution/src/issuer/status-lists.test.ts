import { generateSigner } from '@hufu/keys'
import { afterAll, expect, test } from 'vitest'
import { armCrashPoint } from '../parts/crash-point.ts'
import { application, clerk, keyProof, officer, openIssuerBench, otherOfficer, residentType } from './issuer-fixture.ts'
import { verifierOf } from './verify-fixture.ts'

const bench = await openIssuerBench({ listCapacity: 64 })
const verifier = verifierOf(bench)
const stop = (): never => {
  throw new Error('stopped here')
}

afterAll(() => bench.close())

async function issue(count: number, token?: string): Promise<{ token: string; application: string; credentials: readonly string[] }> {
  const found = token === undefined ? await bench.token() : { token, application: '' }
  const signers = await Promise.all(Array.from({ length: count }, () => generateSigner('P-256')))
  const nonce = await bench.nonce()
  const jwt = await Promise.all(signers.map(signer => keyProof(signer, nonce, { nowMs: bench.clock.nowMs() })))
  const answer = await bench.wallet(found.token, '/vci/credential', {
    credential_configuration_id: `${residentType}_sd-jwt`,
    proofs: { jwt },
  })
  expect([answer.statusCode, answer.json().error_description]).toEqual([200, undefined])
  return { ...found, credentials: answer.json().credentials.map(({ credential }: { credential: string }) => credential) }
}

const change = (id: string, status: string, reason = 'data-changed') =>
  bench.staff(officer, 'POST', `/issuer/applications/${id}/status`, { status, reason })
const listText = async (name: string): Promise<string> => (await bench.server.inject(`/status/${name}`)).body

test('a full list is followed by another; no place is given out twice', async () => {
  for (let batch = 0; batch < 10; batch++) await issue(16)
  await bench.jobs.drain()
  const places = await bench.database.query<{ list: number; list_index: number }>(
    `select list, list_index from credentials where list_kind = 'token'`,
  )
  expect(new Set(places.map(({ list, list_index: index }) => `${list}:${index}`)).size).toBe(places.length)
  expect(places.length).toBe(160)
  expect(new Set(places.map(({ list }) => list)).size).toBeGreaterThan(2)
  const last = await issue(1)
  await bench.jobs.drain()
  await verifier.sdJwt(last.credentials[0]!)
})

test('what is given out is what was anchored, any origin may read it, and no other name is a list', async () => {
  const answer = await bench.server.inject('/status/1')
  expect(answer.headers).toMatchObject({ 'content-type': 'application/statuslist+jwt', 'access-control-allow-origin': '*' })
  expect(bench.ledger.anchored.map(({ text }) => text)).toContain(answer.body)
  for (const name of ['revocation-1', 'suspension-1'])
    expect((await bench.server.inject(`/status/${name}`)).headers['content-type']).toBe('application/vc')
  expect((await bench.server.inject('/status/999')).statusCode).toBe(404)
  expect((await bench.server.inject('/status/..%2f1')).statusCode).toBe(400)
})

test('all copies of one credential change together, and the register says so', async () => {
  const { application: id, credentials } = await issue(3)
  const other = await issue(1)
  expect((await change(id, 'revoked')).json()).toEqual({ copies: 3 })
  const register = async () => (await bench.staff(officer, 'GET', `/issuer/credentials?application=${id}`)).json().credentials
  expect((await register()).map(({ isPublished }: { isPublished: boolean }) => isPublished)).toEqual([false, false, false])
  await bench.jobs.drain()
  expect((await register()).map(({ status, isPublished }: { status: string; isPublished: boolean }) => [status, isPublished])).toEqual(
    Array.from({ length: 3 }, () => ['revoked', true]),
  )
  for (const credential of credentials) await expect(verifier.sdJwt(credential)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_REVOKED' })
  await verifier.sdJwt(other.credentials[0]!)
  expect((await change(id, 'revoked')).json()).toEqual({ copies: 0 })
})

test('a list is signed again within the hour, and not before', async () => {
  const before = await listText('1')
  bench.clock.advance(3_599_000)
  await bench.jobs.run('issuer sweep')
  await bench.jobs.drain()
  bench.clock.advance(2_000)
  await bench.jobs.run('issuer sweep')
  await bench.jobs.drain()
  expect(await listText('1')).not.toBe(before)
})

test.each(['issuer list signed', 'issuer list kept', 'issuer list anchored'])(
  'stopped at "%s", a revocation is published by the sweep',
  async point => {
    const { application: id, credentials } = await issue(1)
    await change(id, 'revoked')
    armCrashPoint(point, { crash: stop })
    await expect(bench.jobs.drain()).rejects.toThrow('stopped here')
    armCrashPoint(undefined)
    bench.jobs.forget()
    await verifier.sdJwt(credentials[0]!)
    await bench.jobs.run('issuer sweep')
    await bench.jobs.drain()
    await expect(verifier.sdJwt(credentials[0]!)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_REVOKED' })
  },
)

test('stopped when a change of status is written, nothing of it is', async () => {
  const { application: id } = await issue(1)
  armCrashPoint('issuer status written', { crash: stop })
  expect((await change(id, 'suspended')).statusCode).toBe(500)
  armCrashPoint(undefined)
  const rows = await bench.database.query('select status from credentials where application = $1', [id])
  expect(rows).toEqual([{ status: 'valid' }])
})

test('all of a type are revoked by two officers, not by one, nor by one and a clerk', async () => {
  const { credentials, application: id } = await issue(2)
  const body = { type: residentType, reason: 'keys-compromised' }
  expect((await bench.staff(clerk, 'POST', '/issuer/revoke-all', body)).statusCode).toBe(403)
  const { approvalId } = (await bench.staff(officer, 'POST', '/issuer/revoke-all', body)).json()
  for (const member of [officer, clerk])
    expect((await bench.staff(member, 'POST', `/approvals/${approvalId}/confirm`)).statusCode).toBeGreaterThan(400)
  await bench.jobs.drain()
  await verifier.sdJwt(credentials[0]!)
  const confirmed = await bench.staff(otherOfficer, 'POST', `/approvals/${approvalId}/confirm`)
  expect(confirmed.statusCode).toBe(200)
  await bench.jobs.drain()
  for (const credential of credentials) await expect(verifier.sdJwt(credential)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_REVOKED' })
  expect((await bench.staff(clerk, 'POST', `/issuer/applications/${id}/offer`)).json().code).toBe('ERR_ISSUER_REVOKED')
  // What is entered afterwards is another matter.
  await bench.approved(application)
  await issue(1)
})

test.each([{}, { type: residentType, importId: crypto.randomUUID() }])('refuses to revoke %j', async scope => {
  const answer = await bench.staff(officer, 'POST', '/issuer/revoke-all', { reason: 'keys-compromised', ...scope })
  expect(answer.statusCode).toBe(400)
})
