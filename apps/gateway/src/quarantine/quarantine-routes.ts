import type { Part } from '@hufu/staff'
import Type, { type Static } from 'typebox'
import { closed } from '../api/closed.ts'
import { QuarantineSchema } from '../api/gateway-schemas.ts'
import type { Quarantine } from './quarantine.ts'

const QuarantineQuery = closed({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })) })

/** What failed proof or signature, for the operator. */
export function quarantinePart(quarantine: Quarantine): Part {
  return {
    name: 'quarantine',
    routes(server) {
      server.get<{ Querystring: Static<typeof QuarantineQuery> }>(
        '/quarantine',
        {
          config: { access: 'system' },
          schema: {
            summary: 'What failed proof or signature, the newest first: code and hash, never what it was; default: 100',
            tags: ['Quarantine'],
            querystring: QuarantineQuery,
            response: { 200: closed({ entries: Type.Array(QuarantineSchema) }) },
          },
        },
        async ({ query: { limit = 100 } }) => ({ entries: await quarantine.list(limit) }),
      )
    },
  }
}
