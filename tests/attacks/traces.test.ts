// After a resident was issued a credential, showed it, signed in and had a record handed over: what of them, and of what lets anybody in, stands in databases, files,
// logs and exports.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNodeProver } from '@hufu/circuits/node'
import { didOf } from '@hufu/did'
import { createPresentationResponse, readZkDelivery } from '@hufu/exchange'
import { generateSigner } from '@hufu/keys'
import { randomBytes } from '@hufu/primitives'
import {
  createNodeHasher,
  createScalarEngine,
  holderCommitment,
  pathInBucket,
  publishedRootsOf,
  randomScalar,
  readAttributeLayout,
  treeReaderOverHttp,
  type ZkCredential,
} from '@hufu/proofs'
import { credentialTypes } from '@hufu/samples'
import { openPostgresDatabase } from '@hufu/service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser } from '../../apps/institution/src/authorization/authorization-fixture.ts'
import { answer, type HeldZk, openLink, post, presentAll, type TestWallet } from '../../apps/institution/src/verifier/wallet-fixture.ts'
import { findTraces, type Secret } from './input/find-traces.ts'
import { type AttackedInstitution, AttackedWorld, callback, residentType, staffNames } from './world/attacked-world.ts'
import type { InstitutionProcess } from './world/institution-process.ts'
import { AuthorizedWallet, application, ask, authorizeWallet, person, walletFor, walletLinkIn } from './world/resident.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const prover = createNodeProver()
const secrets: Secret[] = [
  ...(['resident_number', 'name', 'name_latin', 'address', 'birth_date'] as const).map(what => ({ what, text: person[what] })),
  { what: 'name in an import', text: '欧阳雪莹' },
  { what: 'finding in a record', text: '左侧第三肋骨陈旧性骨折' },
  { what: 'words of an officer', text: '出生日期与户口簿不符' },
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
})

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
  await signIn(hospital, wallet)
  await handOver(hospital, bank, wallet)
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
  const found = places.flatMap(({ place, bytes, only }) =>
    findTraces(place, bytes, only === 'persons' ? secrets.slice(0, personal) : secrets),
  )
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
}, 120_000)

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
  return { ...walletFor([bank, world.hospital]), sdJwt: { credential: credentials[0]!, signer: keys[0]! }, zk: await collectZk(authorized) }
}

async function collectZk(authorized: AuthorizedWallet): Promise<HeldZk> {
  const [hidden, blinding] = [randomScalar(randomBytes), randomScalar(randomBytes)]
  const commitment = holderCommitment(hidden, blinding)
  const asked = await authorized.collect(`${residentType}_zk`, [await generateSigner('P-256')], { holderCommitment: commitment })
  const { transactionId } = asked as { transactionId: string }
  let delivered: unknown
  await expect
    .poll(
      async () => {
        const got = await authorized.deferred(transactionId)
        delivered = 'credentials' in got ? got.credentials[0] : undefined
        return delivered
      },
      { timeout: 30_000 },
    )
    .toBeDefined()
  const credential = readZkDelivery(delivered as never, blinding)
  const layout = readAttributeLayout(credentialTypes[residentType])
  return { credential, layout, secret: hidden, prover, find: () => pathOf(credential) }
}

/** Where the leaf stands in the newest epoch, as a wallet asks for it. */
async function pathOf({ leafIndex }: ZkCredential): ReturnType<HeldZk['find']> {
  const { bank, network } = world
  const name = network.descriptor.name
  const reader = treeReaderOverHttp({ url: bank.url, network: name })
  const hasher = createNodeHasher(await createScalarEngine())
  for (let attempt = 0; attempt < 200; attempt++) {
    const epoch = await reader.epochRoots(residentType, 'latest')
    const published = epoch === null ? undefined : publishedRootsOf(epoch, account => didOf(name, account)).at(-1)
    const root = epoch?.lists.at(-1)?.find(({ issuer }) => didOf(name, issuer) === bank.did)
    if (published !== undefined && root !== undefined && leafIndex < root.root.size) {
      const key = { issuer: root.issuer, typeId: residentType }
      const bucket = await reader.bucket(key, Math.floor(leafIndex / 4_096), root.root.rootIndex)
      return { published, path: pathInBucket(bucket!, leafIndex, hasher) }
    }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error('the leaf is in no epoch')
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

/** Into a shop of the hospital's, by a pseudonym. */
async function signIn(hospital: AttackedInstitution, wallet: TestWallet): Promise<void> {
  const browser = new Browser()
  const verifier = secret('PKCE verifier', Buffer.from(randomBytes(32)).toString('base64url'))
  const challenge = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(verifier))).toString('base64url')
  const parameters = new URLSearchParams({
    ...{ client_id: 'shop', response_type: 'code', redirect_uri: callback, scope: 'openid', state: 'state', nonce: 'nonce' },
    ...{ code_challenge: challenge, code_challenge_method: 'S256' },
  })
  const { response } = await browser.follow(`${hospital.url}/oidc/auth?${parameters}`)
  const request = await openLink(wallet, walletLinkIn(await response.text()))
  const { status, json } = await post(wallet, request, await answer(wallet, request))
  expect([status, json.detail]).toEqual([200, undefined])
  secret('response code', new URL(String(json.redirect_uri)).searchParams.get('response_code')!)
  const { url } = await browser.follow(String(json.redirect_uri))
  const code = secret('authorization code', new URL(url).searchParams.get('code')!)
  const authorization = `Basic ${Buffer.from(`shop:${hospital.shopSecret}`).toString('base64')}`
  const tokens = await hospital.done('POST', '/oidc/token', {
    headers: { ...form, authorization },
    body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }).toString(),
  })
  for (const name of ['access_token', 'refresh_token', 'id_token']) if (tokens[name] !== undefined) secret(name, tokens[name])
  const me = await hospital.request('GET', '/oidc/me', { headers: { authorization: `Bearer ${tokens.access_token}` } })
  expect(me.status, me.text).toBe(200)
  for (const name of ['hufu_session', 'hufu_session.sig']) {
    const value = new RegExp(`${name}=([^;]+)`).exec(browser.cookies('/oidc/auth'))?.[1]
    if (value !== undefined) secret('session of a person', value)
  }
}

/** A record of the hospital's goes to the bank. */
async function handOver(hospital: AttackedInstitution, bank: AttackedInstitution, wallet: TestWallet): Promise<void> {
  const begun = await ask(hospital, wallet, 'sign-in')
  expect((await post(wallet, begun.request, await answer(wallet, begun.request))).status).toBe(200)
  const headers = { authorization: `Bearer ${begun.token}` }
  const { pseudonym } = await hospital.done('POST', `/verifier/presentations/${begun.id}/finish`, { headers, body: {} })
  secret('pseudonym', pseudonym)
  const content = { finding: secrets[6]!.text, name: person.name, resident_number: person.resident_number }
  expect((await hospital.system('PUT', `/handover/records/${pseudonym}/x-ray`, { content })).status).toBe(204)
  const untilMs = 1000 * Math.ceil(Date.now() / 1000) + 3_600_000
  const asked = await bank.system('POST', '/handover/requests', { holder: hospital.did, record: 'x-ray', untilMs })
  expect(asked.status, asked.text).toBe(201)
  const request = await openLink(wallet, asked.json.qr)
  expect((await post(wallet, request, await answer(wallet, request))).status).toBe(200)
  const fetched = await bank.system('POST', `/handover/requests/${asked.json.id}/fetch`, {})
  expect([fetched.status, fetched.json.content]).toEqual([200, content])
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

/** Every row of every table, with binary columns as the bytes that they are. */
async function tablesOf({ name, databaseUrl }: AttackedInstitution): Promise<readonly Place[]> {
  const database = openPostgresDatabase(databaseUrl)
  try {
    const tables = await database.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
    )
    expect(tables.length).toBeGreaterThan(25)
    return await Promise.all(
      tables.map(async table => {
        const rows = await database.query<{ row: string }>(`select to_jsonb(t)::text as row from "${table.name}" t`)
        const text = rows.map(({ row }) => row).join('\n')
        const binary = [...text.matchAll(/\\\\x([0-9a-f]*)/g)].map(([, digits]) => Buffer.from(digits!, 'hex'))
        return { place: `table ${table.name} of the ${name}`, bytes: Buffer.concat([Buffer.from(text), ...binary]) }
      }),
    )
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

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true })
    .map(name => join(folder, String(name)))
    .filter(file => statSync(file).isFile())
}
