import type { NetworkId } from '@hufu/chains'
import type { PublicKey, Signer } from '@hufu/keys'

/** A gateway that the council allows, and the key of ours that only it is spoken to with. */
export interface Counterpart {
  readonly did: string
  /** DID URL of its key for us. */
  readonly kid: string
  /** P-256. */
  readonly publicKey: PublicKey
  /** The networks that it speaks for. */
  readonly networks: readonly NetworkId[]
  readonly own: {
    readonly did: string
    /** DID URL of our key for it. */
    readonly kid: string
    readonly signer: Signer
  }
}

/** Who is allowed now. */
export interface Counterparts {
  /** @returns undefined for who is not allowed, or no longer */
  find(did: string): Promise<Counterpart | undefined>
}

/**
 * Carries a message to a counterpart, and its answer back: `POST` with {@link satpMediaType}; an answer with an error status may carry a signed error
 * in its body, which is an answer like any other.
 *
 * @returns undefined if it was taken and there is nothing to answer
 * @throws anything if it was not delivered, or it is not known whether: it is sent again
 */
export type Send = (message: string, to: Counterpart) => Promise<string | undefined>

/** A JWS in compact form (RFC 7515 §9.2.1). */
export const satpMediaType = 'application/jose'
