import type { FastifyRequest } from 'fastify'

/** What an access token lets a wallet do here. */
export interface WalletGrant {
  /** Identifies the token among all of this server's; not the token itself. */
  readonly tokenId: string
  /** What it may be used to ask for; without it, whatever the offer or the account is for. */
  readonly configurationIds?: readonly string[]
  /** The client that has the token, where it is one with a name: what its key proofs name as `iss`. */
  readonly clientId?: string
  /** From the pre-authorized code flow: what `Issuer.offers.redeem` said. */
  readonly offerId?: string
  /** From the authorization code flow: whose applications may be collected, of `Issuer.applicantOf`. */
  readonly accountKey?: string
}

/** What the issuer needs of the authorization server. */
export interface AuthorizationSeam {
  /** Issuer identifiers of the authorization servers, for the issuer's metadata. */
  readonly servers: readonly string[]
  /**
   * Checks the access token of a request and, where the token is bound to a key, the DPoP proof that came with it. Asked once for each request, before its body
   * is read: the issuer registers itself as the checker of routes for wallets.
   *
   * @throws IssuerError `ERR_ISSUER_TOKEN`: there is none, or one that does not count
   */
  accessTokenOf(request: FastifyRequest): Promise<WalletGrant>
}
