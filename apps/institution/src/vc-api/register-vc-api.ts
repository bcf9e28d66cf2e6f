import { createHash, timingSafeEqual } from 'node:crypto'
import { type Receipt, type VerifiedW3cCredential, verifyW3cCredential, verifyW3cPresentation } from '@hufu/credentials'
import { problemMediaType, problemOf, ServiceError } from '@hufu/service'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { issueCredential } from './issue-credential.ts'
import { envelopedJwtOf, type PartnerIssuers } from './partner-issuers.ts'
import { readIssueRequest, readStatusRequest, readVerifyCredentialRequest, readVerifyPresentationRequest } from './vc-api-request.ts'
import type { VcApiServices } from './vc-api-services.ts'
import { type W3cProblem, w3cProblemOf } from './w3c-problem.ts'

/**
 * Adds the VC API, which issues and verifies W3C credentials over HTTP: `POST /credentials/issue`, `/credentials/verify`, `/presentations/verify`,
 * `/credentials/status`, and `GET /status-lists/…`.
 *
 * @see https://w3c-ccg.github.io/vc-api/
 */
export function registerVcApi(server: FastifyInstance, services: VcApiServices): void {
  const { statuses, verification, partners, issuingToken } = services
  const tags = ['VC API']
  const guarded = {
    // The VC API has a token of its own, which is checked here; without one the server listens on its own machine only, or does not start.
    config: { access: 'public' },
    onRequest: async (request: FastifyRequest) => checkToken(request, issuingToken),
  } as const
  const open = { config: { access: 'public' } } as const

  server.post('/credentials/issue', { ...guarded, schema: { summary: 'Issues a W3C credential', tags } }, async (request, reply) => {
    const verifiableCredential = await issueCredential(readIssueRequest(request.body), services)
    return reply.code(201).send({ verifiableCredential })
  })

  server.post('/credentials/verify', { ...open, schema: { summary: 'Verifies a W3C credential', tags } }, async (request, reply) =>
    answer(request, reply, async () => {
      const { verifiableCredential, returnCredential, ...audience } = readVerifyCredentialRequest(request.body)
      const jwt = envelopedJwtOf(verifiableCredential)
      if (partners !== undefined && jwt !== undefined) return verifyOfPartner(partners, jwt, returnCredential, audience)
      const verified = await verifyW3cCredential(verifiableCredential, { ...verification, ...defined(audience) })
      const credential = returnCredential ? { credential: verified.credential } : {}
      return { ...credential, problemDetails: warningsOf(verified), receipt: verified.receipt }
    }),
  )

  server.post('/presentations/verify', { ...open, schema: { summary: 'Verifies a W3C presentation', tags } }, async (request, reply) =>
    answer(request, reply, async () => {
      const { verifiablePresentation, returnPresentation, ...audience } = readVerifyPresentationRequest(request.body)
      const { presentation, credentials, receipt } = await verifyW3cPresentation(verifiablePresentation, { ...verification, ...audience })
      const returned = returnPresentation ? { verifiablePresentation: presentation } : {}
      const results = credentials.map(verified => ({ verified: true, problemDetails: warningsOf(verified), receipt: verified.receipt }))
      return { ...returned, problemDetails: [], receipt, credentialResults: results }
    }),
  )

  server.post('/credentials/status', { ...guarded, schema: { summary: 'Changes a credential’s status', tags } }, async (request, reply) => {
    const { credentialId, purpose, isSet } = readStatusRequest(request.body)
    await statuses.change(credentialId, purpose, isSet)
    return reply.code(200).send({})
  })

  const list = {
    config: { access: 'public', cors: true },
    schema: {
      summary: 'A status list of this server',
      tags,
      params: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    },
  } as const
  server.get<{ Params: { name: string } }>('/status-lists/:name', list, async (request, reply) => {
    const text = await statuses.signedList(request.params.name)
    if (text === undefined) throw new ServiceError('ERR_SERVICE_NOT_FOUND', 'no such status list')
    // As bytes: the text's hash is what verifiers and the ledger know it by.
    reply.header('content-type', mediaTypeFor(request)).header('vary', 'accept').header('cache-control', 'public, max-age=60')
    return reply.send(Buffer.from(text))
  })
}

/** Answers 200 with what held, or with the problem that did not: both say `verified`, as the VC API asks, and give the receipt. */
async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  verify: () => Promise<{ readonly [name: string]: unknown }>,
): Promise<FastifyReply> {
  try {
    return reply.send({ verified: true, ...(await verify()) })
  } catch (error) {
    const problem = problemOf(error)
    if (problem.status >= 500) request.log.error({ err: error }, 'could not verify')
    const receipt = (error as { receipt?: Receipt } | null)?.receipt
    const body = { ...problem, verified: false, problemDetails: [w3cProblemOf(problem)], ...(receipt === undefined ? {} : { receipt }) }
    return reply
      .code(problem.status)
      .header('content-type', problemMediaType)
      .send(Buffer.from(JSON.stringify(body)))
  }
}

async function verifyOfPartner(partners: PartnerIssuers, jwt: string, returnCredential: boolean, audience: Audience) {
  // Such a JWT names no verifier: to pass one that was asked for over would be to say that it held.
  if (audience.domain !== undefined || audience.challenge !== undefined)
    throw new ServiceError('ERR_SERVICE_REQUEST', 'options: expected neither domain nor challenge with an enveloped credential')
  const verified = await partners.verify(jwt)
  const credential = returnCredential ? { credential: verified.credential } : {}
  return { ...credential, problemDetails: warningsOf({ ...verified, issuerBound: true }), receipt: verified.receipt }
}

/** What a verifier should know of a credential that holds. */
function warningsOf({ issuerBound, statuses }: Pick<VerifiedW3cCredential, 'issuerBound' | 'statuses'>): readonly W3cProblem[] {
  const unbound = {
    type: 'about:blank',
    title: 'ISSUER_NOT_BOUND',
    detail: 'issuer: a plain URL, which nothing ties to the key that signed; see receipt for the key',
  }
  const told = statuses
    .filter(({ status }) => status !== 0)
    .map(({ purpose, message }) => ({
      type: 'about:blank',
      title: 'STATUS_SET',
      detail: `status ${purpose}${message === undefined ? '' : `: ${message}`}`,
    }))
  return [...(issuerBound ? [] : [unbound]), ...told]
}

/** `application/vc` to those who know it; many clients read only what calls itself JSON. */
function mediaTypeFor({ headers }: FastifyRequest): string {
  return headers.accept?.includes('application/vc') === true ? 'application/vc' : 'application/json'
}

function checkToken({ headers }: FastifyRequest, token: string | undefined): void {
  if (token === undefined) return
  const given = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? ''
  if (!timingSafeEqual(digestOf(given), digestOf(token)))
    throw new ServiceError('ERR_SERVICE_UNAUTHORIZED', 'expected a bearer token of this server')
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

interface Audience {
  readonly domain: string | undefined
  readonly challenge: string | undefined
}

function defined(audience: Audience): { domain?: string; challenge?: string } {
  return Object.fromEntries(Object.entries(audience).filter(([, value]) => value !== undefined))
}
