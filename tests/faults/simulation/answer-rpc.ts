import { base64ToBytes } from '@hufu/primitives'
import { additionOf, listsContract, parseSimulatedTransaction } from './ledger-script.ts'
import type { SimulatedLedger } from './simulated-ledger.ts'
import type { Executed, SimulatedBlock, SimulatedValidator } from './simulated-validator.ts'
import type { World } from './world.ts'

/** Number of the stand-in network. */
export const magic = 5_318_008

class Refusal extends Error {
  readonly rpcCode: number

  constructor(rpcCode: number, message: string) {
    super(message)
    this.rpcCode = rpcCode
  }
}

/** neo-go's error codes. */
const code = {
  unknownBlock: -102,
  unknownTransaction: -103,
  unknownContainer: -105,
  alreadyOnChain: -501,
  mempoolFull: -502,
  alreadyInPool: -503,
  expired: -510,
  funds: -511,
}
const maxValidBlocks = 5_760

/** How a validator answers JSON-RPC: the few methods that the code in the simulation calls, in the form that neo-go has for them. */
export class RpcAnswerer {
  readonly #world: World
  readonly #ledger: SimulatedLedger

  constructor(world: World, ledger: SimulatedLedger) {
    this.#world = world
    this.#ledger = ledger
  }

  /** Answers a request, one call or many. */
  answer(validator: SimulatedValidator, body: string): string {
    const calls: unknown = JSON.parse(body)
    return JSON.stringify(Array.isArray(calls) ? calls.map(call => this.#answerCall(validator, call)) : this.#answerCall(validator, calls))
  }

  metrics(validator: SimulatedValidator): string {
    const lie = validator.isLiar && this.#world.random.chance(0.5) ? 3 : 0
    return `neogo_persisted_height ${validator.persisted + lie}\n`
  }

  #answerCall(validator: SimulatedValidator, call: unknown): unknown {
    const { id, method, params } = call as { id: number; method: string; params: readonly unknown[] }
    try {
      const lie = validator.isLiar && this.#world.random.chance(0.4) ? this.#lie(validator, method, params) : undefined
      return { jsonrpc: '2.0', id, result: lie ?? this.#result(validator, method, params) }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (method === 'sendrawtransaction') this.#noteRefusal(validator, params[0] as string, error)
      return { jsonrpc: '2.0', id, error: { code: error.rpcCode, message: error.message } }
    }
  }

  #noteRefusal(validator: SimulatedValidator, base64: string, { rpcCode }: Refusal): void {
    const { addition, validUntilBlock } = parseSimulatedTransaction(base64)
    this.#world.note(`${validator.name} at ${validator.tip.index} refuses ${addition.key}, valid until ${validUntilBlock}: ${rpcCode}`)
  }

  #result(validator: SimulatedValidator, method: string, [first]: readonly unknown[]): unknown {
    switch (method) {
      case 'getversion':
        return { protocol: { network: magic } }
      case 'getblockcount':
        return validator.tip.index + 1
      case 'getblockheader':
        if ((first as number) > validator.tip.index) throw new Refusal(code.unknownBlock, 'Unknown block')
        return validator.blocks[first as number]!.header
      case 'getblocknotifications':
        return this.#notifications(validator, first as string)
      case 'gettransactionheight':
        return this.#place(validator, first as string, code.unknownTransaction).block.index
      case 'getapplicationlog':
        return { executions: [executionOf(this.#place(validator, first as string, code.unknownContainer).executed)] }
      case 'invokescript':
        return this.#dryRun(validator, first as string)
      case 'sendrawtransaction':
        return this.#send(validator, first as string)
      default:
        throw new Refusal(-32601, 'Method not found')
    }
  }

  #place(validator: SimulatedValidator, hash: string, unknown: number): { readonly block: SimulatedBlock; readonly executed: Executed } {
    const place = this.#ledger.placeOn(validator, hash.slice(2))
    if (place === undefined) throw new Refusal(unknown, 'Unknown')
    return place
  }

  #notifications(validator: SimulatedValidator, hash: string): unknown {
    const block = this.#ledger.blocksByHash.get(hash.slice(2))
    if (block === undefined || !validator.has(block)) throw new Refusal(code.unknownBlock, 'Unknown block')
    const application = block.executed.flatMap(executed =>
      executed.position === undefined ? [] : [{ container: `0x${executed.transaction.hash}`, ...notificationOf(executed) }],
    )
    return application.length === 0 ? {} : { application }
  }

  #dryRun(validator: SimulatedValidator, script: string): unknown {
    const addition = additionOf(base64ToBytes(script))
    const one = { type: 'Integer', value: '1' }
    if (addition === undefined) return { state: 'HALT', gasconsumed: '10', stack: [one, one] }
    const length = validator.tip.lengths[addition.list]!
    if (addition.expected >= 0 && length !== addition.expected) return { ...fault, gasconsumed: '10', stack: [] }
    return { state: 'HALT', gasconsumed: '10', stack: [{ type: 'Integer', value: String(length) }] }
  }

  #send(validator: SimulatedValidator, base64: string): unknown {
    const transaction = parseSimulatedTransaction(base64)
    const { hash, validUntilBlock } = transaction
    if (this.#ledger.placeOn(validator, hash) !== undefined) throw new Refusal(code.alreadyOnChain, 'Inventory already exists on chain')
    if (validator.mempool.has(hash)) throw new Refusal(code.alreadyInPool, 'Transaction already exists in the memory pool')
    const height = validator.tip.index
    if (validUntilBlock <= height || validUntilBlock > height + maxValidBlocks) throw new Refusal(code.expired, 'Transaction has expired')
    if (validator.mempool.size >= validator.mempoolCapacity) throw new Refusal(code.mempoolFull, 'Memory pool is full')
    this.#ledger.accept(validator, transaction)
    return { hash: `0x${hash}` }
  }

  /** What a dishonest validator says about writes; undefined for nothing false this time. */
  #lie(validator: SimulatedValidator, method: string, params: readonly unknown[]): unknown {
    const { random } = this.#world
    switch (method) {
      case 'getblockcount':
        return Math.max(1, validator.tip.index + 1 + random.pick([-6, 4, 40]))
      case 'gettransactionheight':
        if (random.chance(0.5)) throw new Refusal(code.unknownTransaction, 'Unknown transaction')
        return Math.max(1, validator.persisted - random.below(3))
      case 'getapplicationlog':
        if (random.chance(0.3)) throw new Refusal(code.unknownContainer, 'Unknown container')
        return {
          executions: [
            random.chance(0.5) ? { ...faulted, gasconsumed: '1' } : { vmstate: 'HALT', gasconsumed: '1', stack: [], notifications: [] },
          ],
        }
      case 'sendrawtransaction':
        // Says that it took it, and tells nobody; or refuses it, and passes it on.
        if (random.chance(0.5)) return { hash: `0x${parseSimulatedTransaction(params[0] as string).hash}` }
        this.#ledger.accept(validator, parseSimulatedTransaction(params[0] as string))
        throw new Refusal(code.funds, 'Insufficient funds')
      default:
        return undefined
    }
  }
}

const exception = 'at instruction 1 (THROW): unhandled exception: "length"'
const fault = { state: 'FAULT', exception }
const faulted = { vmstate: 'FAULT', exception, stack: [], notifications: [] }

function executionOf(executed: Executed): object {
  if (executed.position === undefined) return { ...faulted, gasconsumed: '10' }
  const stack = [{ type: 'Integer', value: String(executed.position) }]
  return { vmstate: 'HALT', gasconsumed: '10', stack, notifications: [notificationOf(executed)] }
}

function notificationOf({ transaction: { addition }, position }: Executed): object {
  const value = [
    { type: 'Integer', value: String(addition.list) },
    { type: 'ByteString', value: Buffer.from(addition.key).toString('base64') },
    { type: 'Integer', value: String(position) },
  ]
  return { contract: `0x${listsContract}`, eventname: 'Added', state: { type: 'Array', value } }
}
