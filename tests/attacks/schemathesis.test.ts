// Every route as the description of the API has it, with what schemathesis thinks of, and callers that get past the doors.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { preAuthorizedGrant } from '@hufu/exchange'
import { generateSigner } from '@hufu/keys'
import { seededRandom } from '@hufu/network'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signMessage } from '../../apps/institution/src/handover/peer-message.ts'
import { answer, post } from '../../apps/institution/src/verifier/wallet-fixture.ts'
import { AttackedWorld, callback, residentType } from './world/attacked-world.ts'
import type { InstitutionProcess } from './world/institution-process.ts'
import { AuthorizedWallet, application, ask, makeOffer, walletOf } from './world/resident.ts'

const folder = fileURLToPath(new URL('schemathesis', import.meta.url))
const program = fileURLToPath(new URL('../../node_modules/.cache/hufu/schemathesis/bin/schemathesis', import.meta.url))
/** Of each operation and each way to make them. */
const examples = Number(process.env.EXAMPLES ?? (process.env.LONG === '1' ? 60 : 2))
/** A number, as schemathesis takes it; of another text one is made. */
const seed = process.env.SEED ?? '5'
const seedNumber = /^\d{1,9}$/.test(seed) ? Number(seed) : seededRandom(seed).below(1_000_000_000)

let world: AttackedWorld
let server: InstitutionProcess
let hospital: InstitutionProcess
const helper = createServer()

beforeAll(async () => {
  world = await AttackedWorld.start()
  const issuingToken = join(world.folder, 'issuing-token')
  writeFileSync(issuingToken, world.bank.systemToken)
  const vcApi = { ISSUER_FILES: join(world.folder, 'bank.json'), ISSUING_TOKEN_FILE: issuingToken }
  ;[server, hospital] = await Promise.all([world.bank.start(undefined, vcApi), world.hospital.start()])
})

afterAll(async () => {
  helper.close()
  await server?.stop()
  await hospital?.stop()
  await world?.stop()
})

/** Signs for the hospital, and signs people in that are signed out again. */
async function startHelper(): Promise<string> {
  const { bank, hospital } = world
  helper.on('request', async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk as Uint8Array)
    const { path, body } = JSON.parse(Buffer.concat(chunks).toString())
    const signed = async () => {
      const about = { method: 'POST', path } as const
      const key = { id: hospital.kid, signer: hospital.signer }
      return { 'hufu-message': (await signMessage({ issuer: hospital.did, audience: bank.did, about, body }, key, Date.now())).jws }
    }
    const headers = path === 'session' ? await bank.signIn('everything') : await signed().catch(() => ({ 'hufu-message': 'a.b.c' }))
    response.setHeader('content-type', 'application/json').end(JSON.stringify(headers))
  })
  helper.listen(0, '127.0.0.1')
  await new Promise(resolve => helper.once('listening', resolve))
  return `http://127.0.0.1:${(helper.address() as AddressInfo).port}`
}

/** Something of each kind is there, so that calls find what they are about. */
async function prepare() {
  const { bank, hospital } = world
  const everything = { headers: { ...(await bank.session('everything')) } }
  const offer = await makeOffer(bank)
  const authorized = await AuthorizedWallet.redeem(bank, offer)
  await authorized.collect(`${residentType}_sd-jwt`, [await generateSigner('P-256')])
  const open = await makeOffer(bank)
  const bearer = await makeOffer(bank)
  const form = new URLSearchParams({ grant_type: preAuthorizedGrant, 'pre-authorized_code': bearer.code, tx_code: bearer.txCode })
  const { access_token: wallet } = await bank.done('POST', '/oidc/token', {
    body: form.toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  const draft = await bank.done('POST', '/issuer/applications', { ...everything, body: application })
  const submitted = await bank.done('POST', '/issuer/applications', { headers: { ...(await bank.session('clerk')) }, body: application })
  await bank.done('POST', `/issuer/applications/${submitted.id}/submit`, { headers: { ...(await bank.session('clerk')) } })
  const imported = await bank.done('POST', `/issuer/imports?type=${encodeURIComponent(residentType)}`, {
    headers: { ...everything.headers, 'content-type': 'text/csv' },
    body: 'a,b\n1,2\n',
  })
  const resident = await walletOf(bank)
  const shown = await ask(bank, resident)
  const form2 = await answer(resident, shown.request)
  await post(resident, shown.request, form2)
  const waiting = await ask(bank, resident)
  const approval = await bank.done('POST', '/keys/rotations', everything)
  const { credentials } = await bank.done('GET', '/issuer/credentials', everything)
  const { people } = await bank.done('GET', '/staff/people', everything)
  const { receipts } = await bank.done('GET', '/verifier/receipts', everything)
  const proof = await authorized.keyProof(await generateSigner('P-256'), await authorized.nonce())
  const json = (value: unknown) => [{ type: 'application/json', value }]
  const formOf = (...values: object[]) => values.map(value => ({ type: 'application/x-www-form-urlencoded', value }))
  const pkce = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' }
  const authorizing = { client_id: 'shop', response_type: 'code', scope: 'openid', redirect_uri: callback, state: 's', nonce: 'n', ...pkce }
  const w3c = {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: ['VerifiableCredential'],
    issuer: bank.did,
    credentialSubject: { id: hospital.did },
  }
  return {
    staff: everything.headers,
    system: bank.systemToken,
    issuing: bank.systemToken,
    shop: `Basic ${Buffer.from(`shop:${bank.shopSecret}`).toString('base64')}`,
    wallet,
    presentation: waiting.token,
    parameters: {
      id: [offer.applicationId, draft.id, waiting.id],
      '/issuer/offers/{id} id': [open.id, offer.id],
      '/issuer/offers/{id}/status id': [open.id, offer.id],
      '/issuer/imports/{id} id': [imported.id],
      '/issuer/imports/{id}/errors.csv id': [imported.id],
      '/issuer/imports/{id}/approve id': [imported.id],
      ...Object.fromEntries(
        ['', '/submit', '/approve', '/return', '/offer', '/status'].map(ending => [
          `/issuer/applications/{id}${ending} id`,
          [draft.id, submitted.id, offer.applicationId],
        ]),
      ),
      '/issuer/credentials/{id}/status id': credentials.map(({ id }: { id: string }) => id),
      ...Object.fromEntries(
        ['', '/invitation', '/reinstate', '/roles'].map(ending => [
          `/staff/people/{id}${ending} id`,
          people.filter(({ name }: { name: string }) => name !== 'everything').map(({ id }: { id: string }) => id),
        ]),
      ),
      '/verifier/receipts/{id} id': receipts.map(({ id }: { id: string }) => id),
      ...Object.fromEntries(['', '/confirm', '/refuse'].map(ending => [`/approvals/{id}${ending} id`, [approval.approvalId]])),
      '/vp/requests/{id} id': [waiting.id, shown.id],
      '/vp/responses/{id} id': [waiting.id, shown.id],
      queryId: ['open-account', 'sign-in'],
      '*': [bank.did, hospital.did, 'did:web:example.com', `${bank.did}?versionId=1`],
      issuer: [bank.did],
      type: [residentType],
      subject: ['pseudonym'],
      '/handover/records/{subject}/{name} name': ['x-ray'],
      '/status/{name} name': ['1', 'revocation-1', 'suspension-1'],
      '/status-lists/{name} name': ['bank-revocation', 'bank-suspension'],
      bucket: ['0'],
      epoch: ['latest', '0', '1'],
      height: ['1'],
    },
    queries: {
      'GET /oidc/auth': [
        authorizing,
        { ...authorizing, prompt: 'none' },
        { ...authorizing, acr_values: 'urn:hufu:acr:pseudonymous', max_age: 1 },
      ],
      'GET /oidc/session/end': [{ client_id: 'shop', id_token_hint: 'a.b.c' }],
      'GET /1.0/identifiers/{*}': [{}, { versionTime: '2026-01-01T00:00:00Z' }, { noCache: 'true', proof: 'true' }],
      'POST /issuer/imports': [{ type: residentType }],
    },
    bodies: {
      'POST /issuer/applications': json(application),
      'PUT /issuer/applications/{id}': json(application),
      'POST /issuer/imports': [{ type: 'text/csv', value: 'resident_number,name\n1,2\n' }],
      'POST /issuer/revoke-all': json({ type: residentType, reason: 'issued-in-error' }),
      'POST /issuer/applications/{id}/status': json({ status: 'suspended', reason: 'data-changed' }),
      'POST /issuer/credentials/{id}/status': json({ status: 'suspended', reason: 'data-changed' }),
      'POST /vci/credential': json({ credential_configuration_id: `${residentType}_sd-jwt`, proofs: { jwt: [proof] } }),
      'POST /vci/deferred': json({ transaction_id: 'x' }),
      'POST /vci/notification': json({ notification_id: 'x', event: 'credential_accepted' }),
      'POST /verifier/presentations': json({
        queryId: 'open-account',
        returnTo: 'https://bank.example/',
        transactionData: [{ type: 'x', a: 1 }],
      }),
      'POST /verifier/counter/presentations': json({ queryId: 'open-account' }),
      'POST /verifier/pages/{queryId}/presentations': json({}),
      'POST /verifier/presentations/{id}/finish': json({ responseCode: 'x' }),
      'POST /vp/responses/{id}': formOf(
        Object.fromEntries(new URLSearchParams(form2)),
        { error: 'access_denied', state: waiting.request.state },
        { response: 'a.b.c.d.e' },
      ),
      'POST /vp/requests/{id}': formOf({ wallet_nonce: 'n', wallet_metadata: '{}' }),
      'POST /oidc/token': formOf(
        { grant_type: preAuthorizedGrant, 'pre-authorized_code': open.code, tx_code: '000000' },
        { grant_type: 'authorization_code', code: 'x', redirect_uri: callback, code_verifier: 'a'.repeat(43) },
        { grant_type: 'refresh_token', refresh_token: 'x' },
      ),
      'POST /oidc/request': formOf(authorizing, { ...authorizing, authorization_details: '[]' }, { ...authorizing, claims: '{}' }),
      'POST /oidc/token/revocation': formOf({ token: 'x' }),
      'POST /oidc/me': formOf({ access_token: wallet }),
      'POST /oidc/session/end/confirm': formOf({ xsrf: 'x', logout: 'yes' }),
      'POST /oidc/interaction/{uid}/finish': formOf({ csrf: 'x' }),
      'POST /handover/requests': json({ holder: hospital.did, record: 'x-ray', untilMs: 1000 * Math.ceil(Date.now() / 1000) + 3_600_000 }),
      'PUT /handover/records/{subject}/{name}': json({ content: { finding: 'none' } }),
      'POST /handover/peer/requests': json({
        record: 'x-ray',
        untilMs: 1000 * Math.ceil(Date.now() / 1000) + 3_600_000,
        receiverName: { 'zh-CN': '医院', en: 'Hospital' },
      }),
      'POST /handover/peer/records': json({ grant: 'a.b.c', record: 'x-ray' }),
      'POST /handover/peer/requests/{id}/grant': json({}),
      'POST /credentials/issue': json({ credential: w3c, options: {} }),
      'POST /credentials/verify': json({
        verifiableCredential: { ...w3c, proof: { type: 'DataIntegrityProof', cryptosuite: 'ecdsa-rdfc-2019' } },
      }),
      'POST /presentations/verify': json({
        verifiablePresentation: { '@context': w3c['@context'], type: 'VerifiablePresentation', verifiableCredential: [w3c] },
        options: { challenge: 'c', domain: 'd' },
      }),
      'POST /credentials/status': json({
        credentialId: 'x',
        credentialStatus: { type: 'BitstringStatusListEntry', statusPurpose: 'revocation', status: '1' },
      }),
      'POST /staff/invitations': json({ name: 'Lee', roles: ['clerk'] }),
      'PUT /staff/people/{id}/roles': json({ roles: ['clerk'] }),
      'POST /keys/retirements': json({ keyId: bank.kid }),
    },
    helper: await startHelper(),
  }
}

test('no call of any route ends in a server error, and answers are what the description says', async () => {
  expect(existsSync(program), `${program}: npm run setup -- --for-tests makes it`).toBe(true)
  const files = { known: join(world.folder, 'known.json'), calls: join(world.folder, 'calls.jsonl') }
  writeFileSync(files.known, JSON.stringify(await prepare()))
  writeFileSync(files.calls, '')
  const description = join(world.folder, 'openapi.json')
  writeFileSync(description, (await world.bank.request('GET', '/openapi.json')).text)
  const { code, output } = await run(
    [
      ...['run', description, '--url', server.url, '--checks', 'not_a_server_error,content_type_conformance,response_schema_conformance'],
      ...[
        '--phases',
        'examples,coverage,fuzzing',
        '--max-examples',
        String(examples),
        '--workers',
        '1',
        '--seed',
        String(seedNumber),
        '--no-shrink',
      ],
      ...['--continue-on-failure', '--suppress-health-check', 'all', '--warnings', 'off', '--output-truncate', 'false'],
    ],
    { HUFU_KNOWN: files.known, HUFU_CALLS: files.calls, SCHEMATHESIS_HOOKS: 'hooks' },
  )
  const calls = readFileSync(files.calls, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as [string, string, number, number])
  const operations = Map.groupBy(calls, ([method, path]) => `${method} ${path}`)
  const described = Object.entries(JSON.parse(readFileSync(description, 'utf8')).paths as Record<string, object>).flatMap(([path, item]) =>
    Object.keys(item).map(method => `${method.toUpperCase()} ${path}`),
  )
  // DID Resolution wants 501 for methods that a resolver does not know.
  const isSpecified = ([, path, status]: (typeof calls)[number]) => status === 501 && path === '/1.0/identifiers/{*}'
  const failed = calls.filter(call => call[2] >= 500 && !isSpecified(call))
  expect(
    failed.map(call => call.join(' ')),
    output,
  ).toEqual([])
  expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' })
  expect(described.filter(operation => !operations.has(operation))).toEqual([])
  expect(server.failures()).toEqual([])
  const succeeded = [...operations.values()].filter(made => made.some(([, , status]) => status < 400)).length
  process.stdout.write(
    `schemathesis: ${operations.size} operations, ${calls.length} calls, ${succeeded} operations with success, no server error\n`,
  )
  if (process.env.ROUTES === 'show')
    for (const [operation, made] of operations)
      process.stdout.write(`${operation} ${JSON.stringify(countOf(made.map(([, , status]) => status)))}\n`)
}, 600_000)

function countOf(values: readonly number[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...Map.groupBy(values, value => value)].map(([value, all]) => [value, all.length]))
}

function run(
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(program, parameters, {
    cwd: folder,
    env: { ...process.env, ...environment, NO_COLOR: '1', PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk))
  return new Promise(resolve => child.once('close', code => resolve({ code, output })))
}
