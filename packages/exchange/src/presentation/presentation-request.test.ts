import { base64urlToBytes, bytesToBase64url, canonicalJsonBytes, utf8ToBytes } from '@hufu/primitives'
import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { kindOfLink } from '../link/wallet-link.ts'
import { fetchPresentationRequest, parseRequestFetch } from './fetch-presentation-request.ts'
import {
  clientId,
  forgedRequest,
  kid,
  link,
  nonce,
  nowMs,
  origin,
  otherDid,
  requestUri,
  requestWith,
  residentQuery,
  responseKey,
  responseUri,
  signerOf,
  strangerSigner,
  verifierDid,
  verifierSigner,
  verify,
} from './presentation-fixture.ts'
import { parsePresentationLink, presentationLink } from './presentation-link.ts'
import { encodeTransactionData } from './transaction-data.ts'

const refused = (code: string) => expect.objectContaining({ code: `ERR_EXCHANGE_${code}` })

describe('links', () => {
  test('for any wallet and for one say the same', () => {
    const expected = { clientId, verifier: verifierDid, requestUri, method: 'post' }
    const any = presentationLink({ clientId, requestUri })
    const one = presentationLink({ clientId, requestUri, walletUrl: 'https://wallet.example/' })
    expect([any.startsWith('openid4vp://?'), one.startsWith('https://wallet.example/#/open?')]).toEqual([true, true])
    for (const text of [any, one, any.replace('://?', '://authorize?'), ` ${any}\n`]) {
      expect(parsePresentationLink(text)).toEqual(expected)
      expect(kindOfLink(text)).toBe('presentation')
    }
    expect(parsePresentationLink(presentationLink({ clientId, requestUri, method: 'get' })).method).toBe('get')
  })

  const query = (members: Record<string, string>) => `openid4vp://?${new URLSearchParams(members)}`
  test.each([
    ['another scheme', presentationLink({ clientId, requestUri }).replace('openid4vp', 'haip'), 'LINK'],
    ['a script', `javascript:alert(1)?${new URLSearchParams({ client_id: clientId, request_uri: requestUri })}`, 'LINK'],
    ['no scheme', 'client_id=a&request_uri=b', 'LINK'],
    ['no parameters', 'openid4vp://', 'LINK'],
    ['a wallet without TLS', `http://wallet.example/#/open?${new URLSearchParams({ client_id: clientId })}`, 'ADDRESS'],
    ['another page of a wallet', `https://wallet.example/#/home?${new URLSearchParams({ client_id: clientId })}`, 'LINK'],
    ['no client', query({ request_uri: requestUri }), 'LINK'],
    ['a request in it', query({ client_id: clientId, request: 'a.b.c' }), 'LINK'],
    ['a request beside its address', query({ client_id: clientId, request_uri: requestUri, request: 'a.b.c' }), 'LINK'],
    ['an unsigned request', query({ client_id: clientId, response_type: 'vp_token', nonce, dcql_query: '{}' }), 'LINK'],
    ['another method', query({ client_id: clientId, request_uri: requestUri, request_uri_method: 'put' }), 'LINK'],
    ['a parameter twice', `${query({ client_id: clientId, request_uri: requestUri })}&client_id=x`, 'LINK'],
    ['a client that is an address', query({ client_id: `redirect_uri:${responseUri}`, request_uri: requestUri }), 'CLIENT'],
    ['a client without prefix', query({ client_id: verifierDid, request_uri: requestUri }), 'CLIENT'],
    ['a DID of another method', query({ client_id: 'decentralized_identifier:did:web:bank.example', request_uri: requestUri }), 'CLIENT'],
    ['an address without TLS', query({ client_id: clientId, request_uri: requestUri.replace('https', 'http') }), 'ADDRESS'],
    ['a file', query({ client_id: clientId, request_uri: 'file:///etc/passwd' }), 'ADDRESS'],
    ['an address with a user', query({ client_id: clientId, request_uri: 'https://bank.example@evil.example/' }), 'ADDRESS'],
    ['a very long one', `openid4vp://?client_id=${'a'.repeat(20_000)}`, 'TOO_LARGE'],
  ])('refuses %s', (_, text, code) => {
    expect(() => parsePresentationLink(text)).toThrow(refused(code))
  })

  test('may lead to this very machine without TLS', () => {
    for (const host of ['localhost:7001', '127.0.0.1:7001', '[::1]:7001'])
      expect(parsePresentationLink(query({ client_id: clientId, request_uri: `http://${host}/r` })).requestUri).toBe(`http://${host}/r`)
    for (const host of ['127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1'])
      expect(() => parsePresentationLink(query({ client_id: clientId, request_uri: `http://${host}/r` }))).toThrow(refused('ADDRESS'))
  })
})

describe('requests', async () => {
  test('come out as they went in', async () => {
    const transaction = { type: 'urn:hufu:hand-over', credential_ids: ['residence'], record: 'blood-group' }
    const request = await verify(await requestWith({ transactionData: [transaction] }))
    expect(request).toMatchObject({
      verifier: verifierDid,
      clientId,
      kid,
      responseUri,
      nonce,
      state: 'state-1',
      registeredQuery: { id: 'bank-account-opening', version: 1 },
      responseKey: responseKey.publicJwk,
      encryption: 'A256GCM',
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + 60_000,
    })
    expect(request.query.json).toEqual(residentQuery)
    expect(request.transactionData.map(({ content }) => content)).toEqual([transaction])
    expect(JSON.stringify(responseKey.publicJwk)).not.toContain('"d"')
  })

  test('may be signed with Ed25519', async () => {
    const signer = await signerOf('Ed25519', 5)
    const resolveKey = async () => ({ controller: verifierDid, publicKey: signer.publicKey })
    await expect(verify(await requestWith({ key: { id: kid, signer } }), { resolveKey })).resolves.toMatchObject({ kid })
    await expect(verify(await requestWith(), { resolveKey })).rejects.toThrow(refused('ALGORITHM'))
  })

  test.each([
    ['of another client', { client_id: `decentralized_identifier:${otherDid}` }, 'CLIENT'],
    ['of the DID without prefix', { client_id: verifierDid }, 'CLIENT'],
    ['without client', { client_id: undefined }, 'CLIENT'],
    ['for another audience', { aud: 'https://wallet.example' }, 'AUDIENCE'],
    ['for several audiences', { aud: ['https://self-issued.me/v2', 'https://wallet.example'] }, 'AUDIENCE'],
    ['that expired this second', { iat: nowMs / 1000 - 60, exp: nowMs / 1000 }, 'EXPIRED'],
    ['that expired a second ago', { iat: nowMs / 1000 - 60, exp: nowMs / 1000 - 1 }, 'EXPIRED'],
    ['valid for another second', { iat: nowMs / 1000 - 60, exp: nowMs / 1000 + 1 }, undefined],
    ['that never expires', { exp: undefined }, 'MALFORMED'],
    ['valid for an hour', { exp: nowMs / 1000 + 3600 }, undefined],
    ['valid for a second more', { exp: nowMs / 1000 + 3601 }, 'MALFORMED'],
    ['by a clock a minute ahead', { iat: nowMs / 1000 + 60, exp: nowMs / 1000 + 120 }, undefined],
    ['by a clock a second further ahead', { iat: nowMs / 1000 + 61, exp: nowMs / 1000 + 120 }, 'NOT_YET_VALID'],
    ['that is not valid yet', { nbf: nowMs / 1000 + 61 }, 'NOT_YET_VALID'],
    ['with a time that is no time', { iat: 'now' }, 'MALFORMED'],
    ['with another response type', { response_type: 'code' }, 'MALFORMED'],
    ['for an answer in the clear', { response_mode: 'direct_post' }, 'RESPONSE_MODE'],
    ['for an answer in the fragment', { response_mode: 'fragment' }, 'RESPONSE_MODE'],
    ['for an answer to another origin', { response_uri: 'https://evil.example/vp/responses/1' }, 'ADDRESS'],
    ['for an answer to another port', { response_uri: 'https://bank.example:8443/vp/responses/1' }, 'ADDRESS'],
    ['for an answer to a subdomain', { response_uri: 'https://a.bank.example/vp/responses/1' }, 'ADDRESS'],
    ['for an answer without TLS', { response_uri: 'http://bank.example/vp/responses/1' }, 'ADDRESS'],
    ['for an answer to a user', { response_uri: 'https://bank.example:x@evil.example/' }, 'ADDRESS'],
    ['without an address', { response_uri: undefined }, 'MALFORMED'],
    ['with an address to be redirected to', { redirect_uri: responseUri }, 'MALFORMED'],
    ['with an older query language', { presentation_definition: {} }, 'MALFORMED'],
    ['without a nonce', { nonce: undefined }, 'MALFORMED'],
    ['with a short nonce', { nonce: 'a'.repeat(15) }, 'MALFORMED'],
    ['with a long nonce', { nonce: 'a'.repeat(129) }, 'MALFORMED'],
    ['with a nonce of other characters', { nonce: `${nonce} ` }, 'MALFORMED'],
    ['with a nonce for another wallet', { wallet_nonce: 'w' }, 'NONCE'],
    ['without a query', { dcql_query: undefined }, 'QUERY'],
    [
      'with transaction data for nothing asked',
      { transaction_data: encodeTransactionData([{ type: 't', credential_ids: ['x'] }]) },
      'TRANSACTION_DATA',
    ],
    ['with transaction data that is no base64url', { transaction_data: ['{}'] }, 'TRANSACTION_DATA'],
    ['without a key to encrypt to', { client_metadata: { jwks: { keys: [] } } }, 'MALFORMED'],
    ['with a private key', { client_metadata: { jwks: { keys: [responseKey.privateJwk] } } }, 'MALFORMED'],
    ['with a key for signatures', { client_metadata: { jwks: { keys: [{ ...responseKey.publicJwk, use: 'sig' }] } } }, 'MALFORMED'],
    ['with another key agreement', { client_metadata: { jwks: { keys: [{ ...responseKey.publicJwk, alg: 'RSA-OAEP' }] } } }, 'MALFORMED'],
    [
      'with another encryption',
      { client_metadata: { jwks: { keys: [responseKey.publicJwk] }, encrypted_response_enc_values_supported: ['A128CBC-HS256'] } },
      'ALGORITHM',
    ],
    ['with a registered query of another form', { hufu_query: { id: 'a', version: 0 } }, 'MALFORMED'],
    ['without a registered query', { hufu_query: undefined }, undefined],
  ])('%s', async (_, changes, code) => {
    const verified = verify(await forgedRequest(changes))
    if (code === undefined) await expect(verified).resolves.toMatchObject({ clientId })
    else await expect(verified).rejects.toThrow(refused(code))
  })

  test('must be signed by the listed key of the DID that the link names', async () => {
    await expect(verify(await forgedRequest({}, { signer: strangerSigner }))).rejects.toThrow(refused('SIGNATURE'))
    await expect(verify(await forgedRequest({}, { signedBy: `${otherDid}#key-1` }))).rejects.toThrow(refused('CLIENT'))
    await expect(verify(await forgedRequest({}, { signedBy: 'key-1' }))).rejects.toThrow(refused('CLIENT'))
    await expect(verify(await forgedRequest({}, { signedBy: `${verifierDid}#key-2` }))).rejects.toThrow(refused('KEY'))
    const ofOther = async () => ({ controller: otherDid, publicKey: verifierSigner.publicKey })
    await expect(verify(await requestWith(), { resolveKey: ofOther })).rejects.toThrow(refused('KEY'))
    const otherLink = parsePresentationLink(presentationLink({ clientId: `decentralized_identifier:${otherDid}`, requestUri }))
    await expect(verify(await requestWith(), { link: otherLink })).rejects.toThrow(refused('CLIENT'))
    const elsewhere = parsePresentationLink(presentationLink({ clientId, requestUri: 'https://evil.example/r' }))
    await expect(verify(await requestWith(), { link: elsewhere })).rejects.toThrow(refused('ADDRESS'))
  })

  test('must be of their own type', async () => {
    for (const type of ['JWT', 'dc+sd-jwt', 'openid4vci-proof+jwt'])
      await expect(verify(await forgedRequest({}, { type }))).rejects.toThrow(refused('TYPE'))
  })

  test('must have the nonce that the wallet sent', async () => {
    const walletNonce = 'wallet-nonce-1'
    await expect(verify(await requestWith({ walletNonce }), { walletNonce })).resolves.toMatchObject({ nonce })
    await expect(verify(await requestWith({ walletNonce: 'of another' }), { walletNonce })).rejects.toThrow(refused('NONCE'))
    await expect(verify(await requestWith(), { walletNonce })).rejects.toThrow(refused('NONCE'))
  })

  const [, payload = ''] = (await requestWith()).split('.')
  const headerWith = (header: object) => bytesToBase64url(canonicalJsonBytes(header))
  test.each([
    ['none', `${headerWith({ alg: 'none', typ: 'oauth-authz-req+jwt', kid })}.${payload}.`, 'ALGORITHM'],
    ['HS256', `${headerWith({ alg: 'HS256', typ: 'oauth-authz-req+jwt', kid })}.${payload}.AAAA`, 'ALGORITHM'],
    ['RS256', `${headerWith({ alg: 'RS256', typ: 'oauth-authz-req+jwt', kid })}.${payload}.AAAA`, 'ALGORITHM'],
    [
      'extensions',
      `${headerWith({ alg: 'ES256', typ: 'oauth-authz-req+jwt', kid, crit: ['b64'], b64: false })}.${payload}.AAAA`,
      'MALFORMED',
    ],
    ['an address of keys', `${headerWith({ alg: 'ES256', typ: 'oauth-authz-req+jwt', kid, jku: origin })}.${payload}.AAAA`, 'HEADER_KEY'],
    ['two parts', `${headerWith({ alg: 'ES256', typ: 'oauth-authz-req+jwt', kid })}.${payload}`, 'MALFORMED'],
    ['too many characters', 'a'.repeat(65_537), 'TOO_LARGE'],
    ['nothing', '', 'MALFORMED'],
  ])('are refused with %s', async (_, jwt, code) => {
    await expect(verify(jwt)).rejects.toThrow(refused(code))
  })

  test('are refused with a key in the header, though it signed', async () => {
    const pair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])) as CryptoKeyPair
    const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey)
    const jwt = await new SignJWT(JSON.parse(new TextDecoder().decode(base64urlToBytes(payload))))
      .setProtectedHeader({ alg: 'ES256', typ: 'oauth-authz-req+jwt', kid, jwk: { kty: 'EC', crv: 'P-256', x: jwk.x!, y: jwk.y! } })
      .sign(pair.privateKey)
    await expect(verify(jwt)).rejects.toThrow(refused('HEADER_KEY'))
  })

  test('are refused with one bit turned over, wherever it is', async () => {
    const jwt = utf8ToBytes(await requestWith())
    let tried = 0
    for (let place = 0; place < jwt.length; place += 7) {
      const altered = jwt.slice()
      altered[place]! ^= 1 << (place % 7)
      const text = new TextDecoder().decode(altered)
      await expect(verify(text)).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_EXCHANGE_/) })
      tried++
    }
    expect(tried).toBeGreaterThan(100)
  })

  test('nested without end are refused, and so is a query of too many values', async () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])
    await expect(verify(await forgedRequest({ dcql_query: { credentials: [nested(30)] } }))).rejects.toThrow(refused('TOO_LARGE'))
    const bomb = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const jwt = `${headerWith({ alg: 'ES256', typ: 'oauth-authz-req+jwt', kid })}.${bytesToBase64url(utf8ToBytes(`{"a":${bomb}}`))}.AAAA`
    await expect(verify(jwt)).rejects.toThrow(refused('MALFORMED'))
    await expect(verify(await forgedRequest({ dcql_query: { credentials: Array(3000).fill(1) } }))).rejects.toThrow(refused('TOO_LARGE'))
  })
})

describe('fetching a request', () => {
  const answer = (body: BodyInit | null, init: ResponseInit = {}) =>
    new Response(body, { headers: { 'content-type': 'application/oauth-authz-req+jwt; charset=utf-8' }, ...init })

  test('sends the nonce, and no cookies; follows nobody', async () => {
    const sent: RequestInit[] = []
    const fetch = async (_: unknown, init?: RequestInit) => {
      sent.push(init!)
      return answer('jwt')
    }
    expect(await fetchPresentationRequest(link, { fetch, walletNonce: 'w-1' })).toBe('jwt')
    expect(sent[0]).toMatchObject({ method: 'POST', body: 'wallet_nonce=w-1', redirect: 'error', credentials: 'omit' })
    expect(parseRequestFetch(sent[0]!.body as string)).toEqual({ walletNonce: 'w-1' })
    await fetchPresentationRequest({ ...link, method: 'get' }, { fetch, walletNonce: 'w-1' })
    expect(sent[1]).toMatchObject({ method: 'GET' })
    expect(sent[1]!.body).toBeUndefined()
  })

  test.each([
    ['another content type', () => answer('jwt', { headers: { 'content-type': 'text/html' } }), 'ANSWER'],
    ['another status', () => answer('jwt', { status: 404 }), 'ANSWER'],
    ['a redirect', () => answer(null, { status: 302, headers: { location: 'https://evil.example' } }), 'ANSWER'],
    ['a redirect that was followed', () => Object.defineProperty(answer('jwt'), 'redirected', { value: true }), 'ANSWER'],
    ['too much', () => answer('a'.repeat(65_537)), 'TOO_LARGE'],
    ['nothing at all', () => Promise.reject(new TypeError('failed')), 'UNREACHABLE'],
  ])('is refused with %s', async (_, respond, code) => {
    await expect(fetchPresentationRequest(link, { fetch: async () => respond() })).rejects.toThrow(refused(code))
  })

  test('never reads on where there is no end', async () => {
    let chunks = 0
    const endless = new ReadableStream({
      pull: controller => {
        chunks++
        controller.enqueue(new Uint8Array(16_384))
      },
    })
    await expect(fetchPresentationRequest(link, { fetch: async () => answer(endless) })).rejects.toThrow(refused('TOO_LARGE'))
    expect(chunks).toBeLessThan(10)
  })

  test('reads only forms', () => {
    for (const form of ['wallet_nonce=a&wallet_nonce=b', 'wallet_nonce=a%20b', 'wallet_nonce='])
      expect(() => parseRequestFetch(form)).toThrow(refused('MALFORMED'))
    expect(parseRequestFetch('wallet_metadata=%7B%7D')).toEqual({ walletNonce: undefined })
  })
})
