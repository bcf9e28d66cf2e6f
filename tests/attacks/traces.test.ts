// After a resident was issued a credential, showed it, signed in and had a record handed over: what of them, and of what lets anybody in, stands in databases, files,
// logs and exports.
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNodeProver } from '@hufu/circuits/node'
import { createPresentationResponse } from '@hufu/exchange'
import { generateSigner } from '@hufu/keys'
import { openPostgresDatabase } from '@hufu/service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answer, type HeldZk, post, presentAll, type TestWallet } from '../../apps/institution/src/verifier/wallet-fixture.ts'
import { findTraces, type Secret, TraceFinder } from './input/find-traces.ts'
import { type AttackedInstitution, AttackedWorld, residentType, staffNames } from './world/attacked-world.ts'
import { collectZk } from './world/collect-zk.ts'
import { filesIn } from './world/files-in.ts'
import { handOver } from './world/hand-over.ts'
import type { InstitutionProcess } from './world/institution-process.ts'
import { AuthorizedWallet, application, ask, authorizeWallet, person, walletFor } from './world/resident.ts'
import { signInAtShop } from './world/sign-in-at-shop.ts'
import { tableBytes } from './world/table-bytes.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const prover = createNodeProver()
const secrets: Secret[] = [
  ...(['resident_number', 'name', 'name_latin', 'address', 'birth_date'] as const).map(what => ({
    what,
    text: person[what],
    isPersonal: true,
  })),
  { what: 'name in an import', text: '欧阳雪莹', isPersonal: true },
  { what: 'finding in a record', text: '左侧第三肋骨陈旧性骨折', isPersonal: true },
  { what: 'words of an officer', text: '出生日期与户口簿不符', isPersonal: true },
]
const personal = secrets.length

let world: AttackedWorld
let servers: readonly InstitutionProcess[]

beforeAll(async () => {
  world = await AttackedWorld.start()
  servers = await Promise.all([
    world.bank.start(undefined, { LOG_LEVEL: 'debug' }),
    world.hospital.start(undefined, { LOG_LEVEL: 'debug' }),
  ])
  await Promise.all([prover.prepare('prepare'), prover.prepare('show')])
}, 300_000)

afterAll(async () => {
  prover.close()
  for (const server of servers ?? []) await server.stop()
  await world?.stop()
})

/** Notes what lets somebody in. */
function secret(what: string, text: string): string {
  secrets.push({ what, text })
  return text
}

test('nothing of a person stands anywhere in clear, and nothing that lets anybody in', async () => {
  const { bank, hospital } = world
  for (const institution of [bank, hospital]) {
    secret('system token', institution.systemToken)
    secret('secret of a shop', institution.shopSecret)
    for (const name of staffNames) {
      secret('invitation', institution.invitationCodes[name])
      const { cookie, 'x-hufu-csrf': csrf } = await institution.session(name)
      secret('session', cookie.split('=')[1]!)
      secret('CSRF token', csrf)
    }
    secret('reading token', (await institution.staff('auditor', 'POST', '/staff/tokens')).json.token)
  }
  const wallet = await collectEverything(bank)
  await show(bank, wallet)
  await signInAtShop(hospital, wallet, secret)
  const content = { finding: secrets[6]!.text, name: person.name, resident_number: person.resident_number }
  secret('pseudonym', await handOver(hospital, bank, wallet, content))
  await provokeErrors(bank)
  // What goes on by itself: chaining, anchoring, lists.
  await new Promise(resolve => setTimeout(resolve, 3_000))

  const places = [
    ...(await tablesOf(bank)),
    ...(await tablesOf(hospital)),
    ...(await answersOf(bank)),
    ...(await answersOf(hospital)),
    ...filesOf(),
  ]
  const [everything, persons] = [new TraceFinder(secrets), new TraceFinder(secrets.slice(0, personal))]
  const found = places.flatMap(({ place, bytes, only }) => (only === 'persons' ? persons : everything).in(place, bytes))
  expect(found).toEqual([])
  const size = places.reduce((sum, { bytes }) => sum + bytes.length, 0)
  process.stdout.write(`traces: ${secrets.length} texts in ${places.length} places, ${(size / 1e6).toFixed(0)} MB\n`)

  // They are found where they are.
  const { id } = (await bank.staff('clerk', 'GET', '/issuer/applications')).json.applications.at(-1)
  const shown = await bank.staff('clerk', 'GET', `/issuer/applications/${id}`)
  expect(findTraces('x', Buffer.from(shown.text), secrets.slice(0, 5)).map(trace => trace.split(', ')[1])).toEqual(
    Array.from({ length: 5 }, () => 'as it is'),
  )
  const encoded = Buffer.from(`xy${shown.text}`).toString('base64url')
  expect(new Set(findTraces('x', Buffer.from(encoded), secrets.slice(0, 5)).map(trace => trace.split(', ')[0])).size).toBe(5)
}, 300_000)

/** From the counter to the wallet, in every form. */
async function collectEverything(bank: AttackedInstitution): Promise<TestWallet & { readonly zk: HeldZk }> {
  const { id } = (await bank.staff('clerk', 'POST', '/issuer/applications', application)).json
  const done = async (name: 'clerk' | 'officer', method: string, path: string, body?: object) => {
    const answered = await bank.staff(name, method, `/issuer/applications/${id}${path}`, body)
    expect(answered.status, answered.text).toBeLessThan(300)
    return answered.json
  }
  await done('clerk', 'POST', '/submit')
  await done('officer', 'POST', '/return', { reason: `${secrets[7]!.text}：${person.name}` })
  await done('clerk', 'PUT', '', application)
  await done('clerk', 'POST', '/submit')
  await done('officer', 'POST', '/approve')
  const { offerUri, txCode, offer } = await done('clerk', 'POST', '/offer')
  const code = secret('code of an offer', offer.grants['urn:ietf:params:oauth:grant-type:pre-authorized_code']['pre-authorized_code'])
  const authorized = await AuthorizedWallet.redeem(bank, { applicationId: id, id: '', offerUri, txCode, code })
  secret('access token', authorized.token.accessToken)
  secret('nonce of key proofs', await authorized.nonce())
  const keys = await Promise.all(Array.from({ length: 3 }, () => generateSigner('P-256')))
  const { credentials } = (await authorized.collect(`${residentType}_sd-jwt`, keys)) as { credentials: readonly string[] }
  for (const credential of credentials) for (const part of credential.split('~').slice(1, -1)) secret('disclosure', part)
  await authorized.collect(`${residentType}_w3c`, [await generateSigner('P-256')])
  const csv = `resident_number,name,name_latin\n${person.resident_number},欧阳雪莹,${person.name_latin}\n`
  const uploaded = await bank.request('POST', `/issuer/imports?type=${encodeURIComponent(residentType)}`, {
    headers: { ...(await bank.session('clerk')), 'content-type': 'text/csv' },
    body: csv,
  })
  expect(uploaded.status, uploaded.text).toBe(202)
  return {
    ...walletFor([bank, world.hospital]),
    sdJwt: { credential: credentials[0]!, signer: keys[0]! },
    zk: await collectZk(world, authorized, prover),
  }
}

/** To a system of the bank's, to its authorization server, and once with what is refused. */
async function show(bank: AttackedInstitution, wallet: TestWallet): Promise<void> {
  // The list of the new copies must be on the ledger first.
  await expect.poll(async () => (await present(bank, wallet, {})).status, { timeout: 20_000, interval: 500 }).toBe(200)
  const { id, token, taken } = await present(bank, wallet, { returnTo: 'https://shop.example/back' })
  secret('token of a presentation', token)
  const responseCode = secret('response code', new URL(taken.redirect_uri).searchParams.get('response_code')!)
  const headers = { authorization: `Bearer ${token}` }
  const finished = await bank.done('POST', `/verifier/presentations/${id}/finish`, { headers, body: { responseCode } })
  expect((await bank.staff('officer', 'GET', `/verifier/receipts/${finished.receiptId}?content=true`)).status).toBe(200)
  const { form: fields } = await authorizeWallet(bank, wallet)
  secret('authorization code', fields.code!)
  secret('PKCE verifier', fields.code_verifier!)
  const tokens = await bank.done('POST', '/oidc/token', { headers: form, body: new URLSearchParams(fields).toString() })
  secret('access token', tokens.access_token)
  const refused = await ask(bank, wallet, 'collect-plain')
  const body = await createPresentationResponse(
    refused.request,
    await presentAll(wallet, refused.request, binding => ({ ...binding, nonce: 'x' })),
  )
  expect((await bank.request('POST', new URL(refused.request.responseUri).pathname, { headers: form, body })).status).toBe(400)
}

async function present(bank: AttackedInstitution, wallet: TestWallet, options: { readonly returnTo?: string }) {
  const asked = await ask(bank, wallet, 'open-account', options)
  const { status, json } = await post(wallet, asked.request, await answer(wallet, asked.request))
  return { ...asked, status, taken: json as { redirect_uri: string } }
}

/** Personal data where none is expected, for what errors say. */
async function provokeErrors(bank: AttackedInstitution): Promise<void> {
  const { name, resident_number: number, address } = person
  const broken = { ...application, claims: { ...person, sex: '9', birth_date: name } }
  await bank.staff('clerk', 'POST', '/issuer/applications', broken)
  await bank.staff('clerk', 'POST', '/issuer/applications', { ...application, [name]: address })
  await bank.staff('clerk', 'POST', '/issuer/applications', { ...application, type: number })
  await bank.staff('clerk', 'GET', `/issuer/applications?state=${number}`)
  await bank.staff('clerk', 'GET', `/issuer/applications/${number}`)
  await bank.request('GET', `/nothing/${encodeURIComponent(name)}?number=${number}`)
  await bank.request('GET', `/1.0/identifiers/did:neo:test:${encodeURIComponent(name)}`)
  await bank.request('POST', '/credentials/verify', {
    headers: { 'content-type': 'application/json' },
    body: `{"name":"${name}","name":"${address}"}`,
  })
  await bank.request('POST', '/credentials/verify', { body: { verifiableCredential: { name, number, address } } })
  await bank.request('POST', '/oidc/token', { headers: form, body: `grant_type=${number}&code=${encodeURIComponent(name)}` })
  await bank.request('GET', `/oidc/auth?client_id=shop&login_hint=${encodeURIComponent(name)}&state=${number}`)
  await bank.request('POST', '/vci/credential', { headers: { authorization: `Bearer ${number}` }, body: { name } })
  await bank.request('POST', '/handover/peer/records', { headers: { 'hufu-message': number }, body: { grant: number, record: 'x-ray' } })
  await bank.system('POST', '/verifier/presentations', { queryId: number })
}

interface Place {
  readonly place: string
  readonly bytes: Uint8Array
  /** `persons`: those who run the server put secrets there themselves. */
  readonly only?: 'persons'
}

async function tablesOf({ name, databaseUrl }: AttackedInstitution): Promise<readonly Place[]> {
  const database = openPostgresDatabase(databaseUrl)
  try {
    const tables = await tableBytes(database)
    expect(tables.length).toBeGreaterThan(25)
    return tables.map(({ table, bytes }) => ({ place: `table ${table} of the ${name}`, bytes }))
  } finally {
    await database.close()
  }
}

/** What is given out to auditors, machines and anybody. */
async function answersOf(institution: AttackedInstitution): Promise<readonly Place[]> {
  const answers = [
    ...['/audit/export', '/audit/entries', '/handover/grants', '/keys'].map(async path => ({
      path,
      got: await institution.staff('everything', 'GET', path),
    })),
    ...['/metrics', '/openapi.json', '/status/1', '/audit/head'].map(async path => ({ path, got: await institution.request('GET', path) })),
  ]
  return (await Promise.all(answers)).map(({ path, got }) => ({
    place: `${path} of the ${institution.name}`,
    bytes: Buffer.from(got.text),
  }))
}

/** Logs, data folders, what PostgreSQL has on its disk, and the nodes of the ledger. */
function filesOf(): readonly Place[] {
  // Its server listens in its folder.
  const postgres = decodeURIComponent(/host=([^&]+)/.exec(world.bank.databaseUrl)![1]!)
  const nodes = readdirSync(tmpdir())
    .filter(name => name.startsWith(`hufu-test-network-${process.pid}-`))
    .map(name => join(tmpdir(), name))
  expect(nodes).toHaveLength(1)
  const logs = servers.map(({ logFile }) => ({ place: `log ${logFile}`, bytes: readFileSync(logFile) }))
  expect(logs.every(({ bytes }) => bytes.length > 1_000)).toBe(true)
  const kept = [world.folder, postgres, ...nodes]
    .flatMap(filesIn)
    .map(file => ({ place: file, bytes: readFileSync(file), only: 'persons' as const }))
  return [...logs, ...kept]
}
