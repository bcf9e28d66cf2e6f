import { verifySdJwtVc } from '@hufu/credentials'
import { publicKeyFromJwk, publicKeyToJwk } from '@hufu/keys'
import { clientAuthenticationAnonymous, type Jwk, Oauth2AuthorizationServer, preAuthorizedCodeGrantIdentifier } from '@openid4vc/oauth2'
import { Openid4vciClient, Openid4vciIssuer } from '@openid4vc/openid4vci'
import { describe, expect, test } from 'vitest'
import { issuerMetadata, issuerUrl, MemoryIssuer, residentClaims, serverUrl, txCode } from '../issuance/memory-issuer.ts'
import { collectCredentials, openOffer, redeemOffer } from '../issuance/receive-credentials.ts'
import { requestDeferredCredential, sendNotification } from '../issuance/request-credential.ts'
import { otherDid, signerOf } from '../presentation/presentation-fixture.ts'
import { ForeignKeys, foreignCallbacks } from './foreign-callbacks.ts'

// The foreign library reads the clock of the machine.
const nowMs = Math.floor(Date.now() / 1000) * 1000

describe('a foreign wallet at our issuer', () => {
  const open = async (options = {}) => {
    const issuer = await MemoryIssuer.open({ nowMs, ...options })
    const keys = new ForeignKeys()
    const callbacks = { ...foreignCallbacks({ keys, fetch: issuer.fetch }), clientAuthentication: clientAuthenticationAnonymous() }
    const wallet = new Openid4vciClient({ callbacks })
    const credentialOffer = await wallet.resolveCredentialOffer(issuer.link)
    const metadata = await wallet.resolveIssuerMetadata(credentialOffer.credential_issuer)
    return { issuer, keys, wallet, credentialOffer, issuerMetadata: metadata }
  }

  test('reads our offer and metadata', async () => {
    const { credentialOffer, issuerMetadata: resolved } = await open()
    expect(credentialOffer.credential_configuration_ids).toEqual(issuerMetadata.configurations.map(({ id }) => id))
    expect(resolved.credentialIssuer.batch_credential_issuance).toEqual({ batch_size: 16 })
    expect(resolved.authorizationServers.map(({ issuer }) => issuer)).toEqual([serverUrl])
    // Those whose format it knows; `hufu_zk` is none of them.
    expect(Object.keys(resolved.knownCredentialConfigurations)).toEqual(['resident_sd-jwt', 'resident_w3c'])
  })

  test.each([
    ['a token for anybody', false, undefined],
    ['a token bound to its key', true, undefined],
    ['a token bound to its key, with a nonce of the server', true, 'server-nonce'],
  ])('receives a batch with %s', async (_, isBound, dpopNonce) => {
    const { issuer, keys, wallet, credentialOffer, issuerMetadata: metadata } = await open(dpopNonce === undefined ? {} : { dpopNonce })
    const dpop = isBound ? { signer: { method: 'jwk', alg: 'ES256', publicJwk: await keys.newSigningKey() } as const } : undefined
    const token = await wallet.retrievePreAuthorizedCodeAccessTokenFromOffer({
      credentialOffer,
      issuerMetadata: metadata,
      txCode,
      ...(dpop === undefined ? {} : { dpop }),
    })
    const { access_token: accessToken, token_type: type } = token.accessTokenResponse
    expect(type).toBe(isBound ? 'DPoP' : 'Bearer')
    const call = { issuerMetadata: metadata, accessToken, ...(dpop === undefined ? {} : { dpop: { ...dpop, ...token.dpop } }) }

    const { c_nonce: nonce } = await wallet.requestNonce({ issuerMetadata: metadata })
    const holders = await Promise.all([keys.newSigningKey(), keys.newSigningKey()])
    const proofs = await Promise.all(
      holders.map(async publicJwk => {
        const signer = { method: 'jwk', alg: 'ES256', publicJwk } as const
        return (
          await wallet.createCredentialRequestJwtProof({
            issuerMetadata: metadata,
            credentialConfigurationId: 'resident_sd-jwt',
            signer,
            nonce,
          })
        ).jwt
      }),
    )
    const { credentialResponse } = await wallet.retrieveCredentials({
      ...call,
      credentialConfigurationId: 'resident_sd-jwt',
      proofs: { jwt: proofs as [string, string] },
    })
    const issuerSigner = await signerOf('P-256', 7)
    for (const [index, { credential }] of (credentialResponse.credentials as { credential: string }[]).entries()) {
      const verified = await verifySdJwtVc(credential, {
        credentialTypes: ['urn:hufu:resident'],
        keyBinding: 'none',
        status: 'unchecked',
        clock: { nowMs: () => nowMs },
        resolveIssuerKey: async () => ({ controller: otherDid, publicKey: issuerSigner.publicKey, evidence: {} }),
        mayIssue: async () => ({ allowed: true, evidence: {} }),
      })
      expect(verified).toMatchObject({ claims: residentClaims, holderKey: publicKeyFromJwk(holders[index]) })
    }
    await wallet.sendNotification({
      ...call,
      notification: { notificationId: credentialResponse.notification_id!, event: 'credential_accepted' },
    })
    expect(issuer.notifications).toEqual(['n-1 credential_accepted'])

    // The nonce counts once.
    const again = wallet.retrieveCredentials({
      ...call,
      credentialConfigurationId: 'resident_sd-jwt',
      proofs: { jwt: proofs as [string, string] },
    })
    await expect(again).rejects.toMatchObject({ response: { credentialErrorResponseResult: { data: { error: 'invalid_nonce' } } } })
  })

  test('is refused with a wrong transaction code', async () => {
    const { wallet, credentialOffer, issuerMetadata: metadata } = await open()
    const redeemed = wallet.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer, issuerMetadata: metadata, txCode: '000000' })
    await expect(redeemed).rejects.toMatchObject({ errorResponse: { error: 'invalid_grant' } })
  })
})

describe('our wallet at a foreign issuer', async () => {
  const keys = new ForeignKeys()
  const signWith = await keys.newSigningKey()
  const callbacks = { ...foreignCallbacks({ keys, fetch, signWith }), clientAuthentication: clientAuthenticationAnonymous() }
  const issuer = new Openid4vciIssuer({ callbacks })
  const server = new Oauth2AuthorizationServer({ callbacks })
  const credentialIssuer = issuer.createCredentialIssuerMetadata({
    credential_issuer: issuerUrl,
    authorization_servers: [serverUrl],
    credential_endpoint: `${issuerUrl}/credential`,
    nonce_endpoint: `${issuerUrl}/nonce`,
    deferred_credential_endpoint: `${issuerUrl}/deferred`,
    notification_endpoint: `${issuerUrl}/notification`,
    batch_credential_issuance: { batch_size: 4 },
    credential_configurations_supported: {
      resident: {
        format: 'dc+sd-jwt',
        vct: 'urn:hufu:resident',
        proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
        credential_metadata: { display: [{ name: 'Resident', locale: 'en' }] },
      },
      licence: { format: 'mso_mdoc', doctype: 'org.iso.18013.5.1.mDL' },
    },
  })
  const serverMetadata = server.createAuthorizationServerMetadata({
    issuer: serverUrl,
    token_endpoint: `${serverUrl}/token`,
    dpop_signing_alg_values_supported: ['ES256'],
  })
  const metadata = {
    credentialIssuer,
    authorizationServers: [serverMetadata],
    knownCredentialConfigurations: {},
    originalDraftVersion: 'V1',
  } as never
  const { credentialOffer } = await issuer.createCredentialOffer({
    issuerMetadata: metadata,
    credentialConfigurationIds: ['resident', 'licence'],
    grants: { [preAuthorizedCodeGrantIdentifier]: { 'pre-authorized_code': 'code-1', tx_code: { length: 6, input_mode: 'numeric' } } },
  })

  const proven: Jwk[] = []
  const notified: unknown[] = []
  const answer: typeof fetch = async (input, init) => {
    const request = new Request(input as string, init)
    const like = { headers: request.headers, method: request.method, url: request.url } as never
    switch (new URL(request.url).pathname) {
      case '/.well-known/openid-credential-issuer/issuer':
        return Response.json(credentialIssuer)
      case '/.well-known/oauth-authorization-server/oidc':
        return Response.json(serverMetadata)
      case '/oidc/token': {
        const accessTokenRequest = Object.fromEntries(new URLSearchParams(await request.text()))
        const parsed = server.parseAccessTokenRequest({ accessTokenRequest, request: like })
        const { dpop } = await server.verifyPreAuthorizedCodeAccessTokenRequest({
          accessTokenRequest: parsed.accessTokenRequest,
          request: like,
          grant: parsed.grant as never,
          expectedPreAuthorizedCode: 'code-1',
          expectedTxCode: txCode,
          authorizationServerMetadata: serverMetadata,
          dpop: { ...parsed.dpop, required: true },
        } as never)
        const token = await server.createAccessTokenResponse({
          audience: issuerUrl,
          signer: { method: 'jwk', alg: 'ES256', publicJwk: signWith },
          subject: 'code-1',
          expiresInSeconds: 300,
          authorizationServer: serverUrl,
          ...(dpop === undefined ? {} : { dpop: { jwk: dpop.jwk } }),
        })
        return Response.json(token)
      }
      case '/issuer/nonce':
        return Response.json(issuer.createNonceResponse({ cNonce: 'nonce-1' }))
      case '/issuer/credential': {
        const parsed = issuer.parseCredentialRequest({ issuerMetadata: metadata, credentialRequest: (await request.json()) as never })
        for (const jwt of parsed.proofs?.jwt ?? []) {
          const { signer } = await issuer.verifyCredentialRequestJwtProof({ issuerMetadata: metadata, jwt, expectedNonce: 'nonce-1' })
          proven.push(signer.publicJwk)
        }
        return Response.json(
          issuer.createCredentialResponse({
            credentialRequest: parsed,
            transactionId: 'later',
            interval: 3,
          } as never),
          { status: 202 },
        )
      }
      case '/issuer/deferred': {
        return Response.json(issuer.createDeferredCredentialResponse({ credentials: [{ credential: 'the credential' }] } as never))
      }
      case '/issuer/notification':
        notified.push(await request.json())
        return new Response(null, { status: 204 })
      default:
        return new Response(null, { status: 404 })
    }
  }

  test('receives a credential, first deferred', async () => {
    const dpop = await signerOf('P-256', 40)
    const holder = await signerOf('P-256', 41)
    const opened = await openOffer(credentialOffer, { fetch: answer })
    expect(opened.configurations).toMatchObject([{ id: 'resident', credentialType: 'urn:hufu:resident', display: [{ name: 'Resident' }] }])
    expect(opened.offer.preAuthorized).toMatchObject({ code: 'code-1', txCode: { length: 6, inputMode: 'numeric' } })
    const token = await redeemOffer(opened, { txCode, dpop, fetch: answer, nowMs })
    expect(token.dpopBound).toBe(true)
    const call = { token, dpop, fetch: answer, nowMs }
    const deferred = await collectCredentials(opened.metadata, 'resident', { ...call, keys: [holder] })
    expect(deferred).toEqual({ transactionId: 'later', intervalSeconds: 3 })
    expect(proven).toEqual([publicKeyToJwk(holder.publicKey)])
    const response = await requestDeferredCredential(opened.metadata, 'later', call)
    expect(response).toEqual({ credentials: ['the credential'] })
    await sendNotification(opened.metadata, { notificationId: 'n', event: 'credential_accepted' }, call)
    expect(notified).toEqual([{ notification_id: 'n', event: 'credential_accepted' }])
  })

  test('tells the foreign server nothing when the issuer is another than the offer says', async () => {
    const offer = credentialOffer.replace(encodeURIComponent(issuerUrl), encodeURIComponent('https://bureau.example/other'))
    await expect(openOffer(offer, { fetch: answer })).rejects.toMatchObject({ code: 'ERR_EXCHANGE_ANSWER' })
  })
})
