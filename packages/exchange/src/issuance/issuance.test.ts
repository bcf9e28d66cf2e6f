import { verifySdJwtVc } from '@hufu/credentials'
import { jwkThumbprint } from '@hufu/keys'
import { base64urlToBytes, bytesToBase64url, canonicalJsonBytes, utf8ToBytes } from '@hufu/primitives'
import { holderCommitment } from '@hufu/proofs'
import { describe, expect, test } from 'vitest'
import { signOwnKeyJwt } from '../jose/own-key-jwt.ts'
import { kindOfLink } from '../link/wallet-link.ts'
import { nowMs, otherDid, signerOf } from '../presentation/presentation-fixture.ts'
import {
  credentialErrorOf,
  parseCredentialRequest,
  parseCredentialResponse,
  parseDeferredRequest,
  parseNotification,
  writeCredentialRequest,
} from './credential-messages.ts'
import { credentialOfferLink, parseCredentialOffer, parseCredentialOfferLink, writeCredentialOffer } from './credential-offer.ts'
import { fetchIssuerMetadata, parseIssuerMetadata, writeIssuerMetadata } from './issuer-metadata.ts'
import { createKeyProof, verifyKeyProofs } from './key-proof.ts'
import { issuerMetadata, issuerUrl, MemoryIssuer, residentClaims, serverUrl, txCode } from './memory-issuer.ts'
import { collectCredentials, openOffer, redeemOffer } from './receive-credentials.ts'
import { requestDeferredCredential, sendNotification } from './request-credential.ts'
import { readZkDelivery } from './zk-delivery.ts'

const refused = (code: string) => expect.objectContaining({ code: `ERR_EXCHANGE_${code}` })
const answered = (error: string) => expect.objectContaining({ error })
const dpop = await signerOf('P-256', 20)
const keys = await Promise.all([21, 22, 23].map(seed => signerOf('P-256', seed)))
const blinding = 2n ** 251n + 99n

describe('offers', async () => {
  const { offer } = await MemoryIssuer.open()

  test('by value and by reference, for any wallet and for one', () => {
    for (const walletUrl of [undefined, 'https://wallet.example/app/']) {
      const options = walletUrl === undefined ? {} : { walletUrl }
      const byValue = credentialOfferLink({ offer }, options)
      const byReference = credentialOfferLink({ offerUri: `${issuerUrl}/offers/1` }, options)
      expect(parseCredentialOfferLink(byValue)).toEqual({ offer })
      expect(parseCredentialOfferLink(byReference)).toEqual({ offerUri: `${issuerUrl}/offers/1` })
      expect([kindOfLink(byValue), kindOfLink(byReference)]).toEqual(['offer', 'offer'])
    }
    expect(kindOfLink('https://wallet.example/')).toBeUndefined()
  })

  test.each([
    ['another scheme', 'openid4vp://?credential_offer_uri=https%3A%2F%2Fa.example', 'LINK'],
    ['both', 'openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fa.example&credential_offer=%7B%7D', 'LINK'],
    ['neither', 'openid-credential-offer://?a=b', 'LINK'],
    ['an address without TLS', 'openid-credential-offer://?credential_offer_uri=http%3A%2F%2Fa.example', 'ADDRESS'],
    ['no JSON', 'openid-credential-offer://?credential_offer=a', 'MALFORMED'],
    ['JSON nested without end', `openid-credential-offer://?credential_offer=${'['.repeat(100)}${']'.repeat(100)}`, 'MALFORMED'],
    ['too long an offer', `openid-credential-offer://?credential_offer=${'a'.repeat(9000)}`, 'TOO_LARGE'],
  ])('are refused in a link with %s', (_, link, code) => {
    expect(() => parseCredentialOfferLink(link)).toThrow(refused(code))
  })

  const json = JSON.parse(JSON.stringify(writeCredentialOffer(offer)))
  const grant = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'
  test.each([
    ['an issuer without TLS', { credential_issuer: 'http://bureau.example' }, 'ADDRESS'],
    ['an issuer with a query', { credential_issuer: `${issuerUrl}?a=b` }, 'MALFORMED'],
    ['nothing offered', { credential_configuration_ids: [] }, 'MALFORMED'],
    ['one thing twice', { credential_configuration_ids: ['a', 'a'] }, 'MALFORMED'],
    ['no code', { grants: { [grant]: {} } }, 'MALFORMED'],
    ['a code that is no text', { grants: { [grant]: { 'pre-authorized_code': 1 } } }, 'MALFORMED'],
    ['a long description', { grants: { [grant]: { 'pre-authorized_code': 'a', tx_code: { description: 'a'.repeat(301) } } } }, 'MALFORMED'],
    ['an unknown way to enter', { grants: { [grant]: { 'pre-authorized_code': 'a', tx_code: { input_mode: 'voice' } } } }, 'MALFORMED'],
  ])('are refused with %s', (_, changes, code) => {
    expect(() => parseCredentialOffer({ ...json, ...changes })).toThrow(refused(code))
  })
})

describe('metadata', () => {
  test('of the issuer come out as they went in', () => {
    const json = JSON.parse(JSON.stringify(writeIssuerMetadata(issuerMetadata)))
    expect(parseIssuerMetadata(json, issuerUrl)).toEqual(issuerMetadata)
  })

  test('in formats that nobody knows here are passed over', () => {
    const json = JSON.parse(JSON.stringify(writeIssuerMetadata(issuerMetadata)))
    json.credential_configurations_supported.licence = { format: 'mso_mdoc', doctype: 'org.iso.18013.5.1.mDL' }
    expect(parseIssuerMetadata(json, issuerUrl).configurations).toEqual(issuerMetadata.configurations)
  })

  test.each([
    ['another issuer', { metadata: { credential_issuer: 'https://evil.example' } }, 'METADATA'],
    ['the same issuer with a slash', { metadata: { credential_issuer: `${issuerUrl}/` } }, 'METADATA'],
    ['an endpoint without TLS', { metadata: { credential_endpoint: 'http://bureau.example/c' } }, 'ADDRESS'],
    ['no endpoint', { metadata: { credential_endpoint: null } }, 'METADATA'],
    ['another server than the offer names', { metadata: { authorization_servers: ['https://evil.example'] } }, 'METADATA'],
    ['nothing of what is offered', { metadata: { credential_configurations_supported: {} } }, 'METADATA'],
    ['another authorization server', { server: { issuer: 'https://evil.example' } }, 'METADATA'],
    ['no token endpoint', { server: { token_endpoint: '' } }, 'METADATA'],
    ['no S256', { server: { authorization_endpoint: `${serverUrl}/auth`, code_challenge_methods_supported: ['plain'] } }, 'METADATA'],
  ])('are refused with %s', async (_, options, code) => {
    const issuer = await MemoryIssuer.open(options)
    await expect(openOffer(issuer.link, issuer)).rejects.toThrow(refused(code))
  })

  test('are looked for where the specifications put them', async () => {
    const asked: string[] = []
    const fetch = async (input: unknown) => {
      asked.push(String(input))
      return Response.json({}, { status: 404 })
    }
    for (const issuer of ['https://a.example', 'https://a.example/', 'https://a.example/b/c'])
      await expect(fetchIssuerMetadata(issuer, { fetch })).rejects.toThrow(refused('ANSWER'))
    expect(asked).toEqual([
      'https://a.example/.well-known/openid-credential-issuer',
      'https://a.example/.well-known/openid-credential-issuer',
      'https://a.example/.well-known/openid-credential-issuer/b/c',
    ])
  })
})

describe('key proofs', () => {
  const [key] = keys
  const proofWith = (changes: object, type = 'openid4vci-proof+jwt') =>
    signOwnKeyJwt(type, { aud: issuerUrl, iat: nowMs / 1000, nonce: 'n', ...changes }, key!)
  const policy = { audience: issuerUrl, nowMs, maxCount: 16 }

  test.each(['P-256', 'Ed25519'] as const)('prove a key of %s, and carry a commitment', async algorithm => {
    const signer = await signerOf(algorithm, 30)
    const commitment = holderCommitment(2n ** 250n, blinding)
    const proof = await createKeyProof({ signer, audience: issuerUrl, nonce: 'n', nowMs, holderCommitment: commitment })
    expect(await verifyKeyProofs([proof], policy)).toEqual({
      nonce: 'n',
      keys: [{ publicKey: signer.publicKey, thumbprint: jwkThumbprint(signer.publicKey), holderCommitment: commitment }],
    })
  })

  test.each([
    ['as asked', {}, undefined],
    ['for another issuer', { aud: 'https://evil.example' }, 'AUDIENCE'],
    ['for several issuers', { aud: [issuerUrl, 'https://evil.example'] }, 'AUDIENCE'],
    ['without audience', { aud: undefined }, 'AUDIENCE'],
    ['without nonce', { nonce: undefined }, 'PROOF'],
    ['of five minutes ago', { iat: nowMs / 1000 - 300 }, undefined],
    ['a second older', { iat: nowMs / 1000 - 301 }, 'EXPIRED'],
    ['by a clock a minute ahead', { iat: nowMs / 1000 + 60 }, undefined],
    ['a second further ahead', { iat: nowMs / 1000 + 61 }, 'NOT_YET_VALID'],
    ['without a time', { iat: undefined }, 'PROOF'],
    ['of a client where the token is nobody’s', { iss: 'hufu-wallet' }, 'CLIENT'],
    ['with a commitment that is no scalar', { hufu_holder_commitment: bytesToBase64url(new Uint8Array(32).fill(255)) }, 'PROOF'],
    ['with a commitment of 0', { hufu_holder_commitment: bytesToBase64url(new Uint8Array(32)) }, 'PROOF'],
    ['with a short commitment', { hufu_holder_commitment: 'AAAA' }, 'PROOF'],
  ])('%s', async (_, changes, code) => {
    const verified = verifyKeyProofs([await proofWith(changes)], policy)
    if (code === undefined) await expect(verified).resolves.toMatchObject({ nonce: 'n' })
    else await expect(verified).rejects.toMatchObject({ code: `ERR_EXCHANGE_${code}`, error: 'invalid_proof' })
  })

  test('of a known client may name it, and no other', async () => {
    const proof = await createKeyProof({ signer: key!, audience: issuerUrl, nonce: 'n', nowMs, clientId: 'hufu-wallet' })
    await expect(verifyKeyProofs([proof], { ...policy, clientId: 'hufu-wallet' })).resolves.toMatchObject({ nonce: 'n' })
    await expect(verifyKeyProofs([proof], { ...policy, clientId: 'another' })).rejects.toThrow(refused('CLIENT'))
  })

  test('all have one nonce and different keys, and are not too many', async () => {
    const [one, other] = await Promise.all(keys.map(signer => createKeyProof({ signer, audience: issuerUrl, nonce: 'n', nowMs })))
    await expect(verifyKeyProofs([one!, other!], policy)).resolves.toMatchObject({ keys: [{}, {}] })
    await expect(verifyKeyProofs([one!, one!], policy)).rejects.toThrow(refused('PROOF'))
    await expect(
      verifyKeyProofs([one!, await createKeyProof({ signer: keys[1]!, audience: issuerUrl, nonce: 'm', nowMs })], policy),
    ).rejects.toThrow(refused('PROOF'))
    await expect(verifyKeyProofs([], policy)).rejects.toThrow(refused('PROOF'))
    await expect(verifyKeyProofs([one!, other!], { ...policy, maxCount: 1 })).rejects.toMatchObject({ error: 'invalid_credential_request' })
  })

  test('of another type, algorithm or key are refused', async () => {
    await expect(verifyKeyProofs([await proofWith({}, 'dpop+jwt')], policy)).rejects.toThrow(refused('TYPE'))
    const [header = '', payload, signature] = (await proofWith({})).split('.')
    const { jwk, ...rest } = JSON.parse(new TextDecoder().decode(base64urlToBytes(header)))
    const other = JSON.parse(
      new TextDecoder().decode(
        base64urlToBytes((await createKeyProof({ signer: dpop, audience: issuerUrl, nonce: 'n', nowMs })).split('.')[0]!),
      ),
    ).jwk
    const headers: [object, string][] = [
      [{ ...rest, jwk, alg: 'none' }, 'ALGORITHM'],
      [{ ...rest, jwk, alg: 'HS256' }, 'ALGORITHM'],
      [{ ...rest, jwk, alg: 'RS256' }, 'ALGORITHM'],
      [{ ...rest, jwk, alg: 'EdDSA' }, 'ALGORITHM'],
      [rest, 'HEADER_KEY'],
      [{ ...rest, jwk: { ...jwk, d: jwk.x } }, 'HEADER_KEY'],
      [{ ...rest, jwk: { ...jwk, y: jwk.x } }, 'HEADER_KEY'],
      [{ ...rest, jwk: { kty: 'oct', k: 'AAAA' } }, 'HEADER_KEY'],
      [{ ...rest, jwk, kid: 'key-1' }, 'HEADER_KEY'],
      [{ ...rest, jwk, x5c: [] }, 'HEADER_KEY'],
      [{ ...rest, jwk, crit: ['exp'] }, 'HEADER_KEY'],
      [{ ...rest, jwk: other }, 'SIGNATURE'],
    ]
    for (const [changed, code] of headers) {
      const jwt = `${bytesToBase64url(canonicalJsonBytes(changed))}.${payload}.${signature}`
      await expect(verifyKeyProofs([jwt], policy)).rejects.toThrow(refused(code))
    }
  })

  test('are refused with one bit turned over, wherever it is', async () => {
    const bytes = utf8ToBytes(await proofWith({}))
    for (let place = 0; place < bytes.length; place += 3) {
      const altered = bytes.slice()
      altered[place]! ^= 1 << (place % 7)
      await expect(verifyKeyProofs([new TextDecoder().decode(altered)], policy)).rejects.toThrow(answered('invalid_proof'))
    }
  })

  test('too long or nested without end are refused', async () => {
    await expect(verifyKeyProofs(['a'.repeat(16_385)], policy)).rejects.toThrow(refused('TOO_LARGE'))
    const [header] = (await proofWith({})).split('.')
    const bomb = bytesToBase64url(utf8ToBytes(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`))
    await expect(verifyKeyProofs([`${header}.${bomb}.AAAA`], policy)).rejects.toThrow(refused('MALFORMED'))
  })
})

describe('messages', () => {
  test.each([
    ['no object', [], 'invalid_credential_request'],
    ['neither configuration nor identifier', { proofs: { jwt: ['a'] } }, 'invalid_credential_request'],
    ['both', { credential_configuration_id: 'a', credential_identifier: 'b', proofs: { jwt: ['a'] } }, 'invalid_credential_request'],
    ['no proof', { credential_configuration_id: 'a' }, 'invalid_proof'],
    ['no proof in the list', { credential_configuration_id: 'a', proofs: { jwt: [] } }, 'invalid_proof'],
    ['proofs of two kinds', { credential_configuration_id: 'a', proofs: { jwt: ['a'], attestation: ['b'] } }, 'invalid_proof'],
    ['proofs of another kind', { credential_configuration_id: 'a', proofs: { di_vp: [{}] } }, 'invalid_proof'],
    ['a proof of the last drafts', { credential_configuration_id: 'a', proof: { proof_type: 'jwt', jwt: 'a' } }, 'invalid_proof'],
    ['a thousand proofs', { credential_configuration_id: 'a', proofs: { jwt: Array(1000).fill('a') } }, 'invalid_proof'],
    [
      'encryption',
      { credential_configuration_id: 'a', proofs: { jwt: ['a'] }, credential_response_encryption: {} },
      'invalid_encryption_parameters',
    ],
  ])('a request with %s is answered so', (_, json, error) => {
    expect(() => parseCredentialRequest(json)).toThrow(answered(error))
    try {
      parseCredentialRequest(json)
    } catch (reason) {
      expect(credentialErrorOf(reason)).toEqual({
        status: 400,
        body: { error, error_description: expect.stringMatching(/^[\x20-\x7e]+$/) },
      })
    }
  })

  test('a request comes out as it went in', () => {
    for (const request of [
      { configurationId: 'a', proofs: ['p'] },
      { credentialIdentifier: 'b', proofs: ['p', 'q'] },
    ])
      expect(parseCredentialRequest(writeCredentialRequest(request))).toEqual(request)
  })

  test.each([
    { credentials: [] },
    { credentials: ['a'] },
    { credentials: [{ credential: 1 }] },
    {},
    { transaction_id: 1 },
    { transaction_id: 'a', interval: 0 },
  ])('an answer of another form is refused: %o', json => {
    expect(() => parseCredentialResponse(json as never)).toThrow(refused('ANSWER'))
  })

  test('deferred requests and notifications of another form are answered so', () => {
    expect(() => parseDeferredRequest({})).toThrow(answered('invalid_credential_request'))
    for (const json of [{}, { notification_id: 'a', event: 'lost' }, { event: 'credential_accepted' }])
      expect(() => parseNotification(json)).toThrow(answered('invalid_notification_request'))
    expect(credentialErrorOf(new Error('x'))).toBeUndefined()
  })
})

describe('a wallet', () => {
  test('receives a batch, each copy with its own key, over tokens that are bound to one more', async () => {
    const issuer = await MemoryIssuer.open({ staleNonces: 1, dpopNonce: 'server-nonce' })
    const { fetch } = issuer
    const opened = await openOffer(issuer.link, { fetch })
    expect(opened.offer).toEqual(issuer.offer)
    expect(opened.metadata).toEqual(issuerMetadata)
    const token = await redeemOffer(opened, { txCode, dpop, fetch, nowMs })
    expect(token).toMatchObject({ dpopBound: true, expiresAtMs: nowMs + 300_000 })
    const call = { token, dpop, fetch, nowMs }
    const response = await collectCredentials(opened.metadata, 'resident_sd-jwt', { ...call, keys })
    if (!('credentials' in response)) throw new TypeError('expected credentials')
    const signer = await signerOf('P-256', 7)
    for (const [index, credential] of response.credentials.entries()) {
      const verified = await verifySdJwtVc(credential as string, {
        credentialTypes: ['urn:hufu:resident'],
        keyBinding: 'none',
        status: 'unchecked',
        clock: { nowMs: () => nowMs },
        resolveIssuerKey: async () => ({ controller: otherDid, publicKey: signer.publicKey, evidence: {} }),
        mayIssue: async () => ({ allowed: true, evidence: {} }),
      })
      expect(verified).toMatchObject({ claims: residentClaims, holderKey: keys[index]!.publicKey })
    }
    await sendNotification(opened.metadata, { notificationId: response.notificationId!, event: 'credential_accepted' }, call)
    expect(issuer.notifications).toEqual(['n-1 credential_accepted'])
    // The offer counts once.
    await expect(redeemOffer(opened, { txCode, dpop, fetch, nowMs })).rejects.toThrow(answered('invalid_grant'))
    await expect(collectCredentials(opened.metadata, 'resident_w3c', { ...call, keys })).rejects.toThrow(
      answered('unknown_credential_configuration'),
    )
  })

  test('receives a zero-knowledge credential when its leaf is there', async () => {
    const issuer = await MemoryIssuer.open()
    const { fetch } = issuer
    const opened = await openOffer(issuer.link, { fetch })
    const token = await redeemOffer(opened, { txCode, dpop, fetch, nowMs })
    const call = { token, dpop, fetch, nowMs }
    const [key] = keys
    await expect(collectCredentials(opened.metadata, 'resident_zk', { ...call, keys: [key!] })).rejects.toThrow(answered('invalid_proof'))
    const deferred = await collectCredentials(opened.metadata, 'resident_zk', {
      ...call,
      keys: [key!],
      holderCommitment: holderCommitment(2n ** 250n, blinding),
    })
    if (!('transactionId' in deferred)) throw new TypeError('expected a deferred answer')
    const { transactionId } = deferred
    expect(deferred.intervalSeconds).toBe(2)
    expect(await requestDeferredCredential(opened.metadata, transactionId, call)).toEqual(deferred)
    const response = await requestDeferredCredential(opened.metadata, transactionId, call)
    const delivery = 'credentials' in response ? response.credentials[0] : undefined
    if (typeof delivery !== 'object') throw new TypeError('expected a credential')
    expect(readZkDelivery(delivery, blinding)).toMatchObject({ issuer: otherDid, leafIndex: 7, blinding, claims: residentClaims })
    expect(() => readZkDelivery({ ...delivery, leafIndex: -1 }, blinding)).toThrow(refused('ANSWER'))
    expect(() => readZkDelivery({ ...delivery, blinding: 'AAAA' }, blinding)).toThrow(refused('ANSWER'))
    await expect(requestDeferredCredential(opened.metadata, transactionId, call)).rejects.toThrow(answered('invalid_transaction_id'))
  })

  test('is refused with a wrong transaction code, another key for its token, or the token alone', async () => {
    const issuer = await MemoryIssuer.open()
    const { fetch } = issuer
    const opened = await openOffer(issuer.link, { fetch })
    await expect(redeemOffer(opened, { txCode: '493537', dpop, fetch, nowMs })).rejects.toThrow(answered('invalid_grant'))
    const token = await redeemOffer(opened, { txCode, dpop, fetch, nowMs })
    const collect = (changes: object) =>
      collectCredentials(opened.metadata, 'resident_sd-jwt', { token, dpop, fetch, nowMs, keys, ...changes })
    await expect(collect({ dpop: keys[0] })).rejects.toMatchObject({ code: 'ERR_EXCHANGE_REFUSED' })
    await expect(collect({ token: { ...token, dpopBound: false } })).rejects.toThrow(answered('credential_request_denied'))
    await expect(collect({ nowMs: nowMs - 61_000 })).rejects.toMatchObject({ code: 'ERR_EXCHANGE_REFUSED' })
    await expect(collect({})).resolves.toMatchObject({ credentials: [{}, {}, {}].map(() => expect.any(String)) })
  })

  test('does not take a token that anybody could use where it proved a key', async () => {
    const issuer = await MemoryIssuer.open()
    const opened = await openOffer(issuer.link, issuer)
    const fetch = async () => Response.json({ access_token: 'a', token_type: 'Bearer' })
    await expect(redeemOffer(opened, { txCode, dpop, fetch, nowMs })).rejects.toThrow(refused('ANSWER'))
  })
})
