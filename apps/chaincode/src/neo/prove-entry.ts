import { type Header, verifyStorageProof } from '@hufu/ledger'
import type { Json } from '@hufu/primitives'
import type { ChaincodeState } from '../chaincode-state.ts'
import { expected, parseMembers } from '../json.ts'
import { followHeaders, parseBase64, parseHeaders, proven } from './follow-headers.ts'
import { findNetwork, findValidators, type NeoNetwork, parseMagic } from './neo-network.ts'

/** A proof bundle (version 1, docs/light-client.md) whose entry is named and not yet proven. */
export interface ParsedBundle {
  readonly network: NeoNetwork
  readonly contractId: Json
  readonly key: Uint8Array
  readonly headers: readonly Header[]
  readonly proof: Uint8Array
}

const maxKeyTextLength = 88
const maxProofTextLength = 262_144

/** @throws ChaincodeError `ERR_CHAINCODE_REQUEST`; `ERR_CHAINCODE_NETWORK`: not pinned; `ERR_CHAINCODE_PROOF`: a header is none */
export async function parseBundle(state: ChaincodeState, bundleText: string): Promise<ParsedBundle> {
  const bundle = parseMembers(bundleText, ['version', 'magic', 'contractId', 'key', 'headers', 'proof'])
  if (bundle.version !== 1) throw expected('a proof bundle of version 1')
  const network = await findNetwork(state, parseMagic(String(bundle.magic)))
  return {
    network,
    contractId: bundle.contractId,
    key: parseEntryKey(bundle.key),
    headers: await proven(() => parseHeaders(bundle.headers)),
    proof: parseBase64(bundle.proof, maxProofTextLength),
  }
}

/** A storage key, in base64. @throws ChaincodeError `ERR_CHAINCODE_REQUEST` */
export function parseEntryKey(json: Json | undefined): Uint8Array {
  return parseBase64(json, maxKeyTextLength)
}

/**
 * Checks the proof, by the validators that the channel knows, and follows a change of them that the bundle shows.
 *
 * @param contractId - the contract that the entry must be of
 * @returns the value, and the header that it is proven by
 * @throws ChaincodeError `ERR_CHAINCODE_PROOF`; `ERR_CHAINCODE_ROLLBACK`: of a time before a change of validators that the channel has followed
 */
export async function proveEntry(
  state: ChaincodeState,
  { network, key, headers, proof }: ParsedBundle,
  contractId: number,
): Promise<{ readonly value: Uint8Array; readonly header: Header }> {
  const { magic } = network
  const header = (await followHeaders(state, magic, await findValidators(state, magic), headers)).at(-1)!
  return { value: await proven(() => verifyStorageProof(header.previousStateRoot, contractId, key, proof)), header }
}
