import { asBytes, asNumber, asStruct, asText, type ContractName, deserializeStackItem, type NetworkDescriptor } from '@hufu/ledger'
import { bytesToBase64, bytesToHex, concatBytes, errorCode, sha256, utf8ToBytes } from '@hufu/primitives'
import type { Proposal } from '../../../src/api-types.ts'
import type { EvidenceReader } from './evidence-reader.ts'
import { CheckFailure } from './verdict.ts'

/** Kinds of vote, as contracts/council counts them. */
const voteKinds: Readonly<Record<number, Proposal['votes'][number]['vote'] | 'vetoes'>> = {
  1: 'agrees',
  2: 'refuses',
  3: 'retracted',
  4: 'vetoes',
}

/** What was proven of a proposal. What its calls mean in words is for whoever reads them: the payload itself is proven. */
export type ProvenProposal = Omit<Proposal, 'state' | 'calls'>

/** A proposal from its entries in the contract's storage (contracts/council/doc.go); null: they did not come with the answer. */
export async function deriveProposal(id: number, reader: EvidenceReader, network: NetworkDescriptor): Promise<ProvenProposal | null> {
  const contract = network.contracts['council' as ContractName]
  if (contract === undefined) throw new CheckFailure('noCouncil')
  const number = Uint8Array.of(id >>> 24, id >>> 16, id >>> 8, id)
  const read = async (prefix: string): Promise<Uint8Array | null> => {
    try {
      return (await reader.verifiedStorage(contract, concatBytes(utf8ToBytes(prefix), number))).value
    } catch (error) {
      if (errorCode(error) === 'ERR_LEDGER_ABSENT') return null
      throw error
    }
  }
  const record = await read('p')
  const payload = record === null ? null : await read('q')
  if (record === null || payload === null) return null
  const items = asStruct(deserializeStackItem(record), 13)
  const [seat, title, hash, , proposedMs, votingEndsMs, , executableFromMs, executableUntilMs] = items
  const payloadHash = bytesToHex(asBytes(hash))
  if (bytesToHex(sha256(payload)) !== payloadHash) throw new CheckFailure('payloadHash')
  const cast = asStruct(items[12], 0).map(item => {
    const [voter, kind, timeMs] = asStruct(item, 3)
    return { seat: asText(voter), vote: voteKinds[asNumber(kind)], atMs: asNumber(timeMs) }
  })
  return {
    id,
    seat: asText(seat),
    title: asText(title),
    payloadHash,
    payload: bytesToBase64(payload),
    votes: cast.flatMap(({ vote, ...each }) => (vote === undefined || vote === 'vetoes' ? [] : [{ ...each, vote }])),
    vetoes: cast.flatMap(({ vote, ...each }) => (vote === 'vetoes' ? [each] : [])),
    proposedMs: asNumber(proposedMs),
    votingUntilMs: asNumber(votingEndsMs),
    executableFromMs: asNumber(executableFromMs),
    executableUntilMs: asNumber(executableUntilMs),
  }
}
