import type { Transfer } from '@hufu/chains/titles'
import type { AbortReason } from '../message/message.ts'

/** Which side of a session a gateway is on. */
export type Role = 'originator' | 'beneficiary'

/** What a gateway does on its own chain: the first three at the origin, the last at the destination. */
export type ChainAction = 'lock' | 'leave' | 'unlock' | 'arrive'

/** How a session ended. */
export type SessionOutcome = 'completed' | 'aborted'

interface At {
  /** By the gateway's clock, milliseconds since 1970. */
  readonly atMs: number
}

/** What a session is about: its first record. */
export interface OpenedRecord extends At {
  readonly kind: 'opened'
  readonly role: Role
  /** DID of the other gateway. */
  readonly counterpart: string
  readonly transfer: Transfer
  /** DID of the institution that holds the title at the origin. */
  readonly fromHolder: string
  /** Beneficiary: the proposal that opened it, as it came. */
  readonly message?: string
}

/** One record of a session. Plain JSON; each is on disk before what it announces is done. */
export type SessionRecord =
  | OpenedRecord
  /** Ours, signed; the same text goes out however often it is sent. */
  | (At & { readonly kind: 'sent'; readonly message: string })
  /** The other's, verified and in its place. */
  | (At & { readonly kind: 'received'; readonly message: string })
  | (At & { readonly kind: 'acting'; readonly action: ChainAction })
  /** `refused`: the chain's rules were against it, and nothing changed. */
  | (At & {
      readonly kind: 'acted'
      readonly action: ChainAction
      readonly outcome: 'done' | 'refused'
      readonly transactionId: string | null
    })
  /** It is to end without a transfer, if the chain still allows that. */
  | (At & { readonly kind: 'aborting'; readonly reason: AbortReason })
  | (At & { readonly kind: 'closed'; readonly outcome: SessionOutcome; readonly reason: AbortReason | null })

/** Where sessions are kept, for ever: what a crash leaves a gateway to go on from. */
export interface SessionLog {
  /**
   * Adds a record; settles once it is durable.
   *
   * @param position - how many records the session has before it
   * @throws SatpError `ERR_SATP_LOG_CONFLICT`: there is a record at that position already; nothing was written
   */
  append(sessionId: string, position: number, record: SessionRecord): Promise<void>

  /** All records in order; none for an unknown session. */
  read(sessionId: string): Promise<readonly SessionRecord[]>

  /** Sessions that are not over: those whose last record is not `closed`. A closed one may be opened again by a later record. */
  open(): Promise<readonly string[]>
}
