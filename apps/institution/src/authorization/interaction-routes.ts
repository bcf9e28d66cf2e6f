import { errorCode } from '@hufu/primitives'
import type { Texts } from '@hufu/trust'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import { errors, type InteractionResults } from 'oidc-provider'
import { Type } from 'typebox'
import type { EntryStore } from './entry-store.ts'
import { AuthorizationError } from './errors.ts'
import { interactionPage, pageLanguage, scriptText, styles, troublePage } from './pages.ts'
import { providerRequests } from './provider-request.ts'
import { type Interaction, type InteractionTask, isUnfinished, type SignInInteractions } from './sign-in-interactions.ts'

export interface InteractionRouteOptions {
  readonly publicUrl: string
  readonly institution: Texts
  readonly store: EntryStore
  readonly interactions: SignInInteractions
  provider(): Provider
  /** What a registered query is for; undefined if that is not known now. */
  purposeOf(queryId: string): Promise<Texts | undefined>
}

const params = Type.Object({ uid: Type.String({ pattern: '^[A-Za-z0-9_-]{20,100}$' }) }, { additionalProperties: false })
const form = Type.Object({ csrf: Type.String({ maxLength: 100 }) }, { additionalProperties: false })
/** For people a page says what is wrong; what is no request at all is refused as everywhere. */
const refusals = {
  description: 'A page that says what is wrong, or a problem',
  content: {
    'text/html': { schema: Type.String() },
    'application/problem+json': { schema: Type.Object({ code: Type.String() }, { additionalProperties: true }) },
  },
}

type UidRequest = FastifyRequest<{ Params: { uid: string }; Body: { csrf: string }; Querystring: { response_code?: string } }>

/** Adds the pages of interactions: below `/oidc/interaction/{uid}`, where the interaction's cookie is sent to. */
export async function interactionRoutes(server: FastifyInstance, options: InteractionRouteOptions): Promise<void> {
  const { publicUrl, institution, store, interactions, provider, purposeOf } = options
  const requestOf = providerRequests(publicUrl)
  const base = new URL(publicUrl).pathname.replace(/\/$/, '')
  const common = { tags: ['sign-in'], params, response: { '4xx': refusals } }
  const config = { access: 'public' } as const

  await server.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 4096 },
      async (_request: FastifyRequest, body: string) => Object.fromEntries(new URLSearchParams(body)),
    )

    scope.get('/oidc/pages.css', { config, schema: { summary: 'style of the sign-in pages', tags: ['sign-in'] } }, (_request, reply) =>
      reply.header('cache-control', 'public, max-age=86400').type('text/css').send(styles),
    )
    scope.get('/oidc/pages.js', { config, schema: { summary: 'script of the sign-in pages', tags: ['sign-in'] } }, (_request, reply) =>
      reply.header('cache-control', 'public, max-age=86400').type('text/javascript').send(scriptText),
    )

    scope.get('/oidc/interaction/:uid', { config, schema: { ...common, summary: 'page on which a person signs in' } }, (request, reply) =>
      within(request as UidRequest, reply, async (interaction, task) => show(request as UidRequest, reply, interaction, task)),
    )

    scope.get(
      '/oidc/interaction/:uid/state',
      {
        config,
        schema: {
          ...common,
          summary: 'how the presentation of an interaction stands',
          response: { ...common.response, 200: Type.Object({ state: Type.String() }, { additionalProperties: false }) },
        },
      },
      async (request, reply) => {
        const interaction = await interactionOf(request as UidRequest, reply)
        return { state: interaction === undefined ? 'expired' : await interactions.state(interaction) }
      },
    )

    scope.get(
      '/oidc/interaction/:uid/return',
      {
        config,
        schema: {
          ...common,
          summary: 'where a wallet on the same device sends the browser',
          querystring: Type.Object(
            { response_code: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) },
            { additionalProperties: false },
          ),
        },
      },
      (request, reply) =>
        within(request as UidRequest, reply, async (interaction, task) =>
          finish(request as UidRequest, reply, interaction, task, (request as UidRequest).query.response_code),
        ),
    )

    scope.post(
      '/oidc/interaction/:uid/finish',
      { config, schema: { ...common, body: form, summary: 'goes on after the wallet has answered' } },
      (request, reply) =>
        within(request as UidRequest, reply, async (interaction, task) => {
          interactions.checkCsrf(interaction, (request as UidRequest).body.csrf)
          return finish(request as UidRequest, reply, interaction, task, undefined)
        }),
    )

    scope.post(
      '/oidc/interaction/:uid/again',
      { config, schema: { ...common, body: form, summary: 'begins the presentation anew' } },
      (request, reply) =>
        within(request as UidRequest, reply, async (interaction, task) => {
          interactions.checkCsrf(interaction, (request as UidRequest).body.csrf)
          await interactions.presentation(interaction, task, true)
          return reply.redirect(`${base}/oidc/interaction/${interaction.uid}`, 303)
        }),
    )

    scope.post(
      '/oidc/interaction/:uid/cancel',
      { config, schema: { ...common, body: form, summary: 'ends the interaction' } },
      (request, reply) =>
        within(request as UidRequest, reply, async interaction => {
          interactions.checkCsrf(interaction, (request as UidRequest).body.csrf)
          const returnTo = await end(request, reply, { error: 'access_denied', error_description: 'the person does not want to' })
          return reply.redirect(returnTo, 303)
        }),
    )
    done()
  })

  /** Does something with the interaction that the browser's cookie names, which must be the one of the address. */
  async function within(
    request: UidRequest,
    reply: FastifyReply,
    work: (interaction: Interaction, task: InteractionTask) => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    const interaction = await interactionOf(request, reply)
    if (interaction === undefined) return trouble(reply, base, 'session_not_found')
    const task = interactions.taskOf(interaction)
    try {
      if (task !== undefined) return await work(interaction, task)
      const error = 'unmet_authentication_requirements'
      return reply.redirect(await end(request, reply, { error, error_description: 'no such level of sign-in' }), 303)
    } catch (error) {
      if (error instanceof AuthorizationError) return trouble(reply, base, 'invalid_request')
      throw error
    }
  }

  async function interactionOf(request: UidRequest, reply: FastifyReply): Promise<Interaction | undefined> {
    try {
      const interaction = await store.request(() => provider().interactionDetails(own(request), reply.raw))
      return interaction.uid === request.params.uid ? interaction : undefined
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return undefined
      throw error
    }
  }

  async function show(
    request: UidRequest,
    reply: FastifyReply,
    interaction: Interaction,
    task: InteractionTask,
    trouble?: 'refused' | 'expired' | 'notFinished' | 'elsewhere',
  ): Promise<FastifyReply> {
    const presentation = await interactions.presentation(interaction, task)
    const html = interactionPage({
      language: pageLanguage(languagesOf(request, interaction)),
      institution,
      client: task.clientName,
      purpose: await purposeOf(task.query),
      path: `${base}/oidc/interaction/${interaction.uid}`,
      base,
      qr: presentation.qr,
      walletUrl: presentation.walletUrl ?? undefined,
      csrf: interactions.csrfOf(interaction),
      expiresAtMs: presentation.expiresAtMs,
      trouble,
    })
    return page(reply, interaction).send(html)
  }

  async function finish(
    request: UidRequest,
    reply: FastifyReply,
    interaction: Interaction,
    task: InteractionTask,
    responseCode: string | undefined,
  ): Promise<FastifyReply> {
    try {
      const returnTo = await interactions.finish(interaction, task, responseCode, provider())
      return reply.redirect(returnTo, 303)
    } catch (error) {
      if (!isUnfinished(error)) throw error
      const state = await interactions.state(interaction)
      const elsewhere = errorCode(error) === 'ERR_VERIFIER_BROWSER' && responseCode === undefined ? 'elsewhere' : 'notFinished'
      return show(request, reply, interaction, task, state === 'refused' || state === 'expired' ? state : elsewhere)
    }
  }

  function end(request: FastifyRequest, reply: FastifyReply, result: InteractionResults): Promise<string> {
    return store.request(() => provider().interactionResult(own(request), reply.raw, result, { mergeWithLastSubmission: false }))
  }

  function own(request: FastifyRequest) {
    return requestOf(request.raw, { url: request.url.slice('/oidc'.length) })
  }
}

/** `ui_locales` of the request before what the browser says. */
function languagesOf(request: FastifyRequest, interaction: Interaction): string {
  const wished = interaction.params.ui_locales
  return `${typeof wished === 'string' ? wished.replaceAll(' ', ',') : ''},${request.headers['accept-language'] ?? ''}`
}

/** Forms may lead on to the client: browsers check redirects too. */
function page(reply: FastifyReply, interaction: Interaction): FastifyReply {
  const redirectUri = interaction.params.redirect_uri
  const client = typeof redirectUri === 'string' ? ` ${new URL(redirectUri).origin}` : ''
  return reply
    .type('text/html; charset=utf-8')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .header(
      'content-security-policy',
      `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'${client}; base-uri 'none'; frame-ancestors 'none'`,
    )
}

function trouble(reply: FastifyReply, base: string, code: string): FastifyReply {
  return reply
    .code(400)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'")
    .send(troublePage(code, base))
}
