import { createHash, timingSafeEqual } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import type { Clock } from '@hufu/primitives'
import type { Database, OneUseValues } from '@hufu/service'
import Provider from 'oidc-provider'
import type { Logger } from 'pino'
import { UsedBefore } from './entry-store.ts'
import { addPreAuthorizedGrant } from './pre-authorized-grant.ts'
import { type ProviderSetup, preAuthorizedGrant, providerConfiguration } from './provider-configuration.ts'

export interface ProviderOptions extends ProviderSetup {
  readonly database: Database
  readonly once: OneUseValues
  readonly clock: Clock
  readonly log: Logger
}

/** Makes the OpenID provider on our store. */
export function createProvider(options: ProviderOptions): Provider {
  const { publicUrl, store, database, once, clock, log, offers } = options
  // Its types of grants come from its features; ours is added below, and clients are read when first asked for.
  const provider = new Provider(`${publicUrl}/oidc`, providerConfiguration(options))
  // Addresses come from the configuration: see provider-request.ts.
  provider.proxy = true
  if (offers !== undefined) addPreAuthorizedGrant(provider, preAuthorizedGrant, { publicUrl, database, once, clock, offers })
  provider.use(async (ctx, next) => {
    try {
      await store.request(next)
    } catch (error) {
      if (!(error instanceof UsedBefore)) throw error
      ctx.status = 400
      ctx.body = { error: ctx.path === '/token' ? 'invalid_grant' : 'invalid_request', error_description: 'used before' }
      ctx.remove('location')
      ctx.remove('set-cookie')
    }
  })
  keepSecretsAsHashes(provider)
  // What the provider does by reading and then writing, two requests could pass at once.
  const replays = provider.ReplayDetection as unknown as { unique(issuer: string, jti: string, exp: number): Promise<boolean> }
  replays.unique = (issuer, jti, exp) => once.use(database, 'oauth jti', JSON.stringify([issuer, jti]), exp * 1000)
  // Of Koa below it, whose types do not say so.
  const koa = provider as unknown as EventEmitter
  koa.on('error', (error: unknown) => log.error({ err: error }, 'OpenID provider'))
  provider.on('server_error', (_ctx, error) => log.error({ err: error }, 'OpenID provider'))
  provider.on('backchannel.error', (_ctx, error, client) =>
    log.warn({ client: client.clientId, reason: error.message }, 'back-channel logout'),
  )
  return provider
}

function keepSecretsAsHashes(provider: Provider): void {
  const prototype = provider.Client.prototype as unknown as { clientSecret: string; compareClientSecret(secret: string): Promise<boolean> }
  prototype.compareClientSecret = async function compareClientSecret(this: { clientSecret: string }, secret: string) {
    return timingSafeEqual(createHash('sha256').update(secret).digest(), Buffer.from(this.clientSecret, 'hex'))
  }
}
