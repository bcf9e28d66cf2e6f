import type { NetworkId } from '@hufu/chains'
import { isHolder } from '@hufu/chains/titles'
import type { Json } from '@hufu/primitives'
import type { ChaincodeState } from '../chaincode-state.ts'
import { ChaincodeError } from '../errors.ts'
import { expected, jsonBytes, parseMembers, storedJson } from '../json.ts'
import { parseNetworkName } from './parse-network-name.ts'

/** Another network that titles go to and come from. */
export interface TitlesNetwork {
  /** Number of its contract `titles`. */
  readonly contractId: number
  /** Off: nothing is locked for it, goes to it or is believed of it, until it is on again. */
  readonly isOn: boolean
}

/** Who acts for whom on this channel, and with which networks it exchanges titles. */
export interface TitleRules {
  /** The channel's own name among networks. */
  readonly network: NetworkId
  /** Organisations that keep titles, and for which institutions (DIDs). */
  readonly registrars: Readonly<Record<string, readonly string[]>>
  /** By name; Neo networks that the channel follows (`neo.pin`). */
  readonly networks: Readonly<Record<string, TitlesNetwork>>
}

const rulesKey = 'title/rules'
const maxEntries = 1024

/**
 * Sets the rules, in the name of those who endorse it. The channel's name, other networks and the numbers of their contracts stay once they are there:
 * a network is switched off, not removed.
 *
 * @param text - the whole of {@link TitleRules}
 * @throws ChaincodeError `ERR_CHAINCODE_FORBIDDEN`: not by an administrator, or something that stays is changed; `ERR_CHAINCODE_REQUEST`
 */
export async function setTitleRules(state: ChaincodeState, text: string): Promise<TitleRules> {
  if (!state.caller.isAdmin) throw new ChaincodeError('ERR_CHAINCODE_FORBIDDEN', 'only an administrator sets the rules of titles')
  const { network, registrars, networks } = parseMembers(text, ['network', 'registrars', 'networks'])
  const rules: TitleRules = {
    network: parseOwnNetwork(network, state.channel),
    registrars: parseEach(registrars, 'registrars', parseRegistrar),
    networks: parseEach(networks, 'networks', parseTitlesNetwork),
  }
  const known = await state.get(rulesKey)
  if (known !== undefined) requireKept(storedJson<TitleRules>(known), rules)
  await state.put(rulesKey, jsonBytes(rules))
  return rules
}

/** @throws ChaincodeError `ERR_CHAINCODE_ABSENT`: there are no titles on this channel yet */
export async function findTitleRules(state: ChaincodeState): Promise<TitleRules> {
  const stored = await state.get(rulesKey)
  if (stored === undefined) throw new ChaincodeError('ERR_CHAINCODE_ABSENT', 'the channel has no rules for titles')
  return storedJson(stored)
}

/** @throws ChaincodeError `ERR_CHAINCODE_FORBIDDEN`: titles are not exchanged with that network, or not now */
export function requireOn({ networks }: TitleRules, name: string): TitlesNetwork {
  const found = Object.hasOwn(networks, name) ? networks[name] : undefined
  if (found?.isOn !== true) throw new ChaincodeError('ERR_CHAINCODE_FORBIDDEN', 'titles are not exchanged with that network now')
  return found
}

/** @throws ChaincodeError `ERR_CHAINCODE_FORBIDDEN`: the caller's organisation does not act for that institution */
export function requireRegistrar({ registrars }: TitleRules, { caller }: ChaincodeState, holder: string): void {
  const holders = Object.hasOwn(registrars, caller.mspId) ? registrars[caller.mspId]! : []
  if (!holders.includes(holder))
    throw new ChaincodeError('ERR_CHAINCODE_FORBIDDEN', 'the organisation does not keep titles for that holder')
}

function requireKept(before: TitleRules, after: TitleRules): void {
  const isKept =
    after.network === before.network &&
    Object.entries(before.networks).every(
      ([name, { contractId }]) => Object.hasOwn(after.networks, name) && after.networks[name]!.contractId === contractId,
    )
  if (!isKept)
    throw new ChaincodeError('ERR_CHAINCODE_FORBIDDEN', "the channel's name, and networks with their contracts, are there for good")
}

/** Only its channel is known here; whether it is the hash of the first block is what those who endorse it look at. */
function parseOwnNetwork(json: Json, channel: string): NetworkId {
  const network = parseNetworkName(json)
  if (!network.startsWith(`fabric:${channel}@`)) throw expected('network as the name of this channel')
  return network
}

function parseRegistrar(mspId: string, json: Json): readonly string[] {
  if (!/^[A-Za-z0-9.-]{1,64}$/.test(mspId)) throw expected('organisations of letters, digits, dots and hyphens')
  if (!Array.isArray(json) || json.length > maxEntries || !json.every(isHolder))
    throw expected('DIDs of those that each registrar acts for')
  return json as readonly string[]
}

function parseTitlesNetwork(name: string, json: Json): TitlesNetwork {
  if (!parseNetworkName(name).startsWith('neo3:')) throw expected('networks of Neo, by name')
  const { contractId, isOn, ...others } = membersOf(json)
  const isNumber = typeof contractId === 'number' && Number.isInteger(contractId) && contractId > 0 && contractId <= 0x7fffffff
  if (!isNumber || typeof isOn !== 'boolean' || Object.keys(others).length > 0) throw expected('contractId and isOn of each network')
  return { contractId, isOn }
}

function parseEach<T>(json: Json, what: string, parse: (name: string, json: Json) => T): Readonly<Record<string, T>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw expected(`${what} by name`)
  const entries = Object.entries(json)
  if (entries.length > maxEntries) throw expected(`at most ${maxEntries} ${what}`)
  return Object.fromEntries(entries.map(([name, each]) => [name, parse(name, each)]))
}

function membersOf(json: Json): Readonly<Record<string, Json>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Readonly<Record<string, Json>>) : {}
}
