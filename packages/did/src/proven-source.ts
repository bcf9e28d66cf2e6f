import type { ContractDescriptor, LedgerError, LightClient, NetworkDescriptor, ProofBundle, ScriptHash } from '@hufu/ledger'
import { errorCode } from '@hufu/primitives'
import type { DidProof } from './did-proof.ts'
import type { DidMoment, DidSource, DidState } from './did-state.ts'
import { type ReadEntry, stateFromStorage } from './state-from-storage.ts'

/** A state and what proves it. */
export interface ProvenState {
  readonly state: DidState
  readonly proof: DidProof
}

/** What is asked of a light client. */
type VerifiedReader = Pick<LightClient, 'verifiedStorage' | 'proofBundle'>

/** Proves states: to itself, as a source, and to others by handing out proofs. */
export interface DidProver extends DidSource {
  /** The state with its proof, which `openDidProof` turns into a source again; null where `findState` is null. */
  proveState(identifier: ScriptHash, moment: DidMoment): Promise<ProvenState | null>
}

/**
 * States proven up to signatures of a quorum of the validators, whatever nodes say. That there is *no* such identifier cannot be
 * proven: null is the nodes' word.
 */
export function provenSource(client: VerifiedReader, network: Pick<NetworkDescriptor, 'name' | 'contracts'>): DidProver {
  const contract = network.contracts.identifiers
  return {
    network: network.name,
    findState: (identifier, moment) => stateFromStorage(readerOf(client, contract), identifier, moment),
    async proveState(identifier, moment) {
      const entries: ProofBundle[] = []
      const state = await stateFromStorage(readerOf(client, contract, entries), identifier, moment)
      return state === null ? null : { state, proof: { type: 'HufuLedgerProof', entries } }
    },
  }
}

/** Reads verified entries, all as of the newest block that the first of them was read at. @param proofs - is given the proof of each */
function readerOf(client: VerifiedReader, contract: ContractDescriptor, proofs?: ProofBundle[]): ReadEntry {
  let atBlockIndex: number | undefined
  return async key => {
    try {
      const entry = await client.verifiedStorage(contract, key, atBlockIndex === undefined ? {} : { atBlockIndex })
      atBlockIndex = entry.blockIndex
      proofs?.push(await client.proofBundle(contract, key, { atBlockIndex }))
      return entry.value
    } catch (error) {
      if (errorCode(error) === ('ERR_LEDGER_ABSENT' satisfies LedgerError['code'])) return undefined
      throw error
    }
  }
}
