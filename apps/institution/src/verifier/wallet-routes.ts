import { parseRequestFetch, requestMediaType } from '@hufu/exchange'
import { problemMediaType } from '@hufu/service'
import type { FastifyInstance, FastifyReply } from 'fastify'
import Type, { type Static } from 'typebox'
import { AnswerRefusal } from './answer-receipt.ts'
import { fixOfRule } from './answer-rules.ts'
import { VerifierError } from './errors.ts'
import { findPresentation } from './presentation-store.ts'
import { hashOfSecret } from './secret.ts'
import { sendRequest } from './send-request.ts'
import { takeAnswer, withResponseCode } from './take-answer.ts'
import type { VerifierContext } from './verifier-context.ts'

const tags = ['Presentations: wallets']
export const IdParams = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false })
const DeviceQuery = Type.Object({ device: Type.Optional(Type.Literal('this')) }, { additionalProperties: false })
const RequestForm = Type.Object({
  wallet_nonce: Type.Optional(Type.String({ maxLength: 256 })),
  wallet_metadata: Type.Optional(Type.String()),
})
const ResponseForm = Type.Object({
  response: Type.Optional(Type.String({ description: 'JWE to the key of the request' })),
  error: Type.Optional(Type.String()),
  error_description: Type.Optional(Type.String()),
  state: Type.Optional(Type.String()),
})
const ReturnQuery = Type.Object({ response_code: Type.String({ minLength: 1, maxLength: 128 }) }, { additionalProperties: false })
const Taken = Type.Object({ redirect_uri: Type.Optional(Type.String()) }, { additionalProperties: false })
/** An answer with its proofs has some tens of kilobytes. */
const maxFormBytes = 589_824

/** Adds what wallets call: the request, and where the answer goes (OpenID4VP 1.0 §§5.10, 8.2). Pages of any origin may, for a wallet is one. */
export function walletRoutes(server: FastifyInstance, context: VerifierContext): void {
  const config = { access: 'public', cors: true } as const
  const request = {
    summary: 'The signed request, for a minute after it was first fetched',
    tags,
    params: IdParams,
    querystring: DeviceQuery,
  }

  server.get<{ Params: Static<typeof IdParams>; Querystring: Static<typeof DeviceQuery> }>(
    '/vp/requests/:id',
    { config, schema: request },
    async ({ params, query }, reply) =>
      reply.type(requestMediaType).send(Buffer.from(await sendRequest(context, params.id, { device: query.device ?? 'other' }))),
  )

  server.post<{ Params: Static<typeof IdParams>; Querystring: Static<typeof DeviceQuery>; Body: Static<typeof RequestForm> | null }>(
    '/vp/requests/:id',
    { config, schema: { ...request, body: RequestForm, consumes: ['application/x-www-form-urlencoded'] }, bodyLimit: 65_536 },
    async ({ params, query, body }, reply) => {
      const { walletNonce } = parseRequestFetch(formOf(body ?? {}))
      return reply
        .type(requestMediaType)
        .send(Buffer.from(await sendRequest(context, params.id, { device: query.device ?? 'other', walletNonce })))
    },
  )

  server.post<{ Params: Static<typeof IdParams>; Body: Static<typeof ResponseForm> }>(
    '/vp/responses/:id',
    {
      config,
      schema: {
        summary: 'Takes an encrypted answer (direct_post.jwt), once',
        tags,
        params: IdParams,
        body: ResponseForm,
        consumes: ['application/x-www-form-urlencoded'],
        response: { 200: Taken },
      },
      bodyLimit: maxFormBytes,
    },
    async ({ params, body }, reply) => {
      try {
        const { redirectUri } = await takeAnswer(context, params.id, formOf(body))
        return redirectUri === undefined ? {} : { redirect_uri: redirectUri }
      } catch (error) {
        if (!(error instanceof AnswerRefusal)) throw error
        return sendRefusal(reply, error)
      }
    },
  )

  server.get<{ Params: Static<typeof IdParams>; Querystring: Static<typeof ReturnQuery> }>(
    '/vp/return/:id',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Sends the browser that comes from a wallet to the page that asked',
        tags,
        params: IdParams,
        querystring: ReturnQuery,
      },
    },
    async ({ params: { id }, query: { response_code: code } }, reply) => {
      const stored = await findPresentation(context.institution.database, id)
      // Only who has the code is sent on: this is no address to send people elsewhere by.
      if (stored?.returnTo === undefined || stored.responseCodeHash !== hashOfSecret(code))
        throw new VerifierError('ERR_VERIFIER_UNKNOWN', 'there is no such presentation to return to')
      return reply.redirect(withResponseCode(stored.returnTo, code), 303)
    },
  )
}

/** The failed rule and what to do about it, without anything of what was presented. */
function sendRefusal(reply: FastifyReply, { rule, code, detail, undecided }: AnswerRefusal): FastifyReply {
  const status = undecided ? 503 : 400
  const problem = {
    type: 'about:blank',
    title: undecided ? 'Service Unavailable' : 'Bad Request',
    status,
    code,
    detail,
    rule,
    fix: undecided ? { en: 'Try again in a moment', 'zh-CN': '请稍后重试' } : fixOfRule(rule),
  }
  return reply
    .code(status)
    .header('content-type', problemMediaType)
    .send(Buffer.from(JSON.stringify(problem)))
}

function formOf(fields: { readonly [name: string]: string | undefined }): string {
  return new URLSearchParams(Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined)).toString()
}
