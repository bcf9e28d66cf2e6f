import { hexToBytes, steadyClock, utf8ToBytes } from '@hufu/primitives'
import {
  type Abi,
  decodeEventLog,
  decodeFunctionResult,
  encodeEventTopics,
  encodeFunctionData,
  type Hex,
  isAddress,
  keccak256,
  type LocalAccount,
} from 'viem'
import type {
  Anchor,
  Capabilities,
  ChainAdapter,
  ChainCall,
  ChainEvent,
  EventCursor,
  EventFilter,
  Receipt,
  View,
  ViewAddress,
} from '../adapter.ts'
import { type AssurancePolicy, requireAssurance } from '../assurance.ts'
import { ChainError } from '../errors.ts'
import { neoProofFormat } from '../neo/neo-chain.ts'
import type { NetworkId } from '../network-id.ts'
import { evmCall } from './evm-call.ts'
import { type CallOutcome, EvmNode, type EvmNodeOptions, parseNumber } from './evm-node.ts'
import { EvmNodes } from './evm-nodes.ts'
import { evmRefusal, refusalName } from './evm-refusal.ts'
import { followLogs } from './follow-logs.ts'
import { neoLightClient } from './generated/neo-light-client.ts'
import { neoAnchorCall, type SignedHeader } from './neo-anchor-call.ts'
import { prepareTransaction } from './prepare-transaction.ts'

/** Settings of {@link EvmChain}. */
export interface EvmChainOptions {
  readonly network: NetworkId
  /** Each of another operator. */
  readonly nodes: readonly EvmNodeOptions[]
  /** How many nodes must answer alike; default all. */
  readonly agreeing?: number
  /** Our NeoLightClient, which `anchor` writes to. */
  readonly lightClient?: Hex
  /** Of the contracts that are asked and called; default NeoLightClient's. What is written to must have `once`, as it has. */
  readonly abi?: Abi
  /** Pays and sends; without it the chain is only read. */
  readonly account?: LocalAccount
  /** Blocks that must lie on top of what is read or was written; 0 where a block never goes away. */
  readonly confirmations: number
  /** Blocks that are read again when the chain took another way; default 64. */
  readonly reorgBlocks?: number
  /** Default 1 s. */
  readonly pollMs?: number
  /** How long a call may take to be in a block that is confirmed; default 120 s. */
  readonly commitTimeoutMs?: number
  /** Nothing is looked for in blocks before this one: the one with the contract; default 0. */
  readonly firstBlock?: number
}

/** That a call took effect, as the contract remembers it. */
interface OnceRecord {
  readonly call: Hex
  readonly blockNumber: number
}

const maxAttempts = 4

/**
 * An EVM chain, by the JSON-RPC of nodes that are not trusted further than their word: one node is `gatewaySigned`, several that agree are `attested`.
 * It proves nothing of itself to others. What it says of Neo its contract NeoLightClient has verified. Addresses are a contract and a path of one of
 * its functions and the arguments, as {@link evmCall} takes them.
 */
export class EvmChain implements ChainAdapter<never> {
  readonly network: NetworkId
  readonly #chainId: number
  readonly #nodes: EvmNodes
  readonly #options: EvmChainOptions
  readonly #abi: Abi
  /** Sends one after the other: each needs the number behind the last. */
  #sending: Promise<unknown> = Promise.resolve()

  private constructor(options: EvmChainOptions, nodes: EvmNodes) {
    this.network = options.network
    this.#chainId = chainIdOf(options.network)
    this.#nodes = nodes
    this.#options = options
    this.#abi = options.abi ?? neoLightClient.abi
  }

  /**
   * Looks whether the nodes are of the chain named.
   *
   * @throws ChainError `ERR_CHAIN_NETWORK`: one is of another; `ERR_CHAIN_UNREACHABLE`
   */
  static async connect(options: EvmChainOptions): Promise<EvmChain> {
    const nodes = new EvmNodes(
      options.nodes.map(node => new EvmNode(node)),
      options.agreeing ?? options.nodes.length,
    )
    const { answer } = await nodes.agreed(node => node.chainId())
    if (answer !== chainIdOf(options.network))
      throw new ChainError('ERR_CHAIN_NETWORK', 'the nodes are of another chain than the one named')
    return new EvmChain(options, nodes)
  }

  capabilities(): Capabilities {
    const word = this.#nodes.all.length > 1 ? 'attested' : 'gatewaySigned'
    const { account, lightClient, confirmations } = this.#options
    const isWriting = account !== undefined
    return { read: word, events: word, anchor: isWriting && lightClient !== undefined, invoke: isWriting, isFinal: confirmations === 0 }
  }

  /** As {@link ChainAdapter.read}; the value is what the function returned, encoded as the interface says. */
  async read(view: ViewAddress, { minAssurance, at }: { readonly minAssurance: AssurancePolicy; readonly at?: number }): Promise<View> {
    const [name, ...args] = view.path
    if (name === undefined) throw new TypeError('expected a function')
    const { data } = evmCall(this.#abi, name, args)
    const newest = Math.max(0, (await this.#nodes.height()) - this.#options.confirmations)
    if (at !== undefined && at > newest) throw new ChainError('ERR_CHAIN_STALE', 'the chain is not as far as asked for')
    const { number, hash, timeMs } = await this.#nodes.block(at ?? newest)
    const { answer, assurance } = await this.#nodes.agreed(node => node.call({ to: addressOf(view.contract), data }, hash))
    const value = hexToBytes(this.#returned(answer).slice(2))
    requireAssurance(assurance, minAssurance)
    return { network: this.network, address: view, value, height: number, timeMs, assurance }
  }

  /** As {@link ChainAdapter.anchor}: takes Neo's proof bundles, which NeoLightClient verifies. */
  async anchor({ proof }: Anchor, options: { readonly idempotencyKey: string }): Promise<Receipt> {
    const { lightClient } = this.#options
    if (proof.format !== neoProofFormat || lightClient === undefined)
      throw new ChainError('ERR_CHAIN_UNSUPPORTED', 'only proofs of Neo are verified, and by NeoLightClient')
    const { headers, args } = await neoAnchorCall(proof.evidence)
    await this.#follow(lightClient, headers)
    return this.invoke({ contract: lightClient, method: 'anchor', args }, options)
  }

  /** As {@link ChainAdapter.invoke}. The contract itself remembers the key, so a sender may forget everything else. */
  async invoke({ contract, method, args }: ChainCall, { idempotencyKey }: { readonly idempotencyKey: string }): Promise<Receipt> {
    const to = addressOf(contract)
    const key = keyOf(idempotencyKey)
    const { data: call } = evmCall(this.#abi, method, args)
    const isRepeated = (await this.#doneOnce(to, key)) !== undefined
    // Sent once more, it would do nothing: it only may not be confirmed yet.
    const sent = isRepeated
      ? undefined
      : await this.#send(to, encodeFunctionData({ abi: neoLightClient.abi, functionName: 'once', args: [key, call] }))
    const record = await this.#confirmed(sent, at => this.#doneOnce(to, key, at))
    if (record.call !== keccak256(call).slice(0, 42)) throw new ChainError('ERR_CHAIN_IDEMPOTENCY', 'the key was used for another call')
    return this.#receipt(to, idempotencyKey, record, isRepeated)
  }

  /** As {@link ChainAdapter.events}, with as much behind them as behind a read; the payload is the arguments as canonical JSON. */
  events(filter: EventFilter, cursor?: EventCursor, { signal }: { readonly signal?: AbortSignal } = {}): AsyncIterable<ChainEvent> {
    const { confirmations, reorgBlocks = 64, pollMs = 1_000, firstBlock = 0 } = this.#options
    const options = { network: this.network, nodes: this.#nodes, abi: this.#abi, confirmations, reorgBlocks, pollMs, firstBlock }
    return followLogs(options, { ...filter, contract: addressOf(filter.contract) }, cursor, signal)
  }

  /** Not by this adapter: `ERR_CHAIN_UNSUPPORTED`. The chain's headers carry no quorum's signatures. */
  async prove(): Promise<never> {
    throw new ChainError('ERR_CHAIN_UNSUPPORTED', 'an EVM chain’s state is not proven to others')
  }

  /** Not by this adapter: `ERR_CHAIN_UNSUPPORTED`. */
  async verify(): Promise<never> {
    throw new ChainError('ERR_CHAIN_UNSUPPORTED', 'an EVM chain’s state is not proven to others')
  }

  get #account(): LocalAccount {
    const { account } = this.#options
    if (account === undefined) throw new ChainError('ERR_CHAIN_UNSUPPORTED', 'this adapter has no account to write with')
    return account
  }

  #returned(outcome: CallOutcome): Hex {
    if ('revert' in outcome) throw evmRefusal(this.#abi, outcome.revert)
    if (outcome.data === '0x') throw new ChainError('ERR_CHAIN_ANSWER', 'there is no contract at that address, or it returns nothing')
    return outcome.data
  }

  /** Shows the light client the headers that name new validators and that it does not know. Others may be doing the same. */
  async #follow(lightClient: Hex, headers: readonly SignedHeader[]): Promise<void> {
    for (let attempt = 1; headers.length > 0; attempt++) {
      const followed = await this.#followedTo(lightClient)
      const missing = headers.filter(({ blockIndex }) => blockIndex > followed)
      if (missing.length === 0) return
      const args = [missing.map(({ bytes }) => bytes), missing.map(({ signers }) => signers)] as const
      try {
        const sent = await this.#send(lightClient, encodeFunctionData({ abi: neoLightClient.abi, functionName: 'submitHeaders', args }))
        const last = missing.at(-1)!.blockIndex
        await this.#confirmed(sent, async at => ((await this.#followedTo(lightClient, at)) >= last ? true : undefined))
      } catch (error) {
        const isOvertaken = error instanceof ChainError && error.code === 'ERR_CHAIN_ROLLBACK'
        if (!isOvertaken || attempt === maxAttempts) throw error
      }
    }
  }

  async #followedTo(lightClient: Hex, at?: Hex): Promise<number> {
    const data = encodeFunctionData({ abi: neoLightClient.abi, functionName: 'trusted' })
    const { answer } = await this.#nodes.agreed(node => node.call({ to: lightClient, data }, at))
    return decodeFunctionResult({ abi: neoLightClient.abi, functionName: 'trusted', data: this.#returned(answer) })[1]
  }

  /** What the contract remembers of a key. @param at - hash of a block; the newest state if not given */
  async #doneOnce(to: Hex, key: Hex, at?: Hex): Promise<OnceRecord | undefined> {
    const data = encodeFunctionData({ abi: neoLightClient.abi, functionName: 'doneOnce', args: [this.#account.address, key] })
    const { answer } = await this.#nodes.agreed(node => node.call({ to, data }, at))
    if ('revert' in answer && refusalName(neoLightClient.abi, answer.revert) === 'CallNotKnown') return undefined
    const [call, blockNumber] = decodeFunctionResult({ abi: neoLightClient.abi, functionName: 'doneOnce', data: this.#returned(answer) })
    return { call, blockNumber: Number(blockNumber) }
  }

  /** Of an answer that lies deep enough. @throws ChainError `ERR_CHAIN_UNKNOWN`: not in time; `ERR_CHAIN_REFUSED` */
  async #confirmed<T>(sent: Hex | undefined, ask: (at: Hex) => Promise<T | undefined>): Promise<T> {
    const { confirmations, commitTimeoutMs = 120_000, pollMs = 1_000 } = this.#options
    const deadline = steadyClock.nowMs() + commitTimeoutMs
    for (;;) {
      try {
        const number = (await this.#nodes.height()) - confirmations
        const { hash } = await this.#nodes.block(Math.max(0, number))
        const found = await ask(hash)
        if (found !== undefined) return found
        if (sent !== undefined && (await this.#hasFailed(sent, number)))
          throw new ChainError('ERR_CHAIN_REFUSED', 'the contract refused the transaction in its block')
      } catch (error) {
        // Whatever keeps us from seeing it, it has been sent.
        if (error instanceof ChainError && error.code === 'ERR_CHAIN_REFUSED') throw error
        if (steadyClock.nowMs() > deadline) throw unknown(error)
      }
      if (steadyClock.nowMs() > deadline) throw unknown()
      await new Promise(resolve => setTimeout(resolve, pollMs))
    }
  }

  /** Whether a transaction is in a block that deep, without effect. */
  async #hasFailed(sent: Hex, number: number): Promise<boolean> {
    const receipt = (await this.#someNode(node => node.ask('eth_getTransactionReceipt', [sent]))) as {
      readonly status?: unknown
      readonly blockNumber?: unknown
    } | null
    return receipt !== null && receipt.status === '0x0' && parseNumber(receipt.blockNumber) <= number
  }

  async #receipt(to: Hex, idempotencyKey: string, { blockNumber }: OnceRecord, repeated: boolean): Promise<Receipt> {
    const topics = encodeEventTopics({
      abi: neoLightClient.abi,
      eventName: 'DoneOnce',
      args: { sender: this.#account.address, key: keyOf(idempotencyKey) },
    }) as readonly Hex[]
    const { answer, assurance } = await this.#nodes.agreed(node => node.logs(to, blockNumber, blockNumber, topics))
    const [log] = answer
    if (log === undefined) throw new ChainError('ERR_CHAIN_ANSWER', 'expected the event of the call in the block that the contract names')
    const { args } = decodeEventLog({
      abi: neoLightClient.abi,
      eventName: 'DoneOnce',
      topics: log.topics as [Hex, ...Hex[]],
      data: log.data,
    })
    return {
      network: this.network,
      idempotencyKey,
      transactionId: log.transactionHash,
      height: blockNumber,
      result: hexToBytes(args.result.slice(2)),
      repeated,
      assurance,
    }
  }

  /** @returns the transaction's hash */
  #send(to: Hex, data: Hex): Promise<Hex> {
    const sent = this.#sending.then(() => this.#sendNow(to, data))
    this.#sending = sent.catch(() => undefined)
    return sent
  }

  async #sendNow(to: Hex, data: Hex): Promise<Hex> {
    const account = this.#account
    const outcome = await this.#someNode(node => node.call({ to, data, from: account.address }))
    if ('revert' in outcome) throw evmRefusal(this.#abi, outcome.revert)
    const transaction = await this.#someNode(node => prepareTransaction(node, { chainId: this.#chainId, from: account.address, to, data }))
    const raw = await account.signTransaction(transaction)
    const answers = await Promise.allSettled(this.#nodes.all.map(node => node.ask('eth_sendRawTransaction', [raw])))
    if (answers.some(({ status }) => status === 'fulfilled')) return keccak256(raw)
    const failures = answers.map(answer => (answer as PromiseRejectedResult).reason as unknown)
    const refusals = failures.filter(error => error instanceof ChainError && error.code === 'ERR_CHAIN_ANSWER') as ChainError[]
    if (refusals.length < failures.length) throw unknown(failures[0])
    throw new ChainError('ERR_CHAIN_REFUSED', 'the nodes did not take the transaction', { reason: refusals[0]?.reason, cause: refusals[0] })
  }

  /** The first one that answers. */
  async #someNode<T>(ask: (node: EvmNode) => Promise<T>): Promise<T> {
    let failure: unknown
    for (const node of this.#nodes.all) {
      try {
        return await ask(node)
      } catch (error) {
        failure = error
        if (!(error instanceof ChainError) || error.code !== 'ERR_CHAIN_UNREACHABLE') throw error
      }
    }
    throw failure
  }
}

function unknown(cause?: unknown): ChainError {
  return new ChainError('ERR_CHAIN_UNKNOWN', 'a transaction was sent, and it is not known whether it is in a block', { cause })
}

function addressOf(text: string): Hex {
  if (!isAddress(text, { strict: false })) throw new TypeError('expected the address of a contract')
  return text
}

function keyOf(idempotencyKey: string): Hex {
  return keccak256(utf8ToBytes(idempotencyKey))
}

function chainIdOf(network: NetworkId): number {
  const chainId = /^eip155:(\d{1,15})$/.exec(network)?.[1]
  if (chainId === undefined) throw new ChainError('ERR_CHAIN_NETWORK', 'expected the name of an EVM chain, eip155:<number>')
  return Number(chainId)
}
