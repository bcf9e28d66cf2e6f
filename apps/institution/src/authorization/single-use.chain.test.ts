import { type Database, openPostgresDatabase } from '@hufu/service'
import { isPostgresInstalled, startPostgres, type TestPostgres } from '@hufu/testkit'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Browser, FakeDesk, type Replica, settings, shopSecret, startReplica } from './authorization-fixture.ts'
import { authorize, begin, callback, configurationOf, finish, lee } from './client-fixture.ts'
import { DpopKey } from './dpop-fixture.ts'

/** At once, for each thing that counts once. */
const tries = Number(process.env.TRIES ?? 200)
const atOnce = 100

let postgres: TestPostgres
let replicas: [Replica, Replica]
let databases: Database[] = []
const desk = new FakeDesk()

beforeAll(async () => {
  if (!isPostgresInstalled) return
  postgres = await startPostgres()
  replicas = await startBoth()
})

afterAll(async () => {
  if (!isPostgresInstalled) return
  await stopBoth()
  await postgres.stop()
})

/** Two servers for one address and one database, as behind a balancer. */
async function startBoth(publicUrl?: string): Promise<[Replica, Replica]> {
  databases = [openPostgresDatabase(postgres.url), openPostgresDatabase(postgres.url)]
  const first = await startReplica(databases[0]!, {
    desk,
    settings,
    ...(publicUrl === undefined ? {} : { publicUrl, port: Number(new URL(publicUrl).port) }),
  })
  return [first, await startReplica(databases[1]!, { desk, settings, publicUrl: publicUrl ?? first.url })]
}

async function stopBoth(): Promise<void> {
  for (const replica of replicas) await replica.close()
  for (const database of databases) await database.close()
}

/** Both servers die and the database's machine with them; only what was on its disk is there after. */
async function restart(publicUrl: string): Promise<void> {
  await stopBoth()
  await postgres.crash()
  replicas = await startBoth(publicUrl)
}

/** Tries it so often, half at each server. @returns how many were taken */
async function accepted(attempt: (url: string) => Promise<boolean>, count = tries): Promise<number> {
  let taken = 0
  for (let done = 0; done < count; done += atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, count - done) }, (_, index) => attempt(replicas[index % 2]!.url))
    taken += (await Promise.all(batch)).filter(Boolean).length
  }
  return taken
}

function post(url: string, path: string, parameters: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`shop:${shopSecret}`).toString('base64')}`
  return fetch(`${url}/oidc${path}`, { method: 'POST', headers: { authorization, ...headers }, body: new URLSearchParams(parameters) })
}

async function isTaken(response: Response): Promise<boolean> {
  const text = await response.text()
  if (response.status >= 500) throw new Error(`expected no failure: ${text}`)
  return response.status < 300
}

describe.runIf(isPostgresInstalled)('among two servers and across a restart', { timeout: 120_000 + 20 * tries }, () => {
  test('a code counts once', async () => {
    const publicUrl = replicas[0].authorization.issuer.replace(/\/oidc$/, '')
    const shop = await configurationOf(publicUrl, 'shop')
    const { answer, checks } = await authorize(shop, desk)
    const parameters = {
      grant_type: 'authorization_code',
      code: answer.searchParams.get('code')!,
      redirect_uri: callback,
      code_verifier: checks.pkceCodeVerifier,
    }
    expect(await accepted(async url => isTaken(await post(url, '/token', parameters)))).toBe(1)
    await restart(publicUrl)
    expect(await accepted(async url => isTaken(await post(url, '/token', parameters)), 20)).toBe(0)
  })

  test('a refresh token counts once', async () => {
    const publicUrl = replicas[0].authorization.issuer.replace(/\/oidc$/, '')
    const shop = await configurationOf(publicUrl, 'shop')
    const { answer, checks } = await authorize(shop, desk)
    const tokens = await client.authorizationCodeGrant(shop, answer, checks)
    const parameters = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token! }
    expect(await accepted(async url => isTaken(await post(url, '/token', parameters)))).toBe(1)
    await restart(publicUrl)
    expect(await accepted(async url => isTaken(await post(url, '/token', parameters)), 20)).toBe(0)
  })

  test('a proof of a key counts once', async () => {
    const publicUrl = replicas[0].authorization.issuer.replace(/\/oidc$/, '')
    const shop = await configurationOf(publicUrl, 'shop')
    const key = await DpopKey.make()
    const { answer, checks } = await authorize(shop, desk)
    const exchange = await post(
      replicas[0].url,
      '/token',
      {
        grant_type: 'authorization_code',
        code: answer.searchParams.get('code')!,
        redirect_uri: callback,
        code_verifier: checks.pkceCodeVerifier,
      },
      { dpop: await key.prove('POST', `${publicUrl}/oidc/token`) },
    )
    const { access_token: accessToken } = (await exchange.json()) as { access_token: string }
    const dpop = await key.prove('GET', `${publicUrl}/oidc/me`, { accessToken })
    const me = async (url: string) => isTaken(await fetch(`${url}/oidc/me`, { headers: { authorization: `DPoP ${accessToken}`, dpop } }))
    expect(await accepted(me)).toBe(1)
    await restart(publicUrl)
    expect(await accepted(me, 20)).toBe(0)
  })

  test('a pushed request gives one code, and an interaction one', async () => {
    const publicUrl = replicas[0].authorization.issuer.replace(/\/oidc$/, '')
    const shop = await configurationOf(publicUrl, 'shop')
    const { url: plain } = await begin(shop)
    const pushed = await client.buildAuthorizationUrlWithPAR(shop, Object.fromEntries(plain.searchParams))
    const browser = new Browser()
    const landed = await browser.follow(pushed.href)
    const first = await finish(browser, desk, landed.url, lee)
    expect(first.searchParams.has('code')).toBe(true)
    // The same browser, signed in now, with the same pushed request.
    const again = async (url: string) => {
      const response = await fetch(pushed.href.replace(publicUrl, url), {
        redirect: 'manual',
        headers: { cookie: browser.cookies('/oidc/auth') },
      })
      await response.arrayBuffer()
      return response.headers.get('location')?.includes('code=') === true
    }
    expect(await accepted(again)).toBe(0)
    const { url: fresh } = await begin(shop)
    const unused = await client.buildAuthorizationUrlWithPAR(shop, Object.fromEntries(fresh.searchParams))
    const unusedAgain = async (url: string) => {
      const response = await fetch(unused.href.replace(publicUrl, url), {
        redirect: 'manual',
        headers: { cookie: browser.cookies('/oidc/auth') },
      })
      await response.arrayBuffer()
      return response.headers.get('location')?.includes('code=') === true
    }
    expect(await accepted(unusedAgain)).toBe(1)
    await restart(publicUrl)
    expect(await accepted(unusedAgain, 20)).toBe(0)
  })

  test('keys rotated at one server are the other’s too', async () => {
    await databases[0]!.transaction(queries => replicas[0].authorization.rotateKeys(queries, 'staff 1'))
    for (const { authorization } of replicas) await authorization.refreshKeys()
    const keySets = await Promise.all(replicas.map(async ({ url }) => (await fetch(`${url}/oidc/jwks`)).text()))
    expect(keySets[0]).toBe(keySets[1])
  })
})
