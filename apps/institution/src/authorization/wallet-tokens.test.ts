import { openEmbeddedDatabase } from '@hufu/service'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { IssuerError } from '../issuer/errors.ts'
import type { CredentialAccess } from './access-token.ts'
import { Browser, FakeDesk, type Replica, settings, startReplica } from './authorization-fixture.ts'
import { finish } from './client-fixture.ts'
import { DpopKey } from './dpop-fixture.ts'
import type { OfferDesk } from './offer-desk.ts'

const walletPage = 'http://wallet.example/'
const grantType = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'

let replica: Replica
let desk: FakeDesk
let database: Awaited<ReturnType<typeof openEmbeddedDatabase>>
/** Codes that nobody has redeemed. */
const open = new Map<string, string>()

const offers: OfferDesk = {
  async redeem(code, txCode) {
    if (open.get(code) !== txCode) throw new IssuerError('ERR_ISSUER_GRANT', 'expected a code that counts')
    open.delete(code)
    return { offerId: `offer-of-${code}`, configurationIds: ['resident_sd-jwt'] }
  },
  scopes: async () => ['resident_sd-jwt', 'resident_zk'].map(id => ({ id, scope: id })),
  applicantOf: async shown => ((shown.resident as { number?: string } | undefined)?.number === '1' ? 'applicant-1' : undefined),
}

beforeAll(async () => {
  database = await openEmbeddedDatabase()
  desk = new FakeDesk()
  replica = await startReplica(database, {
    desk,
    settings,
    offers,
    walletRedirectUris: [walletPage],
    addRoutes: (server, authorization) =>
      server.post('/vci/credential', { config: { access: 'wallet' } }, async request => authorization.accessTokenOf(request)),
  })
}, 60_000)

afterAll(async () => {
  await replica.close()
  await database.close()
})

function token(parameters: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${replica.url}/oidc/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ grant_type: grantType, ...parameters }),
  })
}

async function redeemed(key?: DpopKey) {
  const code = crypto.randomUUID()
  open.set(code, '123456')
  const headers = key === undefined ? {} : { dpop: await key.prove('POST', `${replica.url}/oidc/token`) }
  const response = await token({ 'pre-authorized_code': code, tx_code: '123456' }, headers)
  expect(response.status).toBe(200)
  return (await response.json()) as { access_token: string; token_type: string }
}

function credential(headers: Record<string, string>): Promise<Response> {
  return fetch(`${replica.url}/vci/credential`, { method: 'POST', headers })
}

const endpoint = () => `${replica.url}/vci/credential`

describe('an offer', () => {
  test('is redeemed without saying who the wallet is, and by name, for a bearer token', async () => {
    for (const name of [{}, { client_id: 'hufu-wallet' }]) {
      const code = crypto.randomUUID()
      open.set(code, '123456')
      const response = await token({ 'pre-authorized_code': code, tx_code: '123456', ...name })
      expect(response.status).toBe(200)
      const { access_token, token_type } = (await response.json()) as { access_token: string; token_type: string }
      expect(token_type).toBe('Bearer')
      const access = (await (await credential({ authorization: `Bearer ${access_token}` })).json()) as CredentialAccess
      expect(access).toMatchObject({ clientId: 'hufu-wallet', offerId: `offer-of-${code}`, configurationIds: ['resident_sd-jwt'] })
      expect(access.accountKey).toBeUndefined()
    }
  })

  test('is told which credential it is for, where authorization details were asked for', async () => {
    open.set('detailed', '123456')
    const details = [{ type: 'openid_credential', credential_configuration_id: 'resident_sd-jwt' }]
    const response = await token({
      'pre-authorized_code': 'detailed',
      tx_code: '123456',
      client_id: 'hufu-wallet',
      authorization_details: JSON.stringify(details),
    })
    expect(await response.json()).toMatchObject({ authorization_details: [{ ...details[0], credential_identifiers: ['resident_sd-jwt'] }] })
  })

  test('is not redeemed twice, with a wrong code, without one, or by a shop', async () => {
    open.set('once', '123456')
    expect((await token({ 'pre-authorized_code': 'once', tx_code: '654321' })).status).toBe(400)
    expect(await (await token({ 'pre-authorized_code': 'once' })).json()).toMatchObject({ error: 'invalid_request' })
    expect(await (await token({ 'pre-authorized_code': 'unknown', tx_code: '123456' })).json()).toMatchObject({ error: 'invalid_grant' })
    expect((await token({ 'pre-authorized_code': 'once', tx_code: '123456', client_id: 'shop' })).status).toBe(401)
    expect((await token({ 'pre-authorized_code': 'once', tx_code: '123456' })).status).toBe(200)
    expect(await (await token({ 'pre-authorized_code': 'once', tx_code: '123456' })).json()).toMatchObject({ error: 'invalid_grant' })
  })

  test('is said to be open to wallets without a name, where wallets look for it', async () => {
    const response = await fetch(`${replica.url}/.well-known/oauth-authorization-server/oidc`, {
      headers: { origin: 'http://wallet.example' },
    })
    expect(response.headers.get('access-control-allow-origin')).not.toBeNull()
    expect(await response.json()).toMatchObject({
      issuer: `${replica.url}/oidc`,
      token_endpoint: `${replica.url}/oidc/token`,
      'pre-authorized_grant_anonymous_access_supported': true,
      grant_types_supported: expect.arrayContaining([grantType]),
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA'],
    })
  })

  test('can be redeemed by a page of another origin', async () => {
    open.set('page', '123456')
    const response = await token({ 'pre-authorized_code': 'page', tx_code: '123456' }, { origin: 'http://wallet.example' })
    expect(response.headers.get('access-control-allow-origin')).toBe('http://wallet.example')
  })
})

describe('a token that is bound to a key', () => {
  test('counts with a proof for the request, which counts once', async () => {
    const key = await DpopKey.make()
    const { access_token, token_type } = await redeemed(key)
    expect(token_type).toBe('DPoP')
    const dpop = await key.prove('POST', endpoint(), { accessToken: access_token })
    const authorization = `DPoP ${access_token}`
    expect((await credential({ authorization, dpop })).status).toBe(200)
    expect((await credential({ authorization, dpop })).status).toBe(401)
    expect((await credential({ authorization, dpop: await key.prove('POST', endpoint(), { accessToken: access_token }) })).status).toBe(200)
  })

  const now = () => Math.floor(Date.now() / 1000)
  const wrong: readonly (readonly [string, (key: DpopKey, token: string) => Promise<Record<string, string>>])[] = [
    ['no proof', async (_, token) => ({ authorization: `DPoP ${token}` })],
    [
      'the scheme of a bearer',
      async (key, token) => ({ authorization: `Bearer ${token}`, dpop: await key.prove('POST', endpoint(), { accessToken: token }) }),
    ],
    [
      'another key’s proof',
      async (_, token) => ({
        authorization: `DPoP ${token}`,
        dpop: await (await DpopKey.make()).prove('POST', endpoint(), { accessToken: token }),
      }),
    ],
    [
      'a proof for another method',
      async (key, token) => ({ authorization: `DPoP ${token}`, dpop: await key.prove('GET', endpoint(), { accessToken: token }) }),
    ],
    [
      'a proof for another address',
      async (key, token) => ({ authorization: `DPoP ${token}`, dpop: await key.prove('POST', `${endpoint()}/x`, { accessToken: token }) }),
    ],
    [
      'a proof for another token',
      async (key, token) => ({ authorization: `DPoP ${token}`, dpop: await key.prove('POST', endpoint(), { accessToken: 'x' }) }),
    ],
    ['a proof for no token', async (key, token) => ({ authorization: `DPoP ${token}`, dpop: await key.prove('POST', endpoint()) })],
    [
      'a proof of two minutes ago',
      async (key, token) => ({
        authorization: `DPoP ${token}`,
        dpop: await key.prove('POST', endpoint(), { accessToken: token, claims: { iat: now() - 62 } }),
      }),
    ],
    [
      'a proof of two minutes hence',
      async (key, token) => ({
        authorization: `DPoP ${token}`,
        dpop: await key.prove('POST', endpoint(), { accessToken: token, claims: { iat: now() + 63 } }),
      }),
    ],
    [
      'a proof of another type',
      async (key, token) => ({
        authorization: `DPoP ${token}`,
        dpop: await key.prove('POST', endpoint(), { accessToken: token, header: { typ: 'JWT' } }),
      }),
    ],
    [
      'a proof with one bit of it changed',
      async (key, token) => {
        const proof = await key.prove('POST', endpoint(), { accessToken: token })
        const at = proof.length - 20
        return { authorization: `DPoP ${token}`, dpop: `${proof.slice(0, at)}${proof[at] === 'A' ? 'B' : 'A'}${proof.slice(at + 1)}` }
      },
    ],
    [
      'a proof that gives its private key away',
      async (key, token) => ({
        authorization: `DPoP ${token}`,
        dpop: await key.prove('POST', endpoint(), { accessToken: token, withPrivateKey: true }),
      }),
    ],
  ]
  test.each(wrong)('is refused with %s', async (_, headersOf) => {
    const key = await DpopKey.make()
    const { access_token } = await redeemed(key)
    expect((await credential(await headersOf(key, access_token))).status).toBe(401)
  })
})

describe('a token is refused', () => {
  test('that is none, changed, of a shop, or bound to no key with a proof', async () => {
    const { access_token } = await redeemed()
    const key = await DpopKey.make()
    const proof = await key.prove('POST', endpoint(), { accessToken: access_token })
    const wrong = [
      {},
      { authorization: 'Bearer' },
      { authorization: 'Bearer x y' },
      { authorization: `Bearer ${access_token}x` },
      { authorization: `Basic ${access_token}` },
      { authorization: `DPoP ${access_token}`, dpop: proof },
    ]
    for (const headers of wrong) expect((await credential(headers as Record<string, string>)).status).toBe(401)
    expect((await credential({ authorization: `Bearer ${access_token}` })).status).toBe(200)
  })
})

describe('a wallet without an offer', () => {
  async function collect(shown: object, parameters: Record<string, string>) {
    const wallet = await client.discovery(new URL(`${replica.url}/oidc`), 'hufu-wallet', undefined, client.None(), {
      execute: [client.allowInsecureRequests],
    })
    const verifier = client.randomPKCECodeVerifier()
    const url = await client.buildAuthorizationUrlWithPAR(wallet, {
      redirect_uri: walletPage,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...parameters,
    })
    const browser = new Browser()
    const page = (await browser.follow(url.href)).url
    const answer = await finish(browser, desk, page, { claims: { resident: shown } } as Parameters<typeof finish>[3])
    const handle = client.getDPoPHandle(wallet, await client.randomDPoPKeyPair('ES256'))
    return client.authorizationCodeGrant(wallet, answer, { pkceCodeVerifier: verifier }, undefined, { DPoP: handle })
  }

  test('has the person show who they are, and gets a token for what is theirs', async () => {
    const tokens = await collect({ number: '1' }, { scope: 'resident_zk' })
    expect(tokens.token_type).toBe('dpop')
    const read = await database.query<{ payload: string }>(
      `select payload from authorization_entries where model = 'AccessToken' order by expires_ms desc limit 1`,
    )
    expect(JSON.parse(read[0]!.payload)).toMatchObject({ accountId: 'applicant-1', aud: replica.url, scope: 'resident_zk' })
  })

  test('may name the credential by authorization details', async () => {
    const details = [{ type: 'openid_credential', credential_configuration_id: 'resident_zk' }]
    const tokens = await collect({ number: '1' }, { authorization_details: JSON.stringify(details) })
    expect(tokens.authorization_details).toEqual([{ ...details[0], credential_identifiers: ['resident_zk'] }])
  })

  test('gets none for somebody to whom nothing is due, nor for what there is not', async () => {
    await expect(collect({ number: '2' }, { scope: 'resident_zk' })).rejects.toThrow()
    const details = [{ type: 'openid_credential', credential_configuration_id: 'none' }]
    await expect(collect({ number: '1' }, { authorization_details: JSON.stringify(details) })).rejects.toThrow()
  })
})
