import { credentialErrorOf, parseCredentialRequest, parseDeferredRequest, parseNotification, writeCredentialResponse } from '@hufu/exchange'
import { errorCode } from '@hufu/primitives'
import { sendProblem } from '@hufu/service'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Institution } from '../institution.ts'
import type { WalletGrant } from './authorization-seam.ts'
import { configurationsOf } from './configurations.ts'
import type { CredentialTypes } from './credential-types.ts'
import { IssuerError, type IssuerErrorCode } from './errors.ts'
import type { Issuances, Outcome } from './issuances.ts'
import { issuerMetadata } from './issuer-metadata.ts'
import type { Nonces } from './nonces.ts'

export interface VciParts {
  /** Issuer identifiers of the authorization servers. */
  readonly servers: readonly string[]
  /** What the token of a request that was let through is for. */
  readonly grantOf: (request: FastifyRequest) => WalletGrant
  readonly issuances: Issuances
  readonly types: CredentialTypes
  readonly nonces: Nonces
  readonly hasTrees: boolean
}

const tags = ['Credential issuance (OpenID4VCI)']
/** What the protocols call the reasons for which a wallet's request is refused (OpenID4VCI 1.0 §§8.3.1, 9.3, 11.3; RFC 6750 §3.1). */
const refusals: Partial<Record<IssuerErrorCode, { readonly status: number; readonly error: string }>> = {
  ERR_ISSUER_TOKEN: { status: 401, error: 'invalid_token' },
  ERR_ISSUER_REQUEST: { status: 400, error: 'invalid_credential_request' },
  ERR_ISSUER_CONFIGURATION: { status: 400, error: 'unknown_credential_configuration' },
  ERR_ISSUER_NONCE: { status: 400, error: 'invalid_nonce' },
  ERR_ISSUER_DENIED: { status: 400, error: 'credential_request_denied' },
  ERR_ISSUER_TRANSACTION: { status: 400, error: 'invalid_transaction_id' },
  ERR_ISSUER_NOTIFICATION: { status: 400, error: 'invalid_notification_id' },
}
/** A body that is no JSON, or not of the shape. */
const noRequest: ReadonlySet<string> = new Set(['ERR_SERVICE_REQUEST', 'ERR_ENCODING_JSON', 'ERR_ENCODING_BINARY'])

const Refusal = Type.Object({ error: Type.String(), error_description: Type.Optional(Type.String()) })
const Credentials = Type.Object(
  {
    credentials: Type.Optional(Type.Array(Type.Object({ credential: Type.Unknown() }, { additionalProperties: false }))),
    notification_id: Type.Optional(Type.String()),
    transaction_id: Type.Optional(Type.String()),
    interval: Type.Optional(Type.Integer()),
  },
  { additionalProperties: false },
)
const AnyObject = Type.Object({}, { additionalProperties: true })
const answers = { 200: Credentials, 202: Credentials, 400: Refusal, 401: Refusal }

/** Adds the endpoints that wallets use. Each answers its errors as OpenID4VCI says. */
export function vciRoutes(server: FastifyInstance, institution: Institution, parts: VciParts): void {
  const { servers, grantOf, issuances, types, nonces, hasTrees } = parts
  server.register((scope, _options, done) => {
    scope.setErrorHandler((error, request, reply) => sendRefusal(error, request, reply))

    scope.get(
      '/.well-known/openid-credential-issuer',
      {
        config: { access: 'public', cors: true },
        schema: { summary: 'What this issuer offers, and where', tags, response: { 200: Type.Object({}, { additionalProperties: true }) } },
      },
      async (_request, reply) => {
        reply.header('cache-control', 'public, max-age=60')
        return issuerMetadata(institution, servers, configurationsOf(await types.all(), hasTrees))
      },
    )

    scope.post(
      '/vci/nonce',
      {
        config: { access: 'public', cors: true },
        schema: {
          summary: 'A nonce for key proofs',
          tags,
          response: { 200: Type.Object({ c_nonce: Type.String() }, { additionalProperties: false }) },
        },
      },
      async () => ({ c_nonce: nonces.create() }),
    )

    scope.post(
      '/vci/credential',
      {
        config: { access: 'wallet', cors: true },
        schema: { summary: 'Credentials for keys that are proven', tags, body: AnyObject, response: answers },
      },
      async (request, reply) => {
        const grant = grantOf(request)
        return sendOutcome(reply, await issuances.request(grant, parseCredentialRequest(request.body)))
      },
    )

    scope.post(
      '/vci/deferred',
      {
        config: { access: 'wallet', cors: true },
        schema: { summary: 'Credentials that had to wait', tags, body: AnyObject, response: answers },
      },
      async (request, reply) => {
        const grant = grantOf(request)
        const { transactionId } = parseDeferredRequest(request.body)
        return sendOutcome(reply, await issuances.deferred(grant, transactionId))
      },
    )

    scope.post(
      '/vci/notification',
      {
        config: { access: 'wallet', cors: true },
        schema: {
          summary: 'What became of credentials in the wallet',
          tags,
          body: AnyObject,
          response: { 204: Type.Null(), 400: Refusal, 401: Refusal },
        },
      },
      async (request, reply) => {
        const grant = grantOf(request)
        const { notificationId, event } = parseNotification(request.body)
        await issuances.notify(grant, notificationId, event)
        return reply.code(204).send()
      },
    )
    done()
  })
}

function sendOutcome(reply: FastifyReply, outcome: Outcome): FastifyReply {
  if ('transactionId' in outcome) reply.code(202)
  return reply.send(writeCredentialResponse(outcome))
}

function sendRefusal(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = error instanceof IssuerError ? refusals[error.code] : undefined
  if (known !== undefined && error instanceof IssuerError) {
    const scheme = /^dpop /i.test(request.headers.authorization ?? '') ? 'DPoP algs="ES256 EdDSA", ' : 'Bearer '
    if (known.status === 401) reply.header('www-authenticate', `${scheme}error="${known.error}"`)
    return reply.code(known.status).send({ error: known.error, error_description: error.message })
  }
  const exchange = credentialErrorOf(error)
  if (exchange !== undefined) return reply.code(exchange.status).send(exchange.body)
  if (noRequest.has(errorCode(error) ?? ''))
    return reply.code(400).send({ error: 'invalid_credential_request', error_description: (error as Error).message })
  return sendProblem(error, request, reply)
}
