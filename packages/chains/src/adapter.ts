import type { Assurance, AssurancePolicy } from './assurance.ts'
import type { NetworkId } from './network-id.ts'

/** What is asked of another chain: a path below a contract, whose parts mean what the chain's adapter says. */
export interface ViewAddress {
  readonly contract: string
  readonly path: readonly string[]
}

/** An answer of another chain, and what stands behind it. */
export interface View {
  readonly network: NetworkId
  readonly address: ViewAddress
  readonly value: Uint8Array
  /** Block as of which it was so; null where the chain does not say. */
  readonly height: number | null
  /** Until then it was so, milliseconds since 1970, by the chain's own word; null where it does not say. */
  readonly timeMs: number | null
  readonly assurance: Assurance
}

/** Evidence that others can check offline: plain JSON. */
export interface ChainProof {
  /** Form and version of `evidence`, such as `neo-bundle/1` or `fabric-endorsement/1`. */
  readonly format: string
  readonly network: NetworkId
  readonly evidence: unknown
}

/** What a proof shows, to somebody who trusts the anchor that it was checked with. */
export type Verdict = View

/** An entry of one chain, to be kept on another that checks its proof itself. */
export interface Anchor {
  readonly proof: ChainProof
}

/** A call that changes something on another chain. */
export interface ChainCall {
  readonly contract: string
  readonly method: string
  readonly args: readonly string[]
}

/** What became of a call: it is in a block of the other chain. */
export interface Receipt {
  readonly network: NetworkId
  readonly idempotencyKey: string
  readonly transactionId: string
  readonly height: number
  /** What the contract returned, when it first took effect. */
  readonly result: Uint8Array
  /** It had taken effect before: this call changed nothing. */
  readonly repeated: boolean
  readonly assurance: Assurance
}

/** Which events to follow. */
export interface EventFilter {
  readonly contract: string
  /** All of the contract's, if not given. */
  readonly names?: readonly string[]
}

/** Behind the event that it came with; text that only the adapter reads, to be kept by the consumer. */
export type EventCursor = string

/** Something that a contract said. */
export interface ChainEvent {
  readonly network: NetworkId
  readonly contract: string
  readonly name: string
  readonly payload: Uint8Array
  readonly height: number
  readonly transactionId: string
  /** Position among the events of its transaction. */
  readonly index: number
  readonly cursor: EventCursor
  readonly assurance: Assurance
}

/** What a chain can do, so that a policy can be refused before anything is asked. */
export interface Capabilities {
  /** The best that it gives for a read. */
  readonly read: Assurance['kind']
  /** The best that it gives for an event. */
  readonly events: Assurance['kind'] | null
  readonly anchor: boolean
  readonly invoke: boolean
  /** A block that is seen never goes away. */
  readonly isFinal: boolean
}

/**
 * One chain, as gateways see it. A new chain is one folder with one of these.
 *
 * Every method throws ChainError: `ERR_CHAIN_UNREACHABLE` nobody answered; `ERR_CHAIN_ANSWER` the answer has no such form; `ERR_CHAIN_PROOF` the
 * answer is not proven as it says, or false; `ERR_CHAIN_UNSUPPORTED` see `capabilities`.
 *
 * @typeParam Trust - what `verify` takes on trust
 */
export interface ChainAdapter<Trust = unknown> {
  readonly network: NetworkId
  capabilities(): Capabilities

  /**
   * @param options.minAssurance - what is less well founded is refused
   * @param options.at - as of this block, where the chain can
   * @throws ChainError `ERR_CHAIN_ASSURANCE`; `ERR_CHAIN_ABSENT`: the chain says that there is nothing, which few chains can prove;
   *   `ERR_CHAIN_STALE`: newer than what the chain has
   */
  read(view: ViewAddress, options: { readonly minAssurance: AssurancePolicy; readonly at?: number }): Promise<View>

  /**
   * Keeps an entry of another chain on this one, which checks its proof.
   *
   * @throws ChainError `ERR_CHAIN_REFUSED`: the chain does not find it proven; `ERR_CHAIN_ROLLBACK`: it has a newer one; as `invoke`
   */
  anchor(anchor: Anchor, options: { readonly idempotencyKey: string }): Promise<Receipt>

  /**
   * Changes something, once for each key, however often it is called: after a crash or a lost answer, call it again.
   *
   * @throws ChainError `ERR_CHAIN_REFUSED`: the contract refused; `ERR_CHAIN_IDEMPOTENCY`: the key was used for another call;
   *   `ERR_CHAIN_UNKNOWN`: it may have taken effect or may yet; call it again
   */
  invoke(call: ChainCall, options: { readonly idempotencyKey: string }): Promise<Receipt>

  /**
   * Events in the chain's order, each at least once, without end.
   *
   * @param cursor - of the last event that was dealt with; from the chain's beginning if not given
   * @throws ChainError `ERR_CHAIN_CURSOR`: no cursor of this chain
   */
  events(filter: EventFilter, cursor?: EventCursor, options?: { readonly signal?: AbortSignal }): AsyncIterable<ChainEvent>

  /** Evidence for others of what this adapter gave. @throws ChainError `ERR_CHAIN_UNSUPPORTED`: it has none */
  prove(of: View | Receipt): Promise<ChainProof>

  /** Checks evidence offline. Nothing but the anchor is trusted. @throws ChainError `ERR_CHAIN_PROOF`, `ERR_CHAIN_NETWORK` */
  verify(proof: ChainProof, trust: Trust): Promise<Verdict>
}
