import * as client from 'openid-client'
import type { ShopConfig } from './config.ts'

/** What the shop keeps of a sign-in that is under way, until the browser comes back. */
export interface PendingSignIn {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  readonly acr: string
}

/** Who is signed in, and what the provider said. */
export interface SignedIn {
  readonly sub: string
  readonly sid: string | undefined
  readonly acr: string | undefined
  readonly idToken: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** The OpenID provider as this shop knows it: found when it is first needed, so that the two can start in any order. */
export class Provider {
  readonly #config: ShopConfig
  readonly #secret: string
  #found: Promise<client.Configuration> | undefined

  constructor(config: ShopConfig, secret: string) {
    this.#config = config
    this.#secret = secret
  }

  /** @returns what to remember, and where to send the browser */
  async begin(acr: string, language: string): Promise<{ readonly pending: PendingSignIn; readonly url: URL }> {
    const configuration = await this.#configuration()
    const codeVerifier = client.randomPKCECodeVerifier()
    const pending = { state: client.randomState(), nonce: client.randomNonce(), codeVerifier, acr }
    const url = await client.buildAuthorizationUrlWithPAR(configuration, {
      redirect_uri: `${this.#config.publicUrl}/callback`,
      scope: 'openid profile',
      acr_values: acr,
      ui_locales: language,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    })
    return { pending, url }
  }

  /** @param url - to which the browser came back */
  async finish(url: URL, { state, nonce, codeVerifier }: PendingSignIn): Promise<SignedIn> {
    const configuration = await this.#configuration()
    const tokens = await client.authorizationCodeGrant(configuration, url, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: codeVerifier,
      idTokenExpected: true,
    })
    const { sub, acr, sid } = tokens.claims()!
    const { sub: _, ...claims } = await client.fetchUserInfo(configuration, tokens.access_token, sub)
    return { sub, acr: acr as string | undefined, sid: sid as string | undefined, idToken: tokens.id_token!, claims }
  }

  /** Where the browser signs out at the provider too. */
  async endUrl({ idToken }: SignedIn): Promise<URL> {
    const parameters = { id_token_hint: idToken, post_logout_redirect_uri: `${this.#config.publicUrl}/` }
    return client.buildEndSessionUrl(await this.#configuration(), parameters)
  }

  async metadata(): Promise<client.ServerMetadata> {
    return (await this.#configuration()).serverMetadata()
  }

  #configuration(): Promise<client.Configuration> {
    this.#found ??= this.#discover().catch(error => {
      this.#found = undefined
      throw error
    })
    return this.#found
  }

  #discover(): Promise<client.Configuration> {
    const { issuerUrl, clientId } = this.#config
    const execute = issuerUrl.startsWith('http:') ? [client.allowInsecureRequests] : []
    return client.discovery(new URL(issuerUrl), clientId, undefined, client.ClientSecretBasic(this.#secret), { execute })
  }
}
