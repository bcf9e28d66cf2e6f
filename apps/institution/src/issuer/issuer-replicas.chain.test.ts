import { generateSigner } from '@hufu/keys'
import { type Database, openPostgresDatabase } from '@hufu/service'
import { isPostgresInstalled, startPostgres, type TestPostgres } from '@hufu/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clerk, codeOf, type IssuerBench, keyProof, officer, openIssuerBench, residentType, type TestTokens } from './issuer-fixture.ts'

const tries = Number(process.env.TRIES ?? 400)
const sdJwt = `${residentType}_sd-jwt`
let postgres: TestPostgres
let databases: readonly Database[] = []
let replicas: readonly [IssuerBench, IssuerBench]

beforeAll(async () => {
  if (!isPostgresInstalled) return
  postgres = await startPostgres()
  databases = [openPostgresDatabase(postgres.url), openPostgresDatabase(postgres.url)]
  replicas = (await Promise.all(databases.map(database => openIssuerBench({ database, listCapacity: 512 })))) as unknown as typeof replicas
})

afterAll(async () => {
  for (const replica of replicas ?? []) await replica.close()
  for (const database of databases) await database.close()
  await postgres?.stop()
})

/** A token that both replicas know. */
async function token(): Promise<{ application: string; token: string }> {
  const found = await replicas[0].token()
  const tokens: TestTokens = replicas[1].tokens
  tokens.grants.set(found.token, replicas[0].tokens.grants.get(found.token)!)
  return found
}

async function requestBody(nonce: string, count = 1): Promise<object> {
  const jwt = await Promise.all(Array.from({ length: count }, async () => keyProof(await generateSigner('P-256'), nonce)))
  return { credential_configuration_id: sdJwt, proofs: { jwt } }
}

const either = (index: number): IssuerBench => replicas[index % 2]!

const wave = 400

/** Does something many times, as many at once as a server takes without refusing some for being overloaded. @returns how many times each outcome came */
async function inWaves(count: number, attempt: (index: number) => Promise<string | number>): Promise<Readonly<Record<string, number>>> {
  const outcomes: Record<string, number> = {}
  for (let first = 0; first < count; first += wave) {
    const indices = Array.from({ length: Math.min(wave, count - first) }, (_, index) => first + index)
    for (const outcome of await Promise.all(indices.map(attempt))) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  }
  return outcomes
}

describe.runIf(isPostgresInstalled)('two replicas on one PostgreSQL', () => {
  test(`of ${tries} who redeem one offer at once, one gets it`, async () => {
    const id = await replicas[0].approved()
    const { offer, txCode } = (await replicas[1].staff(officer, 'POST', `/issuer/applications/${id}/offer`)).json()
    const outcomes = await inWaves(tries, index =>
      either(index)
        .issuer.offers.redeem(codeOf(offer), txCode)
        .then(
          () => 'redeemed',
          (error: { code: string }) => error.code,
        ),
    )
    expect(outcomes).toEqual({ redeemed: 1, ERR_ISSUER_GRANT: tries - 1 })
  })

  test('five wrong transaction codes at once lock an offer for both', async () => {
    const id = await replicas[0].approved()
    const { offer, txCode } = (await replicas[0].staff(clerk, 'POST', `/issuer/applications/${id}/offer`)).json()
    const wrong = String((Number(txCode) + 1) % 1_000_000).padStart(6, '0')
    await Promise.allSettled(Array.from({ length: 5 }, (_, index) => either(index).issuer.offers.redeem(codeOf(offer), wrong)))
    for (const { issuer } of replicas)
      await expect(issuer.offers.redeem(codeOf(offer), txCode)).rejects.toMatchObject({ code: 'ERR_ISSUER_GRANT' })
  })

  test(`of ${tries} requests with one nonce at once, one gets credentials`, async () => {
    const found = await token()
    const nonce = await replicas[1].nonce()
    const outcomes = await inWaves(tries, async index => {
      const answer = await either(index).wallet(found.token, '/vci/credential', await requestBody(nonce))
      return answer.json().error ?? answer.statusCode
    })
    expect(outcomes).toEqual({ 200: 1, invalid_nonce: tries - 1 })
    const rows = await databases[0]!.query('select id from credentials where application = $1', [found.application])
    expect(rows).toHaveLength(1)
  })

  test('the same request at both replicas at once is one issuance', async () => {
    const found = await token()
    const body = await requestBody(await replicas[0].nonce(), 4)
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => either(index).wallet(found.token, '/vci/credential', body)))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 8 }, () => 200))
    expect(new Set(answers.map(answer => answer.json().notification_id)).size).toBe(1)
    const rows = await databases[0]!.query('select id from credentials where application = $1', [found.application])
    expect(rows).toHaveLength(4)
  })

  test('places in the lists are given out once, also as lists fill up', async () => {
    const found = await Promise.all(Array.from({ length: 12 }, () => token()))
    const answers = await Promise.all(
      found.flatMap(({ token: each }, place) =>
        Array.from({ length: 4 }, async (_, batch) =>
          either(place + batch).wallet(each, '/vci/credential', await requestBody(await either(place).nonce(), 16)),
        ),
      ),
    )
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200))
    const rows = await databases[0]!.query<{ list: number; list_index: number }>(
      `select list, list_index from credentials where list_kind = 'token'`,
    )
    expect(rows.length).toBeGreaterThanOrEqual(768)
    expect(new Set(rows.map(({ list, list_index: index }) => `${list}:${index}`)).size).toBe(rows.length)
    expect(new Set(rows.map(({ list }) => list)).size).toBeGreaterThan(1)
  })

  test('a revocation at one replica ends issuing at the other, whichever comes first: no copy stays valid', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const found = await token()
        const body = await requestBody(await replicas[0].nonce(), 8)
        const change = { status: 'revoked', reason: 'issued-in-error' }
        const [issued] = await Promise.all([
          replicas[0].wallet(found.token, '/vci/credential', body),
          replicas[1].staff(officer, 'POST', `/issuer/applications/${found.application}/status`, change),
        ])
        const valid = await databases[0]!.query(`select id from credentials where application = $1 and status = 'valid'`, [
          found.application,
        ])
        return { status: issued.statusCode, valid: valid.length }
      }),
    )
    expect(outcomes.map(({ valid }) => valid)).toEqual(outcomes.map(() => 0))
    for (const { status } of outcomes) expect([200, 400]).toContain(status)
  })
})
