import { parseHeader, quorumOf } from '@hufu/ledger'
import { bytesToBase64 } from '@hufu/primitives'
import { bareHeader } from '../../../packages/ledger/test/bare-header.ts'
import type { SimulatedTransaction } from './ledger-script.ts'
import { type Executed, type SimulatedBlock, SimulatedValidator } from './simulated-validator.ts'
import type { World } from './world.ts'

/** How the stand-in ledger is made. */
export interface LedgerSettings {
  readonly validators: number
  readonly blockMs: number
  readonly maxTransactionsInBlock: number
}

const listCount = 3
const relayMs = 40
/** How often a validator hears nothing of a transaction that another has. */
const relayLoss = 0.1

/**
 * A stand-in for a Neo N3 network: validators that make blocks as dBFT allows, n−f of them together, and have on disk only what they flushed. Blocks that
 * nobody has any more are lost, and others take their place. It checks no signatures and runs one contract, in {@link additionOf}'s form.
 */
export class SimulatedLedger {
  readonly validators: readonly SimulatedValidator[]
  /** Blocks that a transaction is in, lost ones too. */
  readonly places = new Map<string, { readonly block: SimulatedBlock; readonly executed: Executed }[]>()
  readonly blocksByHash = new Map<string, SimulatedBlock>()
  /** Blocks that were made, and then lost by all who had them. */
  lostBlocks = 0
  readonly #world: World
  readonly #settings: LedgerSettings

  constructor(world: World, settings: LedgerSettings) {
    this.#world = world
    this.#settings = settings
    const genesis = this.#block(undefined, [])
    this.validators = Array.from({ length: settings.validators }, (_, index) => new SimulatedValidator(index, genesis))
  }

  get quorum(): number {
    return quorumOf(this.validators.length)
  }

  /** Begins to make blocks and to write them to disks. */
  start(): void {
    const makeBlocks = (): void => {
      this.#makeBlock()
      this.#world.outside(this.#settings.blockMs + this.#world.random.below(this.#settings.blockMs / 4), makeBlocks)
    }
    this.#world.outside(this.#settings.blockMs, makeBlocks)
    for (const validator of this.validators) {
      const flush = (): void => {
        if (validator.isUp) validator.flush()
        this.#world.outside(validator.flushMs, flush)
      }
      this.#world.outside(this.#world.random.below(validator.flushMs), flush)
    }
  }

  /** Takes a transaction into a validator's mempool, and tells the others. */
  accept(validator: SimulatedValidator, transaction: SimulatedTransaction): void {
    validator.mempool.set(transaction.hash, transaction)
    for (const other of this.validators) {
      if (other === validator || this.#world.random.chance(relayLoss)) continue
      this.#world.outside(this.#world.random.below(relayMs), () => {
        if (!other.isUp || other.part !== validator.part || other.mempool.size >= other.mempoolCapacity) return
        if (this.placeOn(other, transaction.hash) === undefined) other.mempool.set(transaction.hash, transaction)
      })
    }
  }

  /** The block with a transaction, on a validator's chain. */
  placeOn(validator: SimulatedValidator, hash: string): { readonly block: SimulatedBlock; readonly executed: Executed } | undefined {
    return this.places.get(hash)?.find(({ block }) => validator.has(block))
  }

  kill(validator: SimulatedValidator): void {
    if (!validator.isUp) return
    this.#world.note(`${validator.name} is killed at ${validator.tip.index}, on disk ${validator.persisted}`)
    validator.crash()
  }

  restart(validator: SimulatedValidator): void {
    validator.isUp = true
    this.#world.note(`${validator.name} starts at ${validator.tip.index}`)
    this.catchUpSoon(validator)
  }

  /** The longest chain that an honest validator has: what a quorum has on disk is in it. */
  get chain(): readonly SimulatedBlock[] {
    const honest = this.validators.filter(each => !each.isLiar)
    return honest.reduce((longest, each) => (each.blocks.length > longest.length ? each.blocks : longest), honest[0]!.blocks)
  }

  /** Everybody is well and tells the truth; whoever was alone with a block gives it up. */
  heal(): void {
    this.#world.note('the network is well again')
    for (const validator of this.validators) {
      validator.part = 0
      validator.lagMs = 0
      validator.isHanging = false
      validator.mempoolCapacity = 1_000
      if (!validator.isUp) this.restart(validator)
    }
    for (const validator of this.validators) if (validator.isUp) this.catchUpSoon(validator)
    // Once everybody has caught up with whom it can.
    this.#world.outside(4_000, () => this.#reconcile())
  }

  catchUpSoon(validator: SimulatedValidator): void {
    this.#world.outside(validator.lagMs + this.#world.random.below(300), () => this.#catchUp(validator))
  }

  #reconcile(): void {
    const { chain } = this
    for (const validator of this.validators) {
      const common = validator.blocks.findLastIndex((block, index) => chain[index] === block)
      if (common < validator.tip.index) validator.giveUp(common)
      this.catchUpSoon(validator)
    }
  }

  /** Takes over the blocks that it lacks from another that has them. */
  #catchUp(validator: SimulatedValidator): void {
    if (!validator.isUp) return
    let best: SimulatedValidator | undefined
    for (const other of this.validators) {
      const isAhead = other.isUp && other.part === validator.part && other.tip.index > (best ?? validator).tip.index
      if (isAhead && other.has(validator.tip)) best = other
    }
    if (best !== undefined) for (const block of best.blocks.slice(validator.tip.index + 1)) validator.add(block)
  }

  /** n−f validators that stand on the same block make the next one. A liar signs with anybody. */
  #makeBlock(): void {
    const candidates = this.#signers()
    if (candidates === undefined) return
    const { random } = this.#world
    const honest = candidates.filter(each => !each.isLiar)
    const speaker = random.pick(honest)
    const previous = speaker.tip
    const next = previous.index + 1
    for (const { hash, validUntilBlock } of speaker.mempool.values())
      if (validUntilBlock < next || this.placeOn(speaker, hash) !== undefined) speaker.mempool.delete(hash)
    const chosen = [...speaker.mempool.values()].slice(0, this.#settings.maxTransactionsInBlock)
    const block = this.#block(previous, random.chance(0.5) ? chosen : chosen.reverse())
    // Those whose signatures are on it have it; the others hear of it.
    const signers = new Set([speaker, ...honest, ...candidates].slice(0, this.quorum))
    this.#world.note(
      `block ${block.index} ${block.hash.slice(0, 8)} of ${speaker.name}: ${block.executed.length} transactions ${keysOf(block)}`,
    )
    for (const validator of this.validators) {
      if (signers.has(validator)) {
        if (validator.has(previous) && validator.tip !== previous) validator.giveUp(previous.index)
        if (validator.tip === previous) validator.add(block)
        else this.catchUpSoon(validator)
      } else if (validator.isUp) this.catchUpSoon(validator)
    }
  }

  #signers(): readonly SimulatedValidator[] | undefined {
    const up = this.validators.filter(each => each.isUp && !each.isHanging)
    for (const validator of up) {
      if (validator.isLiar) continue
      const group = up.filter(each => each.part === validator.part && (each.isLiar || each.tip === validator.tip))
      if (group.length >= this.quorum) return group
    }
    return undefined
  }

  #block(previous: SimulatedBlock | undefined, transactions: readonly SimulatedTransaction[]): SimulatedBlock {
    const index = previous === undefined ? 0 : previous.index + 1
    const lengths = [...(previous?.lengths ?? Array.from({ length: listCount }, () => 0))]
    const executed = transactions.map((transaction): Executed => {
      const { list, expected } = transaction.addition
      const isRefused = expected >= 0 && lengths[list] !== expected
      return { transaction, position: isRefused ? undefined : lengths[list]!++ }
    })
    const bytes = bareHeader({
      ...{ index, previousHash: previous?.hash, timeMs: this.#world.nowMs },
      ...{ nonce: this.#world.random.below(2 ** 32), isEmpty: executed.length === 0 },
    })
    const block: SimulatedBlock = { index, hash: parseHeader(bytes).hash, header: bytesToBase64(bytes), previous, executed, lengths }
    this.blocksByHash.set(block.hash, block)
    for (const each of executed) {
      const places = this.places.get(each.transaction.hash) ?? []
      places.push({ block, executed: each })
      this.places.set(each.transaction.hash, places)
    }
    return block
  }
}

function keysOf({ executed }: SimulatedBlock): string {
  return executed.map(({ transaction }) => `${transaction.addition.key}/${transaction.validUntilBlock}`).join(' ')
}
