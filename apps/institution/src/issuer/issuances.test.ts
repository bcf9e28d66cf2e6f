import { readUnverifiedTerms } from '@hufu/credentials'
import { readZkDelivery } from '@hufu/exchange'
import { generateSigner, jwkThumbprint, type Signer } from '@hufu/keys'
import { bytesToHex, dayInChina, randomBytes } from '@hufu/primitives'
import { holderCommitment, leafOfCredential, randomScalar, readAttributeLayout, scalarToBytes } from '@hufu/proofs'
import { credentialTypes } from '@hufu/samples'
import { afterAll, describe, expect, test } from 'vitest'
import { armCrashPoint } from '../parts/crash-point.ts'
import { application, clerk, keyProof, officer, openIssuerBench, publicUrl, residentType, startMs } from './issuer-fixture.ts'
import { verifierOf } from './verify-fixture.ts'

const tries = Number(process.env.TRIES ?? 100)
const bench = await openIssuerBench()
const verifier = verifierOf(bench)
const sdJwt = `${residentType}_sd-jwt`
const w3c = `${residentType}_w3c`
const zk = `${residentType}_zk`

afterAll(() => bench.close())

const newSigners = (count: number): Promise<readonly Signer[]> => Promise.all(Array.from({ length: count }, () => generateSigner('P-256')))

async function request(configurationId: string, signers: readonly Signer[], nonce?: string): Promise<object> {
  const fresh = nonce ?? (await bench.nonce())
  const jwt = await Promise.all(signers.map(signer => keyProof(signer, fresh)))
  return { credential_configuration_id: configurationId, proofs: { jwt } }
}

async function collect(token: string, configurationId: string, count = 1) {
  const signers = await newSigners(count)
  const answer = await bench.wallet(token, '/vci/credential', await request(configurationId, signers))
  expect([answer.statusCode, answer.json().error_description]).toEqual([200, undefined])
  return { signers, ...(answer.json() as { credentials: { credential: string }[]; notification_id: string }) }
}

const rowsOf = (id: string) =>
  bench.database.query<{ id: string; list: number; list_index: number; issued_at_ms: number | null; status: string }>(
    'select * from credentials where application = $1',
    [id],
  )

test('the metadata name what the institution is accredited for, in both languages', async () => {
  const answer = await bench.server.inject('/.well-known/openid-credential-issuer')
  const metadata = answer.json()
  expect(metadata).toMatchObject({
    credential_issuer: publicUrl,
    batch_credential_issuance: { batch_size: 16 },
    authorization_servers: [`${publicUrl}/oidc`],
  })
  expect(Object.keys(metadata.credential_configurations_supported)).toHaveLength(6)
  expect(metadata.credential_configurations_supported[sdJwt].credential_metadata.display).toEqual([
    { name: '居住凭证', locale: 'zh-CN' },
    { name: 'Residence credential', locale: 'en' },
  ])
  expect(answer.headers['access-control-allow-origin']).toBe('*')
})

describe('an SD-JWT VC', () => {
  test('is what was approved, bound to the key that was proven, and verifies; suspended and revoked it does not', async () => {
    const { token, application: id } = await bench.token()
    const { credentials, signers } = await collect(token, sdJwt)
    const [{ credential }] = credentials as [{ credential: string }]
    const verified = await verifier.sdJwt(credential)
    expect(verified).toMatchObject({
      credentialType: residentType,
      claims: { ...application.claims, age_equal_or_over: { 18: true, 60: false } },
    })
    expect(verified.holderKey).toBe(signers[0]!.publicKey)
    expect(verified.expiresAtMs).toBe(Date.parse('2036-10-01T00:00:00+08:00'))
    const [row] = await rowsOf(id)
    const change = async (path: string, status: string, reason: string) => {
      const answer = await bench.staff(officer, 'POST', path, { status, reason })
      await bench.jobs.drain()
      return answer
    }
    expect((await change(`/issuer/credentials/${row!.id}/status`, 'suspended', 'under-inquiry')).json()).toEqual({ copies: 1 })
    await expect(verifier.sdJwt(credential)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_SUSPENDED' })
    await change(`/issuer/credentials/${row!.id}/status`, 'valid', 'remedied')
    await verifier.sdJwt(credential)
    await change(`/issuer/applications/${id}/status`, 'revoked', 'data-changed')
    await expect(verifier.sdJwt(credential)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_REVOKED' })
    expect((await change(`/issuer/credentials/${row!.id}/status`, 'valid', 'remedied')).json().code).toBe('ERR_ISSUER_REVOKED')
  })

  test('sixteen copies have sixteen keys, places and digests', async () => {
    const { token, application: id } = await bench.token()
    const { credentials, signers } = await collect(token, sdJwt, 16)
    const payloads = credentials.map(({ credential }) => JSON.parse(Buffer.from(credential.split('.')[1]!, 'base64url').toString()))
    expect(payloads.map(({ cnf }) => cnf.jwk.x)).toHaveLength(16)
    for (const part of [
      payloads.map(({ status }) => status.status_list.idx),
      payloads.map(({ _sd }) => _sd[0]),
      payloads.map(({ cnf }) => cnf.jwk.x),
    ])
      expect(new Set(part).size).toBe(16)
    expect(new Set(payloads.map(({ iat }) => iat))).toEqual(new Set([Date.parse(`${dayInChina(startMs)}T00:00:00+08:00`) / 1000]))
    const rows = await rowsOf(id)
    expect(rows.every(({ issued_at_ms: at }) => at !== null)).toBe(true)
    expect(signers.map(({ publicKey }) => jwkThumbprint(publicKey)).sort()).toEqual(
      (rows as unknown as { holder: string }[]).map(({ holder }) => holder).sort(),
    )
  })

  test('seventeen are refused, and so are two of one key', async () => {
    const { token } = await bench.token()
    const many = await bench.wallet(token, '/vci/credential', await request(sdJwt, await newSigners(17)))
    expect([many.statusCode, many.json().error]).toEqual([400, 'invalid_credential_request'])
    const [signer] = await newSigners(1)
    const twice = await bench.wallet(token, '/vci/credential', await request(sdJwt, [signer!, signer!]))
    expect(twice.json().error).toBe('invalid_proof')
  })
})

test('a W3C credential names the holder’s key and verifies; revoked, it no longer does', async () => {
  const { token, application: id } = await bench.token()
  const { credentials } = await collect(token, w3c)
  const [{ credential }] = credentials as unknown as [{ credential: object }]
  expect(await verifier.w3c(credential)).toMatchObject({ types: [residentType] })
  await bench.staff(officer, 'POST', `/issuer/applications/${id}/status`, { status: 'suspended', reason: 'under-inquiry' })
  await bench.jobs.drain()
  await expect(verifier.w3c(credential)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_SUSPENDED' })
  await bench.staff(officer, 'POST', `/issuer/applications/${id}/status`, { status: 'valid', reason: 'remedied' })
  await bench.jobs.drain()
  await verifier.w3c(credential)
  await bench.staff(officer, 'POST', `/issuer/applications/${id}/status`, { status: 'revoked', reason: 'data-changed' })
  await bench.jobs.drain()
  await expect(verifier.w3c(credential)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_REVOKED' })
})

describe('a zero-knowledge credential', () => {
  const layout = readAttributeLayout(credentialTypes[residentType])

  async function ask(token: string, secret = randomScalar(randomBytes)) {
    const [signer] = await newSigners(1)
    const blinding = randomScalar(randomBytes)
    const proof = await keyProof(signer!, await bench.nonce(), { holderCommitment: holderCommitment(secret, blinding) })
    const body = { credential_configuration_id: zk, proofs: { jwt: [proof] } }
    return { secret, blinding, answer: await bench.wallet(token, '/vci/credential', body) }
  }

  test('waits until its leaf is durable; then it is what the leaf commits to', async () => {
    const { token } = await bench.token()
    const { secret, blinding, answer } = await ask(token)
    expect([answer.statusCode, answer.json()]).toEqual([202, { transaction_id: expect.any(String), interval: 5 }])
    const { transaction_id } = answer.json()
    expect((await bench.wallet(token, '/vci/deferred', { transaction_id })).statusCode).toBe(202)
    await bench.jobs.drain()
    const deferred = await bench.wallet(token, '/vci/deferred', { transaction_id })
    expect(deferred.statusCode).toBe(200)
    const credential = readZkDelivery(deferred.json().credentials[0].credential, blinding)
    const tree = bench.ledger.trees.get(residentType)!
    expect(tree.leaves[credential.leafIndex]).toBe(bytesToHex(scalarToBytes(leafOfCredential(credential, layout, secret))))
    expect(credential.expires).toBe(application.validUntil)
    expect(credential.claims).not.toHaveProperty('age_equal_or_over')
  })

  test('follows the status of its application; another one in its place retires it', async () => {
    const { token, application: id } = await bench.token()
    const tree = bench.ledger.trees.get(residentType)!
    await ask(token)
    await bench.jobs.drain()
    const first = tree.leaves.length - 1
    const change = async (status: string, reason: string) => {
      await bench.staff(officer, 'POST', `/issuer/applications/${id}/status`, { status, reason })
      await bench.jobs.drain()
    }
    await change('suspended', 'under-inquiry')
    expect(tree.cleared.get(first)).toBe('suspended')
    await change('valid', 'remedied')
    expect(tree.cleared.has(first)).toBe(false)
    await ask(token)
    await bench.jobs.drain()
    expect([tree.cleared.get(first), tree.cleared.has(first + 1)]).toEqual(['revoked', false])
    await change('revoked', 'holder-asked')
    expect(tree.cleared.get(first + 1)).toBe('revoked')
  })

  test('revoked before its leaf was appended, it never is; revoked while that was under way, it is cleared', async () => {
    const { token, application: id } = await bench.token()
    const tree = bench.ledger.trees.get(residentType)!
    const before = tree.leaves.length
    const { answer } = await ask(token)
    await bench.staff(officer, 'POST', `/issuer/applications/${id}/status`, { status: 'revoked', reason: 'issued-in-error' })
    await bench.jobs.drain()
    expect(tree.leaves).toHaveLength(before)
    const deferred = await bench.wallet(token, '/vci/deferred', { transaction_id: answer.json().transaction_id })
    expect(deferred.json().error).toBe('credential_request_denied')

    const other = await bench.token()
    await ask(other.token)
    armCrashPoint('issuer leaves durable', { crash: stop })
    await expect(bench.jobs.drain()).rejects.toThrow('stopped here')
    armCrashPoint(undefined)
    await bench.staff(officer, 'POST', `/issuer/applications/${other.application}/status`, { status: 'revoked', reason: 'issued-in-error' })
    await bench.jobs.drain()
    expect(tree.leaves).toHaveLength(before + 1)
    expect(tree.cleared.get(before)).toBe('revoked')
  })

  test('needs a commitment, and other formats take none', async () => {
    const { token } = await bench.token()
    const [signer] = await newSigners(1)
    expect((await bench.wallet(token, '/vci/credential', await request(zk, [signer!]))).json().error).toBe('invalid_credential_request')
    const proof = await keyProof(signer!, await bench.nonce(), { holderCommitment: randomScalar(randomBytes) })
    const answer = await bench.wallet(token, '/vci/credential', { credential_configuration_id: sdJwt, proofs: { jwt: [proof] } })
    expect(answer.json().error).toBe('invalid_credential_request')
  })
})

const stop = (): never => {
  throw new Error('stopped here')
}

describe('a request', () => {
  test.each([
    ['a nonce of nobody', async () => 'x'.repeat(40)],
    ['a nonce with one letter changed', async () => (await bench.nonce()).replace(/.$/, letter => (letter === 'A' ? 'B' : 'A'))],
  ])('with %s is refused', async (_what, nonce) => {
    const { token } = await bench.token()
    const answer = await bench.wallet(token, '/vci/credential', await request(sdJwt, await newSigners(1), await nonce()))
    expect([answer.statusCode, answer.json().error]).toEqual([400, 'invalid_nonce'])
  })

  test('with a nonce that was used for other keys is refused; the same request again gets the same credential', async () => {
    const { token, application: id } = await bench.token()
    const nonce = await bench.nonce()
    const body = await request(sdJwt, await newSigners(1), nonce)
    const [first, again] = [await bench.wallet(token, '/vci/credential', body), await bench.wallet(token, '/vci/credential', body)]
    expect([first.statusCode, again.statusCode]).toEqual([200, 200])
    expect(again.json().notification_id).toBe(first.json().notification_id)
    expect(await rowsOf(id)).toHaveLength(1)
    const other = await bench.wallet(token, '/vci/credential', await request(sdJwt, await newSigners(1), nonce))
    expect(other.json().error).toBe('invalid_nonce')
    const elsewhere = await bench.token()
    expect((await bench.wallet(elsewhere.token, '/vci/credential', body)).json().error).toBe('invalid_nonce')
  })

  test(`of ${tries} requests with one nonce at once, one gets credentials`, async () => {
    const { token, application: id } = await bench.token()
    const nonce = await bench.nonce()
    const bodies = await Promise.all(Array.from({ length: tries }, async () => request(sdJwt, await newSigners(1), nonce)))
    const answers = await Promise.all(bodies.map(body => bench.wallet(token, '/vci/credential', body)))
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
    expect(await rowsOf(id)).toHaveLength(1)
  })

  test('without a token, or with another’s, gets nothing', async () => {
    const body = await request(sdJwt, await newSigners(1))
    expect((await bench.server.inject({ method: 'POST', url: '/vci/credential', payload: body })).statusCode).toBe(401)
    const answer = await bench.wallet(bench.tokens.add('of-nothing', { offerId: crypto.randomUUID() }), '/vci/credential', body)
    expect(answer.json().error).toBe('credential_request_denied')
  })

  test('for another configuration than the offer’s type is refused', async () => {
    const { token } = await bench.token()
    const unknown = await bench.wallet(token, '/vci/credential', await request('urn:hufu:other_sd-jwt', await newSigners(1)))
    expect(unknown.json().error).toBe('unknown_credential_configuration')
    const other = await bench.wallet(token, '/vci/credential', await request('urn:hufu:transport-concession_sd-jwt', await newSigners(1)))
    expect(other.json().error).toBe('credential_request_denied')
  })

  test.each([
    ['proof for another issuer', { audience: 'https://other.example' }],
    ['proof of six minutes ago', { nowMs: startMs - 360_000 }],
  ])('with a %s is refused', async (_what, more) => {
    const { token } = await bench.token()
    const [signer] = await newSigners(1)
    const jwt = [await keyProof(signer!, await bench.nonce(), more)]
    const answer = await bench.wallet(token, '/vci/credential', { credential_configuration_id: sdJwt, proofs: { jwt } })
    expect(answer.json().error).toBe('invalid_proof')
  })

  test('is refused once the application is suspended or revoked, and where a token has had 64 copies', async () => {
    const { token, application: id } = await bench.token()
    for (let batch = 0; batch < 4; batch++) await collect(token, sdJwt, 16)
    expect((await bench.wallet(token, '/vci/credential', await request(sdJwt, await newSigners(1)))).json().error).toBe(
      'credential_request_denied',
    )
    await collect(token, w3c)
    await bench.staff(officer, 'POST', `/issuer/applications/${id}/status`, { status: 'suspended', reason: 'device-lost' })
    expect((await bench.wallet(token, '/vci/credential', await request(w3c, await newSigners(1)))).json().error).toBe(
      'credential_request_denied',
    )
  })

  test('where the authority has suspended the institution’s right, there is nothing to ask for', async () => {
    const { token } = await bench.token()
    bench.ledger.suspended.add(residentType)
    bench.clock.advance(11_000)
    const answer = await bench.wallet(token, '/vci/credential', await request(sdJwt, await newSigners(1)))
    expect(answer.json().error).toBe('unknown_credential_configuration')
    bench.ledger.suspended.delete(residentType)
    bench.clock.advance(11_000)
  })
})

describe('the authorization code flow', () => {
  const residentNumber = '990102199003071233'
  const mine = { ...application, claims: { ...application.claims, resident_number: residentNumber } }

  test('collects what is approved for whoever showed their number, and waits for what is not yet', async () => {
    const accountKey = bench.issuer.applicantOf({ resident: { resident_number: residentNumber } })!
    const token = bench.tokens.add('account', { accountKey })
    const ask = async () => bench.wallet(token, '/vci/credential', await request(sdJwt, await newSigners(1)))
    expect((await ask()).json().error).toBe('credential_request_denied')
    const { id } = (await bench.staff(clerk, 'POST', '/issuer/applications', mine)).json()
    expect((await ask()).json().error).toBe('credential_request_denied')
    await bench.staff(clerk, 'POST', `/issuer/applications/${id}/submit`)
    const waiting = await ask()
    expect([waiting.statusCode, waiting.json().interval]).toEqual([202, 30])
    const { transaction_id } = waiting.json()
    expect((await bench.wallet(token, '/vci/deferred', { transaction_id })).statusCode).toBe(202)
    await bench.staff(officer, 'POST', `/issuer/applications/${id}/approve`)
    const other = bench.tokens.add('other-account', { accountKey: bench.issuer.applicantOf({ resident_number: '990121199501241468' })! })
    expect((await bench.wallet(other, '/vci/deferred', { transaction_id })).json().error).toBe('invalid_transaction_id')
    const issued = await bench.wallet(token, '/vci/deferred', { transaction_id })
    expect(issued.statusCode).toBe(200)
    expect(readUnverifiedTerms(issued.json().credentials[0].credential)).toMatchObject({ credentialType: residentType })
    expect((await ask()).statusCode).toBe(200)
  })

  test('nobody is whoever showed no number', () => {
    expect(bench.issuer.applicantOf({ resident: { name: '李华' } })).toBeUndefined()
  })
})

test('a token that names configurations is for no other; its own names for them are understood', async () => {
  const { token } = await bench.token()
  const grant = bench.tokens.grants.get(token)!
  const narrow = bench.tokens.add(crypto.randomUUID(), { ...grant, configurationIds: [w3c] })
  expect((await bench.wallet(narrow, '/vci/credential', await request(sdJwt, await newSigners(1)))).json().error).toBe(
    'credential_request_denied',
  )
  const { proofs } = (await request(w3c, await newSigners(1))) as { proofs: object }
  expect((await bench.wallet(narrow, '/vci/credential', { credential_identifier: w3c, proofs })).statusCode).toBe(200)
})

test('a wallet says what became of a credential; another’s token cannot', async () => {
  const { token } = await bench.token()
  const { notification_id } = await collect(token, sdJwt)
  const event = 'credential_accepted'
  expect((await bench.wallet(token, '/vci/notification', { notification_id, event })).statusCode).toBe(204)
  expect((await bench.wallet(token, '/vci/notification', { notification_id, event })).statusCode).toBe(204)
  const other = await bench.token()
  expect((await bench.wallet(other.token, '/vci/notification', { notification_id, event })).json().error).toBe('invalid_notification_id')
  expect((await bench.wallet(token, '/vci/notification', { notification_id, event: 'x' })).json().error).toBe(
    'invalid_notification_request',
  )
})

test('what is stored of holders and salts is sealed', async () => {
  const { token } = await bench.token()
  await collect(token, sdJwt)
  const text = JSON.stringify(await bench.database.query('select * from issuances'))
  expect(text).not.toContain('"kty"')
})

// The last one, for it moves the clock by days.
test('nothing is issued once what was approved is over', async () => {
  const [last, late] = [
    await bench.token({ ...application, validUntil: '2026-11-27' }),
    await bench.token({ ...application, validUntil: '2026-11-27' }),
  ]
  await collect(last.token, sdJwt)
  const endMs = Date.parse('2026-11-28T00:00:00+08:00')
  bench.clock.advance(endMs - bench.clock.nowMs())
  const nonce = await bench.nonce()
  const jwt = [await keyProof((await newSigners(1))[0]!, nonce, { nowMs: endMs })]
  const answer = await bench.wallet(late.token, '/vci/credential', { credential_configuration_id: sdJwt, proofs: { jwt } })
  expect(answer.json().error).toBe('credential_request_denied')
})
