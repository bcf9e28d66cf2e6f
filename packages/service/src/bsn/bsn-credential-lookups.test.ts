import { verifyBsnCredential } from '@hufu/credentials'
import { BsnDidService, DidResolver, didBsnDriver } from '@hufu/did'
import { BsnDidServiceStandIn, FixedClock } from '@hufu/testkit'
import { expect, test } from 'vitest'
import { bsnCredentialLookups } from './bsn-credential-lookups.ts'

function setUp() {
  const standIn = new BsnDidServiceStandIn()
  const [issuer, user] = [standIn.createDid(1), standIn.createDid(2)]
  const { url, projectId, token, fetch } = standIn
  const service = new BsnDidService({ url, projectId, token, fetch })
  const lookups = bsnCredentialLookups(new DidResolver({ drivers: [didBsnDriver(service)], maxAgeMs: 0 }), service)
  const request = {
    id: 'c-1',
    cptId: '7',
    userDid: user.did,
    created: '2026-03-03 14:02:00',
    expirationDate: '2027-01-01',
    claim: '{"a":1}',
  }
  const text = standIn.issue(issuer, request)
  const verify = (credential = text, issuerDid = issuer.did) =>
    verifyBsnCredential(credential, { ...lookups, accepted: [{ issuerDid, cptId: '7' }], clock: new FixedClock(Date.UTC(2026, 5, 1)) })
  return { standIn, issuer, request, verify }
}

test('key and revocations are the DID service’s word, and the receipt says so', async () => {
  const { verify } = setUp()
  const { receipt } = await verify()
  const evidence = (rule: string) => receipt.rules.find(each => each.rule === rule)?.evidence
  expect(evidence('issuer-key-now')).toMatchObject({ assurance: 'gatewaySigned', driver: 'bsn/1', host: 'did-service.example' })
  expect(evidence('status')).toEqual({ assurance: 'gatewaySigned', host: 'did-service.example' })
})

test('what was revoked is refused, and what the key before a reset signed', async () => {
  const { standIn, issuer, verify, request } = setUp()
  standIn.revoke(issuer, 'c-2')
  await expect(verify()).resolves.toBeDefined()
  standIn.revoke(issuer, 'c-1')
  await expect(verify()).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_REVOKED' })
  const renewed = standIn.resetAuthentication(issuer, 77)
  await expect(verify(standIn.issue(issuer, { ...request, id: 'c-3' }))).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_SIGNATURE' })
  await expect(verify(standIn.issue(renewed, { ...request, id: 'c-3' }))).resolves.toBeDefined()
})

test('an issuer that the service does not know is none; a service that fails or lies decides nothing', async () => {
  const { standIn, verify, request } = setUp()
  const stranger = new BsnDidServiceStandIn().createDid(9)
  await expect(verify(standIn.issue(stranger, request), stranger.did)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_ISSUER_KEY' })
  standIn.tamper = () => '{"code":9999}'
  await expect(verify()).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_LOOKUP' })
  standIn.tamper = (text, path) => (path.endsWith('getDoc') ? text.replace('"version":"1"', '"version":"2"') : text)
  await expect(verify()).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_LOOKUP' })
})
