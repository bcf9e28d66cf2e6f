import { randomBytes } from '@hufu/primitives'
import { expect } from 'vitest'
import { Browser } from '../../../apps/institution/src/authorization/authorization-fixture.ts'
import { answer, openLink, post, type TestWallet } from '../../../apps/institution/src/verifier/wallet-fixture.ts'
import { type AttackedInstitution, callback } from './attacked-world.ts'
import { walletLinkIn } from './resident.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/**
 * Into a shop of an institution's, by a pseudonym, with a browser that was never there.
 *
 * @param note - told each secret of the sign-in, and what it is
 */
export async function signInAtShop(
  institution: AttackedInstitution,
  wallet: TestWallet,
  note: (what: string, text: string) => void = () => undefined,
): Promise<void> {
  const secret = (what: string, text: string): string => {
    note(what, text)
    return text
  }
  const browser = new Browser()
  const verifier = secret('PKCE verifier', Buffer.from(randomBytes(32)).toString('base64url'))
  const challenge = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(verifier))).toString('base64url')
  const [state, nonce] = [crypto.randomUUID(), crypto.randomUUID()]
  const parameters = new URLSearchParams({
    ...{ client_id: 'shop', response_type: 'code', redirect_uri: callback, scope: 'openid', state, nonce },
    ...{ code_challenge: challenge, code_challenge_method: 'S256' },
  })
  const { response } = await browser.follow(`${institution.url}/oidc/auth?${parameters}`)
  const request = await openLink(wallet, walletLinkIn(await response.text()))
  const { status, json } = await post(wallet, request, await answer(wallet, request))
  expect([status, json.detail]).toEqual([200, undefined])
  secret('response code', new URL(String(json.redirect_uri)).searchParams.get('response_code')!)
  const { url } = await browser.follow(String(json.redirect_uri))
  const code = secret('authorization code', new URL(url).searchParams.get('code')!)
  const authorization = `Basic ${Buffer.from(`shop:${institution.shopSecret}`).toString('base64')}`
  const tokens = await institution.done('POST', '/oidc/token', {
    headers: { ...form, authorization },
    body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }).toString(),
  })
  for (const name of ['access_token', 'refresh_token', 'id_token']) if (tokens[name] !== undefined) secret(name, tokens[name])
  const me = await institution.request('GET', '/oidc/me', { headers: { authorization: `Bearer ${tokens.access_token}` } })
  expect(me.status, me.text).toBe(200)
  for (const name of ['hufu_session', 'hufu_session.sig']) {
    const value = new RegExp(`${name}=([^;]+)`).exec(browser.cookies('/oidc/auth'))?.[1]
    if (value !== undefined) secret('session of a person', value)
  }
}
