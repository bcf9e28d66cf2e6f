import { issueSdJwtVc, presentSdJwt, signJwt, verifySdJwtVc } from '@hufu/credentials'
import { publicKeyToJwk } from '@hufu/keys'
import { base64urlToBytes, bytesToBase64url, canonicalJsonBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import { CompactEncrypt, importJWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { checkDcqlAnswer } from '../dcql/check-dcql-answer.ts'
import { parseDcqlQuery } from '../dcql/parse-dcql-query.ts'
import { createErrorResponse, createPresentationResponse } from './create-presentation-response.ts'
import { postPresentationResponse } from './post-presentation-response.ts'
import {
  clientId,
  nonce,
  nowMs,
  origin,
  otherDid,
  requestWith,
  residentQuery,
  responseKey,
  signerOf,
  verifierDid,
  verifierSigner,
  verify,
} from './presentation-fixture.ts'
import { decryptPresentationResponse, parsePresentationForm, parseVpToken } from './read-presentation-response.ts'
import { generateResponseKey } from './response-key.ts'
import { bindingOf, encodeTransactionData, parseTransactionData } from './transaction-data.ts'

const refused = (code: string) => expect.objectContaining({ code: `ERR_EXCHANGE_${code}` })

describe('answers', async () => {
  const request = await verify(await requestWith())
  const body = await createPresentationResponse(request, { residence: ['the presentation'] })
  const jweOf = (form: string) => {
    const parsed = parsePresentationForm(form)
    return parsed.kind === 'answer' ? parsed.jwe : ''
  }
  const jwe = jweOf(body)

  test('reach the verifier alone', async () => {
    const response = await decryptPresentationResponse(jwe, responseKey.privateJwk)
    expect(response).toEqual({ vp_token: { residence: ['the presentation'] }, state: 'state-1' })
    expect(parseVpToken(response, request.query)).toEqual({
      state: 'state-1',
      presentations: [{ queryId: 'residence', format: 'dc+sd-jwt', presentation: 'the presentation' }],
    })
    const other = await generateResponseKey()
    await expect(decryptPresentationResponse(jwe, other.privateJwk)).rejects.toThrow(refused('DECRYPTION'))
    await expect(decryptPresentationResponse(jwe, { ...other.privateJwk, kid: responseKey.publicJwk.kid! })).rejects.toThrow(
      refused('DECRYPTION'),
    )
  })

  test('are refused with one bit turned over, wherever it is', async () => {
    const bytes = utf8ToBytes(jwe)
    for (let place = 0; place < bytes.length; place += 5) {
      const altered = bytes.slice()
      altered[place]! ^= 1 << (place % 7)
      await expect(decryptPresentationResponse(new TextDecoder().decode(altered), responseKey.privateJwk)).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_EXCHANGE_/),
      })
    }
  })

  const key = await importJWK(responseKey.publicJwk as never, 'ECDH-ES')
  const encrypted = (header: object, plaintext = '{"vp_token":{}}') =>
    new CompactEncrypt(utf8ToBytes(plaintext)).setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', ...header }).encrypt(key)

  test.each([
    ['A128GCM', () => encrypted({ enc: 'A128GCM' }), undefined],
    [
      'names of the parties',
      () =>
        new CompactEncrypt(utf8ToBytes('{"vp_token":{}}'))
          .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
          .setKeyManagementParameters({ apu: utf8ToBytes('wallet'), apv: utf8ToBytes(nonce) })
          .encrypt(key),
      undefined,
    ],
    ['A192GCM', () => encrypted({ enc: 'A192GCM' }), 'ALGORITHM'],
    ['A256CBC-HS512', () => encrypted({ enc: 'A256CBC-HS512' }), 'ALGORITHM'],
    ['a wrapped key', () => encrypted({ alg: 'ECDH-ES+A128KW' }), 'MALFORMED'],
    [
      'a key that is known beforehand',
      async () => `${bytesToBase64url(utf8ToBytes('{"alg":"dir","enc":"A256GCM"}'))}..AAAA.AAAA.AAAA`,
      'ALGORITHM',
    ],
    ['compression', async () => (await encrypted({})).replace(/^[^.]+/, header => headerWithout(header, { zip: 'DEF' })), 'MALFORMED'],
    [
      'a point off the curve',
      async () =>
        (await encrypted({})).replace(/^[^.]+/, header =>
          headerWithout(header, { epk: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } }),
        ),
      'MALFORMED',
    ],
    ['a kid of another', () => encrypted({ kid: 'another' }), 'DECRYPTION'],
    ['text that is no JSON', () => encrypted({}, 'vp_token'), 'MALFORMED'],
    ['a list', () => encrypted({}, '[]'), 'MALFORMED'],
    ['a name twice', () => encrypted({}, '{"vp_token":{},"vp_token":{}}'), 'MALFORMED'],
    ['JSON nested without end', () => encrypted({}, `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`), 'MALFORMED'],
    ['too many characters', async () => 'a'.repeat(524_289), 'TOO_LARGE'],
    ['four parts', async () => (await encrypted({})).split('.').slice(0, 4).join('.'), 'MALFORMED'],
    ['a signature instead', () => signJwt({ type: 'JWT', payload: { vp_token: {} } }, verifierSigner), 'MALFORMED'],
  ])('with %s', async (_, make, code) => {
    const decrypted = decryptPresentationResponse(await make(), responseKey.privateJwk)
    if (code === undefined) await expect(decrypted).resolves.toEqual({ vp_token: {} })
    else await expect(decrypted).rejects.toThrow(refused(code))
  })

  function headerWithout(header: string, changes: object): string {
    return bytesToBase64url(canonicalJsonBytes({ ...JSON.parse(new TextDecoder().decode(base64urlToBytes(header))), ...changes }))
  }

  test('are forms with one of two contents', () => {
    expect(parsePresentationForm(createErrorResponse(request, 'access_denied'))).toEqual({
      kind: 'error',
      error: 'access_denied',
      state: 'state-1',
    })
    for (const form of ['', 'response=a&response=b', 'response=a&error=b', 'response=a&state=b', 'error=A%20text', 'vp_token=%7B%7D'])
      expect(() => parsePresentationForm(form)).toThrow(refused('MALFORMED'))
    expect(() => parsePresentationForm(`response=${'a'.repeat(600_000)}`)).toThrow(refused('TOO_LARGE'))
  })

  test.each([
    ['what nobody asked for', { other: ['a'] }, 'PRESENTATION'],
    ['two where one was asked', { residence: ['a', 'b'] }, 'PRESENTATION'],
    ['none', { residence: [] }, 'PRESENTATION'],
    ['nothing', {}, 'PRESENTATION'],
    ['an object where text was asked', { residence: [{}] }, 'PRESENTATION'],
    ['no list', { residence: 'a' }, 'PRESENTATION'],
    ['too long a text', { residence: ['a'.repeat(262_145)] }, 'PRESENTATION'],
    ['the prototype', JSON.parse('{"__proto__":["a"]}'), 'PRESENTATION'],
  ])('have presentations: %s', async (_, token, code) => {
    expect(() => parseVpToken({ vp_token: token }, request.query)).toThrow(refused(code))
    await expect(createPresentationResponse(request, token as never)).rejects.toThrow(/./)
  })

  test('are sent, and say where to go on', async () => {
    const respond =
      (json: unknown, init: ResponseInit = {}) =>
      async () =>
        Response.json(json, init)
    const sent = (fetch: () => Promise<Response>) => postPresentationResponse(request, body, { fetch })
    await expect(sent(respond({}))).resolves.toEqual({ redirectUri: undefined })
    await expect(sent(respond({ redirect_uri: `${origin}/done?code=1` }))).resolves.toEqual({ redirectUri: `${origin}/done?code=1` })
    for (const redirect_uri of ['https://evil.example/', 'javascript:alert(1)', 'http://bank.example/'])
      await expect(sent(respond({ redirect_uri }))).rejects.toThrow(refused('ADDRESS'))
    await expect(sent(respond({ error: 'invalid_request' }, { status: 400 }))).rejects.toMatchObject({
      code: 'ERR_EXCHANGE_REFUSED',
      error: 'invalid_request',
    })
    await expect(
      sent(respond({ code: 'ERR_VERIFIER_STATE' }, { status: 409, headers: { 'content-type': 'application/problem+json' } })),
    ).rejects.toMatchObject({
      error: 'ERR_VERIFIER_STATE',
    })
    await expect(sent(respond({ error: '<script>' }, { status: 400 }))).rejects.toThrow(refused('ANSWER'))
    await expect(sent(respond({}, { status: 503 }))).rejects.toThrow(refused('UNREACHABLE'))
    await expect(sent(respond([]))).rejects.toThrow(refused('ANSWER'))
  })
})

describe('transaction data', () => {
  const query = parseDcqlQuery({
    credentials: ['a', 'b'].map(id => ({ id, format: 'dc+sd-jwt', meta: { vct_values: ['urn:hufu:resident'] } })),
    credential_sets: [{ options: [['a'], ['b'], ['a', 'b']] }],
  })
  const entries = [
    { type: 't1', credential_ids: ['a'] },
    { type: 't2', credential_ids: ['b', 'a'] },
  ]
  const transactionData = parseTransactionData(encodeTransactionData(entries), query)
  const hash = (index: number) => sha256(utf8ToBytes(transactionData[index]!.encoded))

  test('binds one credential to each entry: the first of its credentials that is presented', () => {
    const request = { clientId, nonce, transactionData }
    const hashesOf = (id: string, answered: readonly string[]) => bindingOf(request, id, answered).transactionDataHashes
    expect(hashesOf('a', ['a'])).toEqual([hash(0), hash(1)].map(bytesToBase64url))
    expect(hashesOf('b', ['b'])).toEqual([bytesToBase64url(hash(1))])
    expect([hashesOf('a', ['a', 'b']), hashesOf('b', ['a', 'b'])]).toEqual([[bytesToBase64url(hash(0))], [bytesToBase64url(hash(1))]])
    expect(bindingOf({ ...request, transactionData: [] }, 'a', ['a'])).toEqual({
      audience: clientId,
      nonce,
      transactionDataHashes: undefined,
      challenge: { verifier: verifierDid, nonce },
    })
  })

  test('is one text for a zero-knowledge presentation', () => {
    const { challenge } = bindingOf({ clientId, nonce, transactionData }, 'a', ['a'])
    expect(challenge).toEqual({
      verifier: verifierDid,
      nonce,
      transaction: bytesToBase64url(sha256(new Uint8Array([...hash(0), ...hash(1)]))),
    })
  })

  test.each([
    ['without type', { credential_ids: ['a'] }],
    ['without credentials', { type: 't', credential_ids: [] }],
    ['of a credential that is not asked', { type: 't', credential_ids: ['c'] }],
    ['with another hash', { type: 't', credential_ids: ['a'], transaction_data_hashes_alg: ['sha-512'] }],
  ])('is refused %s', (_, entry) => {
    expect(() => parseTransactionData(encodeTransactionData([entry]), query)).toThrow(refused('TRANSACTION_DATA'))
  })

  test('is refused for a format that cannot carry it, and too long', () => {
    const w3c = parseDcqlQuery({ credentials: [{ id: 'a', format: 'ldp_vc', meta: { type_values: [['T']] } }] })
    expect(() => parseTransactionData(encodeTransactionData([entries[0]!]), w3c)).toThrow(refused('TRANSACTION_DATA'))
    expect(() =>
      parseTransactionData(encodeTransactionData([{ type: 't', credential_ids: ['a'], more: 'a'.repeat(8192) }]), query),
    ).toThrow(refused('TRANSACTION_DATA'))
  })
})

test('a whole presentation of an SD-JWT, with a transaction', async () => {
  const issuerSigner = await signerOf('P-256', 7)
  const holder = await signerOf('P-256', 8)
  const credential = await issueSdJwtVc({
    signer: issuerSigner,
    kid: `${otherDid}#key-1`,
    issuer: otherDid,
    credentialType: 'urn:hufu:resident',
    claims: { name: '张伟', city_code: '990100', age_equal_or_over: { '18': true, '60': false } },
    disclosable: [['name'], ['city_code'], ['age_equal_or_over', '18'], ['age_equal_or_over', '60']],
    holderKey: holder.publicKey,
    issuedAtMs: nowMs - 60_000,
    expiresAtMs: nowMs + 86_400_000,
  })
  const entries = [{ type: 'urn:hufu:hand-over', credential_ids: ['residence'], record: 'r' }]
  const jwt = await requestWith({ transactionData: entries })
  const request = await verify(jwt)
  const { audience, transactionDataHashes } = bindingOf(request, 'residence', ['residence'])
  const keyBinding = { signer: holder, audience, nonce: request.nonce, issuedAtMs: nowMs, transactionDataHashes: transactionDataHashes! }
  const presentation = await presentSdJwt(credential, { disclose: [['name'], ['age_equal_or_over', '18'], ['city_code']], keyBinding })
  const form = parsePresentationForm(await createPresentationResponse(request, { residence: [presentation] }))

  const query = parseDcqlQuery(residentQuery)
  const response = await decryptPresentationResponse(form.kind === 'answer' ? form.jwe : '', responseKey.privateJwk)
  const { presentations } = parseVpToken(response, query)
  const transactionData = parseTransactionData(encodeTransactionData(entries), query)
  const binding = bindingOf({ clientId, nonce, transactionData }, 'residence', ['residence'])
  const verified = await verifySdJwtVc(presentations[0]!.presentation as string, {
    credentialTypes: ['urn:hufu:resident'],
    keyBinding: { ...binding, transactionDataHashes: binding.transactionDataHashes!, maxAgeMs: 300_000 },
    status: 'unchecked',
    clock: { nowMs: () => nowMs },
    resolveIssuerKey: async () => ({ controller: otherDid, publicKey: issuerSigner.publicKey, evidence: {} }),
    mayIssue: async () => ({ allowed: true, evidence: {} }),
  })
  const { claims, credentialType } = verified
  const [answer] = checkDcqlAnswer(query, [{ queryId: 'residence', format: 'dc+sd-jwt', credentialType, claims, holderBound: true }])
  // The city was shown too, and is not passed on: nobody asked for it.
  expect(answer?.claims).toEqual({ name: '张伟', age_equal_or_over: { '18': true } })
  expect(publicKeyToJwk(holder.publicKey)).toEqual(publicKeyToJwk(verified.holderKey!))
})
