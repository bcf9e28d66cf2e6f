import { council } from '@hufu/bindings'
import { asBytes, asNumber, isNull, LedgerError } from '@hufu/ledger'
import { equalBytes } from '@hufu/primitives'
import type { CouncilReader } from './council-ledger.ts'
import { CouncilError } from './errors.ts'
import { payloadHash } from './payload.ts'
import { decodeProposal, type Proposal } from './proposal.ts'

const mostAtOnce = 50

/** The latest proposals, newest first. A node's word, as `LedgerReader` gives it. @param options.most - default 50; @param options.before - only those with a lower number */
export async function readProposals(
  { client, network }: CouncilReader,
  options: { readonly most?: number; readonly before?: number } = {},
): Promise<readonly Proposal[]> {
  const contract = council(network.contracts.council.hash)
  const count = asNumber(await client.invokeRead(contract.proposalCount()))
  const newest = Math.min(count, (options.before ?? Number.POSITIVE_INFINITY) - 1)
  const ids = Array.from({ length: Math.max(0, Math.min(newest, options.most ?? mostAtOnce)) }, (_, index) => newest - index)
  if (ids.length === 0) return []
  const items = await client.invokeReadMany(ids.map(id => contract.proposal({ id: BigInt(id) })))
  return items.flatMap((item, index) => decodeProposal(ids[index]!, item) ?? [])
}

/** A proposal with the calls that it would make. */
export interface ProposalWithPayload {
  readonly proposal: Proposal
  readonly payload: Uint8Array
}

/** @throws CouncilError `ERR_COUNCIL_PROPOSAL`: there is none of this number; LedgerError `ERR_LEDGER_ANSWER`: the payload is not the proposal's */
export async function readProposal({ client, network }: CouncilReader, id: number): Promise<ProposalWithPayload> {
  const contract = council(network.contracts.council.hash)
  const [record, payload] = await client.invokeReadMany([contract.proposal({ id: BigInt(id) }), contract.payload({ id: BigInt(id) })])
  const proposal = decodeProposal(id, record!)
  if (proposal === null || isNull(payload)) throw new CouncilError('ERR_COUNCIL_PROPOSAL', 'there is no such proposal')
  const bytes = asBytes(payload)
  if (!equalBytes(payloadHash(bytes), proposal.payloadHash))
    throw new LedgerError('ERR_LEDGER_ANSWER', 'expected the payload whose hash the proposal names')
  return { proposal, payload: bytes }
}
