import type { Clock } from '@hufu/primitives'
import type { Part } from '@hufu/staff'
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import { closed } from '../api/closed.ts'
import { AskedTimeSchema } from '../api/common-schemas.ts'
import { TrustAtQuery, TrustAtSchema, TrustHistoryQuery, TrustHistorySchema, TrustRegistrySchema } from '../api/trust-schemas.ts'
import type { TrustChange } from '../api-types.ts'
import { ConsoleError } from '../errors.ts'
import { accountIn } from '../explorer/subject.ts'
import type { TrustRegister } from './trust-register.ts'

const tags = ['Trust registry']
const RegistryQuery = closed({ time: Type.Optional(AskedTimeSchema) })

/** The trust registry now and then: who could do what on which day, and every change of it. */
export function openTrust(options: { readonly register: TrustRegister; readonly network: string; readonly clock: Clock }): Part {
  const { register, network, clock } = options
  return {
    name: 'trust',
    routes(server: FastifyInstance) {
      server.get<{ Querystring: Static<typeof RegistryQuery> }>(
        '/v1/trust/registry',
        {
          config: { access: 'public', cors: true },
          schema: {
            summary: 'Every grant that there was by a time, as it stood then; default: now',
            tags,
            querystring: RegistryQuery,
            response: { 200: TrustRegistrySchema },
          },
        },
        async ({ query: { time: atMs = clock.nowMs() } }) => ({
          ...{ atMs, grants: [...(await register.grantsAt(atMs))], indexedThrough: register.indexedThrough },
        }),
      )

      server.get<{ Querystring: Static<typeof TrustAtQuery> }>(
        '/v1/trust/at',
        {
          config: { access: 'public', cors: true },
          schema: {
            summary: 'Who could issue a credential type, or ask a query, at a time? Each with a path to the same answer with its evidence',
            tags,
            querystring: TrustAtQuery,
            response: { 200: TrustAtSchema },
          },
        },
        async ({ query: { time: atMs = clock.nowMs(), type, query } }) => {
          const name = type ?? query
          if (name === undefined || (type !== undefined && query !== undefined))
            throw new ConsoleError('ERR_CONSOLE_REQUEST', 'expected one of type and query')
          const kind = type === undefined ? 'ask' : 'issue'
          const rights = await register.rightsAt(kind, name, atMs)
          return {
            ...{ atMs, kind, name, indexedThrough: register.indexedThrough },
            rights: rights.map(right => ({
              right,
              evidence: `/v1/explorer/rights/${kind}/${right.right.did}/${encodeURIComponent(name)}?time=${atMs}`,
            })),
          } as Static<typeof TrustAtSchema>
        },
      )

      server.get<{ Querystring: Static<typeof TrustHistoryQuery> }>(
        '/v1/trust/history',
        {
          config: { access: 'public', cors: true },
          schema: {
            summary: 'Changes of grants, the newest first; default: 50 of all',
            tags,
            querystring: TrustHistoryQuery,
            response: { 200: TrustHistorySchema },
          },
        },
        async ({ query: { kind, did, name, before, limit = 50 } }) => {
          const [blockIndex, skip] = (before ?? '').split('-').map(Number)
          const found = await register.changes({
            ...{ kind, name, limit },
            subject: did === undefined ? undefined : accountIn(network, did),
            before: before === undefined ? undefined : { blockIndex: blockIndex!, skip: skip! },
          })
          const changes = found.slice(0, limit)
          const next = found.length > limit ? nextOf(changes, before) : null
          return { changes: [...changes], next, indexedThrough: register.indexedThrough }
        },
      )
    },
  }
}

/** Where the next page begins: the block of the last change, and how many of that block were shown. */
function nextOf(changes: readonly TrustChange[], before: string | undefined): string {
  const { blockIndex } = changes.at(-1)!.entry
  const shown = changes.filter(({ entry }) => entry.blockIndex === blockIndex).length
  const [previous, skip] = (before ?? '').split('-').map(Number)
  return `${blockIndex}-${previous === blockIndex ? skip! + shown : shown}`
}
