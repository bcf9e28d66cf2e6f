import type { Json } from '@hufu/primitives'
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import { HandoverError } from './errors.ts'
import { type HandoverContext, recordNamePattern } from './handover-context.ts'
import { askHolder, fetchRecord, followRequest } from './receiver.ts'

const tags = ['Hand-over: systems']
const RecordName = Type.String({ pattern: recordNamePattern, maxLength: 64 })
const RecordParams = Type.Object(
  { subject: Type.String({ minLength: 1, maxLength: 256 }), name: RecordName },
  { additionalProperties: false },
)
const RecordBody = Type.Object(
  { content: Type.Unknown({ description: 'Any JSON: just this is handed over' }) },
  { additionalProperties: false },
)
const RequestBody = Type.Object(
  {
    holder: Type.String({ pattern: '^did:neo:', maxLength: 256, description: 'DID of the institution that has the record' }),
    record: RecordName,
    untilMs: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'End of the grant, in whole seconds' }),
    returnTo: Type.Optional(Type.String({ pattern: '^https?://', maxLength: 2048 })),
  },
  { additionalProperties: false },
)
const CodeBody = Type.Object({ responseCode: Type.Optional(Type.String({ maxLength: 128 })) }, { additionalProperties: false })
const IdParams = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false })
const standing = {
  id: Type.String(),
  holder: Type.String(),
  record: Type.String(),
  endMs: Type.Number(),
  status: Type.Union(['waiting', 'granted', 'refused', 'expired'].map(status => Type.Literal(status))),
  expiresAtMs: Type.Number(),
}
const Standing = Type.Object(standing, { additionalProperties: false })
const Asked = Type.Object({ ...standing, qr: Type.String(), walletUrl: Type.Optional(Type.String()) }, { additionalProperties: false })
const Handed = Type.Object({ record: Type.String(), content: Type.Unknown(), updatedAtMs: Type.Number() }, { additionalProperties: false })

/** Largest record, sealed and sent as a whole. */
const maxRecordBytes = 524_288

/** Adds what the institution's own systems call: to have records handed over, and to get others'. */
export function systemRoutes(server: FastifyInstance, context: HandoverContext): void {
  const { institution, records } = context
  const { database, audit, clock } = institution
  const config = { access: 'system' } as const

  server.put<{ Params: Static<typeof RecordParams>; Body: Static<typeof RecordBody> }>(
    '/handover/records/:subject/:name',
    {
      config,
      schema: {
        summary:
          "Put a person's record here, for whomever they let have it; subject is how your systems know the person (sub, or pseudonym)",
        tags,
        params: RecordParams,
        body: RecordBody,
        response: { 204: Type.Null() },
      },
      bodyLimit: maxRecordBytes,
    },
    async ({ params: { subject, name }, body }, reply) => {
      const subjectKey = records.keyOf(subject)
      const sealed = await records.seal(subjectKey, name, body.content as Json)
      await database.transaction(async queries => {
        await records.put(queries, subjectKey, name, sealed, clock.nowMs())
        await audit.append(queries, { actor: 'system', action: 'record put', detail: { record: name } })
      })
      return reply.code(204).send()
    },
  )

  server.delete<{ Params: Static<typeof RecordParams> }>(
    '/handover/records/:subject/:name',
    { config, schema: { summary: 'Take it away again', tags, params: RecordParams, response: { 204: Type.Null() } } },
    async ({ params: { subject, name } }, reply) => {
      await database.transaction(async queries => {
        if (!(await records.remove(queries, records.keyOf(subject), name)))
          throw new HandoverError('ERR_HANDOVER_RECORD', 'there is no such record')
        await audit.append(queries, { actor: 'system', action: 'record removed', detail: { record: name } })
      })
      return reply.code(204).send()
    },
  )

  server.post<{ Body: Static<typeof RequestBody> }>(
    '/handover/requests',
    {
      config,
      schema: {
        summary: 'Ask another institution for a record: show the code to the person',
        tags,
        body: RequestBody,
        response: { 201: Asked },
      },
    },
    async ({ body }, reply) => reply.code(201).send(await askHolder(context, body)),
  )

  server.get<{ Params: Static<typeof IdParams> }>(
    '/handover/requests/:id',
    {
      config,
      schema: {
        summary: 'How it stands; the holder is asked while the person has not answered',
        tags,
        params: IdParams,
        response: { 200: Standing },
      },
    },
    async ({ params }) => followRequest(context, params.id),
  )

  server.post<{ Params: Static<typeof IdParams>; Body: Static<typeof CodeBody> }>(
    '/handover/requests/:id/fetch',
    {
      config,
      schema: {
        summary: 'Fetch the record, as often as needed until the end; with response_code where the wallet was on the same device',
        tags,
        params: IdParams,
        body: CodeBody,
        response: { 200: Handed },
      },
    },
    async ({ params, body }) => fetchRecord(context, params.id, body.responseCode),
  )
}
