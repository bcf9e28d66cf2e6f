import { Readable } from 'node:stream'
import type { Clock } from '@hufu/primitives'
import type { Database } from '@hufu/service'
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import { readHead } from './chain-entries.ts'
import { exportLog, readRecords } from './export-log.ts'

export interface AuditRouteOptions {
  readonly database: Database
  readonly clock: Clock
  readonly did: string
  /** Under which name heads are anchored. */
  readonly list: string
}

const tags = ['Audit log']
const HeadSchema = Type.Object({ sequence: Type.Number(), hash: Type.String() }, { additionalProperties: false })
const AnchorSchema = Type.Object(
  { sequence: Type.Number(), hash: Type.String(), blockIndex: Type.Number(), timeMs: Type.Number() },
  { additionalProperties: false },
)
const RecordSchema = Type.Object(
  {
    sequence: Type.Number(),
    atMs: Type.Number(),
    actor: Type.Optional(Type.String()),
    action: Type.Optional(Type.String()),
    subject: Type.Optional(Type.String()),
    detail: Type.Optional(Type.Unknown()),
    previousHash: Type.String(),
    hash: Type.String(),
  },
  { additionalProperties: false },
)
const EntriesQuery = Type.Object(
  {
    after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  },
  { additionalProperties: false },
)

/** Adds the routes of the log: where it ends (for everybody), its records and a copy to check (for auditors). */
export function auditRoutes(server: FastifyInstance, { database, clock, did, list }: AuditRouteOptions): void {
  server.get(
    '/audit/head',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Where the log ends, and which of its heads was anchored last',
        tags,
        response: {
          200: Type.Object(
            { did: Type.String(), list: Type.String(), head: HeadSchema, anchor: Type.Optional(AnchorSchema) },
            { additionalProperties: false },
          ),
        },
      },
    },
    async () => {
      const [anchor] = await database.query<{ sequence: number; hash: string; block_index: number; time_ms: number }>(
        'select sequence, hash, block_index, time_ms from audit_anchors where block_index is not null order by sequence desc limit 1',
      )
      return {
        ...{ did, list, head: await readHead(database) },
        ...(anchor === undefined
          ? {}
          : { anchor: { sequence: anchor.sequence, hash: anchor.hash, blockIndex: anchor.block_index, timeMs: anchor.time_ms } }),
      }
    },
  )

  server.get<{ Querystring: Static<typeof EntriesQuery> }>(
    '/audit/entries',
    {
      config: { access: ['auditor'] },
      schema: {
        summary: 'Records after a position, in order; at most 1,000, by default 100',
        tags,
        querystring: EntriesQuery,
        response: { 200: Type.Object({ entries: Type.Array(RecordSchema), head: HeadSchema }, { additionalProperties: false }) },
      },
    },
    async ({ query: { after = 0, limit = 100 } }) => {
      const head = await readHead(database)
      return { entries: [...(await readRecords(database, after, head.sequence, limit))], head }
    },
  )

  server.get(
    '/audit/export',
    { config: { access: ['auditor'] }, schema: { summary: 'The whole log as JSON lines, for hufu audit verify', tags } },
    async (_request, reply) =>
      reply
        .type('application/jsonl')
        .header('content-disposition', 'attachment; filename="audit.jsonl"')
        .send(Readable.from(exportLog(database, { did, list, exportedAtMs: clock.nowMs() }))),
  )
}
