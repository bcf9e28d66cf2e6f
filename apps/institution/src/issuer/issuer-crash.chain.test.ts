import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { TokenStatusLists, verifySdJwtVc } from '@hufu/credentials'
import { generateSigner } from '@hufu/keys'
import { randomBytes } from '@hufu/primitives'
import { randomScalar } from '@hufu/proofs'
import { residentsFile } from '@hufu/samples'
import { type Database, openPostgresDatabase } from '@hufu/service'
import type { StaffMember } from '@hufu/staff'
import { fixedSigner, isPostgresInstalled, startPostgres, type TestPostgres } from '@hufu/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { application, clerk, codeOf, keyProof, officer, otherOfficer, publicUrl, residentType } from './issuer-fixture.ts'

const points = [
  ...['application entered', 'application approved', 'offer made', 'offer redeemed'],
  ...['request proven', 'intent written', 'intent committed', 'signed', 'issued', 'deferred intended'],
  ...['leaves begun', 'leaves durable', 'leaves noted', 'leaves set'],
  ...['status written', 'list signed', 'list kept', 'list anchored', 'list published'],
  ...['import stored', 'import rows checked', 'import checked', 'import approved', 'import rows applied', 'all revoked'],
].map(point => `issuer ${point}`)
const rows = readFileSync(residentsFile('lanyu'), 'utf8').trimEnd().split('\n')
const rowsEach = 2

/** A server that is started anew once it has been killed. */
class Server {
  readonly #url: string
  #child: ChildProcess | undefined
  #next: ChildProcess | undefined
  #port = 0
  deaths = 0

  constructor(url: string) {
    this.#url = url
    this.#next = launch()
  }

  async start(): Promise<void> {
    await this.stop()
    const child = this.#next!
    this.#child = child
    // The one after it loads its modules meanwhile.
    this.#next = launch()
    const lines = createInterface({ input: child.stdout! })
    const port = once(lines, 'line')
    child.stdin!.write(`${JSON.stringify({ url: this.#url })}\n`)
    this.#port = Number((await port)[0])
  }

  async stop(): Promise<void> {
    for (const child of [this.#child]) if (child !== undefined && isAlive(child)) await killed(child)
  }

  async close(): Promise<void> {
    for (const child of [this.#child, this.#next]) if (child !== undefined && isAlive(child)) await killed(child)
  }

  /** Sends a request; if the server dies of it, starts another and does `again`, default the same once more. */
  async send(path: string, init: RequestInit, again?: () => Promise<Response>): Promise<Response> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.#port}${path}`, init)
      // The body may be cut off, too.
      return new Response(answer.status === 204 ? null : await answer.arrayBuffer(), { status: answer.status })
    } catch {
      if (isAlive(this.#child!)) await Promise.race([once(this.#child!, 'exit'), new Promise(resolve => setTimeout(resolve, 2_000))])
      if (isAlive(this.#child!)) throw new Error(`${path}: no answer, and the server lives`)
      this.deaths++
      await this.start()
      return again === undefined ? this.send(path, init) : again()
    }
  }
}

function launch(): ChildProcess {
  return spawn(process.execPath, [fileURLToPath(new URL('./crash-server.ts', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] })
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

let postgres: TestPostgres
let database: Database
let server: Server

beforeAll(async () => {
  if (!isPostgresInstalled) return
  postgres = await startPostgres()
  database = openPostgresDatabase(postgres.url)
  server = new Server(postgres.url)
  await server.start()
})

afterAll(async () => {
  await server?.close()
  await database?.close()
  await postgres?.stop()
})

/** What the answers that are looked at hold between them. */
interface Body {
  readonly applications: readonly { readonly id: string; readonly name?: string; readonly state: string }[]
  readonly imports: readonly { readonly id: string; readonly state: string }[]
  readonly offer: Parameters<typeof codeOf>[0]
  readonly txCode: string
  readonly token: string
  readonly c_nonce: string
  readonly credentials: readonly { readonly credential: string }[]
  readonly transaction_id: string
  readonly approvalId: string
  readonly error_description?: string
}

interface Answer {
  readonly status: number
  readonly body: Body
}

async function staff(
  member: StaffMember,
  method: string,
  path: string,
  body?: object | string,
  again?: () => Promise<Response>,
): Promise<Answer> {
  const headers = {
    ...{ origin: publicUrl, 'x-hufu-csrf': 'csrf', 'x-test-person': JSON.stringify(member.roles), 'x-test-id': member.id },
    ...(body === undefined ? {} : { 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' }),
  }
  const payload = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  return answerOf(await server.send(path, { method, headers, ...payload }, again))
}

async function wallet(token: string, path: string, body: object): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return answerOf(await server.send(path, { method: 'POST', headers, body: JSON.stringify(body) }))
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Body) : ({} as Body) }
}

/** Asks until it is so. */
async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error('waited in vain')
}

/** What a clerk and an officer do, looking each time at what there is already. */
async function approvedApplication(name: string): Promise<string> {
  const mine = async () => {
    const { body } = await staff(clerk, 'GET', '/issuer/applications?limit=200')
    return body.applications.find(each => each.name === name)
  }
  const input = { ...application, claims: { ...application.claims, name } }
  if ((await mine()) === undefined) await staff(clerk, 'POST', '/issuer/applications', input)
  const { id, state } = (await mine())!
  if (state === 'draft') await staff(clerk, 'POST', `/issuer/applications/${id}/submit`)
  const approved = await staff(officer, 'POST', `/issuer/applications/${id}/approve`)
  expect([200, 409]).toContain(approved.status)
  return id
}

/** Until a wallet has a token: an offer that was redeemed when the server died is replaced by another. */
async function tokenFor(id: string): Promise<string> {
  return until(async () => {
    const { body: offer } = await staff(clerk, 'POST', `/issuer/applications/${id}/offer`)
    const body = { code: codeOf(offer.offer), txCode: offer.txCode }
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await answerOf(await server.send('/test/token', init))
    return answer.status === 200 ? answer.body.token : undefined
  })
}

async function proofs(count: number, more: object = {}): Promise<object> {
  const { body } = await answerOf(await server.send('/vci/nonce', { method: 'POST' }))
  const jwt = Array.from({ length: count }, async () =>
    keyProof(await generateSigner('P-256'), body.c_nonce, { nowMs: Date.now(), ...more }),
  )
  return { jwt: await Promise.all(jwt) }
}

async function verify(credential: string): Promise<unknown> {
  const { publicKey } = await fixedSigner('bureau')
  const resolveIssuerKey = async ({ issuer }: { issuer: string }) => ({ controller: issuer, publicKey, evidence: {} })
  const fetchStatusList = async (uri: string) => {
    const text = await (await server.send(new URL(uri).pathname, {})).text()
    expect(await database.query('select uri from test_anchors where uri = $1 and text = $2 limit 1', [uri, text])).toHaveLength(1)
    return text
  }
  return verifySdJwtVc(credential, {
    ...{ resolveIssuerKey, mayIssue: async () => ({ allowed: true, evidence: {} }), credentialTypes: [residentType], keyBinding: 'none' },
    status: { lists: new TokenStatusLists({ fetchStatusList, resolveIssuerKey }), maxAgeMs: 86_400_000 },
  })
}

describe.runIf(isPostgresInstalled)('killed', () => {
  test.each(points.map((point, index) => [point, index] as const))('at "%s", nothing is lost and nothing doubled', async (point, index) => {
    await server.send('/test/arm', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ point }) })
    const deaths = server.deaths
    const id = await approvedApplication(`测试${index}`)

    const token = await tokenFor(id)
    const issued = await wallet(token, '/vci/credential', {
      credential_configuration_id: `${residentType}_sd-jwt`,
      proofs: await proofs(2),
    })
    expect([issued.status, issued.body.error_description]).toEqual([200, undefined])
    const credentials = issued.body.credentials.map(({ credential }) => credential)
    for (const credential of credentials) await verify(credential)

    const commitment = { holderCommitment: randomScalar(randomBytes) }
    const begun = await wallet(token, '/vci/credential', {
      credential_configuration_id: `${residentType}_zk`,
      proofs: await proofs(1, commitment),
    })
    expect([200, 202]).toContain(begun.status)
    await until(async () => {
      if (begun.status === 200) return begun.body
      const answer = await wallet(token, '/vci/deferred', { transaction_id: begun.body.transaction_id })
      return answer.status === 200 ? answer.body : undefined
    })

    await staff(officer, 'POST', `/issuer/applications/${id}/status`, { status: 'revoked', reason: 'data-changed' })
    for (const credential of credentials)
      await until(async () => {
        const refused = await verify(credential).catch((error: { code: string }) => error.code)
        return refused === 'ERR_CREDENTIAL_REVOKED' ? true : undefined
      })
    await until(async () => {
      const leaves = await database.query<{ status: string }>(
        'select test_leaves.status from credentials join test_leaves on test_leaves.leaf = credentials.leaf where application = $1',
        [id],
      )
      // Read through the server as well, so that one that was killed in the background is started again.
      await answerOf(await server.send('/vci/nonce', { method: 'POST' }))
      return leaves.length === 1 && leaves[0]!.status === 'revoked' ? true : undefined
    })
    expect(await copiesOf(id)).toEqual({ 'dc+sd-jwt revoked': 2, 'hufu_zk revoked': 1 })

    await importAndRevokeAll(rows.slice(1 + rowsEach * index, 1 + rowsEach * (index + 1)))
    expect(server.deaths - deaths).toBe(1)
    const strange = await database.query(
      'select leaf from test_leaves where leaf not in (select leaf from credentials where leaf is not null)',
    )
    expect(strange).toEqual([])
  })
})

async function copiesOf(id: string): Promise<Record<string, number>> {
  const found = await database.query<{ name: string; count: number }>(
    `select format || ' ' || status as name, count(*)::integer as count from credentials where application = $1 group by 1`,
    [id],
  )
  return Object.fromEntries(found.map(({ name, count }) => [name, count]))
}

async function importAndRevokeAll(content: readonly string[]): Promise<void> {
  const csv = [rows[0], ...content].join('\n')
  const before = new Set((await staff(clerk, 'GET', '/issuer/imports')).body.imports.map(each => each.id))
  const mine = async () => {
    const { imports } = (await staff(clerk, 'GET', '/issuer/imports')).body
    return imports.find(each => !before.has(each.id) && each.state !== 'uploading')
  }
  const { id } = await until(async () => {
    if ((await mine()) === undefined)
      await staff(clerk, 'POST', `/issuer/imports?type=${residentType}`, csv, async () => new Response('{}'))
    return mine()
  })
  await until(async () => ((await mine())!.state === 'checking' ? undefined : true))
  const approved = await staff(officer, 'POST', `/issuer/imports/${id}/approve`)
  expect([200, 409]).toContain(approved.status)
  const done = await until(async () => {
    const found = await mine()
    return found?.state === 'done' ? found : undefined
  })
  expect(done).toMatchObject({ good: rowsEach, bad: 0, applied: rowsEach })
  const { body } = await staff(officer, 'POST', '/issuer/revoke-all', { importId: id, reason: 'issued-in-error' })
  await staff(otherOfficer, 'POST', `/approvals/${body.approvalId}/confirm`)
  const stands = await database.query<{ status: string }>('select status from applications where import_id = $1', [id])
  expect(stands).toEqual(Array.from({ length: rowsEach }, () => ({ status: 'revoked' })))
}
