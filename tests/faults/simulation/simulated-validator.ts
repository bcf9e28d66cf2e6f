import type { SimulatedTransaction } from './ledger-script.ts'

/** A transaction in a block, with what came of it. */
export interface Executed {
  readonly transaction: SimulatedTransaction
  /** Where in the list the key stands; undefined if the contract refused. */
  readonly position: number | undefined
}

/** A block of the stand-in ledger. */
export interface SimulatedBlock {
  readonly index: number
  readonly hash: string
  /** As nodes give it, in base64. */
  readonly header: string
  readonly previous: SimulatedBlock | undefined
  readonly executed: readonly Executed[]
  /** Lengths of the lists after it. */
  readonly lengths: readonly number[]
}

/** One validator of the stand-in ledger, as far as its clients see it. */
export class SimulatedValidator {
  readonly name: string
  readonly index: number
  isUp = true
  /** Answers nothing, but lives. */
  isHanging = false
  /** Tells clients untruths, and signs whatever block is wanted. */
  isLiar = false
  /** Which part of a cut network it is in. */
  part = 0
  /** How long blocks take to reach it, milliseconds. */
  lagMs = 0
  flushMs = 1_000
  mempoolCapacity = 50
  readonly blocks: SimulatedBlock[]
  readonly mempool = new Map<string, SimulatedTransaction>()
  /** Index of the last block on its disk. */
  persisted = 0

  constructor(index: number, genesis: SimulatedBlock) {
    this.index = index
    this.name = `v${index}`
    this.blocks = [genesis]
  }

  get tip(): SimulatedBlock {
    return this.blocks.at(-1)!
  }

  has(block: SimulatedBlock): boolean {
    return this.blocks[block.index] === block
  }

  add(block: SimulatedBlock): void {
    this.blocks.push(block)
    for (const { transaction } of block.executed) this.mempool.delete(transaction.hash)
  }

  flush(): void {
    this.persisted = this.tip.index
  }

  /** Loses what is in memory only. */
  crash(): void {
    this.isUp = false
    this.mempool.clear()
    this.blocks.length = this.persisted + 1
  }

  /** Gives up what is not the network's chain, as an operator does who empties a node that is alone with its block. */
  giveUp(commonHeight: number): void {
    this.blocks.length = commonHeight + 1
    this.persisted = Math.min(this.persisted, commonHeight)
  }
}
