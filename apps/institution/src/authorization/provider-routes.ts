import { strictTransportSecurity } from '@hufu/service'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import { preAuthorizedGrant } from './provider-configuration.ts'
import { providerRequests } from './provider-request.ts'
import { walletClientId } from './sign-in-settings.ts'

export interface ProviderRouteOptions {
  readonly publicUrl: string
  /** The provider with the keys of now. */
  provider(): Provider
}

type Handle = ReturnType<Provider['callback']>

/** Pages that the provider shows: one of its scripts is inline, and it adds that one's hash. */
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"

const endpoints = [
  ['GET', '/auth', 'authorization endpoint'],
  ['GET', '/auth/:uid', 'where the browser comes back to after an interaction'],
  ['POST', '/request', 'pushed authorization requests (RFC 9126)'],
  ['OPTIONS', '/request', 'who may push requests from a browser'],
  ['POST', '/token', 'token endpoint'],
  ['OPTIONS', '/token', 'who may call the token endpoint from a browser'],
  ['POST', '/token/revocation', 'token revocation (RFC 7009)'],
  ['OPTIONS', '/token/revocation', 'who may revoke tokens from a browser'],
  ['GET', '/me', 'userinfo endpoint'],
  ['POST', '/me', 'userinfo endpoint'],
  ['OPTIONS', '/me', 'who may call the userinfo endpoint from a browser'],
  ['GET', '/jwks', 'keys of ID tokens'],
  ['OPTIONS', '/jwks', 'who may read the keys from a browser'],
  ['GET', '/session/end', 'sign-out at the request of a client'],
  ['POST', '/session/end/confirm', 'sign-out, confirmed by the person'],
  ['GET', '/session/end/success', 'page after signing out'],
  ['GET', '/.well-known/openid-configuration', 'metadata of the OpenID provider'],
  ['GET', '/.well-known/oauth-authorization-server', 'metadata of the authorization server'],
] as const

/** The provider refuses in its own ways: to programs by OAuth's errors, to people by a page. */
const refusals = {
  description: 'An error of OAuth 2.0 or OpenID Connect, a page that says what is wrong, or a problem',
  content: {
    'application/json': { schema: { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] } },
    'text/html': { schema: { type: 'string' } },
    'text/plain': { schema: { type: 'string' } },
    'application/problem+json': { schema: { type: 'object', properties: { code: { type: 'string' } } } },
  },
} as const

/** Adds the provider's endpoints below `/oidc`, and its metadata where RFC 8414 looks for it. */
export async function providerRoutes(server: FastifyInstance, { publicUrl, provider }: ProviderRouteOptions): Promise<void> {
  const requestOf = providerRequests(publicUrl)
  const handles = new WeakMap<Provider, Handle>()
  await server.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 65_536 },
      async (_request: FastifyRequest, body: string) => body,
    )
    // Anything else is for the provider to refuse, unread.
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    for (const [method, path, summary] of endpoints)
      scope.route({
        method,
        url: `/oidc${path}`,
        exposeHeadRoute: false,
        config: { access: 'public', rate: path === '/token' || path === '/request' ? 'token' : 'public' },
        schema: { summary, tags: ['sign-in'], response: { '4xx': refusals } },
        handler: (request, reply) => handOver(request, reply, request.url.slice('/oidc'.length)),
      })
    for (const name of ['oauth-authorization-server', 'openid-configuration'])
      scope.route({
        method: 'GET',
        url: `/.well-known/${name}/oidc`,
        exposeHeadRoute: false,
        config: { access: 'public' },
        schema: { summary: 'metadata of the authorization server, where RFC 8414 looks for it', tags: ['sign-in'] },
        handler: (request, reply) => handOver(request, reply, `/.well-known/${name}`),
      })
    done()
  })

  async function handOver(request: FastifyRequest, reply: FastifyReply, url: string): Promise<void> {
    reply.hijack()
    const { raw } = reply
    raw.setHeader('x-content-type-options', 'nosniff')
    raw.setHeader('referrer-policy', 'no-referrer')
    raw.setHeader('content-security-policy', pagePolicy)
    if (publicUrl.startsWith('https:')) raw.setHeader('strict-transport-security', strictTransportSecurity)
    const form = typeof request.body === 'string' ? withWalletClient(request, url, request.body) : undefined
    await handleOf(provider())(requestOf(request.raw, { url, form }), raw)
  }

  function handleOf(current: Provider): Handle {
    const known = handles.get(current)
    if (known !== undefined) return known
    const handle = current.callback()
    handles.set(current, handle)
    return handle
  }
}

/** A wallet that redeems an offer need not say who it is (OpenID4VCI §6.1): it is one of the wallets then. */
function withWalletClient(request: FastifyRequest, url: string, form: string): string {
  if (url !== '/token' || request.headers.authorization !== undefined) return form
  const parameters = new URLSearchParams(form)
  const isAnonymous = !['client_id', 'client_assertion', 'client_secret'].some(name => parameters.has(name))
  return isAnonymous && parameters.get('grant_type') === preAuthorizedGrant ? `${form}&client_id=${walletClientId}` : form
}
