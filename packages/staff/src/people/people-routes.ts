import type { Database } from '@hufu/service'
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import type { StaffRoles } from '../access/access.ts'
import type { Invitations } from './invitations.ts'
import type { People } from './people.ts'
import type { InvitationLink, StaffChange, StaffDesk } from './staff-desk.ts'
import { EmptySchema, IdParams, NameSchema, rolesSchema } from './staff-schemas.ts'

export interface PeopleRouteOptions {
  readonly roles: StaffRoles
  readonly desk: StaffDesk
  readonly database: Database
  readonly people: People
  readonly invitations: Invitations
}

const tags = ['Staff: people']
const closed = { additionalProperties: false } as const
const ColleagueSchema = Type.Object({ id: Type.String(), name: Type.String() }, closed)
const PendingSchema = Type.Object({ approval: Type.Object({ id: Type.String(), expiresAtMs: Type.Number() }, closed) }, closed)
const changed = { 200: EmptySchema, 202: PendingSchema }
const invited = { 201: Type.Object({ link: Type.String(), expiresAtMs: Type.Number() }, closed), 202: PendingSchema }

/** What says which roles there are. */
function schemasOf({ all }: StaffRoles) {
  const RolesSchema = rolesSchema(all)
  const PersonSchema = Type.Object(
    { id: Type.String(), name: Type.String(), roles: RolesSchema, state: Type.String(), createdAtMs: Type.Number() },
    closed,
  )
  const InvitationSchema = Type.Object(
    {
      id: Type.String(),
      personId: Type.String(),
      name: Type.String(),
      roles: RolesSchema,
      state: Type.String(),
      expiresAtMs: Type.Number(),
    },
    closed,
  )
  const InviteBody = Type.Object({ name: NameSchema, roles: RolesSchema }, closed)
  const RolesBody = Type.Object({ roles: RolesSchema }, closed)
  return { PersonSchema, InvitationSchema, InviteBody, RolesBody }
}
type Schemas = ReturnType<typeof schemasOf>

/** What the answer to a change is: its status, and what it says. */
function answerTo(change: StaffChange | InvitationLink): { readonly status: 200 | 201 | 202; readonly body: object } {
  if ('approval' in change) return { status: 202, body: { approval: { id: change.approval.id, expiresAtMs: change.approval.expiresAtMs } } }
  return 'link' in change ? { status: 201, body: change } : { status: 200, body: {} }
}

/** Adds the routes by which administrators look after people. 202: a second administrator must confirm. */
export function peopleRoutes(server: FastifyInstance, { roles, desk, database, people, invitations }: PeopleRouteOptions): void {
  const { RolesBody, InviteBody, PersonSchema, InvitationSchema } = schemasOf(roles)
  const administrator = { access: ['administrator'] } as const
  const recent = { access: ['administrator'], recentSignIn: true } as const

  server.get(
    '/staff/people',
    {
      config: administrator,
      schema: { summary: 'The people', tags, response: { 200: Type.Object({ people: Type.Array(PersonSchema) }, closed) } },
    },
    async () => ({ people: (await people.list(database)).map(person => ({ ...person, roles: [...person.roles] })) }),
  )

  server.get(
    '/staff/colleagues',
    {
      config: { access: roles.all },
      schema: {
        summary: 'Names of all who work or worked here, for what they did',
        tags,
        response: { 200: Type.Object({ colleagues: Type.Array(ColleagueSchema) }, closed) },
      },
    },
    async () => ({ colleagues: (await people.list(database)).map(({ id, name }) => ({ id, name })) }),
  )

  server.get(
    '/staff/invitations',
    {
      config: administrator,
      schema: {
        summary: 'Invitations that wait',
        tags,
        response: { 200: Type.Object({ invitations: Type.Array(InvitationSchema) }, closed) },
      },
    },
    async () => ({
      invitations: (await invitations.list(database)).map(({ id, personId, name, roles, state, expiresAtMs }) => ({
        ...{ id, personId, name, roles: [...roles], state, expiresAtMs },
      })),
    }),
  )

  server.post<{ Body: Static<Schemas['InviteBody']> }>(
    '/staff/invitations',
    {
      config: recent,
      schema: { summary: 'Invite somebody new; the link counts once, for a day', tags, body: InviteBody, response: invited },
    },
    async (request, reply) => {
      const { name, roles } = request.body
      const { status, body } = answerTo(await desk.invite(request.staff!, { name, roles }))
      return reply.code(status).send(body)
    },
  )

  server.delete<{ Params: Static<typeof IdParams> }>(
    '/staff/invitations/:id',
    { config: administrator, schema: { summary: 'Withdraw an invitation', tags, params: IdParams, response: { 200: EmptySchema } } },
    async request => {
      await desk.withdrawInvitation(request.staff!, request.params.id)
      return {}
    },
  )

  server.post<{ Params: Static<typeof IdParams> }>(
    '/staff/people/:id/invitation',
    {
      config: recent,
      schema: { summary: 'Invite a person to a new passkey in place of those they have', tags, params: IdParams, response: invited },
    },
    async (request, reply) => {
      const { status, body } = answerTo(await desk.inviteAgain(request.staff!, request.params.id))
      return reply.code(status).send(body)
    },
  )

  server.post<{ Params: Static<typeof IdParams> }>(
    '/staff/people/:id/suspend',
    {
      config: administrator,
      schema: { summary: 'Suspend a person; all their sessions end', tags, params: IdParams, response: { 200: EmptySchema } },
    },
    async request => {
      await desk.suspend(request.staff!, request.params.id)
      return {}
    },
  )

  server.post<{ Params: Static<typeof IdParams> }>(
    '/staff/people/:id/reinstate',
    {
      config: recent,
      schema: { summary: 'Ask for the suspension of a person to be lifted', tags, params: IdParams, response: { 202: PendingSchema } },
    },
    async (request, reply) => {
      const { body } = answerTo(await desk.reinstate(request.staff!, request.params.id))
      return reply.code(202).send(body as Static<typeof PendingSchema>)
    },
  )

  server.put<{ Params: Static<typeof IdParams>; Body: Static<Schemas['RolesBody']> }>(
    '/staff/people/:id/roles',
    { config: recent, schema: { summary: 'Give a person other roles', tags, params: IdParams, body: RolesBody, response: changed } },
    async (request, reply) => {
      const { status, body } = answerTo(await desk.changeRoles(request.staff!, request.params.id, request.body.roles))
      return reply.code(status).send(body)
    },
  )

  server.delete<{ Params: Static<typeof IdParams> }>(
    '/staff/people/:id',
    { config: recent, schema: { summary: 'Remove a person for good', tags, params: IdParams, response: changed } },
    async (request, reply) => {
      const { status, body } = answerTo(await desk.remove(request.staff!, request.params.id))
      return reply.code(status).send(body)
    },
  )
}
