import { type Database, ServiceError } from '@hufu/service'
import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import type { StaffRoles } from '../access/access.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Passkeys } from './passkeys.ts'
import type { Sessions } from './sessions.ts'
import type { SignIn } from './sign-in.ts'
import { ChallengeSchema, EmptySchema, IdParams, NewPasskeyBody, rolesSchema } from './staff-schemas.ts'

export interface OwnRouteOptions {
  readonly roles: StaffRoles
  readonly signIn: SignIn
  readonly database: Database
  readonly audit: AuditLog
  readonly sessions: Sessions
  readonly passkeys: Passkeys
}

const tags = ['Staff: yourself']
const closed = { additionalProperties: false } as const
const PasskeyParams = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,1400}$' }) }, closed)
const PasskeySchema = Type.Object(
  { id: Type.String(), label: Type.String(), createdAtMs: Type.Number(), usedAtMs: Type.Union([Type.Number(), Type.Null()]) },
  closed,
)
const SessionSchema = Type.Object(
  { id: Type.String(), kind: Type.String(), isThis: Type.Boolean(), seenAtMs: Type.Number(), expiresAtMs: Type.Number() },
  closed,
)

/** Adds the routes for what is one's own: who one is, passkeys, sessions, a token for reading. */
export function ownRoutes(server: FastifyInstance, { roles, signIn, database, audit, sessions, passkeys }: OwnRouteOptions): void {
  const anybody = { access: roles.all } as const
  const recent = { access: roles.all, recentSignIn: true } as const

  server.get(
    '/staff/me',
    {
      config: anybody,
      schema: {
        summary: 'Who is signed in, and the token that requests carry in x-hufu-csrf',
        tags,
        response: {
          200: Type.Object(
            {
              id: Type.String(),
              name: Type.String(),
              roles: rolesSchema(roles.all),
              csrfToken: Type.String(),
              confirmedAtMs: Type.Number(),
              expiresAtMs: Type.Number(),
              signIn: Type.String(),
            },
            closed,
          ),
        },
      },
    },
    async request => {
      const { member, csrfToken, confirmedAtMs, expiresAtMs } = request.staffSession!
      return { ...member, roles: [...member.roles], csrfToken, confirmedAtMs, expiresAtMs, signIn: signIn.mode }
    },
  )

  server.get(
    '/staff/passkeys',
    {
      config: anybody,
      schema: { summary: 'Your passkeys', tags, response: { 200: Type.Object({ passkeys: Type.Array(PasskeySchema) }, closed) } },
    },
    async request => ({ passkeys: [...(await passkeys.listOf(request.staff!.id))] }),
  )

  server.post(
    '/staff/passkeys/options',
    { config: recent, schema: { summary: 'A challenge for a further passkey', tags, response: { 200: ChallengeSchema } } },
    async request => passkeys.beginRegistration(request.staff!, request.staffSession!.id),
  )

  server.post<{ Body: Static<typeof NewPasskeyBody> }>(
    '/staff/passkeys',
    { config: recent, schema: { summary: 'Add a further passkey', tags, body: NewPasskeyBody, response: { 201: EmptySchema } } },
    async (request, reply) => {
      const { challengeId, response, label } = request.body
      const { id } = request.staff!
      const challenge = await passkeys.take(challengeId, 'register', request.staffSession!.id)
      await database.transaction(async queries => {
        const answer = { response: response as unknown as RegistrationResponseJSON, label }
        await passkeys.finishRegistration(queries, challenge, answer, id)
        await audit.append(queries, { actor: `staff ${id}`, action: 'passkey added' })
      })
      return reply.code(201).send({})
    },
  )

  server.delete<{ Params: Static<typeof PasskeyParams> }>(
    '/staff/passkeys/:id',
    {
      config: recent,
      schema: { summary: 'Remove one of your passkeys; not the last', tags, params: PasskeyParams, response: { 200: EmptySchema } },
    },
    async request => {
      const { id } = request.staff!
      await database.transaction(async queries => {
        await passkeys.remove(queries, id, request.params.id)
        await audit.append(queries, { actor: `staff ${id}`, action: 'passkey removed' })
      })
      return {}
    },
  )

  server.get(
    '/staff/sessions',
    {
      config: anybody,
      schema: { summary: 'Your sessions', tags, response: { 200: Type.Object({ sessions: Type.Array(SessionSchema) }, closed) } },
    },
    async request => {
      const rows = await sessions.listOf(request.staff!.id)
      return {
        sessions: rows.map(({ id, kind, seen_at_ms, expires_at_ms }) => ({
          ...{ id, kind, isThis: id === request.staffSession!.id },
          ...{ seenAtMs: seen_at_ms, expiresAtMs: expires_at_ms },
        })),
      }
    },
  )

  server.delete<{ Params: Static<typeof IdParams> }>(
    '/staff/sessions/:id',
    { config: anybody, schema: { summary: 'End one of your sessions', tags, params: IdParams, response: { 200: EmptySchema } } },
    async request => {
      const { id } = request.staff!
      await database.transaction(async queries => {
        if (!(await sessions.end(queries, id, request.params.id))) throw new ServiceError('ERR_SERVICE_NOT_FOUND', 'no such session')
        await audit.append(queries, { actor: `staff ${id}`, action: 'session ended', subject: `session ${request.params.id}` })
      })
      return {}
    },
  )

  server.post(
    '/staff/tokens',
    {
      config: { access: ['auditor'], recentSignIn: true },
      schema: {
        summary: 'A token for a program that reads as an auditor for an hour, such as hufu audit verify',
        tags,
        response: { 201: Type.Object({ token: Type.String(), expiresAtMs: Type.Number() }, closed) },
      },
    },
    async (request, reply) => {
      const { id } = request.staff!
      const { token, expiresAtMs } = await database.transaction(async queries => {
        await audit.append(queries, { actor: `staff ${id}`, action: 'reading token made' })
        return sessions.begin(queries, id, 'reader')
      })
      return reply.code(201).send({ token, expiresAtMs })
    },
  )
}
