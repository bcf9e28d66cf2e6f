import type { JsonObject } from '@hufu/credentials'
import { bearerTokenOf } from '@hufu/staff'
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import { beginPresentation } from './begin-presentation.ts'
import { VerifierError } from './errors.ts'
import { finishPresentation, requireStanding } from './finish-presentation.ts'
import type { PresentationResult } from './presentation-desk.ts'
import { findPresentation } from './presentation-store.ts'
import type { VerifierContext } from './verifier-context.ts'
import { IdParams } from './wallet-routes.ts'

const tags = ['Presentations: systems']
const BeginBody = Type.Object(
  {
    queryId: Type.String({ minLength: 1, maxLength: 32, description: 'A query that the institution has registered' }),
    returnTo: Type.Optional(
      Type.String({
        maxLength: 2048,
        description: 'Page of yours to which a wallet on the same device sends the browser, with response_code',
      }),
    ),
    transactionData: Type.Optional(
      Type.Array(Type.Object({ type: Type.String() }, { additionalProperties: true }), { minItems: 1, maxItems: 8 }),
    ),
  },
  { additionalProperties: false },
)
const Begun = Type.Object(
  {
    id: Type.String(),
    requestUri: Type.String(),
    walletUrl: Type.Optional(Type.String({ description: 'Link for a wallet on the same device; only with returnTo' })),
    qr: Type.String({ description: 'Text of the QR code for a wallet on another device' }),
    expiresAtMs: Type.Number(),
    token: Type.String({ description: 'Asks how it stands, and takes the result' }),
  },
  { additionalProperties: false },
)
export const Standing = Type.Object(
  {
    state: Type.Union(['waiting', 'opened', 'answered', 'refused', 'expired'].map(state => Type.Literal(state))),
    device: Type.Optional(Type.Union([Type.Literal('this'), Type.Literal('other')])),
    failedRule: Type.Optional(Type.String()),
    expiresAtMs: Type.Number(),
  },
  { additionalProperties: false },
)
const FinishBody = Type.Object({ responseCode: Type.Optional(Type.String({ maxLength: 128 })) }, { additionalProperties: false })
export const Result = Type.Object(
  {
    presentationId: Type.String(),
    queryId: Type.String(),
    pseudonym: Type.Optional(Type.String()),
    claims: Type.Record(Type.String(), Type.Unknown(), { description: 'What was disclosed, by credential of the query' }),
    formats: Type.Array(Type.String()),
    receiptId: Type.String(),
    receiptSha256: Type.String(),
    verifiedAtMs: Type.Number(),
  },
  { additionalProperties: false },
)

type Begin = Static<typeof BeginBody>

/** Adds what the institution's own systems call, and its counter. */
export function systemRoutes(server: FastifyInstance, context: VerifierContext): void {
  const { database } = context.institution
  const begin = async ({ queryId, returnTo, transactionData }: Begin, by: string) => {
    if (returnTo !== undefined) checkReturnTo(returnTo)
    return beginPresentation(context, {
      queryId,
      purpose: { kind: 'system', id: by },
      ...(returnTo === undefined ? {} : { returnTo }),
      ...(transactionData === undefined ? {} : { transactionData: transactionData as unknown as readonly JsonObject[] }),
    })
  }
  const schema = { tags, body: BeginBody, response: { 201: Begun } }

  server.post<{ Body: Begin }>(
    '/verifier/presentations',
    { config: { access: 'system' }, schema: { summary: 'Ask somebody to show something', ...schema } },
    async ({ body }, reply) => reply.code(201).send(await begin(body, 'system')),
  )

  server.post<{ Body: Begin }>(
    '/verifier/counter/presentations',
    { config: { access: ['clerk'] }, schema: { summary: 'The same at the counter', ...schema } },
    async ({ body, staff }, reply) => reply.code(201).send(await begin(body, `staff ${staff!.id}`)),
  )

  server.get<{ Params: Static<typeof IdParams> }>(
    '/verifier/presentations/:id',
    {
      config: { access: 'public', cors: true },
      schema: {
        summary: 'How it stands, for the holder of its token (as bearer token)',
        tags,
        params: IdParams,
        response: { 200: Standing },
      },
    },
    async request => requireStanding(context, request.params.id, requireToken(bearerTokenOf(request))),
  )

  server.post<{ Params: Static<typeof IdParams>; Body: Static<typeof FinishBody> }>(
    '/verifier/presentations/:id/finish',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Take the result, once, with its token as bearer token',
        tags,
        params: IdParams,
        body: FinishBody,
        response: { 200: Result },
      },
    },
    async request => {
      const { id } = request.params
      const token = requireToken(bearerTokenOf(request))
      await requireKind(context, id, 'system')
      const { responseCode } = request.body
      return shown(await database.transaction(queries => finishPresentation(context, queries, id, { token, responseCode })))
    },
  )
}

/** What other parts asked for is theirs to finish. @throws VerifierError `ERR_VERIFIER_UNKNOWN` */
export async function requireKind({ institution }: VerifierContext, id: string, kind: 'system' | 'page'): Promise<void> {
  const stored = await findPresentation(institution.database, id)
  if (stored?.purpose.kind !== kind) throw new VerifierError('ERR_VERIFIER_UNKNOWN', 'there is no such presentation for this token')
}

/** @throws VerifierError `ERR_VERIFIER_UNKNOWN` */
export function requireToken(token: string | undefined): string {
  if (token === undefined)
    throw new VerifierError('ERR_VERIFIER_UNKNOWN', "Authorization: expected the presentation's token as bearer token")
  return token
}

/** A result as it goes out. */
export function shown({ purpose: _, ...result }: PresentationResult): Static<typeof Result> {
  return { ...result, formats: [...result.formats] }
}

function checkReturnTo(returnTo: string): void {
  const url = URL.canParse(returnTo) ? new URL(returnTo) : undefined
  const isLocal =
    url?.protocol === 'http:' && (url.hostname === 'localhost' || url.hostname.endsWith('.localhost') || url.hostname === '127.0.0.1')
  if (url === undefined || (url.protocol !== 'https:' && !isLocal))
    throw new VerifierError('ERR_VERIFIER_REQUEST', 'returnTo: expected an https address')
}
