// Shared by the tests of this app: a network with a history, and a console on it as main.ts composes it.
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDid, didOf } from '@hufu/did'
import { type Account, singleAccount, type Write } from '@hufu/ledger'
import { createLog, createMetrics, type Database } from '@hufu/service'
import { TestAuthenticator } from '@hufu/staff'
import { fixedSigner, type TestNetwork } from '@hufu/testkit'
import {
  accreditIssuer,
  addAuthority,
  addInstitution,
  type GrantKey,
  grantReasons,
  registerCredentialType,
  registerQuery,
  reinstateGrant,
  revokeGrant,
  suspendGrant,
} from '@hufu/trust'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { readConsoleConfig } from './config.ts'
import { openConsole } from './open-console.ts'
import { createConsoleServer } from './server.ts'

export const publicUrl = 'http://localhost:8070'

/** A console, and how to talk to it. */
export interface ConsoleBench {
  readonly server: FastifyInstance
  readonly database: Database
  get(url: string): Promise<LightMyRequestResponse>
  /** Somebody of the staff, signed in by a passkey. */
  person(...roles: readonly string[]): Promise<Person>
  close(): Promise<void>
}

export interface Person {
  readonly headers: Readonly<Record<string, string>>
  post(url: string, body: string | object, contentType?: string): Promise<LightMyRequestResponse>
  get(url: string): Promise<LightMyRequestResponse>
}

/** Opens a console on a network. @param options.fetch - how it asks the validators */
export async function openConsoleBench(
  network: TestNetwork,
  options: {
    readonly fetch?: typeof globalThis.fetch
    readonly people?: readonly (readonly string[])[]
    readonly rateLimitPercent?: number
  } = {},
): Promise<ConsoleBench> {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-console-'))
  const people = options.people ?? []
  const codes = people.map(() => randomBytes(32).toString('base64url'))
  const invitations = people.map((roles, index) => ({
    ...{ personId: crypto.randomUUID(), name: roles.join(), roles, expiresAtMs: Date.now() + 3_600_000 },
    codeHash: createHash('sha256').update(codes[index]!).digest('base64url'),
  }))
  writeFileSync(join(folder, 'staff.json'), JSON.stringify({ version: 1, invitations }))
  writeFileSync(join(folder, 'network.json'), JSON.stringify(network.descriptor))
  const config = readConsoleConfig({
    ...{ DATA_FOLDER: folder, NETWORK_FILE: join(folder, 'network.json'), STAFF_BOOTSTRAP_FILE: join(folder, 'staff.json') },
    ...{ PUBLIC_URL: publicUrl, LOG_LEVEL: 'silent', RATE_LIMIT_PERCENT: String(options.rateLimitPercent ?? 0) },
  })
  const log = createLog({ level: 'silent' })
  const metrics = createMetrics()
  const opened = await openConsole(config, {
    ...{ network: network.descriptor, names: {}, publicUrl, log, metrics },
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  })
  const server = await createConsoleServer({
    ...{ ...config, publicUrl, log, metrics, database: opened.database, parts: opened.parts },
    ...{ findSession: opened.staff.findSession, readiness: {} },
  })
  await server.ready()

  async function post(url: string, body: string | object, headers: Readonly<Record<string, string>>, contentType = 'application/json') {
    const payload = typeof body === 'string' ? body : JSON.stringify(body)
    return server.inject({ method: 'POST', url, payload, headers: { origin: publicUrl, 'content-type': contentType, ...headers } })
  }

  return {
    server,
    database: opened.database,
    get: url => server.inject(url),
    async person(...roles) {
      const code = codes[people.findIndex(each => each.join() === roles.join())]!
      const authenticator = new TestAuthenticator(publicUrl)
      const { challengeId, options: given } = (await post('/staff/registration/options', { code }, {})).json()
      const body = { code, challengeId, response: authenticator.register(given), label: 'phone' }
      const answer = await post('/staff/registration', body, {})
      const cookie = [answer.headers['set-cookie']].flat()[0]!.split(';')[0]!
      const headers = { cookie, 'x-hufu-csrf': answer.json().csrfToken as string }
      return {
        headers: { ...headers, origin: publicUrl },
        post: (url, content, contentType) => post(url, content, headers, contentType),
        get: url => server.inject({ url, headers }),
      }
    },
    async close() {
      await server.close()
      await opened.close()
    },
  }
}

/** What stands on the ledger, and when it came. */
export interface History {
  readonly bureau: Account
  readonly issuer: Account
  readonly bank: Account
  /** Times of every change, in order. */
  readonly timesMs: readonly number[]
  did(account: Account): string
}

export const typeId = 'urn:hufu:resident'
export const queryId = 'open-account'
const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties: { level: { type: 'integer' } } }
const texts = { 'zh-CN': '开户', en: 'Opening an account' }

/** An authority, an institution that may issue, is suspended, reinstated and loses the right, its authority suspended between; and a bank with a query. */
export async function writeHistory(network: TestNetwork): Promise<History> {
  const { descriptor, ledger: client, founding: council, committee } = network
  const ledger = { client, network: descriptor }
  const founding = { client: council, network: descriptor }
  const timesMs: number[] = []
  const at = async (writing: Promise<Write>): Promise<void> => {
    timesMs.push((await (await writing).inBlock()).blockTimeMs)
  }
  const account = async (name: string) => {
    const made = singleAccount(await fixedSigner(`console: ${name}`))
    await (await createDid(ledger, { account: made, sponsor: committee })).inBlock()
    return made
  }
  const [bureau, issuer, bank] = [await account('bureau'), await account('issuer'), await account('bank')]
  const authority = bureau.scriptHash
  const byBureau = { actor: authority, account: bureau, sponsor: committee, reason: grantReasons.underInquiry }
  const byCouncil = { ...byBureau, actor: descriptor.contracts.council.hash, account: committee }
  const right: GrantKey = { kind: 'issue', subject: issuer.scriptHash, name: typeId }
  const ofAuthority: GrantKey = { kind: 'authority', subject: authority }
  await at(addAuthority(founding, { authority, region: '990100', account: committee }))
  await at(registerCredentialType(founding, { typeId, version: 1, schema, account: committee }))
  for (const institution of [issuer, bank])
    await at(addInstitution(ledger, { authority, institution: institution.scriptHash, kind: 'bank', account: bureau, sponsor: committee }))
  await at(accreditIssuer(ledger, { authority, institution: issuer.scriptHash, typeId, account: bureau, sponsor: committee }))
  await at(suspendGrant(ledger, { ...byBureau, grant: right, attempt: '1' }))
  await at(reinstateGrant(ledger, { ...byBureau, grant: right, attempt: '1', reason: grantReasons.remedied }))
  await at(suspendGrant(founding, { ...byCouncil, grant: ofAuthority, attempt: '1' }))
  await at(reinstateGrant(founding, { ...byCouncil, grant: ofAuthority, attempt: '1', reason: grantReasons.remedied }))
  await at(registerCredentialType(founding, { typeId, version: 2, schema: { ...schema, required: ['level'] }, account: committee }))
  const content = { dcql: { credentials: [] }, purpose: texts, legalBasis: texts, retentionDays: 30 }
  await at(registerQuery(founding, { authority, institution: bank.scriptHash, queryId, version: 1, content, account: committee }))
  await at(revokeGrant(ledger, { ...byBureau, grant: right, attempt: '1', reason: grantReasons.rulesBroken }))
  return { bureau, issuer, bank, timesMs, did: ({ scriptHash }) => didOf(descriptor.name, scriptHash) }
}
