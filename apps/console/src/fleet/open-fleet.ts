import { randomBytes } from 'node:crypto'
import type { NetworkDescriptor } from '@hufu/ledger'
import { type Watch, type WatchedNode, watchedNodes } from '@hufu/network'
import type { Clock } from '@hufu/primitives'
import { type Database, ServiceError } from '@hufu/service'
import type { Part } from '@hufu/staff'
import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import { FleetDetailsSchema, FleetHistoryQuery, FleetHistorySchema, FleetSchema } from '../api/fleet-schemas.ts'
import type { Fleet } from '../api-types.ts'
import type { Liars } from '../evidence/liars.ts'
import { FleetEvents } from './fleet-events.ts'
import { FleetHistoryBook } from './fleet-history.ts'
import { fleetOfSnapshot } from './fleet-of-snapshot.ts'

export interface FleetOptions {
  readonly network: NetworkDescriptor
  readonly watch: Watch
  readonly liars: Liars
  readonly database: Database
  readonly clock: Clock
  /** Folder of a network on this machine. */
  readonly networkFolder?: string | undefined
  readonly onError: (error: unknown) => void
}

const tags = ['Fleet']
const dayMs = 86_400_000

/** The validators as the watch sees them: now, as it goes on, and as it was. */
export function openFleet(options: FleetOptions): Part {
  const { network, watch, liars, database, clock, networkFolder, onError } = options
  const events = new FleetEvents(randomBytes(6).toString('hex'))
  const history = new FleetHistoryBook(database)
  const fleet = (): Fleet => fleetOfSnapshot(watch.snapshot(), liars.list())
  const stops = [
    watch.onSnapshot(snapshot => {
      events.tell('fleet', fleet())
      history.note(snapshot).catch(onError)
    }),
    watch.onAlarm(() => events.tell('alarm', fleet())),
  ]

  return {
    name: 'fleet',
    routes(server: FastifyInstance) {
      server.addHook('preClose', async () => events.close())

      server.get(
        '/v1/fleet',
        { config: { access: 'public', cors: true }, schema: { summary: 'The validators now', tags, response: { 200: FleetSchema } } },
        async () => fleet(),
      )

      server.get(
        '/v1/fleet/events',
        {
          config: { access: 'public', cors: true },
          schema: {
            summary:
              'The validators as it goes on: server-sent events `fleet` (every state) and `alarm` (one begins or ends), whose data is as of GET /v1/fleet',
            tags,
            produces: ['text/event-stream'],
          } as object,
        },
        async (request, reply) => {
          const last = request.headers['last-event-id']
          const stream = events.listen(typeof last === 'string' ? last : undefined)
          request.raw.once('close', () => stream.destroy())
          return reply
            .type('text/event-stream; charset=utf-8')
            .header('cache-control', 'no-store')
            .header('x-accel-buffering', 'no')
            .send(stream)
        },
      )

      server.get<{ Querystring: Static<typeof FleetHistoryQuery> }>(
        '/v1/fleet/history',
        {
          config: { access: 'public', cors: true },
          schema: {
            summary: 'The validators as they were; default: the last day in 200 points',
            tags,
            querystring: FleetHistoryQuery,
            response: { 200: FleetHistorySchema },
          },
        },
        async ({ query }) => {
          const { to: toMs = clock.nowMs(), from: fromMs = Math.max(0, toMs - dayMs), points = 200 } = query
          if (fromMs > toMs) throw new ServiceError('ERR_SERVICE_REQUEST', 'from: expected a time before to')
          return history.read({ fromMs, toMs, points })
        },
      )

      server.get(
        '/v1/operations/fleet',
        {
          config: { access: ['operator'] },
          schema: { summary: 'The validators now, and where they are', tags: ['Operations'], response: { 200: FleetDetailsSchema } },
        },
        async () => ({ fleet: fleet(), nodes: watchedNodes(network, networkFolder).map(detailsOf) }),
      )
    },
    async close() {
      for (const stop of stops) stop()
      watch.stop()
      events.close()
    },
  }
}

function detailsOf({ name, rpcUrl, metricsUrl, folder, publicKey = '' }: WatchedNode) {
  return { name, rpcUrl, metricsUrl, publicKey, ...(folder === undefined ? {} : { folder }) }
}
