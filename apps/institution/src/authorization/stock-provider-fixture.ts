// For measurements: oidc-provider as it comes, with its own adapter in memory.
import { createServer, type Server } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { type Configuration } from 'oidc-provider'
import { shopSecret } from './authorization-fixture.ts'

/** A provider and its server, with the client and algorithm that the tests of ours have. Its interactions end at once: nothing is shown. */
export async function startStockProvider(
  port: number,
): Promise<{ readonly provider: Provider; readonly server: Server; readonly issuer: string }> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const issuer = `http://127.0.0.1:${port}`
  const configuration: Configuration = {
    clients: [
      {
        client_id: 'shop',
        client_secret: shopSecret,
        redirect_uris: ['http://shop.example/callback'],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'stock' }] } as NonNullable<Configuration['jwks']>,
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    claims: { openid: ['sub'], profile: ['name'] },
    features: { devInteractions: { enabled: false } },
    findAccount: async (_ctx, accountId) => ({ accountId, claims: async () => ({ sub: accountId, name: 'name' }) }),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  }
  const provider = new Provider(issuer, configuration)
  const handle = provider.callback()
  const server = createServer(async (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return handle(request, response)
    const details = await provider.interactionDetails(request, response)
    const grant = new provider.Grant({ accountId: 'account', clientId: 'shop' })
    grant.addOIDCScope('openid profile')
    const grantId = await grant.save()
    if (details.prompt.name !== 'login') throw new Error('expected a new browser each time')
    await provider.interactionFinished(request, response, { login: { accountId: 'account' }, consent: { grantId } })
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return { provider, server, issuer }
}

/** Authorization codes as the authorization endpoint would have made them, each of a session and grant of its own. */
export async function makeCodes(provider: Provider, count: number, codeChallenge: string): Promise<readonly string[]> {
  const client = await provider.Client.find('shop')
  const make = async () => {
    const session = new (provider.Session as unknown as new (payload: object) => InstanceType<typeof provider.Session>)({})
    session.loginAccount({ accountId: 'account', acr: 'urn:hufu:acr:pseudonymous', amr: ['pop'] })
    const grant = new provider.Grant({ accountId: 'account', clientId: 'shop' })
    grant.addOIDCScope('openid profile')
    const grantId = await grant.save()
    session.ensureClientContainer('shop')
    session.grantIdFor('shop', grantId)
    await session.save(3600)
    const code = new provider.AuthorizationCode({
      accountId: 'account',
      authTime: Math.floor(Date.now() / 1000),
      client: client!,
      codeChallenge,
      codeChallengeMethod: 'S256',
      grantId,
      redirectUri: 'http://shop.example/callback',
      scope: 'openid profile',
      sessionUid: session.uid,
      expiresWithSession: true,
    } as unknown as ConstructorParameters<typeof provider.AuthorizationCode>[0])
    return code.save()
  }
  return Promise.all(Array.from({ length: count }, make))
}
