import { batchTypes } from '@hufu/records'
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import type { ApplicationFilter, ApplicationInput, Applications } from './applications.ts'
import { configurationsOf } from './configurations.ts'
import type { CredentialTypes } from './credential-types.ts'
import type { Offers } from './offers.ts'
import { Application, ApplicationBody, ApplicationList, ApplicationQuery, IdParams, Offer, OfferStatus, TypeList } from './staff-schemas.ts'
import { statusReasons } from './status-reasons.ts'

const tags = ['Issuer: applications']
const clerks = { access: ['clerk', 'officer'] } as const
type ById = { Params: Static<typeof IdParams> }

/** Adds what the counter does: enter, approve or return, offer. */
export function applicationRoutes(
  server: FastifyInstance,
  { applications, offers, types, hasTrees }: { applications: Applications; offers: Offers; types: CredentialTypes; hasTrees: boolean },
): void {
  server.get(
    '/issuer/types',
    { config: clerks, schema: { summary: 'What this institution issues, and why a status may change', tags, response: { 200: TypeList } } },
    async () => ({
      types: (await types.all()).map(type => ({
        ...{ id: type.typeId, version: type.version, title: type.title, schema: type.schema },
        configurations: configurationsOf([type], hasTrees).map(({ id }) => id),
        isImportable: batchTypes.includes(type.typeId),
      })),
      reasons: Object.entries(statusReasons).map(([code, text]) => ({ code, text })),
    }),
  )

  server.post<{ Body: Static<typeof ApplicationBody> }>(
    '/issuer/applications',
    {
      config: { access: ['clerk'] },
      schema: { summary: 'Enter an application', tags, body: ApplicationBody, response: { 201: Application } },
    },
    async (request, reply) => reply.code(201).send(await applications.create(request.staff!, request.body as ApplicationInput)),
  )

  server.get<{ Querystring: Static<typeof ApplicationQuery> }>(
    '/issuer/applications',
    {
      config: clerks,
      schema: {
        summary: 'Applications, the newest first: a clerk’s own, for an officer all',
        tags,
        querystring: ApplicationQuery,
        response: { 200: ApplicationList },
      },
    },
    async request => ({ applications: await applications.list(request.staff!, request.query as ApplicationFilter) }),
  )

  server.get<ById>(
    '/issuer/applications/:id',
    { config: clerks, schema: { summary: 'An application with what it says', tags, params: IdParams, response: { 200: Application } } },
    async request => applications.get(request.staff!, request.params.id),
  )

  server.put<ById & { Body: Static<typeof ApplicationBody> }>(
    '/issuer/applications/:id',
    {
      config: { access: ['clerk'] },
      schema: {
        summary: 'Change an application that is not submitted',
        tags,
        params: IdParams,
        body: ApplicationBody,
        response: { 200: Application },
      },
    },
    async request => applications.update(request.staff!, request.params.id, request.body as ApplicationInput),
  )

  server.post<ById>(
    '/issuer/applications/:id/submit',
    {
      config: { access: ['clerk'] },
      schema: { summary: 'Hand it to the officers', tags, params: IdParams, response: { 200: Application } },
    },
    async request => applications.submit(request.staff!, request.params.id),
  )

  server.post<ById>(
    '/issuer/applications/:id/approve',
    {
      config: { access: ['officer'] },
      schema: { summary: 'Approve what another person entered', tags, params: IdParams, response: { 200: Application } },
    },
    async request => applications.approve(request.staff!, request.params.id),
  )

  const ReturnBody = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 1_000 }) }, { additionalProperties: false })
  server.post<ById & { Body: Static<typeof ReturnBody> }>(
    '/issuer/applications/:id/return',
    {
      config: { access: ['officer'] },
      schema: {
        summary: 'Send it back to the clerk, with a reason',
        tags,
        params: IdParams,
        body: ReturnBody,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await applications.return(request.staff!, request.params.id, request.body.reason)
      return reply.code(204).send()
    },
  )

  server.post<ById>(
    '/issuer/applications/:id/offer',
    {
      config: clerks,
      schema: { summary: 'Offer what was approved to a wallet', tags, params: IdParams, response: { 201: Offer } },
    },
    async (request, reply) => reply.code(201).send(await offers.make(request.staff!, request.params.id)),
  )

  server.get<ById>(
    '/issuer/offers/:id',
    {
      config: { access: 'public', cors: true },
      schema: {
        summary: 'A credential offer by reference (OpenID4VCI 1.0 §4.1.3)',
        tags,
        params: IdParams,
        response: { 200: Type.Object({}, { additionalProperties: true }) },
      },
    },
    async request => offers.byReference(request.params.id),
  )

  server.get<ById>(
    '/issuer/offers/:id/status',
    { config: clerks, schema: { summary: 'How an offer stands', tags, params: IdParams, response: { 200: OfferStatus } } },
    async request => offers.status(request.staff!, request.params.id),
  )
}
