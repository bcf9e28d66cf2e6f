import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { bearerTokenOf } from '@hufu/staff'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { encode } from 'uqr'
import { beginPresentation } from './begin-presentation.ts'
import { VerifierError } from './errors.ts'
import { finishPresentation } from './finish-presentation.ts'
import { verifyPage } from './page/verify-page.ts'
import { hashOfSecret, newSecret } from './secret.ts'
import { Result, requireKind, requireToken, shown } from './system-routes.ts'
import { lifetimeMs, requireQuery, type VerifierContext } from './verifier-context.ts'
import { IdParams } from './wallet-routes.ts'

const tags = ['Presentations: pages']
const QueryParams = Type.Object({ queryId: Type.String({ minLength: 1, maxLength: 32 }) }, { additionalProperties: false })
const BeginBody = Type.Object(
  { returnTo: Type.Optional(Type.String({ maxLength: 2048, description: 'The page itself, where its origin may embed ours' })) },
  { additionalProperties: false },
)
const Begun = Type.Object(
  {
    id: Type.String(),
    walletUrl: Type.Optional(Type.String()),
    qr: Type.String(),
    qrRows: Type.Array(Type.String(), { description: 'Rows of the code, 1 for dark' }),
    expiresAtMs: Type.Number(),
    token: Type.String(),
  },
  { additionalProperties: false },
)
const FinishBody = Type.Object({ responseCode: Type.Optional(Type.String({ maxLength: 128 })) }, { additionalProperties: false })
const Finished = Type.Object({ receiptId: Type.String(), verifiedAtMs: Type.Number() }, { additionalProperties: false })
const RedeemBody = Type.Object(
  { token: Type.String({ maxLength: 128 }), responseCode: Type.Optional(Type.String({ maxLength: 128 })) },
  { additionalProperties: false },
)

/** As long as there can be anything to finish. */
const cookieSeconds = (2 * lifetimeMs) / 1000

/**
 * Adds the page that anybody may open, and what a page of the institution's own site embeds. Only for queries that the configuration lists.
 *
 * What a browser gets is a receipt's number, never what was shown: that is for the institution's own systems, which redeem the token.
 */
export async function pageRoutes(server: FastifyInstance, context: VerifierContext): Promise<void> {
  const { config, publicUrl, self, database } = context.institution
  const own = new URL(publicUrl).origin
  const isSecure = own.startsWith('https:')
  const script = await readFile(fileURLToPath(new URL('page/verify.js', import.meta.url)))

  server.get<{ Params: Static<typeof QueryParams> }>(
    '/verify/:queryId',
    {
      config: { access: 'public', page: true },
      schema: { summary: 'Page that asks a visitor to show something', tags, params: QueryParams },
    },
    async ({ params: { queryId }, headers }, reply) => {
      requireAllowed(queryId)
      const { content } = await requireQuery(context, queryId)
      const language = /^\s*zh\b/i.test(headers['accept-language'] ?? '') ? 'zh-CN' : 'en'
      return reply.type('text/html; charset=utf-8').send(verifyPage({ name: self.name, queryId, content, language }))
    },
  )

  server.get(
    '/verify.js',
    { config: { access: 'public', cors: true, page: true }, schema: { summary: 'The element <hufu-verify> for pages', tags } },
    async (_request, reply) => reply.type('text/javascript; charset=utf-8').header('cache-control', 'public, max-age=300').send(script),
  )

  server.post<{ Params: Static<typeof QueryParams>; Body: Static<typeof BeginBody> }>(
    '/verifier/pages/:queryId/presentations',
    {
      config: { access: 'public', cors: true },
      schema: {
        summary: 'Begin on a page, where the query is allowed there',
        tags,
        params: QueryParams,
        body: BeginBody,
        response: { 201: Begun },
      },
    },
    async (request, reply) => {
      const { queryId } = request.params
      requireAllowed(queryId)
      const isOwn = request.headers.origin === own
      const returnTo = isOwn ? `${publicUrl}/verify/${encodeURIComponent(queryId)}` : embeddingPage(request)
      const browserSecret = isOwn ? newSecret() : undefined
      const {
        requestUri: _,
        walletUrl,
        ...begun
      } = await beginPresentation(context, {
        queryId,
        purpose: { kind: 'page', id: queryId },
        ...(returnTo === undefined ? {} : { returnTo }),
        ...(browserSecret === undefined ? {} : { browserHash: hashOfSecret(browserSecret) }),
      })
      if (browserSecret !== undefined) reply.header('set-cookie', cookieOf(begun.id, browserSecret))
      const qrRows = encode(begun.qr, { ecc: 'M', border: 2 }).data.map(row => row.map(dark => (dark ? '1' : '0')).join(''))
      return reply.code(201).send({ ...begun, qrRows, ...(walletUrl === undefined ? {} : { walletUrl }) })
    },
  )

  server.post<{ Params: Static<typeof IdParams>; Body: Static<typeof FinishBody> }>(
    '/verifier/pages/presentations/:id/finish',
    {
      config: { access: 'public' },
      schema: {
        summary: 'The page that asked is done; the browser must be the one that began',
        tags,
        params: IdParams,
        body: FinishBody,
        response: { 200: Finished },
      },
    },
    async request => {
      const { id } = request.params
      const token = requireToken(bearerTokenOf(request))
      await requireKind(context, id, 'page')
      const { responseCode } = request.body
      const browserSecret = browserSecretOf(request, cookieName(id))
      const { receiptId, verifiedAtMs } = await database.transaction(queries =>
        finishPresentation(context, queries, id, { token, responseCode, browserSecret }),
      )
      return { receiptId, verifiedAtMs }
    },
  )

  server.post<{ Params: Static<typeof IdParams>; Body: Static<typeof RedeemBody> }>(
    '/verifier/pages/presentations/:id/redeem',
    {
      config: { access: 'system' },
      schema: { summary: 'Take what was shown on a page, once', tags, params: IdParams, body: RedeemBody, response: { 200: Result } },
    },
    async ({ params: { id }, body }) => {
      await requireKind(context, id, 'page')
      return shown(await database.transaction(queries => finishPresentation(context, queries, id, body)))
    },
  )

  function requireAllowed(queryId: string): void {
    if (!config.pageQueries.includes(queryId)) throw new VerifierError('ERR_VERIFIER_QUERY', 'this query is not for pages (PAGE_QUERIES)')
  }

  /** A page of a site that may embed ours is come back to; on any other the wallet is on another device. */
  function embeddingPage({ headers, body }: FastifyRequest): string | undefined {
    const { returnTo } = body as Static<typeof BeginBody>
    if (returnTo === undefined || !URL.canParse(returnTo)) return undefined
    const { origin } = new URL(returnTo)
    return origin === headers.origin && config.pageOrigins.includes(origin) ? returnTo : undefined
  }

  /** Goes back only with the request that finishes this presentation; no script can read it. */
  function cookieOf(id: string, secret: string): string {
    const secure = isSecure ? '; Secure' : ''
    return `${cookieName(id)}=${secret}; Path=/verifier/pages/presentations/${id}; Max-Age=${cookieSeconds}; HttpOnly; SameSite=Lax${secure}`
  }

  /** Not `__Host-`, which would send it to all paths. */
  function cookieName(id: string): string {
    return `${isSecure ? '__Secure-' : ''}hufu-verify-${id}`
  }
}

function browserSecretOf({ headers }: FastifyRequest, cookieName: string): string | undefined {
  const prefix = `${cookieName}=`
  const cookies = (headers.cookie ?? '').split(';').map(cookie => cookie.trim())
  return cookies.find(cookie => cookie.startsWith(prefix))?.slice(prefix.length)
}
