// A resident with a wallet made of packages, and what the staff of an institution does for them.
import {
  type AuthorizationServer,
  type BegunAuthorization,
  beginAuthorization,
  type CredentialResponse,
  collectCredentials,
  createDpopProof,
  createKeyProof,
  fetchAuthorizationServer,
  fetchIssuerMetadata,
  finishAuthorization,
  type OpenedOffer,
  openOffer,
  type PresentationRequest,
  redeemOffer,
  requestDeferredCredential,
  requestNonce,
  type TokenResponse,
} from '@hufu/exchange'
import { generateSigner, type Signer } from '@hufu/keys'
import { Browser } from '../../../apps/institution/src/authorization/authorization-fixture.ts'
import { answer, openLink, post, type TestWallet } from '../../../apps/institution/src/verifier/wallet-fixture.ts'
import { type AttackedInstitution, residentType, walletUrl } from './attacked-world.ts'

/** Somebody whose name, number and address stand nowhere else. */
export const person = {
  resident_number: '990121199501241468',
  name: '黄洁丹',
  name_latin: 'Huang Jiedan',
  sex: '2',
  birth_date: '1995-01-24',
  city_code: '990100',
  division_code: '990102',
  address: '汐湾区归雁路35号23幢2479室',
  resident_since: '1995-01-24',
} as const

export const application = { type: residentType, claims: person, validUntil: '2036-10-28' } as const

export interface MadeOffer {
  readonly applicationId: string
  readonly id: string
  readonly offerUri: string
  readonly txCode: string
  readonly code: string
}

/** Entered by a clerk, approved by an officer, offered. @param made - of an application that was offered before, or what another one says */
export async function makeOffer(
  bank: AttackedInstitution,
  made?: { readonly applicationId: string } | { readonly application: object },
): Promise<MadeOffer> {
  const clerk = { headers: { ...(await bank.session('clerk')) } }
  const officer = { headers: { ...(await bank.session('officer')) } }
  let applicationId = made !== undefined && 'applicationId' in made ? made.applicationId : undefined
  if (applicationId === undefined) {
    const body = made !== undefined && 'application' in made ? made.application : application
    applicationId = (await bank.done('POST', '/issuer/applications', { ...clerk, body })).id as string
    await bank.done('POST', `/issuer/applications/${applicationId}/submit`, clerk)
    await bank.done('POST', `/issuer/applications/${applicationId}/approve`, officer)
  }
  const { id, offerUri, txCode, offer } = await bank.done('POST', `/issuer/applications/${applicationId}/offer`, clerk)
  const code = offer.grants['urn:ietf:params:oauth:grant-type:pre-authorized_code']['pre-authorized_code']
  return { applicationId, id, offerUri, txCode, code }
}

/** A wallet that has redeemed an offer. */
export class AuthorizedWallet {
  readonly bank: AttackedInstitution
  readonly opened: OpenedOffer
  readonly token: TokenResponse
  /** To which the token is bound. */
  readonly dpop: Signer

  private constructor(bank: AttackedInstitution, opened: OpenedOffer, token: TokenResponse, dpop: Signer) {
    this.bank = bank
    this.opened = opened
    this.token = token
    this.dpop = dpop
  }

  static async redeem(bank: AttackedInstitution, offer: MadeOffer): Promise<AuthorizedWallet> {
    const opened = await openOffer(offer.offerUri, { fetch })
    const dpop = await generateSigner('P-256')
    return new AuthorizedWallet(bank, opened, await redeemOffer(opened, { txCode: offer.txCode, dpop, fetch, nowMs: Date.now() }), dpop)
  }

  async collect(configuration: string, keys: readonly Signer[], more: object = {}): Promise<CredentialResponse> {
    return collectCredentials(this.opened.metadata, configuration, { ...this.#call(), keys, ...more })
  }

  async deferred(transactionId: string): Promise<CredentialResponse> {
    return requestDeferredCredential(this.opened.metadata, transactionId, this.#call())
  }

  nonce(): Promise<string> {
    return requestNonce(this.opened.metadata, { fetch })
  }

  keyProof(signer: Signer, nonce: string, nowMs = Date.now()): Promise<string> {
    return createKeyProof({ signer, audience: this.bank.url, nonce, nowMs })
  }

  /** Headers of one request of this wallet's. */
  async headers(path: string): Promise<Readonly<Record<string, string>>> {
    const { accessToken } = this.token
    const request = { method: 'POST', url: this.bank.url + path, accessToken, nowMs: Date.now() }
    return { authorization: `DPoP ${accessToken}`, dpop: await createDpopProof({ ...request, signer: this.dpop }) }
  }

  #call() {
    return { token: this.token, dpop: this.dpop, fetch, nowMs: Date.now() }
  }
}

/** A wallet with a copy of the residence credential. */
export async function walletOf(bank: AttackedInstitution, institutions: readonly AttackedInstitution[] = [bank]): Promise<TestWallet> {
  const authorized = await AuthorizedWallet.redeem(bank, await makeOffer(bank))
  const signer = await generateSigner('P-256')
  const { credentials } = (await authorized.collect(`${residentType}_sd-jwt`, [signer])) as { credentials: readonly string[] }
  return { ...walletFor(institutions), sdJwt: { credential: credentials[0]!, signer } }
}

/** A wallet with nothing in it, which knows the keys of institutions. */
export function walletFor(institutions: readonly AttackedInstitution[]): TestWallet {
  return {
    fetch,
    clock: { nowMs: () => Date.now() },
    resolveKey: async ({ did }) => {
      const found = institutions.find(institution => institution.did === did)
      return found === undefined ? null : { controller: did, publicKey: found.signer.publicKey }
    },
  }
}

export interface Asked {
  readonly id: string
  readonly token: string
  readonly request: PresentationRequest
}

/** A system of the institution's begins a presentation, and the wallet opens its request. */
export async function ask(
  institution: AttackedInstitution,
  wallet: TestWallet,
  queryId = 'open-account',
  { returnTo }: { readonly returnTo?: string } = {},
): Promise<Asked> {
  const answer = await institution.system('POST', '/verifier/presentations', {
    queryId,
    ...(returnTo === undefined ? {} : { returnTo }),
  })
  if (answer.status !== 201) throw new Error(`presentation: ${answer.status} ${answer.text}`)
  const { id, token, qr, walletUrl } = answer.json
  return { id, token, request: await openLink(wallet, returnTo === undefined ? qr : walletUrl) }
}

/** An authorization code, with all that it is redeemed by. */
export interface AuthorizedCode {
  readonly form: Readonly<Record<string, string>>
  readonly browser: Browser
}

/** A wallet without an offer asks for a code. */
export async function beginWithoutOffer(bank: AttackedInstitution): Promise<BegunAuthorization & { readonly server: AuthorizationServer }> {
  const server = await fetchAuthorizationServer(await fetchIssuerMetadata(bank.url, { fetch }), { fetch })
  const wanted = { clientId: 'hufu-wallet', redirectUri: `${walletUrl}/`, scope: `${residentType}_sd-jwt` }
  return { ...(await beginAuthorization(server, { ...wanted, fetch })), server }
}

/** The link to the wallet on the page of a sign-in. */
export function walletLinkIn(html: string): string {
  const link = /id="open" href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&')
  if (link === undefined) throw new Error(`expected the page that opens the wallet: ${html}`)
  return link
}

/** Without an offer, a wallet has the person show who they are, on the same device, and gets a code. */
export async function authorizeWallet(bank: AttackedInstitution, wallet: TestWallet, browser = new Browser()): Promise<AuthorizedCode> {
  const { url, state, codeVerifier, server } = await beginWithoutOffer(bank)
  const { response } = await browser.follow(url)
  const request = await openLink(wallet, walletLinkIn(await response.text()))
  const { status, json } = await post(wallet, request, await answer(wallet, request))
  if (status !== 200) throw new Error(`answer: ${status} ${JSON.stringify(json)}`)
  const { url: back } = await browser.follow(String(json.redirect_uri))
  const { code } = finishAuthorization(back, { state, server })
  const redeeming = { grant_type: 'authorization_code', code, code_verifier: codeVerifier }
  return { browser, form: { ...redeeming, redirect_uri: `${walletUrl}/`, client_id: 'hufu-wallet' } }
}
