import { parseNetworkId } from '@hufu/chains'
import { satpMediaType } from '@hufu/satp'
import type { Part } from '@hufu/staff'
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import { closed } from '../api/closed.ts'
import { HashSchema, TransferDetailsSchema, TransferSchema } from '../api/gateway-schemas.ts'
import type { GatewayView } from '../gateway-view.ts'
import type { DatabaseSessionLog } from './database-session-log.ts'
import { messagesPath } from './send-over-http.ts'
import { shownRecord } from './shown-record.ts'
import { requireTransfer, type TransferDesk } from './transfer-desk.ts'

const tags = ['Transfers']
const NetworkSchema = Type.String({ minLength: 4, maxLength: 300 })
const DidSchema = Type.String({ pattern: '^did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,200}$' })
const BeginBody = closed({
  assetId: Type.String({ pattern: '^[a-z0-9.-]{1,64}$' }),
  fromNetwork: NetworkSchema,
  toNetwork: NetworkSchema,
  toHolder: DidSchema,
  counterpart: DidSchema,
  transferId: Type.Optional(HashSchema),
})
const ListQuery = closed({
  open: Type.Optional(Type.Boolean()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
})
const TransferParams = closed({ id: HashSchema })

export interface TransferRouteOptions {
  readonly desk: TransferDesk
  readonly sessions: DatabaseSessionLog
  readonly view: GatewayView
  readonly onReceived: (outcome: 'answered' | 'refused') => void
}

/** Messages of other gateways, and transfers for the operator. */
export function transferPart({ desk, sessions, view, onReceived }: TransferRouteOptions): Part {
  return {
    name: 'transfers',
    routes(server: FastifyInstance) {
      server.addContentTypeParser(satpMediaType, { parseAs: 'string' }, async (_request: unknown, body: string) => body)

      server.post<{ Body: string }>(
        messagesPath,
        {
          // Who it is from the message's own signature says.
          config: { access: 'public', rate: 'peer' },
          schema: {
            summary: 'A message of a counterpart (SATP): a JWS by its key for this gateway; so is the answer',
            tags,
            consumes: [satpMediaType],
            body: Type.String({ minLength: 1 }),
          } as object,
        },
        async (request, reply) => {
          const { status, body } = await desk.receive(request.body).catch(error => {
            onReceived('refused')
            throw error
          })
          onReceived(status < 400 ? 'answered' : 'refused')
          // Bytes, because Fastify appends a charset to text, and this media type has no such parameter.
          return body === undefined
            ? reply.code(status).send()
            : reply.code(status).header('content-type', satpMediaType).send(Buffer.from(body))
        },
      )

      server.post<{ Body: Static<typeof BeginBody> }>(
        '/transfers',
        {
          config: { access: 'system' },
          schema: { summary: 'Begin to transfer a title to another network', tags, body: BeginBody, response: { 201: TransferSchema } },
        },
        async ({ body: { fromNetwork, toNetwork, ...asked } }, reply) => {
          const { sessionId } = await desk.begin({
            ...asked,
            fromNetwork: parseNetworkId(fromNetwork),
            toNetwork: parseNetworkId(toNetwork),
          })
          return reply.code(201).send(requireTransfer(await view.transfer(sessionId)))
        },
      )

      server.get<{ Querystring: Static<typeof ListQuery> }>(
        '/transfers',
        {
          config: { access: 'system' },
          schema: {
            summary: 'Transfers, the newest first; default: 100',
            tags,
            querystring: ListQuery,
            response: { 200: closed({ transfers: Type.Array(TransferSchema) }) },
          },
        },
        async ({ query: { open: isOpen, limit = 100 } }) => ({ transfers: [...(await view.transfers({ limit, isOpen }))] }),
      )

      server.get<{ Params: Static<typeof TransferParams> }>(
        '/transfers/:id',
        {
          config: { access: 'system' },
          schema: { summary: 'A transfer, and what it did', tags, params: TransferParams, response: { 200: TransferDetailsSchema } },
        },
        async ({ params: { id } }) => {
          const transfer = requireTransfer(await view.transfer(id))
          return { transfer, log: (await sessions.read(id)).map(shownRecord) }
        },
      )

      server.post<{ Params: Static<typeof TransferParams> }>(
        '/transfers/:id/abort',
        {
          config: { access: 'system' },
          schema: {
            summary: 'Give a transfer up, as long as the title has not left',
            tags,
            params: TransferParams,
            response: { 200: TransferSchema },
          },
        },
        async ({ params: { id } }) => {
          await desk.abort(id)
          return requireTransfer(await view.transfer(id))
        },
      )
    },
  }
}
