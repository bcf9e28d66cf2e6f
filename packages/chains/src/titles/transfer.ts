import type { NetworkId } from '../network-id.ts'

/** One transfer of control over a title, from the chain where it is to another, where it will be: what both sides agreed upon. */
export interface Transfer {
  /** 32 bytes as 64 hexadecimal digits, drawn by who starts the transfer; never used twice. */
  readonly transferId: string
  /** The title's identifier, the same on both chains. */
  readonly assetId: string
  /** SHA-256 of what the title says, 64 hexadecimal digits. */
  readonly contentHash: string
  readonly fromNetwork: NetworkId
  readonly toNetwork: NetworkId
  /** DID of the institution that holds the title after the transfer. */
  readonly toHolder: string
  /** Before this moment the title may leave, and from then on only be unlocked. Milliseconds since 1970, by the clock of the chain that it leaves. */
  readonly lockUntilMs: number
}

/** What a chain says of a title. A title that was never on it has no state. */
export type TitleState = HeldTitle | LockedTitle | LeftTitle

interface Title {
  readonly assetId: string
  /** DID of an institution. */
  readonly holder: string
  readonly contentHash: string
}

/** On this chain, at its holder's disposal. */
export interface HeldTitle extends Title {
  readonly status: 'held'
}

/** On this chain, promised to a transfer until a time. */
export interface LockedTitle extends Title {
  readonly status: 'locked'
  readonly transferId: string
  readonly toNetwork: NetworkId
  readonly toHolder: string
  readonly lockUntilMs: number
}

/** Extinguished here by a transfer; it comes back by another one, or not at all. */
export interface LeftTitle extends Title {
  readonly status: 'left'
  readonly transferId: string
  readonly toNetwork: NetworkId
  readonly toHolder: string
}
