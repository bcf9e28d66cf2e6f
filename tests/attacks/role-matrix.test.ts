// Every route of a whole server, in every role: the table is the server's own, so a route that is added later is in it.
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDid, didOf } from '@hufu/did'
import { publicKeyToJwk } from '@hufu/keys'
import { bytesToBase64url } from '@hufu/primitives'
import { createLog, createMetrics } from '@hufu/service'
import { type Actor, runRoleMatrix } from '@hufu/staff'
import { fixedSecret, fixedSigner, startTestNetwork } from '@hufu/testkit'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type StaffRole, staffRoles } from '../../apps/institution/src/access/access.ts'
import { readInstitutionConfig } from '../../apps/institution/src/config.ts'
import { type OpenedInstitution, openInstitution } from '../../apps/institution/src/open-institution.ts'
import { openLedger } from '../../apps/institution/src/open-ledger.ts'
import { openVcApiServices } from '../../apps/institution/src/open-vc-api-services.ts'
import { openParts } from '../../apps/institution/src/parts/open-parts.ts'
import { createInstitutionServer } from '../../apps/institution/src/server.ts'

const network = await startTestNetwork({ validators: 1 })
const folder = mkdtempSync(join(tmpdir(), 'hufu-role-matrix-'))
const roleSets: readonly (readonly StaffRole[])[] = [...staffRoles.map(role => [role]), staffRoles]
const stops: (() => Promise<unknown>)[] = [() => network.stop()]

interface Composed {
  readonly server: FastifyInstance
  readonly institution: OpenedInstitution
  readonly publicUrl: string
  readonly systemToken: string
  /** By which each of {@link roleSets} signs in. */
  readonly codes: readonly string[]
}

let bank: Composed
let hospital: Composed

beforeAll(async () => {
  bank = await compose('bank', 18_080)
  hospital = await compose('hospital', 18_080)
})

afterAll(async () => {
  for (const stop of stops.reverse()) await stop()
})

/** A server with all roles, as main.ts composes it, not listening. */
async function compose(name: string, port: number): Promise<Composed> {
  const [account] = await network.fundedAccounts(name)
  const did = didOf(network.descriptor.name, account!.scriptHash)
  const { publicKey } = await fixedSigner(`${name} key`)
  const id = `${did}#key-1`
  const document = {
    ...{ id: did, assertionMethod: [id], authentication: [id] },
    verificationMethod: [{ id, type: 'JsonWebKey', controller: did, publicKeyJwk: publicKeyToJwk(publicKey) }],
  }
  await (await createDid({ client: network.ledger, network: network.descriptor }, { account: account!, document })).inBlock()
  const file = (suffix: string, content: string): string => {
    const path = join(folder, `${name}${suffix}`)
    writeFileSync(path, content)
    return path
  }
  const keys = [{ id, algorithm: 'P-256', secret: bytesToBase64url(fixedSecret(`${name} key`)) }]
  const systemToken = randomBytes(32).toString('base64url')
  const codes = roleSets.map(() => randomBytes(32).toString('base64url'))
  const invitations = roleSets.map((roles, index) => ({
    ...{ personId: crypto.randomUUID(), name: roles.join(), roles, expiresAtMs: Date.now() + 3_600_000 },
    codeHash: createHash('sha256').update(codes[index]!).digest('base64url'),
  }))
  const publicUrl = `http://localhost:${port}`
  const clients = [
    { id: 'shop', name: { 'zh-CN': '商店', en: 'Shop' }, secretSha256: 'ab'.repeat(32), redirectUris: ['http://localhost/back'] },
  ]
  const config = readInstitutionConfig({
    ...{ ROLES: 'issuer,verifier,sign-in,hand-over', STAFF_SIGN_IN: 'invitation', RATE_LIMIT_PERCENT: '0' },
    ...{ PUBLIC_URL: publicUrl, PORT: String(port), CREDENTIAL_TREES: 'follow', LOG_LEVEL: 'silent' },
    DATA_FOLDER: join(folder, name),
    NETWORK_FILE: file('-network.json', JSON.stringify(network.descriptor)),
    IDENTITY_FILE: file('.json', JSON.stringify({ version: 1, did, controller: bytesToBase64url(fixedSecret(name)), keys })),
    SYSTEM_TOKEN_FILE: file('-token', systemToken),
    OIDC_CLIENTS_FILE: file('-clients.json', JSON.stringify({ levels: [{ acr: 'urn:hufu:acr:pseudonymous', query: 'sign-in' }], clients })),
    STAFF_BOOTSTRAP_FILE: file('-staff.json', JSON.stringify({ version: 1, invitations })),
  })
  const log = createLog({ level: 'silent' })
  const metrics = createMetrics()
  const ledger = (await openLedger(config, { log, onError: () => undefined, onAlarm: () => undefined }))!
  const vcApi = await openVcApiServices(config, ledger, publicUrl)
  const institution = await openInstitution(config, { publicUrl, ledger, log, metrics })
  const parts = await openParts(institution)
  const server = await createInstitutionServer({
    ...{ ...config, publicUrl, log, vcApi, metrics, metricsToken: systemToken },
    access: { systemToken, checkers: institution.access, findSession: parts.staff.findSession },
    ...{ resolver: ledger.resolver, trees: ledger.trees, readiness: {} },
    parts: [institution.audit, institution.keys, ...parts.all],
  })
  await server.ready()
  stops.push(async () => {
    await server.close()
    await parts.close()
    await institution.close()
    await vcApi.statuses.close()
    await ledger.close()
  })
  return { server, institution, publicUrl, systemToken, codes }
}

async function signIn({ server, publicUrl }: Composed, code: string): Promise<Readonly<Record<string, string>>> {
  const answer = await server.inject({
    method: 'POST',
    url: '/staff/sign-in/invitation',
    payload: { code },
    headers: { origin: publicUrl },
  })
  expect(answer.statusCode, answer.body).toBe(200)
  const cookie = String(answer.headers['set-cookie']).split(';')[0]!
  return { cookie, 'x-hufu-csrf': answer.json().csrfToken, origin: publicUrl }
}

async function actors(): Promise<readonly Actor[]> {
  const { database } = bank.institution
  const people = await Promise.all(
    roleSets.map(async (is, index): Promise<Actor> => ({ name: is.join(), is, headers: await signIn(bank, bank.codes[index]!) })),
  )
  const everything = people.at(-1)!.headers
  const expired = await signIn(bank, bank.codes.at(-1)!)
  await database.query(
    'update staff_sessions set seen_at_ms = seen_at_ms - 900000 where id = (select id from staff_sessions order by created_at_ms desc limit 1)',
  )
  const foreign = await signIn(hospital, hospital.codes.at(-1)!)
  const { 'x-hufu-csrf': _, ...withoutCsrf } = everything
  return [
    { name: 'nobody', is: 'nobody', headers: {} },
    ...people,
    { name: 'expired', is: 'nobody', headers: expired },
    { name: 'staff of another institution', is: 'nobody', headers: foreign },
    { name: 'without CSRF token', is: staffRoles, readsOnly: true, headers: withoutCsrf },
    { name: 'from another origin', is: staffRoles, readsOnly: true, headers: { ...everything, origin: 'https://evil.example' } },
    { name: 'system', is: 'system', headers: { authorization: `Bearer ${bank.systemToken}` } },
    { name: 'system of another institution', is: 'nobody', headers: { authorization: `Bearer ${hospital.systemToken}` } },
    { name: 'wallet with a token of nobody', is: 'nobody', headers: { authorization: 'DPoP abc', dpop: 'a.b.c' } },
  ]
}

test('every route of a server with all roles, in every role', async () => {
  const { server, institution } = bank
  // What goes on by itself: the ledger's tables, background work, lists that are signed anew and anchored, and the log of who signed in.
  const changing = await institution.database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_name like 'registry%' or table_name like '%job%' or table_name like 'audit%'`,
  )
  const mayChange = [...changing.map(({ name }) => name), 'status_lists', 'staff_sessions']
  const entries = async () =>
    (await institution.database.query<{ count: number }>('select count(*)::integer as count from audit_entries'))[0]!.count
  const all = await actors()
  const before = await entries()
  const { routes, tried, denied, failures } = await runRoleMatrix(server, all, { database: institution.database, mayChange })
  expect(failures).toEqual([])
  expect(routes).toBeGreaterThan(80)
  expect(tried).toBeGreaterThan(1_000)
  expect(await entries()).toBeGreaterThanOrEqual(before)
  process.stdout.write(`role matrix: ${routes} routes, ${all.length} callers, ${tried} calls, ${denied} of them refused\n`)
})
