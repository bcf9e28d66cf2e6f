import type { ChaincodeState } from './chaincode-state.ts'
import { ChaincodeError } from './errors.ts'
import { expected, jsonBytes } from './json.ts'
import { anchorEntry, readEntry } from './neo/anchor-entry.ts'
import { findNewest, submitHeaders } from './neo/follow-headers.ts'
import { findNetwork, findValidators, parseMagic, pinNetwork } from './neo/neo-network.ts'
import { readGrant, readIdentifier } from './neo/read-identity.ts'
import { once, readOnce } from './once.ts'
import { getRegistryEntry, putRegistryEntry, registryHistory } from './registry/registry.ts'

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
