import { canonicalJson, type Json } from '@hufu/primitives'
import type { FastifyInstance, FastifyReply } from 'fastify'
import Type, { type Static } from 'typebox'
import { askConsent } from './ask-consent.ts'
import { giveGrant } from './give-grant.ts'
import { handRecordOver } from './hand-record-over.ts'
import { type HandoverContext, recordNamePattern } from './handover-context.ts'
import { peerOf } from './peer-access.ts'
import { messageHeader } from './peer-message.ts'

const tags = ['Hand-over: institutions']
const Name = Type.String({ minLength: 1, maxLength: 200 })
const IdParams = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false })
const ConsentBody = Type.Object(
  {
    record: Type.String({ pattern: recordNamePattern, maxLength: 64 }),
    untilMs: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    receiverName: Type.Object({ 'zh-CN': Name, en: Name }, { additionalProperties: false }),
    returnTo: Type.Optional(Type.String({ pattern: '^https?://', maxLength: 2048 })),
  },
  { additionalProperties: false },
)
const GrantBody = Type.Object({ responseCode: Type.Optional(Type.String({ maxLength: 128 })) }, { additionalProperties: false })
const RecordBody = Type.Object(
  { grant: Type.String({ maxLength: 4096 }), record: Type.String({ pattern: recordNamePattern, maxLength: 64 }) },
  { additionalProperties: false },
)

/** Adds what other institutions call: each request is a message that its DID signed, and so is each answer. */
export function peerRoutes(server: FastifyInstance, context: HandoverContext): void {
  const config = { access: 'peer' } as const

  server.post<{ Body: Static<typeof ConsentBody> }>(
    '/handover/peer/requests',
    { config, schema: { summary: 'Ask for a record: the person is to agree', tags, body: ConsentBody } },
    async (request, reply) => answer(reply, await askConsent(context, peerOf(request), request.url, request.body)),
  )

  server.post<{ Params: Static<typeof IdParams>; Body: Static<typeof GrantBody> }>(
    '/handover/peer/requests/:id/grant',
    { config, schema: { summary: 'The grant, once the person has agreed', tags, params: IdParams, body: GrantBody } },
    async (request, reply) =>
      answer(reply, await giveGrant(context, peerOf(request), request.url, request.params.id, request.body.responseCode)),
  )

  server.post<{ Body: Static<typeof RecordBody> }>(
    '/handover/peer/records',
    { config, schema: { summary: 'The record of a grant', tags, body: RecordBody } },
    async (request, reply) => answer(reply, await handRecordOver(context, peerOf(request), request.url, request.body)),
  )
}

/** The answer just as it was signed. */
function answer(reply: FastifyReply, { body, jws }: { readonly body: unknown; readonly jws: string }): FastifyReply {
  return reply
    .header(messageHeader, jws)
    .type('application/json')
    .send(Buffer.from(canonicalJson(body as Json)))
}
