import { type ContractDescriptor, isNetworkName, LedgerError, parseScriptHash, type ScriptHash, type TrustAnchor } from '@hufu/ledger'
import type { Json } from '@hufu/primitives'
import type { ChaincodeState } from '../chaincode-state.ts'
import { ChaincodeError } from '../errors.ts'
import { expected, jsonBytes, parseMembers, storedJson } from '../json.ts'

/** Contracts whose entries the channel takes. */
const contractNames = ['identifiers', 'status', 'trust'] as const
export type AnchoredContract = (typeof contractNames)[number]

/** A Neo network as the channel knows it. Its contracts and where trust began are pinned once and never change. */
export interface NeoNetwork {
  readonly name: string
  readonly magic: number
  readonly contracts: Readonly<Record<AnchoredContract, ContractDescriptor>>
}

/** Who signs the network's next blocks, as far as the channel was shown. */
export type Validators = Pick<TrustAnchor, 'blockIndex' | 'nextConsensus'>

/**
 * Pins a network: the validators from which on the channel follows it, and the contracts' numbers. Once, by an administrator; whether it is the
 * right network is what those who endorse it look at.
 *
 * @param text - `{"name", "magic", "blockIndex", "nextConsensus", "contracts": {"identifiers": {"hash", "id"}, "status": …, "trust": …}}`
 * @throws ChaincodeError `ERR_CHAINCODE_FORBIDDEN`: not by an administrator, or pinned already; `ERR_CHAINCODE_REQUEST`
 */
export async function pinNetwork(state: ChaincodeState, text: string): Promise<NeoNetwork> {
  if (!state.caller.isAdmin) throw new ChaincodeError('ERR_CHAINCODE_FORBIDDEN', 'only an administrator pins a network')
  const { name, magic, blockIndex, nextConsensus, contracts } = parseMembers(text, [
    'name',
    'magic',
    'blockIndex',
    'nextConsensus',
    'contracts',
  ])
  if (typeof name !== 'string' || !isNetworkName(name)) throw expected('name as a label of lower-case letters and digits')
  if (!isUint32(magic)) throw expected('magic as an unsigned 32-bit integer')
  if (!isUint32(blockIndex)) throw expected('blockIndex as an unsigned 32-bit integer')
  if (typeof contracts !== 'object' || contracts === null || Array.isArray(contracts)) throw expected('contracts by name')
  const found = contracts as { readonly [name: string]: Json }
  if (Object.keys(found).sort().join() !== contractNames.join()) throw expected(`the contracts ${contractNames.join(', ')}`)
  const network: NeoNetwork = {
    name,
    magic,
    contracts: Object.fromEntries(contractNames.map(each => [each, parseContract(found[each]!)])) as Record<
      AnchoredContract,
      ContractDescriptor
    >,
  }
  const validators: Validators = { blockIndex, nextConsensus: parseHash(nextConsensus) }
  if ((await state.get(networkKey(magic))) !== undefined)
    throw new ChaincodeError('ERR_CHAINCODE_FORBIDDEN', 'the network is pinned already, for good')
  await state.put(networkKey(magic), jsonBytes(network))
  await putValidators(state, magic, validators)
  return network
}

/** @throws ChaincodeError `ERR_CHAINCODE_NETWORK`: it was never pinned */
export async function findNetwork(state: ChaincodeState, magic: number): Promise<NeoNetwork> {
  const stored = await state.get(networkKey(magic))
  if (stored === undefined) throw new ChaincodeError('ERR_CHAINCODE_NETWORK', 'no network of that magic number is pinned')
  return storedJson(stored)
}

export async function findValidators(state: ChaincodeState, magic: number): Promise<Validators> {
  return storedJson((await state.get(validatorsKey(magic)))!)
}

export function putValidators(state: ChaincodeState, magic: number, validators: Validators): Promise<void> {
  return state.put(validatorsKey(magic), jsonBytes(validators))
}

/** An argument that names a network. @throws ChaincodeError `ERR_CHAINCODE_REQUEST` */
export function parseMagic(text: string): number {
  const magic = /^\d{1,10}$/.test(text) ? Number(text) : undefined
  if (!isUint32(magic)) throw expected('magic as an unsigned 32-bit integer')
  return magic
}

/** @throws ChaincodeError `ERR_CHAINCODE_REQUEST` */
export function parseContractName(text: string): AnchoredContract {
  const name = contractNames.find(each => each === text)
  if (name === undefined) throw expected(`one of the contracts ${contractNames.join(', ')}`)
  return name
}

function parseContract(json: Json): ContractDescriptor {
  const { hash, id, ...others } = (typeof json === 'object' && json !== null ? json : {}) as { readonly [name: string]: Json }
  if (Object.keys(others).length > 0 || typeof id !== 'number' || !Number.isInteger(id) || Math.abs(id) > 0x7fffffff)
    throw expected('hash and id of each contract')
  return { hash: parseHash(hash), id }
}

function parseHash(json: Json | undefined): ScriptHash {
  try {
    return parseScriptHash(String(json))
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw cause
    throw expected('a script hash of 40 hexadecimal digits')
  }
}

function isUint32(json: Json | undefined): json is number {
  return typeof json === 'number' && Number.isInteger(json) && json >= 0 && json <= 0xffffffff
}

function networkKey(magic: number): string {
  return `neo/${magic}`
}

// A key of its own: anchoring reads it and seldom writes it, so anchorings in one block do not get into each other's way.
function validatorsKey(magic: number): string {
  return `neo/${magic}/validators`
}
