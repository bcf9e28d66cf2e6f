import { accountOfDid, parseDid } from '@hufu/did'
import { findRegisteredQuery } from '@hufu/trust'
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { VerifierContext } from './verifier-context.ts'

const closed = { additionalProperties: false } as const
const Texts = Type.Object({ 'zh-CN': Type.String(), en: Type.String() }, closed)
const Queries = Type.Object(
  {
    queries: Type.Array(
      Type.Object({ id: Type.String(), version: Type.Integer(), purpose: Texts, legalBasis: Texts, retentionDays: Type.Integer() }, closed),
    ),
  },
  closed,
)

/** Adds the list of what this institution has registered to ask, for its counter. */
export function queryRoutes(server: FastifyInstance, { institution }: VerifierContext): void {
  const { self, ledger, clock } = institution

  server.get(
    '/verifier/queries',
    {
      config: { access: ['clerk', 'officer', 'auditor'] },
      schema: {
        summary: 'What this institution may ask now, as it is registered',
        tags: ['Presentations: systems'],
        response: { 200: Queries },
      },
    },
    async () => {
      const account = accountOfDid(parseDid(self.did))
      const rows = await ledger.database.query<{ query_id: string }>(
        'select distinct query_id from registry_queries where institution = $1 order by query_id',
        [account],
      )
      const found = await Promise.all(
        rows.map(({ query_id: id }) => findRegisteredQuery(ledger.registry.trust, account, id, { atMs: clock.nowMs() })),
      )
      return {
        queries: found
          .filter(query => query !== null)
          .map(({ id, version, content: { purpose, legalBasis, retentionDays } }) => ({
            ...{ id, version, retentionDays },
            purpose: { ...purpose },
            legalBasis: { ...legalBasis },
          })),
      }
    },
  )
}
