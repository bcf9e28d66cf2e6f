import cookie from '@fastify/cookie'
import { addHealthRoutes, createHttpServer, type HttpServerOptions } from '@hufu/service'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AuthorizationResponseError } from 'openid-client'
import type { ShopConfig } from './config.ts'
import { readLogoutToken } from './logout-token.ts'
import { type PageOptions, startPage, styles, troublePage } from './pages.ts'
import { Provider } from './provider.ts'
import { chooseLanguage } from './texts.ts'
import { type Visit, Visits } from './visits.ts'

export interface ShopOptions {
  readonly config: ShopConfig
  readonly secret: string
  readonly log: HttpServerOptions['log']
}

const visitCookie = 'shop_visit'
const languageCookie = 'shop_language'

/** A web shop that has people sign in at an OpenID provider. It knows nothing of wallets. */
export async function createShop({ config, secret, log }: ShopOptions): Promise<FastifyInstance> {
  const { kind, publicUrl, issuerUrl, clientId, basicAcr, identifiedAcr } = config
  const server = createHttpServer({ log, bodyLimitBytes: 65_536, requestTimeoutMs: 10_000 })
  const provider = new Provider(config, secret)
  const visits = new Visits()
  const cookieOptions = { path: '/', httpOnly: true, sameSite: 'lax', secure: publicUrl.startsWith('https:') } as const
  // The form that signs out leads on to the provider.
  const page = { page: { 'form-action': `'self' ${new URL(issuerUrl).origin}` } } as const
  await server.register(cookie)
  addHealthRoutes(server, {})

  server.get('/style.css', { config: page }, (_request, reply) =>
    reply.header('cache-control', 'public, max-age=3600').type('text/css').send(styles),
  )

  server.get<{ Querystring: { lang?: string } }>('/', { config: page }, (request, reply) => {
    const visit = visitOf(request)
    const signedIn = visit?.signedIn
    if (request.query.lang !== undefined) reply.setCookie(languageCookie, pageOf(request).language, cookieOptions)
    const shown = visit && signedIn && { signedIn, csrf: visit.csrf, isIdentified: signedIn.acr === identifiedAcr }
    return html(reply, startPage(pageOf(request), shown))
  })

  server.get<{ Querystring: { level?: string } }>('/sign-in', { config: page }, async (request, reply) => {
    const visit = visitOf(request)
    const acr = request.query.level === 'identified' ? identifiedAcr : basicAcr
    const { pending, url } = await provider.begin(acr, pageOf(request).language)
    keep(reply, visits.replace(visit, { pending, ...(visit?.signedIn && { signedIn: visit.signedIn }) }, Date.now()))
    return reply.redirect(url.href, 303)
  })

  server.get('/callback', { config: page }, async (request, reply) => {
    const visit = visitOf(request)
    // Whoever comes back without having begun here came by somebody else's link.
    if (visit?.pending === undefined) return html(reply.code(400), troublePage(pageOf(request), 'invalid_state'))
    const before = visit.signedIn
    try {
      const signedIn = await provider.finish(new URL(request.url, publicUrl), visit.pending)
      keep(reply, visits.replace(visit, { signedIn }, Date.now()))
      return reply.redirect('/', 303)
    } catch (error) {
      const isTold = error instanceof AuthorizationResponseError
      if (!isTold) request.log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'sign-in failed')
      keep(reply, visits.replace(visit, before === undefined ? {} : { signedIn: before }, Date.now()))
      return html(reply.code(isTold ? 200 : 400), troublePage(pageOf(request), isTold ? error.error : 'invalid_response'))
    }
  })

  server.post<{ Body: { csrf?: string } }>('/sign-out', { config: page }, async (request, reply) => {
    const visit = visitOf(request)
    if (visit?.signedIn === undefined || request.body?.csrf !== visit.csrf) return reply.redirect('/', 303)
    visits.forget(visit)
    reply.clearCookie(visitCookie, cookieOptions)
    return reply.redirect((await provider.endUrl(visit.signedIn)).href, 303)
  })

  server.post<{ Body: { logout_token?: string } }>('/backchannel-logout', async (request, reply) => {
    try {
      const { issuer, jwks_uri: jwksUri } = await provider.metadata()
      const { sub, sid } = await readLogoutToken(request.body?.logout_token ?? '', {
        issuer,
        clientId,
        jwksUri: jwksUri!,
        nowMs: Date.now(),
      })
      visits.forgetPerson(sub, sid)
      return reply.code(200).header('cache-control', 'no-store').send()
    } catch (error) {
      request.log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'logout token refused')
      return reply.code(400).send({ error: 'invalid_request' })
    }
  })

  function visitOf(request: FastifyRequest): Visit | undefined {
    return visits.find(request.cookies[visitCookie], Date.now())
  }

  function keep(reply: FastifyReply, visit: Visit): void {
    reply.setCookie(visitCookie, visit.id, cookieOptions)
  }

  function pageOf(request: FastifyRequest): PageOptions {
    const { lang } = request.query as { lang?: string }
    const language = chooseLanguage(lang ?? request.cookies[languageCookie], request.headers['accept-language'])
    return { kind, language, name: language === 'en' ? config.nameEn : config.nameZh }
  }

  return server
}

function html(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(text)
}
