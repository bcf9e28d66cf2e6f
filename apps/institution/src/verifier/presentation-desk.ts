import type { JsonObject } from '@hufu/credentials'
import type { Queries } from '@hufu/service'

/** What a presentation is asked for: which part of the server, and its own identifier. */
export interface PresentationPurpose {
  readonly kind: 'page' | 'system' | 'sign-in' | 'hand-over' | 'collect'
  /** Of the part that asks, such as an interaction's; it comes back with the answer. */
  readonly id: string
}

export interface BeginOptions {
  /** A query that this institution has registered. */
  readonly queryId: string
  readonly purpose: PresentationPurpose
  /**
   * Where the wallet sends the browser after answering on the same device; `response_code` is added to it. Whoever serves that page makes sure that it
   * is the browser that began: an answer is only finished with the code. Without it the presentation is cross-device only.
   */
  readonly returnTo?: string
  /** What the presentation is signed together with (OpenID4VP §8.4), each with `type`; by default every credential of the query agrees. */
  readonly transactionData?: readonly JsonObject[]
}

/** A request that waits for a wallet. */
export interface BegunPresentation {
  readonly id: string
  /** Where the wallet gets the signed request, shown on another device. */
  readonly requestUri: string
  /** Link that opens a wallet on this device; undefined without `returnTo`. */
  readonly walletUrl: string | undefined
  /** Text of the QR code for a wallet on another device. */
  readonly qr: string
  readonly expiresAtMs: number
  /** Whoever holds it may ask how the presentation stands, and finish it. 256 bits; only its hash is kept. */
  readonly token: string
}

export type PresentationState = 'waiting' | 'opened' | 'answered' | 'refused' | 'expired'

/** What a person showed. */
export interface PresentationResult {
  readonly presentationId: string
  readonly queryId: string
  readonly purpose: PresentationPurpose
  /** Of the person at this institution for the query's purpose, base64url; only zero-knowledge proofs have one. */
  readonly pseudonym?: string
  /** What was disclosed, by the DCQL query's credential identifier. */
  readonly claims: JsonObject
  /** By credential identifier: which of OpenID4VP's formats. */
  readonly formats: readonly string[]
  readonly receiptId: string
  /** SHA-256 of the receipt's canonical JSON, base64url. */
  readonly receiptSha256: string
  readonly verifiedAtMs: number
}

/** Where other parts of the server have somebody show something. */
export interface PresentationDesk {
  /**
   * Begins a presentation, in a transaction of its own: call it outside of any, for it asks the ledger's tables whether the query may be asked, which
   * an embedded database cannot answer while a transaction is open.
   *
   * @throws VerifierError `ERR_VERIFIER_QUERY`: this institution may not ask the query now
   */
  begin(options: BeginOptions): Promise<BegunPresentation>
  /** @throws VerifierError `ERR_VERIFIER_UNKNOWN`: there is none */
  state(id: string): Promise<PresentationState>
  /**
   * Takes the answer, once only. If the transaction that `queries` belongs to is rolled back, it was not taken.
   *
   * @param options.responseCode - what came with the browser to `returnTo`; required where the wallet was on the same device
   * @throws VerifierError `ERR_VERIFIER_UNKNOWN`: no such presentation, or another's token; `ERR_VERIFIER_STATE`: not answered, or finished before;
   *   `ERR_VERIFIER_BROWSER`: the code is missing or another one
   */
  finish(
    queries: Queries,
    id: string,
    options: { readonly token: string; readonly responseCode?: string | undefined },
  ): Promise<PresentationResult>
}
