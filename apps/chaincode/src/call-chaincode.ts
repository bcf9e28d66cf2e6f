import type { ChaincodeState } from './chaincode-state.ts'
import { ChaincodeError } from './errors.ts'
import { expected, jsonBytes } from './json.ts'
import { anchorEntry, readEntry } from './neo/anchor-entry.ts'
import { findNewest, submitHeaders } from './neo/follow-headers.ts'
import { findNetwork, findValidators, parseMagic, pinNetwork } from './neo/neo-network.ts'
import { readGrant, readIdentifier } from './neo/read-identity.ts'
import { once, readOnce } from './once.ts'
import { getRegistryEntry, putRegistryEntry, registryHistory } from './registry/registry.ts'
import { arriveTitle, readArrival } from './titles/arrive-title.ts'
import { getTitle, issueTitle } from './titles/issue-title.ts'
import { leaveTitle, lockTitle, readLeft, unlockTitle } from './titles/move-title.ts'
import { findTitleRules, setTitleRules } from './titles/title-rules.ts'

interface ChaincodeFunction {
  /** Names of the arguments, all of which are text. */
  readonly args: readonly string[]
  readonly run: (state: ChaincodeState, ...args: string[]) => Promise<object>
}

/** Those that change something; called through `once`, too. */
const writes: Readonly<Record<string, ChaincodeFunction>> = {
  'neo.pin': { args: ['network'], run: (state, network) => pinNetwork(state, network!) },
  'neo.headers': { args: ['magic', 'headers'], run: (state, magic, headers) => submitHeaders(state, magic!, headers!) },
  'neo.anchor': { args: ['bundle'], run: (state, bundle) => anchorEntry(state, bundle!) },
  'registry.put': { args: ['id', 'entry'], run: (state, id, entry) => putRegistryEntry(state, id!, entry!) },
  'title.rules': { args: ['rules'], run: (state, rules) => setTitleRules(state, rules!) },
  'title.issue': {
    args: ['assetId', 'holder', 'contentHash'],
    run: (state, asset, holder, contentHash) => issueTitle(state, asset!, holder!, contentHash!),
  },
  'title.lock': {
    args: ['assetId', 'transfer', 'lockUntilMs', 'toNetwork', 'toHolder'],
    run: (state, asset, transfer, until, network, holder) => lockTitle(state, asset!, transfer!, until!, network!, holder!),
  },
  'title.leave': { args: ['transfer'], run: (state, transfer) => leaveTitle(state, transfer!) },
  'title.unlock': { args: ['transfer'], run: (state, transfer) => unlockTitle(state, transfer!) },
  'title.arrive': { args: ['bundle'], run: (state, bundle) => arriveTitle(state, bundle!) },
}

const reads: Readonly<Record<string, ChaincodeFunction>> = {
  'neo.network': { args: ['magic'], run: (state, magic) => readNetwork(state, magic!) },
  'neo.entry': { args: ['magic', 'contract', 'key'], run: (state, magic, contract, key) => readEntry(state, magic!, contract!, key!) },
  'neo.did': { args: ['magic', 'did'], run: (state, magic, did) => readIdentifier(state, magic!, did!) },
  'neo.grant': {
    args: ['magic', 'kind', 'subject', 'name'],
    run: (state, magic, kind, subject, name) => readGrant(state, magic!, kind!, subject!, name!),
  },
  'registry.get': { args: ['organization', 'id'], run: (state, organization, id) => getRegistryEntry(state, organization!, id!) },
  'registry.history': { args: ['organization', 'id'], run: (state, organization, id) => registryHistory(state, organization!, id!) },
  'title.rules.get': { args: [], run: state => findTitleRules(state) },
  'title.get': { args: ['assetId'], run: (state, asset) => getTitle(state, asset!) },
  'title.left': { args: ['transfer'], run: (state, transfer) => readLeft(state, transfer!) },
  'title.arrived': { args: ['fromNetwork', 'transfer'], run: (state, network, transfer) => readArrival(state, network!, transfer!) },
  'once.get': { args: ['organization', 'key'], run: (state, organization, key) => readOnce(state, organization!, key!) },
  ping: { args: [], run: async () => ({ version: 1 }) },
}

/**
 * Runs one of the chaincode's functions: docs/gateways.md has the list. `once` takes an idempotency key, a function that changes something, and its
 * arguments.
 *
 * @returns canonical JSON
 * @throws ChaincodeError as the function says; `ERR_CHAINCODE_REQUEST`: there is none of that name, or with so many arguments
 */
export async function callChaincode(state: ChaincodeState, name: string, args: readonly string[]): Promise<Uint8Array> {
  if (name !== 'once') return run({ ...writes, ...reads }, state, name, args)
  const [key, inner, ...innerArgs] = args
  if (key === undefined || inner === undefined) throw expected('a key and a function')
  return jsonBytes(await once(state, key, [inner, ...innerArgs], () => run(writes, state, inner, innerArgs)))
}

/** The text by which a peer is told of a refusal: the code, then what the error says. */
export function refusalText(error: unknown): string {
  return error instanceof ChaincodeError ? `${error.code}: ${error.message}` : 'the chaincode failed'
}

async function run(
  functions: Readonly<Record<string, ChaincodeFunction>>,
  state: ChaincodeState,
  name: string,
  args: readonly string[],
): Promise<Uint8Array> {
  const found = Object.hasOwn(functions, name) ? functions[name]! : undefined
  if (found === undefined) throw expected('a function of this chaincode')
  if (args.length !== found.args.length) throw expected(`the arguments ${found.args.join(', ')}`)
  return jsonBytes(await found.run(state, ...args))
}

async function readNetwork(state: ChaincodeState, magicText: string): Promise<object> {
  const network = await findNetwork(state, parseMagic(magicText))
  return { ...network, validators: await findValidators(state, network.magic), newest: (await findNewest(state, network.magic)) ?? null }
}
