import { type AssurancePolicy, parseNetworkId } from '@hufu/chains'
import { bytesToBase64 } from '@hufu/primitives'
import { satpMediaType } from '@hufu/satp'
import type { Part } from '@hufu/staff'
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import { policySchema } from '../api/assurance-schemas.ts'
import { closed } from '../api/closed.ts'
import { type ViewDesk, viewsPath } from './view-desk.ts'

const tags = ['Views']
const AskBody = closed({
  counterpart: Type.String({ pattern: '^did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,200}$' }),
  network: Type.String({ minLength: 4, maxLength: 300 }),
  contract: Type.String({ minLength: 1, maxLength: 256 }),
  path: Type.Array(Type.String({ maxLength: 512 }), { minItems: 1, maxItems: 32 }),
  minAssurance: policySchema,
})
const ViewSchema = closed({
  network: Type.String(),
  contract: Type.String(),
  path: Type.Array(Type.String()),
  value: Type.String({ description: 'base64' }),
  height: Type.Union([Type.Number(), Type.Null()]),
  timeMs: Type.Union([Type.Number(), Type.Null()]),
  assurance: Type.String({ description: 'What stands behind it: lightClient, endorsementProof, attested or gatewaySigned' }),
  gateway: Type.String({ description: 'DID of the gateway that answered' }),
  signedAtMs: Type.Number(),
})

/** Views for counterparts, and of counterparts' chains for the operator. */
export function viewPart({ desk, onViewed }: { readonly desk: ViewDesk; readonly onViewed: (outcome: 'given' | 'refused') => void }): Part {
  return {
    name: 'views',
    routes(server: FastifyInstance) {
      server.post<{ Body: string }>(
        viewsPath,
        {
          // Who it is from the question's own signature says.
          config: { access: 'public', rate: 'peer' },
          schema: {
            summary:
              'A view of a chain for a counterpart: the question is a JWS by its key for this gateway; the answer one by ours, with the chain’s proof in it',
            tags,
            consumes: [satpMediaType],
            body: Type.String({ minLength: 1 }),
          } as object,
        },
        async (request, reply) => {
          const answer = await desk.answer(request.body).catch(error => {
            onViewed('refused')
            throw error
          })
          onViewed('given')
          // Bytes, because Fastify appends a charset to text, and this media type has no such parameter.
          return reply.header('content-type', satpMediaType).send(Buffer.from(answer))
        },
      )

      server.post<{ Body: Static<typeof AskBody> }>(
        `${viewsPath}/ask`,
        {
          config: { access: 'system' },
          schema: {
            summary: 'Ask a counterpart for a view of its chain; what comes back is checked by its proof',
            tags,
            body: AskBody,
            response: { 200: ViewSchema },
          },
        },
        async ({ body: { counterpart, network, contract, path, minAssurance } }) => {
          const { view, gateway, signedAtMs } = await desk.ask({
            ...{ counterpart, network: parseNetworkId(network), address: { contract, path } },
            minAssurance: minAssurance as AssurancePolicy,
          })
          const { height, timeMs, assurance } = view
          return {
            network,
            contract,
            path,
            value: bytesToBase64(view.value),
            height,
            timeMs,
            assurance: assurance.kind,
            gateway,
            signedAtMs,
          }
        },
      )
    },
  }
}
