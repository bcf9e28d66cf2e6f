import { publicKeyToJwk } from '@hufu/keys'
import type { Jwk } from '@openid4vc/oauth2'
import { Openid4vpClient, Openid4vpVerifier, parseDcqlVpToken } from '@openid4vc/openid4vp'
import { beforeEach, describe, expect, test } from 'vitest'
import { parseDcqlQuery } from '../dcql/parse-dcql-query.ts'
import { createPresentationResponse } from '../presentation/create-presentation-response.ts'
import { parseRequestFetch } from '../presentation/fetch-presentation-request.ts'
import { openPresentation } from '../presentation/open-presentation.ts'
import { postPresentationResponse } from '../presentation/post-presentation-response.ts'
import {
  clientId,
  kid,
  nonce,
  origin,
  otherDid,
  requestUri,
  requestWith,
  residentQuery,
  responseKey,
  responseUri,
  strangerSigner,
  verifierDid,
  verifierSigner,
} from '../presentation/presentation-fixture.ts'
import { presentationLink } from '../presentation/presentation-link.ts'
import { decryptPresentationResponse, parsePresentationForm, parseVpToken } from '../presentation/read-presentation-response.ts'
import { ForeignKeys, foreignCallbacks } from './foreign-callbacks.ts'

// The foreign library reads the clock of the machine.
const nowMs = Math.floor(Date.now() / 1000) * 1000
const times = { issuedAtMs: nowMs, expiresAtMs: nowMs + 60_000 }
const transaction = { type: 'urn:hufu:hand-over', credential_ids: ['residence'], record: 'r' }
const jarm = {
  encryption: { nonce: 'mdoc-nonce' },
  serverMetadata: {
    authorization_signing_alg_values_supported: [],
    authorization_encryption_alg_values_supported: ['ECDH-ES'],
    authorization_encryption_enc_values_supported: ['A128GCM', 'A256GCM'],
  },
}

describe('a foreign wallet at our verifier', () => {
  let received: { fetched: string[]; answers: string[] }
  /** Our verifier, without its database. */
  const serve =
    (request: (walletNonce?: string) => Promise<string>) =>
    async (input: unknown, init?: RequestInit): Promise<Response> => {
      const { href, pathname } = new URL(String(input))
      if (href === requestUri) {
        received.fetched.push(init?.method ?? 'GET')
        const { walletNonce } = parseRequestFetch(String(init?.body ?? ''))
        return new Response(await request(walletNonce), { headers: { 'content-type': 'application/oauth-authz-req+jwt' } })
      }
      if (href !== responseUri) return new Response(pathname, { status: 404 })
      received.answers.push(String(init?.body))
      return Response.json({ redirect_uri: `${origin}/done` })
    }
  const walletAt = (fetch: (input: unknown, init?: RequestInit) => Promise<Response>, signer = verifierSigner) =>
    new Openid4vpClient({
      callbacks: foreignCallbacks({
        keys: new ForeignKeys(),
        fetch: fetch as never,
        dids: { [kid]: publicKeyToJwk(signer.publicKey) as Jwk },
      }),
    })
  const resolveAt = async (wallet: Openid4vpClient, link = presentationLink({ clientId, requestUri })) => {
    const { params } = wallet.parseOpenid4vpAuthorizationRequest({ authorizationRequest: link })
    return wallet.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: params })
  }
  beforeEach(() => {
    received = { fetched: [], answers: [] }
  })

  test.each(['get', 'post'] as const)('opens our request by %s and answers it', async method => {
    const wallet = walletAt(
      serve(walletNonce =>
        requestWith({ ...times, transactionData: [transaction], ...(walletNonce === undefined ? {} : { walletNonce }) }),
      ),
    )
    const resolved = await resolveAt(wallet, presentationLink({ clientId, requestUri, method }))
    expect(resolved).toMatchObject({
      client: { prefix: 'decentralized_identifier', identifier: verifierDid, effective: clientId },
      dcql: { query: residentQuery },
      version: 100,
      transactionData: [{ transactionData: transaction }],
    })
    const { authorizationRequestPayload } = resolved
    const created = await wallet.createOpenid4vpAuthorizationResponse({
      authorizationRequestPayload,
      authorizationResponsePayload: { vp_token: { residence: ['the presentation'] } },
      jarm,
    })
    const { response } = await wallet.submitOpenid4vpAuthorizationResponse({
      authorizationRequestPayload: authorizationRequestPayload as never,
      authorizationResponsePayload: created.authorizationResponsePayload,
      jarm: created.jarm!,
    })
    expect(await response.json()).toEqual({ redirect_uri: `${origin}/done` })
    expect(received.fetched.map(name => name.toLowerCase())).toEqual([method])

    const form = parsePresentationForm(received.answers[0]!)
    const answer = await decryptPresentationResponse(form.kind === 'answer' ? form.jwe : '', responseKey.privateJwk)
    expect(parseVpToken(answer, parseDcqlQuery(residentQuery))).toEqual({
      state: 'state-1',
      presentations: [{ queryId: 'residence', format: 'dc+sd-jwt', presentation: 'the presentation' }],
    })
  })

  test('takes zero-knowledge queries for what they are: a format that it does not know', async () => {
    const dcql = {
      credentials: [
        {
          id: 'a',
          format: 'hufu_zk',
          meta: { type_values: ['urn:hufu:resident'], statement: { where: [], pseudonym: 'none', maxRootAgeSeconds: 60 } },
        },
      ],
    }
    const resolved = await resolveAt(walletAt(serve(() => requestWith({ ...times, dcql }))))
    expect(resolved.dcql?.query).toEqual(dcql)
  })

  test('refuses our request too when another signed it, when it has expired, or when another client asks', async () => {
    await expect(
      resolveAt(
        walletAt(
          serve(() => requestWith(times)),
          strangerSigner,
        ),
      ),
    ).rejects.toThrow(/./)
    const expired = { issuedAtMs: nowMs - 600_000, expiresAtMs: nowMs - 540_000 }
    await expect(resolveAt(walletAt(serve(() => requestWith(expired))))).rejects.toThrow(/./)
    const link = presentationLink({ clientId: `decentralized_identifier:${otherDid}`, requestUri })
    await expect(resolveAt(walletAt(serve(() => requestWith(times))), link)).rejects.toThrow(/./)
    await expect(resolveAt(walletAt(serve(() => requestWith(times))))).resolves.toMatchObject({ version: 100 })
  })
})

describe('our wallet at a foreign verifier', async () => {
  const keys = new ForeignKeys()
  const signWith = await keys.newSigningKey()
  const callbacks = foreignCallbacks({ keys, fetch, signWith })
  const verifier = new Openid4vpVerifier({ callbacks })
  const encryptionKey = await keys.newEncryptionKey('enc-1')
  const { publicKeyFromJwk } = await import('@hufu/keys')
  const resolveKey = async () => ({ controller: verifierDid, publicKey: publicKeyFromJwk(signWith) })

  const requestOf = (changes: object = {}) => {
    const authorizationRequestPayload = {
      response_type: 'vp_token' as const,
      response_mode: 'direct_post.jwt' as const,
      client_id: clientId,
      response_uri: responseUri,
      nonce,
      state: 'state-2',
      dcql_query: residentQuery,
      client_metadata: {
        jwks: { keys: [encryptionKey] },
        encrypted_response_enc_values_supported: ['A128GCM'],
        vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'] as [string], 'kb-jwt_alg_values': ['ES256'] as [string] } },
      },
      ...changes,
    }
    return verifier.createOpenId4vpAuthorizationRequest({
      authorizationRequestPayload,
      jar: {
        requestUri,
        jwtSigner: { method: 'did', didUrl: kid, alg: 'ES256' },
        expiresInSeconds: 60,
        additionalJwtPayload: { aud: 'https://self-issued.me/v2' },
      },
    })
  }
  const fetchOf = (jwt: string) => async () => new Response(jwt, { headers: { 'content-type': 'application/oauth-authz-req+jwt' } })

  test('opens its request, and the verifier accepts the answer', async () => {
    const { authorizationRequest, authorizationRequestPayload, jar } = await requestOf()
    const request = await openPresentation(authorizationRequest, { fetch: fetchOf(jar!.authorizationRequestJwt), resolveKey, nowMs })
    expect(request).toMatchObject({ verifier: verifierDid, nonce, state: 'state-2', encryption: 'A128GCM', registeredQuery: undefined })
    const bodies: string[] = []
    const post = async (_: unknown, init?: RequestInit) => {
      bodies.push(String(init?.body))
      return Response.json({})
    }
    await postPresentationResponse(request, await createPresentationResponse(request, { residence: ['the presentation'] }), { fetch: post })

    const parsed = await verifier.parseOpenid4vpAuthorizationResponse({
      authorizationResponse: Object.fromEntries(new URLSearchParams(bodies[0])),
      authorizationRequestPayload: authorizationRequestPayload as never,
      callbacks,
    })
    expect(parsed.authorizationResponsePayload).toMatchObject({ state: 'state-2', vp_token: { residence: ['the presentation'] } })
    const validated = verifier.validateOpenid4vpAuthorizationResponsePayload({
      authorizationRequestPayload: authorizationRequestPayload as never,
      authorizationResponsePayload: parsed.authorizationResponsePayload,
    })
    expect(validated.type).toBe('dcql')
    expect(parseDcqlVpToken(parsed.authorizationResponsePayload.vp_token)).toEqual({ residence: ['the presentation'] })
  })

  test.each([
    ['for an answer in the clear', { response_mode: 'direct_post' }, 'RESPONSE_MODE'],
    ['for an answer elsewhere', { response_uri: 'https://evil.example/' }, 'ADDRESS'],
    ['with an old query', { dcql_query: undefined, presentation_definition: { id: 'a', input_descriptors: [] } }, 'MALFORMED'],
  ])('refuses a request %s, however well signed', async (_, changes, code) => {
    const { authorizationRequest, jar } = await requestOf(changes)
    const opened = openPresentation(authorizationRequest, { fetch: fetchOf(jar!.authorizationRequestJwt), resolveKey, nowMs })
    await expect(opened).rejects.toMatchObject({ code: `ERR_EXCHANGE_${code}` })
  })
})
