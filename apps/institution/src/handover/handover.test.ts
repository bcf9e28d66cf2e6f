import { signJwt } from '@hufu/credentials'
import { canonicalJson, type Json } from '@hufu/primitives'
import { migrate, openEmbeddedDatabase, type Queries, usedValueMigrations } from '@hufu/service'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { Directory } from '../verifier/directory-fixture.ts'
import { verifierMigrations } from '../verifier/migrations.ts'
import { type Replica, systemToken, World } from '../verifier/verifier-fixture.ts'
import { answer, openLink, post, type TestWallet } from '../verifier/wallet-fixture.ts'
import { handoverMigrations } from './migrations.ts'
import { openHandover } from './open-handover.ts'
import { messageHeader, signMessage } from './peer-message.ts'

const hospitalUrl = 'https://hospital.example'
const record = 'x-ray.2026'
const content = { finding: '未见异常', film: 'a'.repeat(64) }
const databases = [await openEmbeddedDatabase(), await openEmbeddedDatabase()] as const
for (const database of databases) await migrate(database, [...usedValueMigrations, ...verifierMigrations, ...handoverMigrations])
afterAll(() => Promise.all(databases.map(database => database.close())))

let world: World
let hospital: Replica
let clinic: Replica
let other: Replica
let wallet: TestWallet

beforeEach(async () => {
  const tables = [
    'presentations',
    'receipts',
    'used_values',
    'handover_records',
    'handover_consents',
    'handover_grants',
    'handover_requests',
    'handover_messages',
  ]
  for (const database of databases) for (const table of tables) await database.query(`delete from ${table}`)
  const directory = new Directory()
  world = new World(databases[0], { directory })
  hospital = await openInstitution('hospital', hospitalUrl, world)
  const receivers = new World(databases[1], { directory, clock: world.clock })
  clinic = await openInstitution('clinic', 'https://clinic.example', receivers)
  other = await openInstitution('other', 'https://other.example', receivers)
  wallet = await world.wallet(hospital)
})

function openInstitution(name: string, address: string, at: World): Promise<Replica> {
  return at.replica(name, { address }, async (institution, { desk }) => [
    await openHandover(institution, { desk, fetch: (input, init) => hospital.fetch(input, init) }),
  ])
}

function call(replica: Replica, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object, token = systemToken) {
  const headers = { authorization: `Bearer ${token}` }
  return replica.server.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
}

function staff(replica: Replica, role: string, method: 'GET' | 'POST', url: string, payload?: object) {
  const headers = { 'x-test-role': role, 'x-hufu-csrf': 'csrf', origin: replica.institution.publicUrl }
  return replica.server.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
}

/** The pseudonym that somebody has at the hospital: what it knows them by. */
async function pseudonymOf(person: TestWallet): Promise<string> {
  const begun = await hospital.verifier.desk.begin({ queryId: 'sign-in', purpose: { kind: 'system', id: 'x' } })
  const request = await openLink(person, begun.qr)
  await post(person, request, await answer(person, request))
  const finish = (queries: Queries) => hospital.verifier.desk.finish(queries, begun.id, { token: begun.token })
  return (await world.database.transaction(finish)).pseudonym!
}

async function putRecord(subject: string, name = record): Promise<void> {
  expect((await call(hospital, 'PUT', `/handover/records/${subject}/${name}`, { content })).statusCode).toBe(204)
}

async function ask(receiver = clinic, name = record, untilMs = world.clock.nowMs() + 3_600_000): Promise<{ id: string; qr: string }> {
  const asked = await call(receiver, 'POST', '/handover/requests', { holder: hospital.did, record: name, untilMs })
  expect(asked.statusCode, asked.body).toBe(201)
  return asked.json() as { id: string; qr: string }
}

async function agree(qr: string, person = wallet): Promise<void> {
  const request = await openLink(person, qr)
  expect(await post(person, request, await answer(person, request))).toMatchObject({ status: 200 })
}

/** All the way to a grant. */
async function granted(receiver = clinic): Promise<{ id: string; grant: string }> {
  await putRecord(await pseudonymOf(wallet))
  const { id, qr } = await ask(receiver)
  await agree(qr)
  expect((await call(receiver, 'GET', `/handover/requests/${id}`)).json()).toMatchObject({ status: 'granted' })
  const [row] = await databases[1].query<{ grant_jws: string }>('select grant_jws from handover_requests where id = $1', [id])
  return { id, grant: row!.grant_jws }
}

/** A message to the hospital by somebody's key, whatever it says. */
async function say(
  sender: Replica,
  body: Json,
  changes: { path?: string; sentPath?: string; sentBody?: Json; atMs?: number; audience?: string; jws?: string } = {},
) {
  const { path = '/handover/peer/records', sentPath = path, sentBody = body, atMs = world.clock.nowMs(), audience = hospital.did } = changes
  const { self } = sender.institution
  const about = { method: 'POST', path } as const
  const jws = changes.jws ?? (await signMessage({ issuer: self.did, audience, about, body }, self.keys[0], atMs)).jws
  const headers = { 'content-type': 'application/json', [messageHeader]: jws }
  const answered = await hospital.server.inject({ method: 'POST', url: sentPath, headers, payload: canonicalJson(sentBody) })
  return {
    status: answered.statusCode,
    code: (answered.json() as { code?: string }).code,
    detail: (answered.json() as { detail?: string }).detail,
    jws,
  }
}

test('a record goes over with the consent of the person, who sees which, to whom, and until when', async () => {
  await putRecord(await pseudonymOf(wallet))
  const untilMs = world.clock.nowMs() + 3_600_000
  const { id, qr } = await ask(clinic, record, untilMs)
  expect((await call(clinic, 'GET', `/handover/requests/${id}`)).json()).toMatchObject({ status: 'waiting' })
  expect((await call(clinic, 'POST', `/handover/requests/${id}/fetch`, {})).json()).toMatchObject({ code: 'ERR_HANDOVER_STATE' })
  const request = await openLink(wallet, qr)
  expect(request.transactionData.map(({ content }) => content)).toMatchObject([
    { type: 'urn:hufu:hand-over', record, holder: hospital.did, receiver: clinic.did, until_ms: untilMs, receiver_name: { en: 'Test' } },
  ])
  await post(wallet, request, await answer(wallet, request))
  for (let time = 0; time < 2; time++)
    expect((await call(clinic, 'POST', `/handover/requests/${id}/fetch`, {})).json()).toMatchObject({ record, content })
  // Both keep what both signed, and say so in their logs.
  const kept = await Promise.all(
    databases.map(database => database.query<{ id: string; jws: string }>('select id, jws from handover_messages order by id')),
  )
  const [atHolder, atReceiver] = kept as [(typeof kept)[0], (typeof kept)[0]]
  expect(atHolder.length).toBe(12)
  expect(atReceiver).toEqual(atHolder)
  expect(world.audit.map(({ action }) => action).filter(action => action.includes('hand'))).toEqual([
    'hand-over asked',
    'hand-over granted',
    'record handed over',
    'record handed over',
  ])
})

test('on the same device the grant comes to the browser that began, by its code', async () => {
  await putRecord(await pseudonymOf(wallet))
  const untilMs = world.clock.nowMs() + 3_600_000
  const asked = await call(clinic, 'POST', '/handover/requests', {
    ...{ holder: hospital.did, record, untilMs, returnTo: 'https://clinic.example/patient' },
  })
  const { id, walletUrl } = asked.json() as { id: string; walletUrl: string }
  const request = await openLink(wallet, walletUrl)
  const { json } = await post(wallet, request, await answer(wallet, request))
  const back = await hospital.server.inject({ method: 'GET', url: (json.redirect_uri as string).slice(hospitalUrl.length) })
  const location = new URL(String(back.headers.location))
  expect(location.origin + location.pathname).toBe('https://clinic.example/patient')
  const responseCode = location.searchParams.get('response_code')!
  const fetched = (body: object) => call(clinic, 'POST', `/handover/requests/${id}/fetch`, body)
  expect((await fetched({})).json().detail).toBe('the other institution refused: ERR_VERIFIER_BROWSER')
  expect((await fetched({ responseCode: 'another' })).json().detail).toBe('the other institution refused: ERR_VERIFIER_BROWSER')
  expect((await fetched({ responseCode })).json()).toMatchObject({ content })
})

test('ends at its end, for the receiver and for the holder', async () => {
  const { id, grant } = await granted()
  world.clock.advance(3_599_000)
  expect((await call(clinic, 'POST', `/handover/requests/${id}/fetch`, {})).statusCode).toBe(200)
  expect((await say(clinic, { grant, record })).status).toBe(200)
  world.clock.advance(1000)
  expect((await call(clinic, 'POST', `/handover/requests/${id}/fetch`, {})).json()).toMatchObject({ code: 'ERR_HANDOVER_GRANT' })
  expect(await say(clinic, { grant, record })).toMatchObject({ status: 403, code: 'ERR_HANDOVER_GRANT', detail: 'grant: has ended' })
})

test('an officer revokes it, and nobody else', async () => {
  const { id } = await granted()
  const { grants } = (await staff(hospital, 'auditor', 'GET', '/handover/grants')).json() as { grants: { id: string; receiver: string }[] }
  expect(grants).toMatchObject([{ receiver: clinic.did, record }])
  const url = `/handover/grants/${grants[0]!.id}/revoke`
  for (const role of ['clerk', 'administrator', 'auditor'])
    expect((await staff(hospital, role, 'POST', url, { reason: 'asked for' })).statusCode).toBe(403)
  expect((await staff(hospital, 'officer', 'POST', url, { reason: 'asked for' })).json()).toMatchObject({ revokedBy: 'staff test-officer' })
  expect((await staff(hospital, 'officer', 'POST', url, { reason: 'again' })).statusCode).toBe(409)
  expect((await call(clinic, 'POST', `/handover/requests/${id}/fetch`, {})).json()).toMatchObject({
    code: 'ERR_HANDOVER_ANSWER',
    detail: 'the other institution refused: ERR_HANDOVER_GRANT',
  })
})

test('the person takes it back by showing who they are; somebody else takes back nothing', async () => {
  const { id, grant } = await granted()
  const someone = await world.wallet(hospital, 'wang')
  const takeBack = async (person: TestWallet, body: object = {}) => {
    const begun = (await hospital.server.inject({ method: 'POST', url: '/handover/revocations', payload: body })).json() as {
      id: string
      token: string
      qr: string
    }
    await agree(begun.qr, person)
    return call(hospital, 'POST', `/handover/revocations/${begun.id}/finish`, {}, begun.token)
  }
  const [row] = await databases[0].query<{ id: string }>('select id from handover_grants')
  expect((await takeBack(someone)).json()).toEqual({ grants: [] })
  expect((await takeBack(someone, { grantId: row!.id })).json()).toEqual({ grants: [] })
  expect((await call(clinic, 'POST', `/handover/requests/${id}/fetch`, {})).statusCode).toBe(200)
  expect((await takeBack(wallet, { grantId: row!.id })).json()).toMatchObject({ grants: [{ id: row!.id, revokedBy: 'person' }] })
  expect(await say(clinic, { grant, record })).toMatchObject({ code: 'ERR_HANDOVER_GRANT', detail: 'grant: was revoked' })
})

test('is for the receiver, the record and the person of the grant alone', async () => {
  const { grant } = await granted()
  await putRecord(await pseudonymOf(wallet), 'diagnosis')
  const refused = async (sender: Replica, body: Json) => {
    const { status, code } = await say(sender, body)
    expect([status, code]).toEqual([403, 'ERR_HANDOVER_GRANT'])
  }
  await refused(other, { grant, record })
  await refused(clinic, { grant, record: 'diagnosis' })
  // Of the receiver's own making, or with one bit of the signature flipped.
  const { self } = clinic.institution
  const [, payload] = grant.split('.')
  const forged = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as Record<string, unknown>
  const kid = `${hospital.did}#key-1`
  await refused(clinic, {
    grant: await signJwt({ type: 'hufu-grant+jwt', kid, payload: { ...forged, record: 'diagnosis' } }, self.keys[0].signer),
    record: 'diagnosis',
  })
  await refused(clinic, { grant: `${grant.slice(0, -3)}${grant.at(-3) === 'A' ? 'B' : 'A'}${grant.slice(-2)}`, record })
})

test('another institution can neither follow nor take what one has asked for', async () => {
  await putRecord(await pseudonymOf(wallet))
  const { id, qr } = await ask()
  await agree(qr)
  const [row] = await databases[1].query<{ remote_id: string }>('select remote_id from handover_requests where id = $1', [id])
  const path = `/handover/peer/requests/${row!.remote_id}/grant`
  expect(await say(other, {}, { path })).toMatchObject({ status: 404, code: 'ERR_HANDOVER_UNKNOWN' })
  expect((await say(clinic, {}, { path })).status).toBe(200)
  // Asked again, the same grant comes again: an answer may have been lost.
  expect((await say(clinic, {}, { path })).status).toBe(200)
  expect((await databases[0].query('select id from handover_grants')).length).toBe(1)
})

test('without such a record of this person there is no grant', async () => {
  await putRecord(await pseudonymOf(await world.wallet(hospital, 'wang')))
  const { id, qr } = await ask()
  await agree(qr)
  expect((await call(clinic, 'GET', `/handover/requests/${id}`)).json()).toMatchObject({ status: 'refused' })
  expect((await call(clinic, 'POST', `/handover/requests/${id}/fetch`, {})).statusCode).toBe(409)
})

test('what is not a message of this sender, for this request, now and once, is refused', async () => {
  const { grant } = await granted()
  const body = { grant, record }
  const nowMs = world.clock.nowMs()
  const good = await say(clinic, body)
  expect(good.status).toBe(200)
  const refused = [
    say(clinic, body, { jws: good.jws }),
    say(clinic, body, { audience: other.did }),
    say(clinic, body, { path: '/handover/peer/requests', sentPath: '/handover/peer/records' }),
    say(clinic, body, { sentBody: { grant, record: 'diagnosis' } }),
    say(clinic, body, { atMs: nowMs - 61_000 }),
    say(clinic, body, { atMs: nowMs + 31_000 }),
    say(clinic, body, { jws: `${good.jws.slice(0, -3)}${good.jws.at(-3) === 'A' ? 'B' : 'A'}${good.jws.slice(-2)}` }),
    say(clinic, body, { jws: 'x' }),
    say(clinic, body, { jws: await signJwt({ type: 'JWT', kid: `${clinic.did}#key-1`, payload: {} }, clinic.signer) }),
  ]
  for (const [index, { status, code }] of (await Promise.all(refused)).entries())
    expect([index, status, code]).toEqual([index, 401, 'ERR_HANDOVER_MESSAGE'])
  expect((await hospital.server.inject({ method: 'POST', url: '/handover/peer/records', payload: body })).statusCode).toBe(401)
  const late = await say(clinic, body, { atMs: nowMs - 59_000 })
  expect(late.status).toBe(200)
})

test("a suspended institution's messages are refused, and a stranger's", async () => {
  const { grant } = await granted()
  const { account } = clinic.institution.self
  world.directory.suspend(account.scriptHash)
  expect(await say(clinic, { grant, record })).toMatchObject({ status: 403, code: 'ERR_HANDOVER_PEER' })
  world.directory.suspend(account.scriptHash, false)
  expect((await say(clinic, { grant, record })).status).toBe(200)
  const stranger = await new World(databases[1], { clock: world.clock }).institution('stranger')
  expect(await say({ ...clinic, institution: stranger }, { grant, record })).toMatchObject({ status: 401, code: 'ERR_HANDOVER_MESSAGE' })
})

test('an answer that the holder did not sign is not taken', async () => {
  const { id } = await granted()
  const { fetch } = hospital
  const change = (bend: (text: string, headers: Headers) => string) => {
    hospital = {
      ...hospital,
      fetch: async (input, init) => {
        const response = await fetch(input, init)
        const headers = new Headers(response.headers)
        return new Response(bend(await response.text(), headers), { status: response.status, headers })
      },
    }
  }
  change(text => text.replace('未见异常', '异常'))
  expect((await call(clinic, 'POST', `/handover/requests/${id}/fetch`, {})).json()).toMatchObject({ code: 'ERR_HANDOVER_MESSAGE' })
  change((text, headers) => {
    headers.delete(messageHeader)
    return text
  })
  expect((await call(clinic, 'POST', `/handover/requests/${id}/fetch`, {})).json()).toMatchObject({ code: 'ERR_HANDOVER_ANSWER' })
})

const tries = Number(process.env.TRIES ?? 100)

test('of the same message sent many times at once one counts', { timeout: 10_000 + 20 * tries }, async () => {
  const { grant } = await granted()
  const body = { grant, record }
  const { self } = clinic.institution
  const about = { method: 'POST', path: '/handover/peer/records' } as const
  const { jws } = await signMessage({ issuer: self.did, audience: hospital.did, about, body }, self.keys[0], world.clock.nowMs())
  const answers: Awaited<ReturnType<typeof say>>[] = []
  while (answers.length < tries) {
    const wave = Math.min(100, tries - answers.length)
    answers.push(...(await Promise.all(Array.from({ length: wave }, () => say(clinic, body, { jws })))))
  }
  expect(answers.filter(({ status }) => status === 200).length).toBe(1)
  expect(answers.filter(({ code }) => code === 'ERR_HANDOVER_MESSAGE').length).toBe(tries - 1)
})

test('an end that is past, too far, or between seconds is refused, and a holder that is not there', async () => {
  const nowMs = world.clock.nowMs()
  const status = async (change: object) =>
    (await call(clinic, 'POST', '/handover/requests', { holder: hospital.did, record, untilMs: nowMs + 60_000, ...change })).json().code
  expect(await status({ untilMs: nowMs })).toBe('ERR_HANDOVER_REQUEST')
  expect(await status({ untilMs: nowMs + 1500 })).toBe('ERR_HANDOVER_REQUEST')
  expect(await status({ untilMs: nowMs + 367 * 86_400_000 })).toBe('ERR_HANDOVER_REQUEST')
  expect(await status({ holder: (await world.bureau()).did })).toBe('ERR_HANDOVER_PEER')
  expect(await status({ holder: 'did:neo:other:NbTiM6h8r99kpRtb428XcsUk1TzKed2gTc' })).toBe('ERR_HANDOVER_PEER')
  expect(
    (await call(clinic, 'POST', '/handover/requests', { holder: hospital.did, record: '../x', untilMs: nowMs + 60_000 })).statusCode,
  ).toBe(400)
})

test('a record is sealed, and whose it is does not stand in the table', async () => {
  const subject = await pseudonymOf(wallet)
  await putRecord(subject)
  const [row] = await databases[0].query<{ subject_key: string; content: Uint8Array }>('select * from handover_records')
  expect(row!.subject_key).not.toBe(subject)
  expect(Buffer.from(row!.content).includes('未见异常')).toBe(false)
  expect((await call(hospital, 'DELETE', `/handover/records/${subject}/${record}`)).statusCode).toBe(204)
  expect((await call(hospital, 'DELETE', `/handover/records/${subject}/${record}`)).statusCode).toBe(404)
})
