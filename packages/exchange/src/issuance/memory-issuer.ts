// For the tests of this package: an issuer that lives in memory, made of this package's server side. A real one keeps its state in a database.
import { issueSdJwtVc, type JsonObject } from '@hufu/credentials'
import type { Signer } from '@hufu/keys'
import { bytesToBase64url, randomBytes } from '@hufu/primitives'
import { ExchangeError, IssuanceError } from '../errors.ts'
import { readForm } from '../http/form.ts'
import type { Fetch } from '../http/send.ts'
import { verifyDpopProof } from '../oauth/dpop.ts'
import { preAuthorizedGrant } from '../oauth/request-token.ts'
import { nowMs as fixedNowMs, otherDid, signerOf } from '../presentation/presentation-fixture.ts'
import {
  type CredentialResponse,
  credentialErrorOf,
  parseCredentialRequest,
  parseDeferredRequest,
  parseNotification,
  writeCredentialResponse,
} from './credential-messages.ts'
import { type CredentialOffer, credentialOfferLink, writeCredentialOffer } from './credential-offer.ts'
import { type IssuerMetadata, writeIssuerMetadata } from './issuer-metadata.ts'
import { verifyKeyProofs } from './key-proof.ts'
import { writeZkDelivery } from './zk-delivery.ts'

export const issuerUrl = 'https://bureau.example/issuer'
export const serverUrl = 'https://bureau.example/oidc'
export const txCode = '493536'
export const residentClaims: JsonObject = { name: '张伟', city_code: '990100' }

export const issuerMetadata: IssuerMetadata = {
  issuer: issuerUrl,
  authorizationServers: [serverUrl],
  credentialEndpoint: `${issuerUrl}/vci/credential`,
  nonceEndpoint: `${issuerUrl}/vci/nonce`,
  deferredCredentialEndpoint: `${issuerUrl}/vci/deferred`,
  notificationEndpoint: `${issuerUrl}/vci/notification`,
  batchSize: 16,
  display: [
    { name: '示例市公安局', locale: 'zh-CN' },
    { name: 'Bureau of the sample city', locale: 'en' },
  ],
  configurations: [
    {
      id: 'resident_sd-jwt',
      format: 'dc+sd-jwt',
      credentialType: 'urn:hufu:resident',
      scope: 'resident',
      display: [{ name: '居民', locale: 'zh-CN', backgroundColor: '#a02020' }],
      claims: [{ path: ['name'], display: [{ name: '姓名', locale: 'zh-CN' }] }],
    },
    { id: 'resident_w3c', format: 'ldp_vc', credentialType: 'urn:hufu:resident', display: [], claims: [] },
    { id: 'resident_zk', format: 'hufu_zk', credentialType: 'urn:hufu:resident', display: [], claims: [] },
  ],
}

/** What a test may change about the issuer. */
export interface MemoryIssuerOptions {
  /** Metadata members replaced as they go out. */
  readonly metadata?: JsonObject
  readonly server?: JsonObject
  /** How often a nonce is answered as invalid first. */
  readonly staleNonces?: number
  /** Wants a nonce in DPoP proofs. */
  readonly dpopNonce?: string
  /** Default the time of the other tests. */
  readonly nowMs?: number
}

/** An issuer in memory. */
export class MemoryIssuer {
  readonly link: string
  readonly offer: CredentialOffer
  readonly requests: Request[] = []
  readonly notifications: string[] = []
  readonly #options: MemoryIssuerOptions
  readonly #code = bytesToBase64url(randomBytes(16))
  readonly #nonces = new Set<string>()
  readonly #jtis = new Set<string>()
  readonly #tokens = new Map<string, string | undefined>()
  readonly #deferred = new Map<string, { polls: number; response: CredentialResponse }>()
  readonly #signer: Signer
  readonly #nowMs: number
  #isRedeemed = false
  #stale: number

  private constructor(signer: Signer, options: MemoryIssuerOptions) {
    this.#signer = signer
    this.#options = options
    this.#stale = options.staleNonces ?? 0
    this.#nowMs = options.nowMs ?? fixedNowMs
    this.offer = {
      issuer: issuerUrl,
      configurationIds: issuerMetadata.configurations.map(({ id }) => id),
      preAuthorized: {
        code: this.#code,
        txCode: { inputMode: 'numeric', length: 6, description: undefined },
        authorizationServer: serverUrl,
      },
    }
    this.link = credentialOfferLink({ offerUri: `${issuerUrl}/offers/1` })
  }

  static async open(options: MemoryIssuerOptions = {}): Promise<MemoryIssuer> {
    return new MemoryIssuer(await signerOf('P-256', 7), options)
  }

  readonly fetch: Fetch = async (input, init) => {
    const request = new Request(input as string, init)
    this.requests.push(request.clone())
    const { pathname } = new URL(request.url)
    const route = this.#routes[`${request.method} ${pathname}`]
    if (route === undefined) return Response.json({ error: 'not_found' }, { status: 404 })
    try {
      return await route(request)
    } catch (error) {
      const answer = credentialErrorOf(error)
      if (answer !== undefined) return Response.json(answer.body, { status: answer.status })
      if (error instanceof ExchangeError) return Response.json({ error: 'invalid_dpop_proof' }, { status: 400 })
      throw error
    }
  }

  readonly #routes: Readonly<Record<string, (request: Request) => Response | Promise<Response>>> = {
    'GET /issuer/offers/1': () => Response.json(writeCredentialOffer(this.offer)),
    'GET /.well-known/openid-credential-issuer/issuer': () =>
      Response.json({ ...writeIssuerMetadata(issuerMetadata), ...this.#options.metadata }),
    'GET /.well-known/oauth-authorization-server/oidc': () =>
      Response.json({
        issuer: serverUrl,
        token_endpoint: `${serverUrl}/token`,
        response_types_supported: ['code'],
        grant_types_supported: [preAuthorizedGrant],
        dpop_signing_alg_values_supported: ['ES256', 'EdDSA'],
        'pre-authorized_grant_anonymous_access_supported': true,
        ...this.#options.server,
      }),
    'POST /oidc/token': request => this.#token(request),
    'POST /issuer/vci/nonce': () => {
      const nonce = bytesToBase64url(randomBytes(16))
      this.#nonces.add(nonce)
      return Response.json({ c_nonce: nonce }, { headers: { 'cache-control': 'no-store' } })
    },
    'POST /issuer/vci/credential': request => this.#credential(request),
    'POST /issuer/vci/deferred': request => this.#collectDeferred(request),
    'POST /issuer/vci/notification': async request => {
      await this.#authorize(request)
      const { notificationId, event } = parseNotification(await request.json())
      this.notifications.push(`${notificationId} ${event}`)
      return new Response(null, { status: 204 })
    },
  }

  async #token(request: Request): Promise<Response> {
    const form = readForm(await request.text(), { path: 'token', code: 'ERR_EXCHANGE_MALFORMED' }, 8192)
    const refused = this.#wantsNonce(request)
    if (refused !== undefined) return refused
    const isRight = form.grant_type === preAuthorizedGrant && form['pre-authorized_code'] === this.#code && form.tx_code === txCode
    if (!isRight || this.#isRedeemed) return Response.json({ error: 'invalid_grant' }, { status: 400 })
    const thumbprint = await this.#prove(request)
    this.#isRedeemed = true
    const token = bytesToBase64url(randomBytes(16))
    this.#tokens.set(token, thumbprint)
    return Response.json({ access_token: token, token_type: thumbprint === undefined ? 'Bearer' : 'DPoP', expires_in: 300 })
  }

  /** The answer to a proof without the server's nonce; undefined if it may go on. */
  #wantsNonce(request: Request): Response | undefined {
    const { dpopNonce } = this.#options
    const proof = request.headers.get('dpop')
    if (
      dpopNonce === undefined ||
      proof === null ||
      JSON.parse(atob(proof.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/'))).nonce === dpopNonce
    )
      return undefined
    return Response.json({ error: 'use_dpop_nonce' }, { status: 400, headers: { 'dpop-nonce': dpopNonce } })
  }

  async #prove(request: Request, accessToken?: string, thumbprint?: string): Promise<string | undefined> {
    const proof = request.headers.get('dpop')
    if (proof === null) return undefined
    const proven = await verifyDpopProof(proof, {
      method: request.method,
      url: request.url,
      nowMs: this.#nowMs,
      ...(accessToken === undefined ? {} : { accessToken }),
      ...(thumbprint === undefined ? {} : { thumbprint }),
    })
    if (this.#jtis.has(proven.jti)) throw new ExchangeError('ERR_EXCHANGE_PROOF', 'DPoP.jti: expected a new one')
    this.#jtis.add(proven.jti)
    return proven.thumbprint
  }

  async #authorize(request: Request): Promise<void> {
    const [scheme, token = ''] = (request.headers.get('authorization') ?? '').split(' ')
    const thumbprint = this.#tokens.get(token)
    const isKnown = this.#tokens.has(token) && scheme === (thumbprint === undefined ? 'Bearer' : 'DPoP')
    if (!isKnown || (await this.#prove(request, token, thumbprint)) !== thumbprint)
      throw new IssuanceError('ERR_EXCHANGE_PROOF', 'credential_request_denied', 'token: expected one that was given out, with its proof')
  }

  async #credential(request: Request): Promise<Response> {
    await this.#authorize(request)
    const asked = parseCredentialRequest(await request.json())
    if (!('configurationId' in asked)) throw new IssuanceError('ERR_EXCHANGE_MALFORMED', 'unknown_credential_identifier', 'no such')
    const { nonce, keys } = await verifyKeyProofs(asked.proofs, {
      audience: issuerUrl,
      nowMs: this.#nowMs,
      maxCount: issuerMetadata.batchSize,
    })
    if (!this.#nonces.delete(nonce) || this.#stale-- > 0)
      throw new IssuanceError('ERR_EXCHANGE_NONCE', 'invalid_nonce', 'proofs.jwt.nonce: expected a fresh one')
    switch (asked.configurationId) {
      case 'resident_sd-jwt': {
        const credentials = await Promise.all(
          keys.map(({ publicKey }) =>
            issueSdJwtVc({
              signer: this.#signer,
              kid: `${otherDid}#key-1`,
              issuer: otherDid,
              credentialType: 'urn:hufu:resident',
              claims: residentClaims,
              holderKey: publicKey,
              issuedAtMs: this.#nowMs,
              expiresAtMs: this.#nowMs + 86_400_000,
            }),
          ),
        )
        return Response.json(writeCredentialResponse({ credentials, notificationId: 'n-1' }))
      }
      case 'resident_zk': {
        const [key] = keys
        if (key?.holderCommitment === undefined)
          throw new IssuanceError('ERR_EXCHANGE_PROOF', 'invalid_proof', 'expected hufu_holder_commitment')
        const delivery = writeZkDelivery({
          credentialType: 'urn:hufu:resident',
          schemaVersion: 1,
          issuer: otherDid,
          claims: residentClaims,
          leafIndex: 7,
          expires: '2027-12-31',
          salt: 2n ** 250n + 12345n,
        })
        const transactionId = bytesToBase64url(randomBytes(16))
        this.#deferred.set(transactionId, { polls: 1, response: { credentials: [delivery], notificationId: 'n-2' } })
        return Response.json(writeCredentialResponse({ transactionId, intervalSeconds: 2 }), { status: 202 })
      }
      default:
        throw new IssuanceError('ERR_EXCHANGE_MALFORMED', 'unknown_credential_configuration', 'no such')
    }
  }

  async #collectDeferred(request: Request): Promise<Response> {
    await this.#authorize(request)
    const { transactionId } = parseDeferredRequest(await request.json())
    const waiting = this.#deferred.get(transactionId)
    if (waiting === undefined) throw new IssuanceError('ERR_EXCHANGE_MALFORMED', 'invalid_transaction_id', 'no such')
    if (waiting.polls-- > 0) return Response.json(writeCredentialResponse({ transactionId, intervalSeconds: 2 }), { status: 202 })
    this.#deferred.delete(transactionId)
    return Response.json(writeCredentialResponse(waiting.response))
  }
}
