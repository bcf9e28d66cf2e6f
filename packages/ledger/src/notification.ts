import type { ScriptHash } from './script-hash.ts'
import type { StackItem } from './stack-item.ts'

/** An event that a contract raised in a transaction that ran to its end. */
export interface Notification {
  readonly contract: ScriptHash
  readonly name: string
  readonly items: readonly StackItem[]
  readonly blockIndex: number
  readonly blockTimeMs: number
  /** Big-endian hexadecimal. */
  readonly transactionHash: string
  /** Position among all notifications of the block, from 0. */
  readonly index: number
}
