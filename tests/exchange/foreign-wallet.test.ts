import { createHash, randomBytes } from 'node:crypto'
import { clientAuthenticationAnonymous, type Jwk, setGlobalConfig } from '@openid4vc/oauth2'
import { Openid4vciClient } from '@openid4vc/openid4vci'
import { Openid4vpClient } from '@openid4vc/openid4vp'
import { SDJwtInstance } from '@sd-jwt/core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ForeignKeys, foreignCallbacks } from '../../packages/exchange/src/interop/foreign-callbacks.ts'
import { type Bureau, startBureau } from './start-bureau.ts'

// A wallet of which nothing is ours: oid4vc-ts, @sd-jwt/core and jose. It meets the bureau's own server, on a ledger.

const configuration = 'urn:hufu:resident_sd-jwt'
const application = {
  type: 'urn:hufu:resident',
  claims: {
    resident_number: '990121199501241468',
    name: '黄洁丹',
    name_latin: 'Huang Jiedan',
    sex: '2',
    birth_date: '1995-01-24',
    city_code: '990100',
    division_code: '990102',
    address: '汐湾区归雁路35号23幢2479室',
    resident_since: '1995-01-24',
  },
  validUntil: '2036-10-28',
}

const keys = new ForeignKeys()
let bureau: Bureau
let bureauKey: Jwk
let vci: Openid4vciClient
let vp: Openid4vpClient
/** What the wallet holds: copies, each with its key. */
const copies: { readonly credential: string; readonly key: Jwk }[] = []

beforeAll(async () => {
  // The bureau is on this machine, without TLS.
  setGlobalConfig({ allowInsecureUrls: true })
  bureau = await startBureau()
  const resolved = await (
    await fetch(`${bureau.url}/1.0/identifiers/${bureau.did}`, { headers: { accept: 'application/did+json' } })
  ).json()
  const kid = `${bureau.did}#key-1`
  bureauKey = resolved.verificationMethod.find(({ id }: { id: string }) => id === kid).publicKeyJwk
  const callbacks = {
    ...foreignCallbacks({ keys, fetch, dids: { [kid]: bureauKey } }),
    clientAuthentication: clientAuthenticationAnonymous(),
  }
  vci = new Openid4vciClient({ callbacks })
  vp = new Openid4vpClient({ callbacks })
})

afterAll(async () => {
  setGlobalConfig({ allowInsecureUrls: false })
  await bureau?.close()
})

/** Entered by a clerk, approved by an officer, offered. */
async function offer(): Promise<{ offerUri: string; txCode: string; id: unknown }> {
  const { id } = await bureau.staff('clerk', '/issuer/applications', application)
  await bureau.staff('clerk', `/issuer/applications/${id}/submit`)
  await bureau.staff('officer', `/issuer/applications/${id}/approve`)
  return { ...((await bureau.staff('clerk', `/issuer/applications/${id}/offer`)) as { offerUri: string; txCode: string }), id }
}

test('it collects a batch from our issuer, and not twice', async () => {
  const { offerUri, txCode } = await offer()
  const credentialOffer = await vci.resolveCredentialOffer(offerUri)
  const issuerMetadata = await vci.resolveIssuerMetadata(credentialOffer.credential_issuer)
  expect(Object.keys(issuerMetadata.knownCredentialConfigurations)).toContain(configuration)
  const dpop = { signer: { method: 'jwk', alg: 'ES256', publicJwk: await keys.newSigningKey() } as const }
  const redeem = (code: string) =>
    vci.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer, issuerMetadata, txCode: code, dpop })
  const wrong = String((Number(txCode) + 1) % 10 ** txCode.length).padStart(txCode.length, '0')
  await expect(redeem(wrong)).rejects.toMatchObject({ errorResponse: { error: 'invalid_grant' } })
  const token = await redeem(txCode)
  expect(token.accessTokenResponse.token_type).toBe('DPoP')
  await expect(redeem(txCode)).rejects.toMatchObject({ errorResponse: { error: 'invalid_grant' } })

  const { access_token: accessToken } = token.accessTokenResponse
  const call = { issuerMetadata, accessToken, dpop: { ...dpop, ...token.dpop } }
  const holders = await Promise.all([keys.newSigningKey(), keys.newSigningKey(), keys.newSigningKey()])
  const { c_nonce: nonce } = await vci.requestNonce({ issuerMetadata })
  const prove = async (publicJwk: Jwk) => {
    const signer = { method: 'jwk', alg: 'ES256', publicJwk } as const
    return (await vci.createCredentialRequestJwtProof({ issuerMetadata, credentialConfigurationId: configuration, signer, nonce })).jwt
  }
  const proofs = await Promise.all(holders.map(prove))
  const collect = (changes: object = {}) =>
    vci.retrieveCredentials({ ...call, credentialConfigurationId: configuration, proofs: { jwt: proofs as [string] }, ...changes })
  const stolen = { signer: { method: 'jwk', alg: 'ES256', publicJwk: await keys.newSigningKey() } as const }
  await expect(collect({ dpop: stolen })).rejects.toMatchObject({ response: { response: { status: 401 } } })
  const { credentialResponse } = await collect()
  for (const [index, { credential }] of (credentialResponse.credentials as { credential: string }[]).entries())
    copies.push({ credential, key: holders[index]! })
  expect(copies).toHaveLength(3)
  const notification = { notificationId: credentialResponse.notification_id!, event: 'credential_accepted' as const }
  await vci.sendNotification({ ...call, notification })
  // Asked again, for the answer may have been lost, they are the same, in the same places of the list; for other keys the nonce is used up.
  const again = (await collect()).credentialResponse
  expect([again.credentials?.map(placeOf), again.notification_id]).toEqual([
    credentialResponse.credentials?.map(placeOf),
    credentialResponse.notification_id,
  ])
  expect(new Set(again.credentials?.map(placeOf)).size).toBe(3)
  const others = { proofs: { jwt: [await prove(await keys.newSigningKey())] as [string] } }
  await expect(collect(others)).rejects.toMatchObject({ response: { credentialErrorResponseResult: { data: { error: 'invalid_nonce' } } } })
})

/** Key and status of a credential. */
function placeOf(entry: unknown): string {
  const { credential } = entry as { credential: string }
  const { cnf, status } = JSON.parse(Buffer.from(credential.split('.')[1]!, 'base64url').toString())
  return JSON.stringify({ cnf, status })
}

/** Our verifier asks; the wallet opens what the QR code says. */
async function ask() {
  const begun = await bureau.system('/verifier/presentations', { queryId: 'open-account' })
  const { params } = vp.parseOpenid4vpAuthorizationRequest({ authorizationRequest: String(begun.qr) })
  const { authorizationRequestPayload } = await vp.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: params })
  return { begun, request: authorizationRequestPayload as typeof authorizationRequestPayload & { client_id: string } }
}

/** Shows the age and the city, with the holder's proof for an audience. */
async function show({ credential, key }: (typeof copies)[number], audience: string, nonce: string): Promise<string> {
  const holder = new SDJwtInstance({
    hashAlg: 'sha-256',
    hasher: data =>
      createHash('sha256')
        .update(typeof data === 'string' ? data : new Uint8Array(data))
        .digest(),
    saltGenerator: length => randomBytes(length).toString('base64url'),
    kbSignAlg: 'ES256',
    kbSigner: async text => {
      const [header = '', payload = ''] = text.split('.')
      const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
      return (await keys.sign(key, read(header), read(payload))).split('.')[2]!
    },
  })
  const kb = { payload: { iat: Math.floor(Date.now() / 1000), aud: audience, nonce } }
  return holder.present(credential, { age_equal_or_over: { '18': true }, city_code: true } as never, { kb })
}

async function answer(request: Awaited<ReturnType<typeof ask>>['request'], presentation: string): Promise<Response> {
  const { authorizationResponsePayload, jarm } = await vp.createOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: request,
    authorizationResponsePayload: { vp_token: { residence: [presentation] } },
    jarm: {
      encryption: { nonce: 'wallet' },
      serverMetadata: {
        authorization_signing_alg_values_supported: [],
        authorization_encryption_alg_values_supported: ['ECDH-ES'],
        authorization_encryption_enc_values_supported: ['A128GCM'],
      },
    },
  })
  const submitted = await vp.submitOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: request as never,
    authorizationResponsePayload,
    jarm: jarm!,
  })
  return submitted.response
}

test('it shows a copy to our verifier, which learns what it asked, once', async () => {
  // The list of the new copies must be on the ledger before anybody takes them.
  const { begun, request, taken } = await vi.waitFor(
    async () => {
      const asked = await ask()
      const response = await answer(asked.request, await show(copies[0]!, asked.request.client_id, asked.request.nonce))
      expect([response.status, response.status === 200 ? '' : await response.clone().text()]).toEqual([200, ''])
      return { ...asked, taken: await response.json() }
    },
    { timeout: 60_000, interval: 500 },
  )
  expect(taken).toEqual({})
  const finish = () => bureau.system(`/verifier/presentations/${begun.id}/finish`, {}, String(begun.token))
  expect(await finish()).toMatchObject({
    queryId: 'open-account',
    formats: ['dc+sd-jwt'],
    claims: { residence: { age_equal_or_over: { '18': true }, city_code: '990100' } },
  })
  await expect(finish()).rejects.toThrow(/4\d\d/)
  const again = await answer(request, await show(copies[0]!, request.client_id, request.nonce))
  expect(again.status).toBe(409)
})

test.each([
  ['for another verifier', (clientId: string) => `${clientId}x`, (nonce: string) => nonce],
  ['for another challenge', (clientId: string) => clientId, (nonce: string) => `${nonce}x`],
])('what it shows %s is refused', async (_, audienceOf, nonceOf) => {
  const { request } = await ask()
  const response = await answer(request, await show(copies[1]!, audienceOf(request.client_id), nonceOf(request.nonce)))
  expect(response.status).toBe(400)
})

test('a copy with another key than its own is refused', async () => {
  const { request } = await ask()
  const { credential } = copies[1]!
  const response = await answer(request, await show({ credential, key: copies[2]!.key }, request.client_id, request.nonce))
  expect(response.status).toBe(400)
})
