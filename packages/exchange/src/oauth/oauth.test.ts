import { jwkThumbprint } from '@hufu/keys'
import { utf8ToBytes } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { signOwnKeyJwt } from '../jose/own-key-jwt.ts'
import { nowMs, signerOf } from '../presentation/presentation-fixture.ts'
import { fetchAuthorizationServerMetadata, parseAuthorizationServer } from './authorization-server.ts'
import { beginAuthorization, codeChallengeOf, finishAuthorization } from './authorize.ts'
import { accessTokenHash, createDpopProof, verifyDpopProof } from './dpop.ts'

const refused = (code: string) => expect.objectContaining({ code: `ERR_EXCHANGE_${code}` })
const signer = await signerOf('P-256', 1)
const other = await signerOf('P-256', 2)
const request = { method: 'POST', url: 'https://bureau.example/oidc/token', nowMs }

describe('DPoP', () => {
  test('proves a key for one request', async () => {
    const accessToken = 'token'
    const thumbprint = jwkThumbprint(signer.publicKey)
    const proof = await createDpopProof({ ...request, signer, accessToken, nonce: 'n', url: `${request.url}?a=b#c` })
    const verified = await verifyDpopProof(proof, { ...request, accessToken, nonce: 'n', thumbprint })
    expect(verified).toEqual({
      thumbprint,
      publicKey: signer.publicKey,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      expiresAtMs: nowMs + 60_001,
    })
    expect((await verifyDpopProof(await createDpopProof({ ...request, signer }), request)).jti).not.toBe(verified.jti)
  })

  // RFC 9449 §7.1: the access token of figure 12 and its hash.
  test('hashes the token as in RFC 9449', () => {
    expect(accessTokenHash('Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU')).toBe('fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo')
  })

  const proofWith = (changes: object) =>
    signOwnKeyJwt('dpop+jwt', { jti: 'jti-of-16-chars', htm: 'POST', htu: request.url, iat: nowMs / 1000, ...changes }, signer)
  test.each([
    ['as asked', {}, {}, undefined],
    ['for another method', { htm: 'GET' }, {}, 'PROOF'],
    ['for a method in lower case', { htm: 'post' }, {}, 'PROOF'],
    ['for another address', { htu: 'https://evil.example/oidc/token' }, {}, 'PROOF'],
    ['for another path', { htu: `${request.url}/` }, {}, 'PROOF'],
    ['for another port', { htu: 'https://bureau.example:8443/oidc/token' }, {}, 'PROOF'],
    ['with the port that goes without saying', { htu: 'https://BUREAU.example:443/oidc/token' }, {}, undefined],
    ['for no address', { htu: 'token' }, {}, 'PROOF'],
    ['a minute old', { iat: nowMs / 1000 - 60 }, {}, undefined],
    ['a second older', { iat: nowMs / 1000 - 61 }, {}, 'EXPIRED'],
    ['a minute ahead', { iat: nowMs / 1000 + 60 }, {}, undefined],
    ['a second further ahead', { iat: nowMs / 1000 + 61 }, {}, 'NOT_YET_VALID'],
    ['without time', { iat: undefined }, {}, 'PROOF'],
    ['without jti', { jti: undefined }, {}, 'PROOF'],
    ['with a long jti', { jti: 'a'.repeat(257) }, {}, 'PROOF'],
    ['without the hash of the token', {}, { accessToken: 'token' }, 'PROOF'],
    ['with the hash of another token', { ath: accessTokenHash('other') }, { accessToken: 'token' }, 'PROOF'],
    ['with the hash of a token that is not there', { ath: accessTokenHash('token') }, {}, 'PROOF'],
    ['without nonce', {}, { nonce: 'n' }, 'NONCE'],
    ['with another nonce', { nonce: 'm' }, { nonce: 'n' }, 'NONCE'],
    ['by another key than the token’s', {}, { thumbprint: jwkThumbprint(other.publicKey) }, 'PROOF'],
  ])('%s', async (_, changes, expected, code) => {
    const verified = verifyDpopProof(await proofWith(changes), { ...request, ...expected })
    if (code === undefined) await expect(verified).resolves.toMatchObject({ jti: 'jti-of-16-chars' })
    else await expect(verified).rejects.toThrow(refused(code))
  })

  test('of another type is refused, and so is one with a bit turned over', async () => {
    const payload = { jti: 'jti-of-16-chars', htm: 'POST', htu: request.url, iat: nowMs / 1000 }
    await expect(verifyDpopProof(await signOwnKeyJwt('openid4vci-proof+jwt', payload, signer), request)).rejects.toThrow(refused('TYPE'))
    const bytes = utf8ToBytes(await proofWith({}))
    for (let place = 0; place < bytes.length; place += 3) {
      const altered = bytes.slice()
      altered[place]! ^= 1 << (place % 7)
      await expect(verifyDpopProof(new TextDecoder().decode(altered), request)).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_EXCHANGE_/),
      })
    }
  })
})

describe('authorization servers', () => {
  const issuer = 'https://bureau.example/oidc'
  const metadata = { issuer, token_endpoint: `${issuer}/token` }

  test('are found where RFC 8414 has them, or else where OpenID Connect does', async () => {
    const asked: string[] = []
    const fetch = async (input: unknown) => {
      asked.push(String(input))
      return asked.length === 1 ? Response.json({}, { status: 404 }) : Response.json(metadata)
    }
    await expect(fetchAuthorizationServerMetadata(issuer, { fetch })).resolves.toMatchObject({ issuer, supportsDpop: false })
    expect(asked).toEqual([
      'https://bureau.example/.well-known/oauth-authorization-server/oidc',
      'https://bureau.example/oidc/.well-known/openid-configuration',
    ])
  })

  test('that do not answer are not asked twice', async () => {
    let asked = 0
    const fetch = async () => {
      asked++
      throw new TypeError('failed')
    }
    await expect(fetchAuthorizationServerMetadata(issuer, { fetch })).rejects.toThrow(refused('UNREACHABLE'))
    expect(asked).toBe(1)
  })

  const server = parseAuthorizationServer(
    {
      ...metadata,
      authorization_endpoint: `${issuer}/auth`,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    },
    issuer,
  )
  const begin = {
    clientId: 'hufu-wallet',
    redirectUri: 'https://wallet.example/back',
    issuerState: 'i',
    configurationIds: ['resident_sd-jwt'],
  }
  const never = async () => Response.error()

  test('get a request with PKCE', async () => {
    const { url, state, codeVerifier } = await beginAuthorization(server, { ...begin, fetch: never })
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      response_type: 'code',
      client_id: 'hufu-wallet',
      redirect_uri: begin.redirectUri,
      state,
      code_challenge: codeChallengeOf(codeVerifier),
      code_challenge_method: 'S256',
      issuer_state: 'i',
      authorization_details: '[{"type":"openid_credential","credential_configuration_id":"resident_sd-jwt"}]',
    })
    expect(url).not.toContain(codeVerifier)
    // RFC 7636 appendix B.
    expect(codeChallengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
  })

  test('get it pushed where they take that', async () => {
    const pushing = { ...server, pushedAuthorizationRequestEndpoint: new URL(`${issuer}/par`) }
    const bodies: unknown[] = []
    const fetch = async (_: unknown, init?: RequestInit) => {
      bodies.push(init?.body)
      return Response.json({ request_uri: 'urn:1', expires_in: 60 }, { status: 201 })
    }
    const { url } = await beginAuthorization(pushing, { ...begin, fetch })
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({ client_id: 'hufu-wallet', request_uri: 'urn:1' })
    expect(bodies[0]).toContain('code_challenge_method=S256')
    await expect(beginAuthorization({ ...server, authorizationEndpoint: undefined }, { ...begin, fetch })).rejects.toThrow(
      refused('METADATA'),
    )
  })

  const back = (parameters: Record<string, string>) => `https://wallet.example/back?${new URLSearchParams(parameters)}`
  test.each([
    ['as it should', { state: 's', code: 'c', iss: issuer }, undefined],
    ['with the state of another flow', { state: 't', code: 'c', iss: issuer }, 'CLIENT'],
    ['without state', { code: 'c', iss: issuer }, 'CLIENT'],
    ['from another server', { state: 's', code: 'c', iss: 'https://evil.example' }, 'CLIENT'],
    ['from a server that does not say who it is', { state: 's', code: 'c' }, 'CLIENT'],
    ['with an error', { state: 's', error: 'access_denied', iss: issuer }, 'REFUSED'],
    ['without a code', { state: 's', iss: issuer }, 'ANSWER'],
  ])('come back %s', (_, parameters, code) => {
    const finish = () => finishAuthorization(back(parameters as Record<string, string>), { state: 's', server })
    if (code === undefined) expect(finish()).toEqual({ code: 'c' })
    else expect(finish).toThrow(refused(code))
  })
})
