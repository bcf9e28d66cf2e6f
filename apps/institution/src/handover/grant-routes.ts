import { bearerTokenOf } from '@hufu/staff'
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import { encode } from 'uqr'
import { HandoverError } from './errors.ts'
import type { HandoverContext } from './handover-context.ts'
import { revocationPage } from './revocation-page.ts'
import { beginRevocation, finishRevocation, listGrants, revokeGrant } from './revoke-grants.ts'

const tags = ['Hand-over: grants']
const IdParams = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false })
const ListQuery = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })) }, { additionalProperties: false })
const RevokeBody = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 200 }) }, { additionalProperties: false })
const Grant = Type.Object(
  {
    id: Type.String(),
    receiver: Type.String(),
    record: Type.String(),
    notBeforeMs: Type.Number(),
    endMs: Type.Number(),
    receiptId: Type.String(),
    revokedAtMs: Type.Optional(Type.Number()),
    revokedBy: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)
const Grants = Type.Object({ grants: Type.Array(Grant) }, { additionalProperties: false })
const BeginBody = Type.Object(
  { grantId: Type.Optional(Type.String({ format: 'uuid' })), returnTo: Type.Optional(Type.String({ maxLength: 2048 })) },
  { additionalProperties: false },
)
const Begun = Type.Object(
  {
    id: Type.String(),
    walletUrl: Type.Optional(Type.String()),
    qr: Type.String(),
    qrRows: Type.Array(Type.String()),
    expiresAtMs: Type.Number(),
    token: Type.String(),
  },
  { additionalProperties: false },
)
const FinishBody = Type.Object({ responseCode: Type.Optional(Type.String({ maxLength: 128 })) }, { additionalProperties: false })
const RevokePage = Type.Object({ grant: Type.Optional(Type.String({ format: 'uuid' })), response_code: Type.Optional(Type.String()) })

/** Adds what stops a grant: by an officer, or by the person, who shows once more who they are here. */
export function grantRoutes(server: FastifyInstance, context: HandoverContext): void {
  const { publicUrl, self } = context.institution

  server.get<{ Querystring: Static<typeof ListQuery> }>(
    '/handover/grants',
    {
      config: { access: ['officer', 'auditor'] },
      schema: { summary: 'Grants that people gave, the newest first', tags, querystring: ListQuery, response: { 200: Grants } },
    },
    async ({ query: { limit = 100 } }) => ({ grants: [...(await listGrants(context, limit))] }),
  )

  server.post<{ Params: Static<typeof IdParams>; Body: Static<typeof RevokeBody> }>(
    '/handover/grants/:id/revoke',
    {
      config: { access: ['officer'] },
      schema: { summary: 'Revoke a grant', tags, params: IdParams, body: RevokeBody, response: { 200: Grant } },
    },
    async ({ params, body, staff }) => revokeGrant(context, params.id, `staff ${staff!.id}`, body.reason),
  )

  server.get<{ Querystring: Static<typeof RevokePage> }>(
    '/handover/revoke',
    {
      config: { access: 'public', page: true },
      schema: { summary: 'Page on which a person takes consents back', tags, querystring: RevokePage },
    },
    async ({ headers }, reply) => {
      const language = /^\s*zh\b/i.test(headers['accept-language'] ?? '') ? 'zh-CN' : 'en'
      return reply.type('text/html; charset=utf-8').send(revocationPage(self.name, language))
    },
  )

  server.post<{ Body: Static<typeof BeginBody> }>(
    '/handover/revocations',
    {
      config: { access: 'public' },
      schema: { summary: 'Begin to take a consent back, or all of them', tags, body: BeginBody, response: { 201: Begun } },
    },
    async ({ body }, reply) => {
      const returnTo = `${publicUrl}/handover/revoke`
      const { requestUri: _, walletUrl, ...begun } = await beginRevocation(context, { grantId: body.grantId, returnTo })
      const qrRows = encode(begun.qr, { ecc: 'M', border: 2 }).data.map(row => row.map(dark => (dark ? '1' : '0')).join(''))
      return reply.code(201).send({ ...begun, qrRows, ...(walletUrl === undefined ? {} : { walletUrl }) })
    },
  )

  server.post<{ Params: Static<typeof IdParams>; Body: Static<typeof FinishBody> }>(
    '/handover/revocations/:id/finish',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Take it back, with the token of the presentation as bearer token',
        tags,
        params: IdParams,
        body: FinishBody,
        response: { 200: Grants },
      },
    },
    async request => {
      const token = bearerTokenOf(request)
      if (token === undefined) throw new HandoverError('ERR_HANDOVER_UNKNOWN', "Authorization: expected the presentation's token")
      return { grants: [...(await finishRevocation(context, request.params.id, { token, responseCode: request.body.responseCode }))] }
    },
  )
}
