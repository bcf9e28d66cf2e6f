import { BsnDidService, DidResolver, didBsnDriver } from '@hufu/did'
import { createLog } from '@hufu/service'
import { AccessCheckers } from '@hufu/staff'
import { BsnDidServiceStandIn } from '@hufu/testkit'
import { afterAll, expect, test } from 'vitest'
import { readInstitutionConfig } from '../config.ts'
import { newFolder, partyOf, writeIdentity } from '../fixture.ts'
import { openVcApiServices } from '../open-vc-api-services.ts'
import { createInstitutionServer } from '../server.ts'
import { bsnPart } from './bsn-routes.ts'

const publicUrl = 'https://bureau.example'
const token = 'x'.repeat(32)
const close: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const end of close) await end()
})

async function start() {
  const standIn = new BsnDidServiceStandIn()
  const [issuer, user] = [standIn.createDid(1), standIn.createDid(2)]
  const bureau = await partyOf('bureau', 'P-256', 1)
  const rule = {
    issuerDid: issuer.did,
    cptId: '160001',
    issuer: bureau.did,
    credentialType: 'EmployeeCredential',
    claims: { name: 'employeeName' },
    maxValidityDays: 30,
  }
  const folder = newFolder()
  const issuerFiles = await writeIdentity(folder, 'bureau', 'P-256', 1)
  const config = readInstitutionConfig({ ISSUER_POLICY: 'any', DATA_FOLDER: folder, ISSUER_FILES: issuerFiles })
  const vcApi = await openVcApiServices(config, undefined, publicUrl)
  const { url, projectId, token: serviceToken, fetch } = standIn
  const service = new BsnDidService({ url, projectId, token: serviceToken, fetch })
  const resolver = new DidResolver({ drivers: [didBsnDriver(service)], maxAgeMs: 0 })
  const server = await createInstitutionServer({
    ...{ ...config, publicUrl, vcApi, readiness: {}, log: createLog({ level: 'silent' }) },
    access: { systemToken: token, checkers: new AccessCheckers() },
    parts: [bsnPart({ accepted: [rule], resolver, service, vcApi })],
  })
  close.push(
    () => server.close(),
    () => vcApi.statuses.close(),
  )
  const request = {
    id: 'c-1',
    cptId: rule.cptId,
    userDid: user.did,
    created: '2026-03-03 14:02:00',
    claim: '{"name":"李四","salary":1.10}',
  }
  const issue = (changed: object = {}) => standIn.issue(issuer, { ...request, expirationDate: '2099-01-01', ...changed })
  const post = async (path: string, body: object, authorization = `Bearer ${token}`) => {
    const answer = await server.inject({ method: 'POST', url: path, headers: { authorization }, payload: body })
    return { status: answer.statusCode, body: answer.json() }
  }
  return { standIn, issuer, user, bureau, issue, post }
}

test('a credential of a BSN issuer becomes evidence of one of ours, which has a status and verifies', async () => {
  const { issue, post, user, issuer, bureau, standIn } = await start()
  const { status, body } = await post('/credentials/reattest-bsn', { credential: issue() })
  expect([status, body.receipt.verdict]).toEqual([201, 'accepted'])
  expect(body.verifiableCredential).toMatchObject({
    issuer: bureau.did,
    type: ['VerifiableCredential', 'EmployeeCredential'],
    credentialSubject: { id: user.did, employeeName: '李四' },
    credentialStatus: [{ statusPurpose: 'revocation' }, { statusPurpose: 'suspension' }],
    evidence: [{ type: ['BsnCredentialEvidence'], originalIssuer: issuer.did, digestSRI: expect.stringMatching(/^sha256-/) }],
  })
  expect(body.verifiableCredential.credentialSubject).not.toHaveProperty('salary')
  expect((await post('/credentials/verify', { verifiableCredential: body.verifiableCredential })).body).toMatchObject({ verified: true })
  const about = await post('/credentials/reattest-bsn', {
    credential: issue(),
    subject: 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK',
  })
  expect(about.body.verifiableCredential.credentialSubject.id).toMatch(/^did:key:/)
  standIn.revoke(issuer, 'c-1')
  expect(await post('/credentials/reattest-bsn', { credential: issue() })).toMatchObject({
    status: 400,
    body: { code: 'ERR_CREDENTIAL_REVOKED' },
  })
})

test('nothing is issued on the strength of what does not hold, or for a stranger', async () => {
  const { issue, post, standIn } = await start()
  const ask = async (credential: string) => {
    const { status, body } = await post('/credentials/reattest-bsn', { credential })
    return [status, body.code]
  }
  expect(await ask(issue().replace('李四', '李五'))).toEqual([400, 'ERR_CREDENTIAL_SIGNATURE'])
  expect(await ask(issue({ cptId: '160002' }))).toEqual([400, 'ERR_CREDENTIAL_TYPE'])
  expect(await ask(issue({ expirationDate: '2026-03-04' }))).toEqual([400, 'ERR_CREDENTIAL_EXPIRED'])
  expect(await ask(issue({ claim: '{"salary":1}' }))).toEqual([400, 'ERR_CREDENTIAL_SCHEMA'])
  expect(await ask('{}')).toEqual([400, 'ERR_CREDENTIAL_MALFORMED'])
  standIn.tamper = () => '{"code":9999}'
  expect(await ask(issue())).toEqual([503, 'ERR_CREDENTIAL_LOOKUP'])
  expect((await post('/credentials/reattest-bsn', { credential: issue() }, 'Bearer other')).status).toBe(401)
})
