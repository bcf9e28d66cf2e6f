import { ServiceError } from '@hufu/service'
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import type { Institution } from '../institution.ts'
import type { CredentialRegister, RegisterFilter } from './credential-register.ts'
import { IssuerError } from './errors.ts'
import { requestRevokeAll } from './revoke-all.ts'
import { Changed, CredentialList, CredentialQuery, IdParams, PendingApproval, RevokeAllBody, StatusChangeBody } from './staff-schemas.ts'
import type { StatusLists } from './status-lists.ts'

const tags = ['Issuer: credentials']
type ChangeRoute = { Params: Static<typeof IdParams>; Body: Static<typeof StatusChangeBody> }

/** Adds the register, changes of status, and the published lists. */
export function credentialRoutes(
  server: FastifyInstance,
  { institution, register, lists }: { institution: Institution; register: CredentialRegister; lists: StatusLists },
): void {
  server.get<{ Querystring: Static<typeof CredentialQuery> }>(
    '/issuer/credentials',
    {
      config: { access: ['officer'] },
      schema: {
        summary: 'Every copy issued or begun, with its place in list or tree; the newest first',
        tags,
        querystring: CredentialQuery,
        response: { 200: CredentialList },
      },
    },
    async request => ({ credentials: await register.list(request.query as RegisterFilter) }),
  )

  const changeSchema = { tags, params: IdParams, body: StatusChangeBody, response: { 200: Changed } }
  server.post<ChangeRoute>(
    '/issuer/credentials/:id/status',
    {
      config: { access: ['officer'] },
      schema: { ...changeSchema, summary: 'Revoke, suspend or reinstate a credential: all copies of it together' },
    },
    async request => ({ copies: await register.change(request.staff!, request.params.id, request.body) }),
  )
  server.post<ChangeRoute>(
    '/issuer/applications/:id/status',
    {
      config: { access: ['officer'] },
      schema: { ...changeSchema, summary: 'The same for all that came or will come of an application' },
    },
    async request => ({ copies: await register.changeApplication(request.staff!, request.params.id, request.body) }),
  )

  server.post<{ Body: Static<typeof RevokeAllBody> }>(
    '/issuer/revoke-all',
    {
      config: { access: ['officer'], recentSignIn: true },
      schema: {
        summary: 'Ask for all credentials of an import or a type to be revoked; a second officer confirms it',
        tags,
        body: RevokeAllBody,
        response: { 202: PendingApproval },
      },
    },
    async (request, reply) => {
      const { reason, type, importId } = request.body
      if ((type === undefined) === (importId === undefined)) throw new IssuerError('ERR_ISSUER_REQUEST', 'expected either type or importId')
      const scope = type === undefined ? { importId: importId! } : { type }
      return reply.code(202).send(await requestRevokeAll(institution, request.staff!, { scope, reason }))
    },
  )

  const NameParams = Type.Object(
    { name: Type.String({ pattern: '^(?:(?:revocation|suspension)-)?[1-9][0-9]{0,8}$' }) },
    { additionalProperties: false },
  )
  server.get<{ Params: Static<typeof NameParams> }>(
    '/status/:name',
    {
      config: { access: 'public', cors: true },
      schema: { summary: 'A status list, as it is anchored on the ledger', tags: ['Issuer: published'], params: NameParams },
    },
    async (request, reply) => {
      const list = await lists.published(request.params.name)
      if (list === undefined) throw new ServiceError('ERR_SERVICE_NOT_FOUND', 'there is no such status list')
      if (list === null) throw new ServiceError('ERR_SERVICE_BEHIND', 'the status list is not published yet; try again later')
      return reply.header('content-type', list.mediaType).header('cache-control', 'no-cache').send(Buffer.from(list.text))
    },
  )
}
