// What counts once, tried many times at once at two servers of one bank, with everything killed in between: it counts once.
// TRIES=100000 for as many of each kind (also LONG=1), KINDS=… for some of them. Nothing is left to a seed: what is tried is always the same, only its keys are new.

import { createPresentationResponse, type PresentationRequest, preAuthorizedGrant } from '@hufu/exchange'
import { generateSigner } from '@hufu/keys'
import { freePort } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signMessage } from '../../apps/institution/src/handover/peer-message.ts'
import { answer, presentAll, type TestWallet } from '../../apps/institution/src/verifier/wallet-fixture.ts'
import { AttackedWorld, residentType } from './world/attacked-world.ts'
import type { InstitutionProcess } from './world/institution-process.ts'
import { AuthorizedWallet, ask, authorizeWallet, makeOffer, walletOf } from './world/resident.ts'

const tries = Number(process.env.TRIES ?? (process.env.LONG === '1' ? 100_000 : 300))
/** At each server at once: less than makes a server send new clients away. */
const atOnce = 12
const form = { 'content-type': 'application/x-www-form-urlencoded' }

let world: AttackedWorld
let port: number
let servers: readonly InstitutionProcess[]
let wallet: TestWallet

beforeAll(async () => {
  world = await AttackedWorld.start()
  port = await freePort()
  await startBoth()
  wallet = await walletOf(world.bank)
})

afterAll(async () => {
  for (const server of servers ?? []) await server.stop()
  await world?.stop()
})

async function startBoth(): Promise<void> {
  servers = await Promise.all([world.bank.start(), world.bank.start(port)])
}

/** Both servers and the database's machine die; only what was on its disk is there after. */
async function powerCut(): Promise<void> {
  for (const server of servers) await server.kill()
  await world.postgres.crash()
  await startBoth()
}

/** One try at a server. @returns the answer's status, or its error */
type Attempt = (url: string, index: number) => Promise<string>

interface Kind {
  readonly name: string
  /** What stands in an answer that took it. */
  readonly accepted: string
  /** At most so many tries: each of them takes long. */
  readonly most?: number
  make(): Promise<Attempt>
}

const { stringify } = JSON

async function posted(url: string, path: string, headers: Readonly<Record<string, string>>, body: string): Promise<string> {
  const answered = await world.bank.request('POST', path, { url, headers, body })
  return answered.status < 300 ? String(answered.status) : `${answered.status} ${answered.json?.error ?? answered.json?.code ?? ''}`
}

const json = { 'content-type': 'application/json' }

const kinds: readonly Kind[] = [
  {
    name: 'an authorization code',
    accepted: '200',
    async make() {
      const { form: fields } = await authorizeWallet(world.bank, wallet)
      return url => posted(url, '/oidc/token', form, new URLSearchParams(fields).toString())
    },
  },
  {
    name: 'a pre-authorized code',
    accepted: '200',
    async make() {
      const { code, txCode } = await makeOffer(world.bank)
      const fields = new URLSearchParams({ grant_type: preAuthorizedGrant, 'pre-authorized_code': code, tx_code: txCode }).toString()
      return url => posted(url, '/oidc/token', form, fields)
    },
  },
  {
    name: 'a nonce of key proofs, with another key each time',
    accepted: '200',
    async make() {
      const authorized = await AuthorizedWallet.redeem(world.bank, await makeOffer(world.bank))
      const nonce = await authorized.nonce()
      return async url => {
        const jwt = [await authorized.keyProof(await generateSigner('P-256'), nonce)]
        const headers = { ...json, ...(await authorized.headers('/vci/credential')) }
        return posted(
          url,
          '/vci/credential',
          headers,
          stringify({ credential_configuration_id: `${residentType}_sd-jwt`, proofs: { jwt } }),
        )
      }
    },
  },
  {
    name: 'a DPoP proof',
    accepted: '204',
    async make() {
      const authorized = await AuthorizedWallet.redeem(world.bank, await makeOffer(world.bank))
      const collected = await authorized.collect(`${residentType}_sd-jwt`, [await generateSigner('P-256')])
      const body = stringify({ notification_id: (collected as { notificationId: string }).notificationId, event: 'credential_accepted' })
      const headers = { ...json, ...(await authorized.headers('/vci/notification')) }
      return url => posted(url, '/vci/notification', headers, body)
    },
  },
  {
    name: 'a presentation',
    accepted: '200',
    async make() {
      const { request } = await ask(world.bank, wallet)
      const body = await answer(wallet, request)
      return url => posted(url, pathOf(request), form, body)
    },
  },
  {
    name: 'a presentation, as the answer to other requests',
    accepted: '200',
    most: Number(process.env.MOST ?? 2_000),
    async make() {
      const first = await ask(world.bank, wallet)
      const presentations = await presentAll(wallet, first.request)
      let isFirst = true
      return async url => {
        const { request } = isFirst ? first : await ask(world.bank, wallet)
        isFirst = false
        return posted(url, pathOf(request), form, await createPresentationResponse(request, presentations))
      }
    },
  },
  {
    name: 'a response code, and the token of who asked',
    accepted: '200',
    async make() {
      const { id, token, request } = await ask(world.bank, wallet, 'open-account', { returnTo: 'https://shop.example/back' })
      const taken = await world.bank.done('POST', pathOf(request), { headers: form, body: await answer(wallet, request) })
      const responseCode = new URL(taken.redirect_uri).searchParams.get('response_code')
      expect(responseCode).not.toBeNull()
      const headers = { ...json, authorization: `Bearer ${token}` }
      return url => posted(url, `/verifier/presentations/${id}/finish`, headers, stringify({ responseCode }))
    },
  },
  {
    name: 'a message between institutions',
    accepted: '200',
    async make() {
      const { bank, hospital } = world
      const path = '/handover/peer/requests'
      const untilMs = 1000 * Math.ceil(Date.now() / 1000) + 3_600_000
      const body = { record: 'x-ray', untilMs, receiverName: { 'zh-CN': '医院', en: 'Hospital' } }
      const content = { issuer: hospital.did, audience: bank.did, about: { method: 'POST', path }, body } as const
      const { jws } = await signMessage(content, { id: hospital.kid, signer: hospital.signer }, Date.now())
      return url => posted(url, path, { ...json, 'hufu-message': jws }, stringify(body))
    },
  },
]

function pathOf({ responseUri }: PresentationRequest): string {
  return new URL(responseUri).pathname
}

/** Tries it so often, half at each server, many at once. @returns how often each outcome came */
async function storm(attempt: Attempt, count: number, outcomes: Map<string, number>): Promise<void> {
  let left = count
  const tryOn = async (server: InstitutionProcess): Promise<void> => {
    while (left > 0) {
      const outcome = await attempt(server.url, left--)
      // Sent away unread, for there was too much to do.
      if (outcome === '503 ERR_SERVICE_OVERLOADED') left++
      else outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
  }
  await Promise.all(servers.flatMap(server => Array.from({ length: atOnce }, () => tryOn(server))))
}

const chosen = kinds.filter(({ name }) => process.env.KINDS === undefined || process.env.KINDS.split(',').some(part => name.includes(part)))

test('of everything that counts once, tried at two servers before and after a power cut, exactly one is taken', async () => {
  const made: { kind: Kind; attempt: Attempt; count: number; outcomes: Map<string, number>; seconds: number }[] = []
  for (const kind of chosen) {
    const count = Math.min(tries, kind.most ?? tries)
    const startedMs = Date.now()
    const outcomes = new Map<string, number>()
    const attempt = await kind.make()
    // Some are left for after the power cut, while they would still be in time.
    await storm(attempt, Math.max(1, count - 24), outcomes)
    made.push({ kind, attempt, count, outcomes, seconds: (Date.now() - startedMs) / 1000 })
  }
  await powerCut()
  for (const { attempt, outcomes } of made) await storm(attempt, 24, outcomes)
  for (const { kind, count, outcomes, seconds } of made)
    process.stdout.write(`${kind.name}: ${count} tries, ${seconds.toFixed(1)} s, ${stringify(Object.fromEntries(outcomes))}\n`)
  for (const { kind, outcomes } of made) {
    expect(outcomes.get(kind.accepted), `${kind.name}: ${stringify(Object.fromEntries(outcomes))}`).toBe(1)
    for (const outcome of outcomes.keys())
      expect(outcome === kind.accepted || /^4\d\d /.test(outcome), `${kind.name}: ${outcome}`).toBe(true)
  }
}, 7_200_000)
