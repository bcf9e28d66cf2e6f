import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Clock } from '@hufu/primitives'
import { checkOrigin, type Part } from '@hufu/staff'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { closed, oneOf } from '../api/closed.ts'
import type { GatewayView } from '../gateway-view.ts'
import { gatewayPage } from './gateway-page.ts'
import { PageSession } from './page-session.ts'
import type { Language } from './page-words.ts'
import { signInPage } from './sign-in-page.ts'

const PageQuery = closed({ lang: Type.Optional(oneOf('en', 'zh-CN')) })
const SignInBody = closed({ token: Type.String({ maxLength: 4096 }) })
const shownTransfers = 200
const shownQuarantine = 100

/** The page of the gateway: for whoever has the operator's token. It shows, and changes nothing. */
export function openPages(options: {
  readonly view: GatewayView
  readonly operatorToken: string
  readonly publicUrl: string
  readonly clock: Clock
}): Part {
  const { view, operatorToken, publicUrl, clock } = options
  const session = new PageSession({ token: operatorToken, publicUrl })
  return {
    name: 'pages',
    async routes(server: FastifyInstance) {
      const look = await readFile(fileURLToPath(import.meta.resolve('@hufu/look/look.css')))
      const page = { access: 'public', page: true } as const
      const hidden = { hide: true } as object

      server.get('/look.css', { config: page, schema: hidden }, async (_request, reply) =>
        reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=300').send(look),
      )

      server.get<{ Querystring: Static<typeof PageQuery> }>(
        '/',
        { config: page, schema: { ...hidden, querystring: PageQuery } },
        async (request, reply) => {
          const language = languageOf(request, request.query.lang)
          if (!session.isSignedIn(request.headers.cookie, clock.nowMs())) return html(reply, signInPage({ language, isRefused: false }))
          const [status, transfers, quarantine] = await Promise.all([
            view.status(),
            view.transfers({ limit: shownTransfers }),
            view.quarantine(shownQuarantine),
          ])
          return html(reply, gatewayPage({ status, transfers, quarantine, atMs: clock.nowMs() }, language))
        },
      )

      server.post<{ Querystring: Static<typeof PageQuery>; Body: Static<typeof SignInBody> }>(
        '/sign-in',
        { config: { ...page, rate: 'token' }, schema: { ...hidden, querystring: PageQuery, body: SignInBody } },
        async (request, reply) => {
          checkOrigin(request, publicUrl)
          const language = languageOf(request, request.query.lang)
          if (!session.isToken(request.body.token.trim())) return html(reply.code(401), signInPage({ language, isRefused: true }))
          return reply.header('set-cookie', session.cookie(clock.nowMs())).redirect(`/?lang=${language}`, 303)
        },
      )

      server.post('/sign-out', { config: page, schema: hidden }, async (request, reply) => {
        checkOrigin(request, publicUrl)
        return reply.header('set-cookie', session.endingCookie).redirect('/', 303)
      })
    },
  }
}

function languageOf({ headers }: FastifyRequest, asked: Language | undefined): Language {
  return asked ?? (/^\s*zh\b/i.test(headers['accept-language'] ?? '') ? 'zh-CN' : 'en')
}

function html(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('vary', 'accept-language, cookie').send(page)
}
