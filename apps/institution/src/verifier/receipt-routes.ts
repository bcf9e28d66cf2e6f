import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import { VerifierError } from './errors.ts'
import type { VerifierContext } from './verifier-context.ts'
import { IdParams } from './wallet-routes.ts'

const tags = ['Receipts']
const ListQuery = Type.Object(
  {
    beforeMs: Type.Optional(Type.Number({ minimum: 0, maximum: 8_640_000_000_000_000 })),
    queryId: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
    verdict: Type.Optional(Type.Union(['accepted', 'refused', 'declined'].map(verdict => Type.Literal(verdict)))),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  { additionalProperties: false },
)
const ReadQuery = Type.Object(
  { content: Type.Optional(Type.Boolean({ description: 'With what was presented, where it is still kept; officers only' })) },
  { additionalProperties: false },
)
const Summary = {
  id: Type.String(),
  presentationId: Type.String(),
  queryId: Type.String(),
  queryVersion: Type.Integer(),
  purpose: Type.String(),
  verdict: Type.String(),
  failedRule: Type.Optional(Type.String()),
  code: Type.Optional(Type.String()),
  formats: Type.Array(Type.String()),
  atMs: Type.Number(),
  contentUntilMs: Type.Optional(Type.Number()),
}
const Texts = Type.Object({ 'zh-CN': Type.String(), en: Type.String() }, { additionalProperties: false })
const Rule = Type.Object(
  {
    rule: Type.String(),
    credential: Type.Optional(Type.String()),
    passed: Type.Boolean(),
    evidence: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
    text: Texts,
  },
  { additionalProperties: false },
)
const Read = Type.Object(
  { ...Summary, verifier: Type.String(), rules: Type.Array(Rule), content: Type.Optional(Type.Unknown()) },
  { additionalProperties: false },
)

/** Adds receipts for officers and auditors. That one was read stands in the log. */
export function receiptRoutes(server: FastifyInstance, { institution, receipts }: VerifierContext): void {
  const { database, audit } = institution

  server.get<{ Querystring: Static<typeof ListQuery> }>(
    '/verifier/receipts',
    {
      config: { access: ['officer', 'auditor'] },
      schema: {
        summary: 'Receipts, the newest first; nothing about a person',
        tags,
        querystring: ListQuery,
        response: {
          200: Type.Object(
            { receipts: Type.Array(Type.Object(Summary, { additionalProperties: false })) },
            { additionalProperties: false },
          ),
        },
      },
    },
    async ({ query: { limit = 50, ...filter } }) => ({
      receipts: await receipts.list(database, { ...filter, limit } as Parameters<typeof receipts.list>[1]),
    }),
  )

  server.get<{ Params: Static<typeof IdParams>; Querystring: Static<typeof ReadQuery> }>(
    '/verifier/receipts/:id',
    {
      config: { access: ['officer', 'auditor'] },
      schema: {
        summary: 'One receipt: each rule, its evidence, in Chinese and English',
        tags,
        params: IdParams,
        querystring: ReadQuery,
        response: { 200: Read },
      },
    },
    async ({ params, query, staff }) => {
      const withContent = query.content === true && staff!.roles.includes('officer')
      const found = await receipts.find(database, params.id, { withContent })
      if (found === undefined) throw new VerifierError('ERR_VERIFIER_UNKNOWN', 'there is no such receipt')
      await audit.append(database, {
        actor: `staff ${staff!.id}`,
        action: withContent ? 'receipt read with what was presented' : 'receipt read',
        subject: `receipt ${params.id}`,
      })
      const { summary, receipt, content } = found
      return {
        ...summary,
        verifier: receipt.verifier,
        rules: receipt.rules,
        ...(content === undefined ? {} : { content }),
      } as unknown as Static<typeof Read>
    },
  )
}
