import { LedgerError, type NetworkDescriptor, type ProofBundle, type TrustAnchor, verifyProofBundle } from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'
import type { DidSource } from './did-state.ts'
import { stateFromStorage } from './state-from-storage.ts'

/** Proof of an identifier's state: one for each storage entry that the state is made of. Plain JSON. */
export interface DidProof {
  readonly type: 'HufuLedgerProof'
  readonly entries: readonly ProofBundle[]
}

/** A proof that held: a source that knows just what it shows. */
export interface OpenedProof {
  readonly source: DidSource
  /** What the source calls the latest was the latest at this time, the oldest among the entries' headers. Compare it with the age you accept. */
  readonly provenAtMs: number
}

const maxEntries = 64

/**
 * Checks a proof against a trust anchor, offline: `resolveDid` over the source then gives the resolution that was proven.
 * Asked for a state that the proof does not show, the source throws `ERR_LEDGER_PROOF`.
 *
 * @param proof - JSON from outside
 * @throws LedgerError `ERR_LEDGER_PROOF`: not a proof, of another network or contract, or false
 */
export async function openDidProof(
  proof: unknown,
  network: Pick<NetworkDescriptor, 'name' | 'contracts'>,
  anchor: TrustAnchor,
): Promise<OpenedProof> {
  const values = new Map<string, Uint8Array>()
  let provenAtMs = Number.POSITIVE_INFINITY
  for (const bundle of entriesOf(proof)) {
    const { contractId, key, value, headerTimeMs } = await verifyProofBundle(bundle, anchor)
    if (contractId !== network.contracts.identifiers.id)
      throw new LedgerError('ERR_LEDGER_PROOF', 'DID proof: expected entries of the contract identifiers')
    values.set(bytesToHex(key), value)
    provenAtMs = Math.min(provenAtMs, headerTimeMs)
  }
  const read = async (key: Uint8Array): Promise<Uint8Array> => {
    const value = values.get(bytesToHex(key))
    if (value === undefined) throw new LedgerError('ERR_LEDGER_PROOF', 'DID proof: expected every entry that the state needs')
    return value
  }
  return { source: { network: network.name, findState: (identifier, moment) => stateFromStorage(read, identifier, moment) }, provenAtMs }
}

function entriesOf(proof: unknown): readonly unknown[] {
  const { type, entries } = (proof ?? {}) as { type?: unknown; entries?: unknown }
  if (type !== 'HufuLedgerProof' || !Array.isArray(entries) || entries.length < 1 || entries.length > maxEntries) {
    throw new LedgerError('ERR_LEDGER_PROOF', `DID proof: expected type HufuLedgerProof and 1 to ${maxEntries} entries`)
  }
  return entries
}
