import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import type { InstitutionKeys } from './institution-keys.ts'

const tags = ['Keys']
const closed = { additionalProperties: false } as const
const MaybeTime = Type.Union([Type.Number(), Type.Null()])
const KeySchema = Type.Object(
  {
    id: Type.String(),
    state: Type.String(),
    madeAtMs: Type.Number(),
    listedAtMs: MaybeTime,
    signingAtMs: MaybeTime,
    listedUntilMs: MaybeTime,
    retiredAtMs: MaybeTime,
  },
  closed,
)
const PendingSchema = Type.Object({ approval: Type.Object({ id: Type.String(), expiresAtMs: Type.Number() }, closed) }, closed)
const RetirementBody = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) }, closed)

/** Adds the routes by which two administrators change what the institution signs with. */
export function keyRoutes(server: FastifyInstance, keys: Pick<InstitutionKeys, 'list' | 'requestRotation' | 'requestRetirement'>): void {
  const recent = { access: ['administrator'], recentSignIn: true } as const

  server.get(
    '/keys',
    {
      config: { access: ['administrator', 'auditor'] },
      schema: {
        summary: 'The keys of the institution, and which one signs',
        tags,
        response: { 200: Type.Object({ keys: Type.Array(KeySchema) }, closed) },
      },
    },
    async () => ({ keys: [...(await keys.list())] }),
  )

  server.post(
    '/keys/rotations',
    {
      config: recent,
      schema: {
        summary: 'Ask for a new key in place of the one that signs; a second administrator confirms',
        tags,
        response: { 202: PendingSchema },
      },
    },
    async (request, reply) => {
      const { id, expiresAtMs } = await keys.requestRotation(request.staff!)
      return reply.code(202).send({ approval: { id, expiresAtMs } })
    },
  )

  server.post<{ Body: Static<typeof RetirementBody> }>(
    '/keys/retirements',
    {
      config: recent,
      schema: {
        summary:
          'Ask for an old key to be taken off the ledger before its time, such as one that was copied; a second administrator confirms',
        tags,
        body: RetirementBody,
        response: { 202: PendingSchema },
      },
    },
    async (request, reply) => {
      const { id, expiresAtMs } = await keys.requestRetirement(request.staff!, request.body.id)
      return reply.code(202).send({ approval: { id, expiresAtMs } })
    },
  )
}
