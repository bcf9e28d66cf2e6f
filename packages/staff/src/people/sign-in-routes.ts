import type { Database } from '@hufu/service'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import type { StaffRoles } from '../access/access.ts'
import { checkOrigin } from '../access/enforce-access.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { ownRoutes } from './own-routes.ts'
import type { Passkeys } from './passkeys.ts'
import type { SessionCookie } from './session-cookie.ts'
import type { BegunSession, Sessions } from './sessions.ts'
import type { SignIn } from './sign-in.ts'
import { AcceptBody, AnswerBody, ChallengeSchema, CodeBody, ConfirmBody, EmptySchema, rolesSchema, SessionSchema } from './staff-schemas.ts'

export interface SignInRouteOptions {
  readonly roles: StaffRoles
  readonly signIn: SignIn
  readonly database: Database
  readonly audit: AuditLog
  readonly sessions: Sessions
  readonly passkeys: Passkeys
  readonly cookie: SessionCookie
  readonly publicUrl: string
}

const tags = ['Staff: signing in']

/** Adds the routes by which people of the staff sign in and out, and those for what is their own. */
export function signInRoutes(server: FastifyInstance, options: SignInRouteOptions): void {
  const { roles, signIn, database, audit, sessions, cookie, publicUrl } = options
  // Anybody may call them, but only from this server's pages: nobody is signed in as another without knowing.
  const open = {
    config: { access: 'public', rate: 'token' },
    onRequest: async (request: FastifyRequest) => checkOrigin(request, publicUrl),
  } as const
  const begun = (reply: FastifyReply, { token, csrfToken, expiresAtMs }: BegunSession) => {
    cookie.set(reply, token, expiresAtMs)
    return { csrfToken, expiresAtMs }
  }

  server.get(
    '/staff/sign-in',
    {
      config: { access: 'public' },
      schema: {
        summary: 'How people of the staff sign in here; `invitation` is a stand-in for pilots on one machine',
        tags,
        response: {
          200: Type.Object({ signIn: Type.Union([Type.Literal('passkey'), Type.Literal('invitation')]) }, { additionalProperties: false }),
        },
      },
    },
    async () => ({ signIn: signIn.mode }),
  )

  server.post(
    '/staff/sign-in/options',
    { ...open, schema: { summary: 'A challenge for any passkey of the staff', tags, response: { 200: ChallengeSchema } } },
    async () => signIn.begin(),
  )

  server.post<{ Body: Static<typeof AnswerBody> }>(
    '/staff/sign-in',
    { ...open, schema: { summary: 'Sign in with the answer of a passkey', tags, body: AnswerBody, response: { 200: SessionSchema } } },
    async (request, reply) => {
      const { challengeId, response } = request.body
      const token = cookie.read(request)
      const replaces = token === undefined ? null : await sessions.find(token, 'browser')
      return begun(reply, await signIn.finish({ challengeId, response: response as unknown as AuthenticationResponseJSON }, replaces))
    },
  )

  server.post<{ Body: Static<typeof CodeBody> }>(
    '/staff/sign-in/invitation',
    {
      ...open,
      schema: {
        summary: 'Sign in with the code of an invitation alone: a stand-in for pilots on one machine, refused elsewhere',
        tags,
        body: CodeBody,
        response: { 200: SessionSchema },
      },
    },
    async ({ body }, reply) => begun(reply, await signIn.acceptWithoutPasskey(body.code)),
  )

  server.post<{ Body: Static<typeof CodeBody> }>(
    '/staff/invitation',
    {
      ...open,
      schema: {
        summary: 'Who an invitation is for, by its code',
        tags,
        body: CodeBody,
        response: {
          200: Type.Object(
            { name: Type.String(), roles: rolesSchema(roles.all), expiresAtMs: Type.Number() },
            { additionalProperties: false },
          ),
        },
      },
    },
    async ({ body }) => {
      const { name, roles, expiresAtMs } = await signIn.invitation(body.code)
      return { name, roles: [...roles], expiresAtMs }
    },
  )

  server.post<{ Body: Static<typeof CodeBody> }>(
    '/staff/registration/options',
    { ...open, schema: { summary: 'A challenge for a first passkey', tags, body: CodeBody, response: { 200: ChallengeSchema } } },
    async ({ body }) => signIn.beginRegistration(body.code),
  )

  server.post<{ Body: Static<typeof AcceptBody> }>(
    '/staff/registration',
    {
      ...open,
      schema: {
        summary: 'Accept an invitation with a first passkey, and sign in',
        tags,
        body: AcceptBody,
        response: { 200: SessionSchema },
      },
    },
    async ({ body: { code, challengeId, response, label } }, reply) =>
      begun(reply, await signIn.accept(code, { challengeId, response: response as unknown as RegistrationResponseJSON, label })),
  )

  server.post(
    '/staff/sign-out',
    { config: { access: roles.all }, schema: { summary: 'Sign out', tags, response: { 200: EmptySchema } } },
    async (request, reply) => {
      const { id, member } = request.staffSession!
      await database.transaction(async queries => {
        await sessions.end(queries, member.id, id)
        await audit.append(queries, { actor: `staff ${member.id}`, action: 'signed out' })
      })
      cookie.clear(reply)
      return {}
    },
  )

  server.post(
    '/staff/confirmation/options',
    {
      config: { access: roles.all },
      schema: { summary: 'A challenge for a passkey of the person who is signed in', tags, response: { 200: ChallengeSchema } },
    },
    async request => signIn.beginConfirmation(request.staffSession!),
  )

  server.post<{ Body: Static<typeof ConfirmBody> }>(
    '/staff/confirmation',
    {
      config: { access: roles.all },
      schema: {
        summary: 'Show again that it is you, for what cannot be taken back; without a passkey only where the stand-in is on',
        tags,
        body: ConfirmBody,
        response: { 200: EmptySchema },
      },
    },
    async request => {
      const { challengeId, response } = request.body
      const answer =
        challengeId === undefined || response === undefined
          ? undefined
          : { challengeId, response: response as unknown as AuthenticationResponseJSON }
      await signIn.confirm(request.staffSession!, answer)
      return {}
    },
  )
  ownRoutes(server, options)
}
