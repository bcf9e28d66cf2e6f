// A wallet made of packages, for tests.
import { presentSdJwt } from '@hufu/credentials'
import {
  bindingOf,
  createPresentationResponse,
  type Fetch,
  fetchPresentationRequest,
  type PresentationBinding,
  type PresentationRequest,
  parsePresentationLink,
  type ResolveRequestKey,
  verifyPresentationRequest,
} from '@hufu/exchange'
import type { Signer } from '@hufu/keys'
import { bytesToBase64url, type Clock, dayInChina, randomBytes } from '@hufu/primitives'
import {
  type AttributeLayout,
  compileStatement,
  type PreparedCredential,
  type ProofMaker,
  type PublishedRoots,
  prepareCredential,
  presentCredential,
  type Scalar,
  type TreePath,
  type ZkCredential,
} from '@hufu/proofs'

/** What the wallet holds. */
export interface HeldSdJwt {
  readonly credential: string
  readonly signer: Signer
}

/** A zero-knowledge credential, and where its path and roots come from. */
export interface HeldZk {
  readonly credential: ZkCredential
  readonly layout: AttributeLayout
  readonly secret: Scalar
  readonly prover: ProofMaker
  find(): Promise<{ readonly path: TreePath; readonly published: PublishedRoots }>
}

export interface TestWallet {
  readonly fetch: Fetch
  readonly resolveKey: ResolveRequestKey
  readonly clock: Clock
  readonly sdJwt?: HeldSdJwt
  readonly zk?: HeldZk
}

/** Opens a link as a wallet does: fetches the request and verifies it. */
export async function openLink({ fetch, resolveKey, clock }: TestWallet, text: string): Promise<PresentationRequest> {
  const link = parsePresentationLink(text)
  const walletNonce = bytesToBase64url(randomBytes(16))
  const jwt = await fetchPresentationRequest(link, { fetch, walletNonce })
  return verifyPresentationRequest(jwt, { link, resolveKey, nowMs: clock.nowMs(), walletNonce })
}

/** Presents what a request asks for; `change` bends what it is bound to. */
export async function presentAll(
  wallet: TestWallet,
  request: PresentationRequest,
  change: (binding: PresentationBinding) => PresentationBinding = binding => binding,
): Promise<Record<string, string[]>> {
  const ids = request.query.credentials.map(({ id }) => id)
  const presentations: Record<string, string[]> = {}
  for (const asked of request.query.credentials) {
    const binding = change(bindingOf(request, asked.id, ids))
    if (asked.format === 'dc+sd-jwt')
      presentations[asked.id] = [await presentOne(wallet, asked.claims?.map(({ path }) => path) ?? [], binding)]
    if (asked.format === 'hufu_zk') presentations[asked.id] = [await proveOne(wallet, asked.statement, binding)]
  }
  return presentations
}

/** The whole answer: the form to be posted. */
export async function answer(
  wallet: TestWallet,
  request: PresentationRequest,
  change?: (binding: PresentationBinding) => PresentationBinding,
): Promise<string> {
  return createPresentationResponse(request, await presentAll(wallet, request, change))
}

/** Posts an answer. @returns status and body */
export async function post(
  { fetch }: Pick<TestWallet, 'fetch'>,
  { responseUri }: Pick<PresentationRequest, 'responseUri'>,
  body: string,
): Promise<{ readonly status: number; readonly json: { readonly [name: string]: unknown } }> {
  const response = await fetch(responseUri, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body })
  return { status: response.status, json: (await response.json()) as { [name: string]: unknown } }
}

function presentOne(
  { sdJwt, clock }: TestWallet,
  disclose: Parameters<typeof presentSdJwt>[1]['disclose'],
  { audience, nonce, transactionDataHashes }: PresentationBinding,
): Promise<string> {
  const keyBinding = {
    signer: sdJwt!.signer,
    audience,
    nonce,
    issuedAtMs: clock.nowMs(),
    ...(transactionDataHashes === undefined ? {} : { transactionDataHashes }),
  }
  return presentSdJwt(sdJwt!.credential, { disclose, keyBinding })
}

async function proveOne(
  { zk, clock }: TestWallet,
  asked: Parameters<typeof compileStatement>[0],
  { challenge }: PresentationBinding,
): Promise<string> {
  const { credential, layout, secret, prover, find } = zk!
  const statement = compileStatement(asked, layout, { today: dayInChina(clock.nowMs()) })
  const { path, published } = await find()
  const prepared: PreparedCredential = await prepareCredential({
    prover,
    random: randomBytes,
    credential,
    layout,
    secret,
    path,
    published,
    slots: statement.slots,
  })
  return presentCredential({ prover, secret, challenge, show: { credential, prepared, statement } })
}
