import type { Part } from '@hufu/staff'
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import { type BsnReattestationOptions, reattest } from './bsn-reattestation.ts'

const Body = Type.Object(
  {
    credential: Type.String({
      minLength: 2,
      maxLength: 65_536,
      description: 'The credential of BSN’s DID service, as text: how it is written is what its issuer signed',
    }),
    subject: Type.Optional(
      Type.String({
        pattern: '^did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,512}$',
        description: 'Whom the new credential is about; default the DID at BSN',
      }),
    ),
  },
  { additionalProperties: false },
)
const Reattested = Type.Object(
  {
    verifiableCredential: Type.Object({}, { additionalProperties: true }),
    receipt: Type.Object({}, { additionalProperties: true, description: 'Each rule that the original was checked by, and its evidence' }),
  },
  { additionalProperties: false },
)

/** `POST /credentials/reattest-bsn`, for the institution's own systems. */
export function bsnPart(options: BsnReattestationOptions): Part {
  return { name: 'bsn', routes: server => bsnRoutes(server, options) }
}

function bsnRoutes(server: FastifyInstance, options: BsnReattestationOptions): void {
  server.post<{ Body: Static<typeof Body> }>(
    '/credentials/reattest-bsn',
    {
      config: { access: 'system' },
      schema: {
        summary: 'Verifies a credential of a BSN issuer, and issues a W3C credential with it as evidence',
        tags: ['BSN'],
        body: Body,
        response: { 201: Reattested },
      },
    },
    async (request, reply) => reply.code(201).send(await reattest(request.body.credential, request.body.subject, options)),
  )
}
