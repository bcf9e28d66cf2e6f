import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import type { StaffRoles } from '../access/access.ts'
import type { Approval, Approvals } from './approvals.ts'

const tags = ['Approvals']
const IdParams = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false })
const TextsSchema = Type.Object({ en: Type.String(), 'zh-CN': Type.String() }, { additionalProperties: false })
const ApprovalSchema = Type.Object(
  {
    id: Type.String(),
    kind: Type.String(),
    title: Type.Optional(TextsSchema),
    payload: Type.Unknown(),
    role: Type.String(),
    state: Type.Union(['pending', 'confirmed', 'refused', 'expired'].map(state => Type.Literal(state))),
    requestedBy: Type.String(),
    requestedAtMs: Type.Number(),
    expiresAtMs: Type.Number(),
    decidedBy: Type.Optional(Type.String()),
    decidedAtMs: Type.Optional(Type.Number()),
  },
  { additionalProperties: false },
)

/** Adds the routes of two-person control: see what waits, confirm it, refuse it. */
export function approvalRoutes(server: FastifyInstance, approvals: Approvals, roles: StaffRoles): void {
  const shown = (approval: Approval) => {
    const title = approvals.titleOf(approval.kind)
    return { ...approval, ...(title === undefined ? {} : { title }) }
  }
  const deciding = { config: { access: roles.all, recentSignIn: true } } as const

  server.get(
    '/approvals',
    {
      config: { access: roles.all },
      schema: {
        summary: 'What waits for a second person, and what was decided: what you asked for, or may decide on',
        tags,
        response: { 200: Type.Object({ approvals: Type.Array(ApprovalSchema) }, { additionalProperties: false }) },
      },
    },
    async request => ({ approvals: (await approvals.list(request.staff!)).map(shown) }),
  )

  server.get<{ Params: Static<typeof IdParams> }>(
    '/approvals/:id',
    {
      config: { access: roles.all },
      schema: { summary: 'One of them', tags, params: IdParams, response: { 200: ApprovalSchema } },
    },
    async request => shown(await approvals.find(request.params.id, request.staff!)),
  )

  server.post<{ Params: Static<typeof IdParams> }>(
    '/approvals/:id/confirm',
    {
      ...deciding,
      schema: {
        summary: 'Confirm what another person asked for: it is done now',
        tags,
        params: IdParams,
        response: { 200: Type.Object({ result: Type.Optional(Type.Unknown()) }, { additionalProperties: false }) },
      },
    },
    async request => {
      const result = await approvals.confirm(request.params.id, request.staff!)
      return result === undefined ? {} : { result }
    },
  )

  server.post<{ Params: Static<typeof IdParams> }>(
    '/approvals/:id/refuse',
    {
      config: { access: roles.all },
      schema: {
        summary: 'Refuse it, or take back what you asked for',
        tags,
        params: IdParams,
        response: { 200: Type.Object({}, { additionalProperties: false }) },
      },
    },
    async request => {
      await approvals.refuse(request.params.id, request.staff!)
      return {}
    },
  )
}
