// A server whose clock is set while it works, by hours or a year, there and back: nothing is taken by a wrong clock, and what was used stays used.
// The clock is what the process gets from the C library (libfaketime); the clock that is never set stays right, as on a machine whose time is set.
// SEED=… for other jumps in another order, LONG=1 for more of them.

import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { generateSigner } from '@hufu/keys'
import { seededRandom } from '@hufu/network'
import { type Database, openPostgresDatabase } from '@hufu/service'
import { freePort } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { answer, type TestWallet } from '../../apps/institution/src/verifier/wallet-fixture.ts'
import { type Answer, AttackedWorld, residentType } from '../attacks/world/attacked-world.ts'
import type { InstitutionProcess } from '../attacks/world/institution-process.ts'
import { AuthorizedWallet, ask, makeOffer, walletOf } from '../attacks/world/resident.ts'

const seed = process.env.SEED ?? 'tests'
const jumpCount = process.env.LONG === '1' ? 40 : 6
const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Beyond what validators may differ by. */
const jumpsMs = [-365 * dayMs, -dayMs, -hourMs, -600_000, -45_000, 45_000, 600_000, hourMs, dayMs, 365 * dayMs]
/** Within it. */
const smallJumpsMs = [-10_000, -5_000, 5_000, 20_000]

let world: AttackedWorld
let server: InstitutionProcess
let wallet: TestWallet
let shiftFile: string
let database: Database

beforeAll(async () => {
  world = await AttackedWorld.start()
  shiftFile = join(world.folder, 'clock-shift')
  writeShift(shiftFile, 0)
  server = await world.bank.start(world.bank.port, shiftedBy(shiftFile))
  wallet = await walletOf(world.bank)
  // Its status list must be on the ledger.
  await vi.waitFor(async () => expect((await presented()).first).toBe(200), { timeout: 30_000, interval: 300 })
  database = openPostgresDatabase(world.bank.databaseUrl, { poolSize: 1 })
})

afterAll(async () => {
  await database?.close()
  await server?.stop()
  await world?.stop()
})

function shiftedBy(file: string): Readonly<Record<string, string>> {
  const library = readdirSync('/usr/lib')
    .map(folder => join('/usr/lib', folder, 'faketime', 'libfaketimeMT.so.1'))
    .find(path => existsSync(path))
  if (library === undefined) throw new Error('expected libfaketime, which npm run setup -- --for-tests installs')
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  }
}

/** Sets the server's clock, and waits until the process knows it, which looks once a second. */
async function setClock(shiftMs: number): Promise<void> {
  writeShift(shiftFile, shiftMs)
  const isTaken = async () => Math.abs((await serverTimeMs()) - Date.now() - shiftMs) < 3_000
  await expect.poll(isTaken, { timeout: 30_000, interval: 100, message: `clock set by ${shiftMs} ms` }).toBe(true)
}

function writeShift(file: string, shiftMs: number): void {
  writeFileSync(file, `${shiftMs < 0 ? '' : '+'}${shiftMs / 1_000}`)
}

/** What the server takes the time to be, as it says with each answer. */
async function serverTimeMs(): Promise<number> {
  const { headers } = await world.bank.request('GET', '/health/live')
  return Date.parse(headers.get('date') ?? '')
}

/** A presentation that was answered, and how often it is taken again. */
async function presented(): Promise<{ readonly first: number; readonly again: () => Promise<Answer> }> {
  const { request } = await ask(world.bank, wallet)
  const body = await answer(wallet, request)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const send = () => world.bank.request('POST', new URL(request.responseUri).pathname, { body, headers })
  const { status } = await send()
  return { first: status, again: send }
}

/** A request of a wallet with a DPoP proof, which counts once and for a short time. */
async function proofOfWallet(): Promise<() => Promise<Answer>> {
  const authorized = await AuthorizedWallet.redeem(world.bank, await makeOffer(world.bank))
  const collected = await authorized.collect(`${residentType}_sd-jwt`, [await generateSigner('P-256')])
  const body = { notification_id: (collected as { notificationId: string }).notificationId, event: 'credential_accepted' }
  const headers = await authorized.headers('/vci/notification')
  return () => world.bank.request('POST', '/vci/notification', { body, headers })
}

const begun = () => world.bank.system('POST', '/verifier/presentations', { queryId: 'open-account' })
const health = (url?: string) => world.bank.request('GET', '/health/ready', url === undefined ? {} : { url })

test(`nothing counts while the clock is wrong, and what was used stays used: ${jumpCount} jumps, seed ${seed}`, {
  timeout: jumpCount * 20_000 + 60_000,
}, async () => {
  const random = seededRandom(seed)
  for (let jump = 0; jump < jumpCount; jump++) {
    const shiftMs = jumpsMs[(random.below(jumpsMs.length) + jump) % jumpsMs.length]!
    const at = `SEED=${seed}, jump ${jump} by ${shiftMs} ms`
    const show = await presented()
    expect(show.first, at).toBe(200)
    const notify = await proofOfWallet()
    expect((await notify()).status, at).toBe(204)
    const unused = await proofOfWallet()

    await setClock(shiftMs)
    for (const refused of [await begun(), await show.again(), await notify(), await unused()])
      expect(refused, at).toMatchObject({ status: 503, json: { code: 'ERR_SERVICE_CLOCK' } })
    expect(await health(), at).toMatchObject({ status: 503, json: { missing: expect.arrayContaining(['clock']) } })
    expect((await world.bank.request('GET', '/health/live')).status, at).toBe(200)
    expect((await world.bank.request('GET', '/metrics')).status, at).toBe(200)
    // What is forgotten by a clock that is ahead would count again after, and receipts would be gone.
    await nothingIsSwept(at)

    await setClock(0)
    expect((await show.again()).json, at).toMatchObject({ code: 'ERR_VERIFIER_STATE' })
    expect((await notify()).status, `${at}: used before`).toBe(401)
    expect((await unused()).status, `${at}: not used before`).toBe(204)
  }
})

/** Makes all regular work due, which forgets and deletes by the time: none of it may begin. */
async function nothingIsSwept(at: string): Promise<void> {
  const due = 'select kind from job_rhythms where next_ms = 0'
  await database.query('update job_rhythms set next_ms = 0')
  const kinds = await database.query(due)
  expect(kinds.length, at).toBeGreaterThan(2)
  await sleep(600)
  expect(await database.query(due), at).toEqual(kinds)
}

test('a clock that is wrong by no more than validators may differ by stops nobody', async () => {
  for (const shiftMs of smallJumpsMs) {
    await setClock(shiftMs)
    // What was registered a moment ago is not yet, by a clock that is behind.
    await expect.poll(async () => (await begun()).status, { timeout: 20_000, message: `${shiftMs} ms` }).toBe(201)
    expect((await health()).status, `${shiftMs} ms`).toBe(200)
  }
  await setClock(0)
})

test.each([-hourMs, hourMs])('a server that starts with its clock wrong by %d ms is not ready until it is right', async shiftMs => {
  const port = await freePort()
  const file = join(world.folder, 'clock-shift-of-replica')
  writeShift(file, shiftMs)
  const starting = world.bank.start(port, shiftedBy(file))
  const url = `http://127.0.0.1:${port}`
  await expect
    .poll(async () => (await health(url).catch(() => undefined))?.json?.missing, { timeout: 60_000, interval: 200 })
    .toEqual(['clock'])
  expect(await world.bank.system('POST', '/verifier/presentations', { queryId: 'open-account' }, url)).toMatchObject({
    status: 503,
    json: { code: 'ERR_SERVICE_CLOCK' },
  })
  writeShift(file, 0)
  const replica = await starting
  expect((await world.bank.system('POST', '/verifier/presentations', { queryId: 'open-account' }, url)).status).toBe(201)
  await replica.stop()
})
