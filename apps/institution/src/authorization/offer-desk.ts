import type { JsonObject } from '@hufu/credentials'
import type { RedeemedOffer } from '../issuer/offers.ts'

/** A credential configuration that the issuer offers, as wallets ask for it. */
export interface CredentialScope {
  readonly id: string
  readonly scope: string
}

/** What the authorization server needs of the issuer. */
export interface OfferDesk {
  /** Uses up a pre-authorized code. @throws IssuerError `ERR_ISSUER_GRANT`: unknown, used, expired, or a wrong transaction code */
  redeem(code: string, txCode: string): Promise<RedeemedOffer>
  /** What wallets may ask for by authorization code. */
  scopes(): Promise<readonly CredentialScope[]>
  /** Whose applications somebody may collect who has shown this, by the query's credential identifiers; undefined: nobody's. */
  applicantOf(shown: JsonObject): Promise<string | undefined>
}
