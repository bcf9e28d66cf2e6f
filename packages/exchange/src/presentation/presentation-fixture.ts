// Shared by the tests of this package.
import { signJwt } from '@hufu/credentials'
import { importSigner, type KeyAlgorithm, type Signer } from '@hufu/keys'
import { base64urlToBytes } from '@hufu/primitives'
import { clientIdOfDid } from './client-id.ts'
import { type CreatePresentationRequestOptions, createPresentationRequest } from './create-presentation-request.ts'
import { parsePresentationLink, presentationLink } from './presentation-link.ts'
import { requestType } from './presentation-request.ts'
import { generateResponseKey } from './response-key.ts'
import { type VerifyPresentationRequestOptions, verifyPresentationRequest } from './verify-presentation-request.ts'

/** 2026-11-23T04:00:00Z, when every test takes place. */
export const nowMs = 1_795_406_400_000

export const verifierDid = 'did:neo:pilot:NbTiM6h8r99kpRtb428XcsUk1TzKed2gTc'
export const otherDid = 'did:neo:pilot:NXV7ZhHiyM1aHXwpVsRZC6BwNFP2jghXAq'
export const clientId = clientIdOfDid(verifierDid)
export const kid = `${verifierDid}#key-1`
export const origin = 'https://bank.example'
export const requestUri = `${origin}/vp/requests/1`
export const responseUri = `${origin}/vp/responses/1`
export const nonce = 'AAECAwQFBgcICQoLDA0ODw'

/** The same key each time: `seed` fills its 32 bytes. */
export function signerOf(algorithm: KeyAlgorithm, seed: number): Promise<Signer> {
  return importSigner(algorithm, new Uint8Array(32).fill(seed))
}

export const verifierSigner = await signerOf('P-256', 1)
export const strangerSigner = await signerOf('P-256', 2)
export const responseKey = await generateResponseKey()

export const residentQuery = {
  credentials: [
    {
      id: 'residence',
      format: 'dc+sd-jwt',
      meta: { vct_values: ['urn:hufu:resident'] },
      claims: [{ path: ['name'] }, { path: ['age_equal_or_over', '18'], values: [true] }],
    },
  ],
}

export const link = parsePresentationLink(presentationLink({ clientId, requestUri }))

/** A request of a minute, made now. */
export function requestWith(overrides: Partial<CreatePresentationRequestOptions> = {}): Promise<string> {
  return createPresentationRequest({
    key: { id: kid, signer: verifierSigner },
    responseUri,
    dcql: residentQuery,
    responseKey: responseKey.publicJwk,
    nonce,
    state: 'state-1',
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + 60_000,
    registeredQuery: { id: 'bank-account-opening', version: 1 },
    ...overrides,
  })
}

/** A request whose payload is changed before it is signed. */
export async function forgedRequest(
  changes: Readonly<Record<string, unknown>>,
  { signer = verifierSigner, type = requestType, signedBy = kid }: { signer?: Signer; type?: string; signedBy?: string } = {},
): Promise<string> {
  const [, payload = ''] = (await requestWith()).split('.')
  return signJwt(
    { type, kid: signedBy, payload: { ...JSON.parse(new TextDecoder().decode(base64urlToBytes(payload))), ...changes } },
    signer,
  )
}

/** Verifies as a wallet to which the ledger tells the verifier's key. */
export function verify(jwt: string, overrides: Partial<VerifyPresentationRequestOptions> = {}) {
  return verifyPresentationRequest(jwt, {
    link,
    resolveKey: async ({ kid: asked }) => (asked === kid ? { controller: verifierDid, publicKey: verifierSigner.publicKey } : null),
    nowMs,
    ...overrides,
  })
}
