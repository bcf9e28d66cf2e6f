import type { ScriptHash } from '@hufu/ledger'

/** Which operation made a version. */
export type DidOperation = 'create' | 'update' | 'rotate' | 'setRecovery' | 'recover' | 'deactivate'

/** An identifier at one of its versions, as the ledger keeps it. */
export interface DidState {
  /** 1, 2, …; every operation makes one. */
  readonly version: number
  readonly operation: DidOperation
  readonly controller: ScriptHash
  /** Account that may take over after the delay; null if none is named. */
  readonly recovery: ScriptHash | null
  readonly recoveryDelayMs: number
  readonly deactivated: boolean
  /** Time of the block that holds the version, from which on it is in force. */
  readonly timeMs: number
  readonly blockIndex: number
  /** Time of version 1. */
  readonly createdMs: number
  readonly latestVersion: number
  /** Time of the version after this one; null if this is the latest. */
  readonly nextTimeMs: number | null
  /** The document in force, as stored: UTF-8 of JSON that its writer alone has checked. */
  readonly document: Uint8Array
}

/** Which version: the latest, one by number, or the one in force at a time. */
export type DidMoment = 'latest' | { readonly version: number } | { readonly timeMs: number }

/** Where states come from: a node's word, a follower's tables, or proofs. They are interchangeable. */
export interface DidSource {
  /** Label of the network whose identifiers it knows. */
  readonly network: string
  /** The state at that moment; null if the identifier, the version, or any version at that time, does not exist. */
  findState(identifier: ScriptHash, moment: DidMoment): Promise<DidState | null>
}
