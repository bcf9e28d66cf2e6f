// Shared by the tests of sign-in: a shop as openid-client makes one, and a person who goes through its sign-in.
import * as client from 'openid-client'
import { Browser, csrfIn, type FakeDesk, otherSecret, type Shown, shopSecret } from './authorization-fixture.ts'

export const callback = 'http://shop.example/callback'
export const lee: Shown = { pseudonym: 'pseudonym-of-lee', claims: { resident: { name: '李雷', birth_date: '1990-01-02' } } }
export const han: Shown = { pseudonym: 'pseudonym-of-han' }

export interface Begun {
  readonly url: URL
  readonly checks: { readonly pkceCodeVerifier: string; readonly expectedState: string; readonly expectedNonce: string }
}

/** @param url - of a server, without `/oidc` */
export function configurationOf(
  url: string,
  id: 'shop' | 'other',
  options?: client.DiscoveryRequestOptions,
): Promise<client.Configuration> {
  const secret = id === 'shop' ? shopSecret : otherSecret
  return client.discovery(new URL(`${url}/oidc`), id, undefined, client.ClientSecretBasic(secret), {
    execute: [client.allowInsecureRequests],
    ...options,
  })
}

export async function begin(shop: client.Configuration, parameters: Record<string, string> = {}): Promise<Begun> {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const expectedState = client.randomState()
  const expectedNonce = client.randomNonce()
  const url = client.buildAuthorizationUrl(shop, {
    redirect_uri: callback,
    scope: 'openid profile',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    ...parameters,
  })
  return { url, checks: { pkceCodeVerifier, expectedState, expectedNonce } }
}

/** From the page on which the wallet is asked to the client's address. */
export async function finish(browser: Browser, desk: FakeDesk, page: string, shown: Shown): Promise<URL> {
  const html = await (await browser.get(page)).text()
  desk.answer(shown)
  const answer = await browser.post(`${page}/finish`, { csrf: csrfIn(html) })
  if (answer.status !== 303) throw new Error(`expected to go on, not ${answer.status}`)
  return new URL((await browser.follow(answer.headers.get('location')!)).url)
}

/** Up to the address that the browser brings to the client, with a code. */
export async function authorize(
  shop: client.Configuration,
  desk: FakeDesk,
  options: { browser?: Browser; shown?: Shown; parameters?: Record<string, string> } = {},
) {
  const { browser = new Browser(), shown = lee, parameters = {} } = options
  const begun = await begin(shop, parameters)
  const landed = await browser.follow(begun.url.href)
  if (!new URL(landed.url).pathname.startsWith('/oidc/interaction/')) throw new Error('expected the page on which the wallet is asked')
  return { ...begun, answer: await finish(browser, desk, landed.url, shown) }
}
