import type { NetworkId } from '@hufu/chains'
import type { AssetEnd, Transfer } from '@hufu/chains/titles'
import type { Clock } from '@hufu/primitives'
import type { Counterpart, Counterparts, Send } from './counterpart.ts'
import type { SatpErrorCode } from './errors.ts'
import type { AbortReason } from './message/message.ts'
import type { Role, SessionLog, SessionOutcome } from './session/session-log.ts'

/** Everything outside that a gateway touches. */
export interface GatewayPorts {
  readonly log: SessionLog
  /** The gateway's end of a network; undefined if it does not speak for that network. Also asked in sessions that go on: leave a switched-off one there, and refuse in `accept`. */
  readonly endOf: (network: NetworkId) => AssetEnd | undefined
  readonly counterparts: Counterparts
  readonly send: Send
  readonly clock: Clock
  /** Keeps a message that failed, and raises the alarm. Called before the message is answered. */
  readonly quarantine: (item: Quarantined) => Promise<void>
  /**
   * Whether this gateway wants to take part: switches, and whatever else is policy. Asked before anything is agreed, and again before each step that
   * cannot be taken back.
   *
   * @throws SatpError `ERR_SATP_TERMS`
   */
  readonly accept?: (transfer: Transfer, role: Role, counterpart: Counterpart) => Promise<void>
}

/** A message that was refused, as it came. */
export interface Quarantined {
  readonly atMs: number
  readonly code: SatpErrorCode
  /** For people: names the field and the expectation. */
  readonly detail: string
  /** What came to us by itself, or in answer to a message of ours. */
  readonly direction: 'request' | 'answer'
  /** DID of the gateway whose signature it bears; undefined if that is not proven. */
  readonly signedBy: string | undefined
  /** As the message says, if it could be read. */
  readonly sessionId: string | undefined
  readonly message: string
}

/** What an operator asks for. The title's present holder and content are read from the chain. */
export interface TransferRequest {
  readonly assetId: string
  readonly fromNetwork: NetworkId
  readonly toNetwork: NetworkId
  /** DID of the institution that is to hold it. */
  readonly toHolder: string
  /** DID of the gateway on the other side. */
  readonly counterpart: string
  /** How long the title may be held for the transfer, milliseconds from now. */
  readonly lockForMs: number
  /** 64 hexadecimal digits, for a request that may come twice; drawn if not given. Also the session's name. */
  readonly transferId?: string
}

/**
 * Where the title is by what this gateway knows. `leaving` and `unlocking`: the chain is being asked and its answer is not known yet.
 * Beneficiary: `awaited`, `arriving`, `arrived`.
 */
export type AssetPosition =
  | 'held'
  | 'locking'
  | 'locked'
  | 'unlocking'
  | 'unlocked'
  | 'leaving'
  | 'left'
  | 'awaited'
  | 'arriving'
  | 'arrived'

/** A session as it stands. */
export interface SessionStatus {
  readonly sessionId: string
  readonly role: Role
  /** DID of the other gateway. */
  readonly counterpart: string
  readonly transfer: Transfer
  readonly fromHolder: string
  /** Stage of the protocol (§6), as far as it is agreed or on its way. */
  readonly stage: 1 | 2 | 3
  readonly asset: AssetPosition
  /** Wanted, though perhaps too late: what the chain says counts. */
  readonly aborting: AbortReason | null
  /** Null while it goes on. */
  readonly outcome: SessionOutcome | null
  readonly openedAtMs: number
  readonly changedAtMs: number
  /** How many records it has: changes with every change. */
  readonly records: number
}

/** How far a session got, and when to go on with it. */
export interface Progress {
  readonly status: SessionStatus
  /** Call `advance` again then, or earlier if something came; null if only a message of the other gateway, or nothing, is awaited for good. */
  readonly againAtMs: number | null
  /** Why it waits, if something failed: for logs and operators. */
  readonly problem: unknown
}

/** What a counterpart is answered with. */
export interface Reply {
  /** HTTP status: 200, 204 without a body, or what the draft says for the error in the body. */
  readonly status: number
  /** A signed message. */
  readonly body: string | undefined
}

/** What {@link SatpGateway} does for its server. */
export interface TransferGateway {
  /**
   * Begins a transfer from a network of this gateway: writes it down, and no more; `advance` carries it out. The same `transferId` again gives the session
   * that there is.
   *
   * @throws SatpError `ERR_SATP_TERMS`: the title is not held there, or a member is not of its form; `ERR_SATP_COUNTERPART`: not allowed, or not for that
   *   network; `ERR_SATP_SESSION`: the transferId is another transfer's
   */
  begin(request: TransferRequest): Promise<SessionStatus>

  /** Goes on with a session as far as it goes now. Call it after `begin` and `receive`, and at `againAtMs`; never does a thing twice. @throws SatpError `ERR_SATP_SESSION` unknown */
  advance(sessionId: string): Promise<Progress>

  /**
   * {@link advance} of every session that is not over: after a start, and now and then.
   *
   * @param onFailure - told of a session whose records cannot be read; it holds up none of the others
   */
  resume(onFailure?: (sessionId: string, error: unknown) => void): Promise<readonly Progress[]>

  /** Takes a message of another gateway. @throws SatpError for one that no counterpart has signed (it is in quarantine then), and `ERR_SATP_WAITING` if the chain has no answer yet: the same message is to come again */
  receive(message: string): Promise<Reply>

  /** Wants a session ended without a transfer. @throws SatpError `ERR_SATP_TOO_LATE`: the title may have left (originator), or it was promised to be taken (beneficiary) */
  abort(sessionId: string): Promise<Progress>

  /** @returns undefined for an unknown session */
  status(sessionId: string): Promise<SessionStatus | undefined>
}
