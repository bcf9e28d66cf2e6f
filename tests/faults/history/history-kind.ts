import type { LedgerClient, ScriptHash } from '@hufu/ledger'
import type { SeededRandom } from '@hufu/network'
import type { TestNetwork } from '@hufu/testkit'
import type { Recorder } from './recorder.ts'

/** A network whose objects are written and read, and what its kinds share. */
export interface HistoryWorld {
  readonly network: TestNetwork
  /** Of the run: who writes draws from it in turn. */
  readonly seed: string
  /** How often each node was started, as it changes. */
  readonly lives: readonly number[]
  /** On the clock of `performance.now`. */
  isOver(): boolean
  /** A client with an outbox of its own, over all nodes. */
  client(): LedgerClient
  random(name: string): SeededRandom
}

/** Objects of one kind, with those who write and read them. */
export interface HistoryKind {
  readonly name: string
  /** Whose notifications are its effects. */
  readonly contract: ScriptHash
  // biome-ignore lint/suspicious/noExplicitAny: each kind has states, actions and questions of its own, and only its recorder puts them together
  readonly recorder: Recorder<any, any, any>
  /** Each writes or reads until the run is over. */
  actors(): readonly Promise<void>[]
  /** Reads from a node all that there is, for the record. */
  readAll(node: number): Promise<void>
  /** Lets go of what it holds, once all is read. @returns what is wrong beyond the ledger's order */
  close(): Promise<readonly string[]>
}
