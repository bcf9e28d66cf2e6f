import { type DescribeContext, decodePayload, decodeProposal, describePayload, payloadHash, standingOfProposal } from '@hufu/council'
import { deserializeStackItem, LedgerError, type NetworkDescriptor, type StackItem } from '@hufu/ledger'
import { bytesToBase64, bytesToHex, concatBytes, equalBytes, errorCode, type Json, utf8ToBytes } from '@hufu/primitives'
import type { Proposal } from '../api-types.ts'
import type { RecordingReader } from '../evidence/recording-reader.ts'

type FoundProposal = NonNullable<ReturnType<typeof decodeProposal>>

// Storage layout: contracts/council/doc.go.
const prefixes = { record: 'p', payload: 'q' } as const

/** A proposal out of its proven entries; null: nodes say that there is none. */
export async function deriveProposal(
  reader: RecordingReader,
  id: number,
  context: DescribeContext & { readonly network: NetworkDescriptor; readonly atMs: number },
): Promise<Proposal | null> {
  const number = Uint8Array.of(id >>> 24, id >>> 16, id >>> 8, id)
  const read = async (prefix: string): Promise<Uint8Array | null> => {
    try {
      return (await reader.verifiedStorage(context.network.contracts.council, concatBytes(utf8ToBytes(prefix), number))).value
    } catch (error) {
      if (errorCode(error) === 'ERR_LEDGER_ABSENT') return null
      throw error
    }
  }
  const record = await read(prefixes.record)
  const payload = record === null ? null : await read(prefixes.payload)
  if (record === null || payload === null) return null
  const proposal = decodeProposal(id, deserializeStackItem(record))
  if (proposal === null || !equalBytes(payloadHash(payload), proposal.payloadHash))
    throw new LedgerError('ERR_LEDGER_ANSWER', 'expected the payload whose hash the proposal names')
  return shownProposal(proposal, payload, context)
}

/** A proposal as the API shows it. */
export function shownProposal(
  proposal: FoundProposal,
  payload: Uint8Array,
  context: DescribeContext & { readonly atMs: number },
): Proposal {
  const { id, seat, title, votes, proposedMs, votingEndsMs, executableFromMs, executableUntilMs } = proposal
  return {
    ...{ id, seat, title, state: standingOfProposal(proposal, context.atMs) },
    ...{ payloadHash: bytesToHex(proposal.payloadHash), payload: bytesToBase64(payload), calls: callsOf(payload, context) },
    votes: votes.flatMap(({ seat: voter, kind, timeMs }) =>
      kind === 'vetoes' ? [] : [{ seat: voter, vote: kind === 'against' ? ('refuses' as const) : kind, atMs: timeMs }],
    ),
    vetoes: votes.flatMap(({ seat: voter, kind, timeMs }) => (kind === 'vetoes' ? [{ seat: voter, atMs: timeMs }] : [])),
    ...{ proposedMs, votingUntilMs: votingEndsMs, executableFromMs: executableFromMs ?? 0, executableUntilMs: executableUntilMs ?? 0 },
  }
}

/** What a payload would do, in words. @throws CouncilError `ERR_COUNCIL_PAYLOAD` */
export function callsOf(payload: Uint8Array, context: DescribeContext): Proposal['calls'] {
  const described = describePayload(payload, context)
  return decodePayload(payload).map(({ contract, method, args }, index) => {
    const { texts, known } = described[index]!
    return { contract, method, arguments: args.map(plain), says: { ...texts }, isKnown: known }
  })
}

/** An argument as JSON: bytes are hexadecimal, whole numbers decimal text. */
function plain(item: StackItem): Json {
  switch (item.type) {
    case 'Any':
      return null
    case 'Boolean':
      return item.value
    case 'Integer':
      return item.value.toString()
    case 'ByteString':
    case 'Buffer':
      return bytesToHex(item.value)
    case 'Array':
    case 'Struct':
      return item.value.map(plain)
    case 'Map':
      return item.value.map(([key, value]) => [plain(key), plain(value)])
  }
}
