import { parseNetworkId } from '@hufu/chains'
import { isBornOn, type NeoLeftRecord, parseNeoLeftRecord, transferOfLeftKey } from '@hufu/chains/titles'
import { errorCode } from '@hufu/primitives'
import type { ChaincodeState } from '../chaincode-state.ts'
import { ChaincodeError } from '../errors.ts'
import { parseBundle, proveEntry } from '../neo/prove-entry.ts'
import { parseNetworkName } from './parse-network-name.ts'
import { findTitleRules, requireOn, type TitleRules } from './title-rules.ts'
import { type Arrival, findArrival, findTitle, notAllowed, putArrival, putTitle } from './title-state.ts'

/**
 * Brings a title into being that has left a Neo network for this channel: by anyone, with the proof of the record that the network keeps of it, checked
 * here by every endorser for itself. Once for each transfer; again, it changes nothing.
 *
 * @param bundleText - a proof bundle of version 1, docs/light-client.md, of a record of the network's contract `titles`
 * @throws ChaincodeError `ERR_CHAINCODE_PROOF`: false, of another contract or entry, or of a title that goes elsewhere; `ERR_CHAINCODE_TITLE`: the
 *   title is here, or is this channel's own and never left; `ERR_CHAINCODE_FORBIDDEN`: the network is not open now; `ERR_CHAINCODE_ROLLBACK`: prove it
 *   by a newer header; `ERR_CHAINCODE_NETWORK`, `ERR_CHAINCODE_ABSENT`, `ERR_CHAINCODE_REQUEST`
 */
export async function arriveTitle(state: ChaincodeState, bundleText: string): Promise<Arrival> {
  const rules = await findTitleRules(state)
  const bundle = await parseBundle(state, bundleText)
  const fromNetwork = parseNetworkId(`neo3:${bundle.network.magic}`)
  const { contractId } = requireOn(rules, fromNetwork)
  const transferId = transferOfLeftKey(bundle.key)
  if (transferId === undefined || bundle.contractId !== contractId) throw unproven('the proof is not of a title that left')
  const known = await findArrival(state, fromNetwork, transferId)
  if (known !== undefined) return known
  const { value, header } = await proveEntry(state, bundle, contractId)
  const { assetId, toHolder, contentHash, toNetwork } = recordOf(value)
  if (toNetwork !== rules.network) throw unproven('the title has left for another network')
  await requireAway(state, rules, { assetId, contentHash })
  const arrival: Arrival = {
    transferId,
    assetId,
    contentHash,
    fromNetwork,
    toHolder,
    blockIndex: header.blockIndex,
    headerHash: header.hash,
  }
  await putArrival(state, arrival)
  await putTitle(state, { assetId, holder: toHolder, contentHash, status: 'held' })
  return arrival
}

/** @throws ChaincodeError `ERR_CHAINCODE_ABSENT`: no title has arrived by that transfer; `ERR_CHAINCODE_REQUEST` */
export async function readArrival(state: ChaincodeState, fromNetwork: string, transferId: string): Promise<Arrival> {
  const arrival = await findArrival(state, parseNetworkName(fromNetwork), transferId)
  if (arrival === undefined) throw new ChaincodeError('ERR_CHAINCODE_ABSENT', 'no title has arrived by that transfer')
  return arrival
}

/** A title is in one place: what is here does not arrive, and what was issued here comes back only if it left, and as it left. */
async function requireAway(
  state: ChaincodeState,
  { network }: TitleRules,
  { assetId, contentHash }: Pick<Arrival, 'assetId' | 'contentHash'>,
) {
  const here = await findTitle(state, assetId)
  if (here === undefined ? isBornOn(network, assetId) : here.status !== 'left') throw notAllowed('the title has not left this channel')
  if (here !== undefined && here.contentHash !== contentHash) throw notAllowed('the title comes back as another than it left')
}

function recordOf(value: Uint8Array): NeoLeftRecord {
  try {
    return parseNeoLeftRecord(value)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new ChaincodeError('ERR_CHAINCODE_PROOF', 'the entry is no record of a title that left', { cause })
  }
}

function unproven(why: string): ChaincodeError {
  return new ChaincodeError('ERR_CHAINCODE_PROOF', why)
}
