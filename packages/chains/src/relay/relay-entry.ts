import type { ChainAdapter, ChainProof, Receipt, View, ViewAddress } from '../adapter.ts'
import type { AssurancePolicy } from '../assurance.ts'
import type { NetworkId } from '../network-id.ts'
import { bringProof, hasChainCode, type RelayPatience, untilOver } from './bring-proof.ts'

/** A chain whose entries are brought to others. */
export type RelaySource = Pick<ChainAdapter, 'read' | 'prove'>

/** An entry, with what proves it. */
export interface ProvenEntry {
  readonly view: View
  readonly proof: ChainProof
}

/** What is brought, and where. */
export interface EntryRelay extends RelayPatience {
  readonly source: RelaySource
  readonly address: ViewAddress
  /** The entry as of this block of the source, or of a later one where a chain is further already. */
  readonly since: number
  readonly targets: readonly Pick<ChainAdapter, 'network' | 'anchor'>[]
  /** The least that is brought; default `lightClient`. */
  readonly minAssurance?: AssurancePolicy
}

/** What became of it on one chain. */
export type Arrival = {
  readonly network: NetworkId
  /** Since `relayEntry` was called, the source's own time included. */
  readonly tookMs: number
} & (({ readonly receipt: Receipt } & ProvenEntry) | { readonly error: unknown })

/**
 * Brings an entry from a chain that proves its state to chains that check the proof for themselves. It holds no key that anybody trusts and keeps
 * nothing: call it again after a crash. A chain that fails holds up no other.
 *
 * @returns one for each target, in their order
 * @throws ChainError as `read` of the source: nothing was brought
 */
export async function relayEntry(relay: EntryRelay): Promise<readonly Arrival[]> {
  const startedAt = performance.now()
  const first = await provenEntry(relay, relay.since)
  return Promise.all(
    relay.targets.map(async (target): Promise<Arrival> => {
      const outcome = await bringEntry(relay, target, first).catch((error: unknown) => ({ error }))
      return { network: target.network, tookMs: performance.now() - startedAt, ...outcome }
    }),
  )
}

/**
 * An entry as of a block, as soon as the chain can prove it.
 *
 * @param at - the newest if not given
 * @throws ChainError as `ChainAdapter.read`; `ERR_CHAIN_STALE`: the chain did not come that far in time
 */
export function provenEntry(
  { source, address, minAssurance = { kind: 'lightClient' }, ...patience }: Omit<EntryRelay, 'targets' | 'since'>,
  at?: number,
): Promise<ProvenEntry> {
  return untilOver(patience, isNotThereYet, async () => {
    const view = await source.read(address, { minAssurance, ...(at !== undefined && { at }) })
    return { view, proof: await source.prove(view) }
  })
}

/** Somebody else may have shown the chain a newer state meanwhile: then the newest is brought, which it cannot call old. */
async function bringEntry(
  relay: EntryRelay,
  target: EntryRelay['targets'][number],
  first: ProvenEntry,
): Promise<{ readonly receipt: Receipt } & ProvenEntry> {
  let entry = first
  return untilOver(relay, isOvertaken, async () => {
    try {
      return { receipt: await bringProof(target, entry.proof, relay), ...entry }
    } catch (error) {
      if (isOvertaken(error)) entry = await provenEntry(relay)
      throw error
    }
  })
}

function isNotThereYet(error: unknown): boolean {
  return hasChainCode(error, 'ERR_CHAIN_STALE', 'ERR_CHAIN_UNREACHABLE')
}

function isOvertaken(error: unknown): boolean {
  return hasChainCode(error, 'ERR_CHAIN_ROLLBACK')
}
