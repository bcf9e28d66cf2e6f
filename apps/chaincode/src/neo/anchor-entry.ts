import { base64ToBytes, bytesToBase64, bytesToHex } from '@hufu/primitives'
import type { ChaincodeState } from '../chaincode-state.ts'
import { ChaincodeError } from '../errors.ts'
import { jsonBytes, storedJson } from '../json.ts'
import { type AnchoredContract, findNetwork, type NeoNetwork, parseContractName, parseMagic } from './neo-network.ts'
import { parseBundle, parseEntryKey, proveEntry } from './prove-entry.ts'

/** An entry of a contract's storage on Neo that the channel has checked the proof of. */
export interface AnchoredEntry {
  readonly magic: number
  readonly contract: AnchoredContract
  /** Base64. */
  readonly key: string
  /** Base64. */
  readonly value: string
  /** It had this value after this block of Neo. */
  readonly blockIndex: number
  readonly stateRoot: string
  readonly headerHash: string
  /** Until then it had this value. */
  readonly headerTimeMs: number
}

/** Name of the event that tells of an entry with another value than before. */
export const entryAnchored = 'neo.anchored'

/**
 * Keeps an entry of Neo's state. What proves it is checked here, by every endorser for itself; nothing else is a reason to believe it.
 *
 * @param bundleText - a proof bundle of version 1, docs/light-client.md
 * @returns what the channel holds now; the same bundle twice changes nothing
 * @throws ChaincodeError `ERR_CHAINCODE_PROOF`: false, or of another contract; `ERR_CHAINCODE_ROLLBACK`: it holds a newer state;
 *   `ERR_CHAINCODE_FORK`: the validators signed two states of one block; `ERR_CHAINCODE_NETWORK`, `ERR_CHAINCODE_REQUEST`
 */
export async function anchorEntry(state: ChaincodeState, bundleText: string): Promise<AnchoredEntry> {
  const bundle = await parseBundle(state, bundleText)
  const { network, key } = bundle
  const { magic } = network
  const contract = contractOf(network, bundle.contractId)
  const { value, header } = await proveEntry(state, bundle, network.contracts[contract].id)
  const entry: AnchoredEntry = {
    magic,
    contract,
    key: bytesToBase64(key),
    value: bytesToBase64(value),
    blockIndex: header.blockIndex - 1,
    stateRoot: header.previousStateRoot,
    headerHash: header.hash,
    headerTimeMs: header.timeMs,
  }
  const known = await findStored(state, network, contract, key)
  if (known !== undefined && entry.blockIndex < known.blockIndex)
    throw new ChaincodeError('ERR_CHAINCODE_ROLLBACK', 'the channel holds a newer state of the entry')
  if (known?.blockIndex === entry.blockIndex) {
    if (known.stateRoot !== entry.stateRoot) throw new ChaincodeError('ERR_CHAINCODE_FORK', 'the validators signed two states of one block')
    return known
  }
  await state.put(entryKey(network, contract, key), jsonBytes(entry))
  if (known?.value !== entry.value) state.event(entryAnchored, jsonBytes(entry))
  return entry
}

/** @throws ChaincodeError `ERR_CHAINCODE_ABSENT`: never anchored, which says nothing of Neo; `ERR_CHAINCODE_NETWORK`, `ERR_CHAINCODE_REQUEST` */
export async function readEntry(state: ChaincodeState, magicText: string, contractText: string, keyText: string): Promise<AnchoredEntry> {
  const network = await findNetwork(state, parseMagic(magicText))
  const entry = await findStored(state, network, parseContractName(contractText), parseEntryKey(keyText))
  if (entry === undefined) throw new ChaincodeError('ERR_CHAINCODE_ABSENT', 'the entry was never anchored here')
  return entry
}

/** What was anchored last under a key; undefined if nothing was. */
export async function findStored(
  state: ChaincodeState,
  network: NeoNetwork,
  contract: AnchoredContract,
  key: Uint8Array,
): Promise<AnchoredEntry | undefined> {
  const stored = await state.get(entryKey(network, contract, key))
  return stored === undefined ? undefined : storedJson(stored)
}

/** @returns the name of the contract with that number @throws ChaincodeError `ERR_CHAINCODE_PROOF` */
function contractOf(network: NeoNetwork, contractId: unknown): AnchoredContract {
  const found = Object.entries(network.contracts).find(([, { id }]) => id === contractId)
  if (found === undefined) throw new ChaincodeError('ERR_CHAINCODE_PROOF', 'the proof is of a contract that is not pinned')
  return found[0] as AnchoredContract
}

function entryKey({ magic }: NeoNetwork, contract: AnchoredContract, key: Uint8Array): string {
  return `neo/${magic}/${contract}/${bytesToHex(key)}`
}

/** Value of an anchored entry. */
export function anchoredValue(entry: AnchoredEntry): Uint8Array {
  return base64ToBytes(entry.value)
}
