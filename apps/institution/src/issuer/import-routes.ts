import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import type { Imports } from './imports.ts'
import { IdParams, Import, ImportList, ImportQuery } from './staff-schemas.ts'

const tags = ['Issuer: imports']
const clerks = { access: ['clerk', 'officer'] } as const
const bodyLimit = 64 * 2 ** 20
type ById = { Params: Static<typeof IdParams> }

/** Adds bulk import: a file in, how far it is, what is wrong with it, approval. */
export function importRoutes(server: FastifyInstance, imports: Imports): void {
  server.register((scope, _options, ready) => {
    scope.removeAllContentTypeParsers()
    // Passed on as it comes: it is not held in memory.
    scope.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload))

    scope.post<{ Querystring: Static<typeof ImportQuery>; Body: AsyncIterable<Uint8Array> }>(
      '/issuer/imports',
      {
        config: { access: ['clerk'] },
        bodyLimit,
        schema: {
          summary: 'A residents’ file (CSV, at most 64 MiB), of which applications are to be made',
          tags,
          consumes: ['text/csv'],
          querystring: ImportQuery,
          response: { 202: Import },
        },
      },
      async (request, reply) => {
        const body: AsyncIterable<Uint8Array> = request.body ?? Readable.from([])
        return reply.code(202).send(await imports.upload(request.staff!, request.query.type, body))
      },
    )
    ready()
  })

  server.get(
    '/issuer/imports',
    { config: clerks, schema: { summary: 'Imports, the newest first', tags, response: { 200: ImportList } } },
    async request => ({ imports: await imports.list(request.staff!) }),
  )

  server.get<ById>(
    '/issuer/imports/:id',
    { config: clerks, schema: { summary: 'How far an import is', tags, params: IdParams, response: { 200: Import } } },
    async request => imports.get(request.staff!, request.params.id),
  )

  server.get<ById>(
    '/issuer/imports/:id/errors.csv',
    {
      config: clerks,
      schema: {
        summary: 'What is wrong with which rows: line, column, rule and how to mend it',
        tags,
        produces: ['text/csv'],
        params: IdParams,
      },
    },
    async (request, reply) => {
      const report = await imports.errorsCsv(request.staff!, request.params.id)
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="errors.csv"')
        .send(Readable.from(report))
    },
  )

  server.post<ById>(
    '/issuer/imports/:id/approve',
    {
      config: { access: ['officer'] },
      schema: { summary: 'Approve the good rows of a file that another person brought', tags, params: IdParams, response: { 200: Import } },
    },
    async request => imports.approve(request.staff!, request.params.id),
  )
}
