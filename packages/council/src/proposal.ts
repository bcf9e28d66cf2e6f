import { asBytes, asNumber, asStruct, asText, isNull, LedgerError, type StackItem } from '@hufu/ledger'

/** How a proposal stands: what seats made of it, or what time did. */
export type ProposalStanding = 'open' | 'passed' | 'executed' | 'rejected' | 'withdrawn' | 'expired' | 'executable' | 'lapsed'

/** What a seat said. */
export interface SeatVote {
  readonly seat: string
  readonly kind: 'agrees' | 'against' | 'retracted' | 'vetoes'
  readonly timeMs: number
}

/** What the council is asked, and how it answered so far. Times of what has not happened are null. */
export interface Proposal {
  readonly id: number
  /** That proposed. */
  readonly seat: string
  /** For people: written by the proposer. */
  readonly title: string
  readonly payloadHash: Uint8Array
  readonly state: 'open' | 'passed' | 'executed' | 'rejected' | 'withdrawn'
  readonly proposedMs: number
  /** The first moment at which no vote counts. */
  readonly votingEndsMs: number
  readonly passedMs: number | null
  readonly executableFromMs: number | null
  /** The first moment at which it cannot be executed any more. */
  readonly executableUntilMs: number | null
  /** When vetoes made the delay longer. */
  readonly vetoedMs: number | null
  /** When it was executed, rejected or withdrawn. */
  readonly endedMs: number | null
  /** Of the latest change. */
  readonly blockIndex: number
  readonly votes: readonly SeatVote[]
}

const states = { 1: 'open', 2: 'passed', 3: 'executed', 4: 'rejected', 5: 'withdrawn' } as const
const kinds = { 1: 'agrees', 2: 'against', 3: 'retracted', 4: 'vetoes' } as const

/** Decodes the struct ProposalRecord of contracts/council; null for null. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function decodeProposal(id: number, item: StackItem): Proposal | null {
  if (isNull(item)) return null
  const members = asStruct(item, 13)
  const [seat, title, hash, state] = members
  const [proposedMs, votingEndsMs, passedMs, executableFromMs, executableUntilMs, vetoedMs, endedMs, blockIndex] = members
    .slice(4, 12)
    .map(asNumber) as [number, number, number, number, number, number, number, number]
  return {
    id,
    seat: asText(seat),
    title: asText(title),
    payloadHash: asBytes(hash),
    state: oneOf(states, state),
    proposedMs,
    votingEndsMs,
    passedMs: nullIfZero(passedMs),
    executableFromMs: nullIfZero(executableFromMs),
    executableUntilMs: nullIfZero(executableUntilMs),
    vetoedMs: nullIfZero(vetoedMs),
    endedMs: nullIfZero(endedMs),
    blockIndex,
    votes: asStruct(members[12]).map(decodeVote),
  }
}

/** How a proposal stands at a time; as the contract's `standing`, for which the time is that of the block. */
export function standingOfProposal(proposal: Proposal, atMs: number): ProposalStanding {
  const { state, votingEndsMs, executableFromMs, executableUntilMs } = proposal
  if (state === 'open') return atMs >= votingEndsMs ? 'expired' : 'open'
  if (state !== 'passed' || atMs < executableFromMs!) return state
  return atMs >= executableUntilMs! ? 'lapsed' : 'executable'
}

function decodeVote(item: StackItem): SeatVote {
  const [seat, kind, timeMs] = asStruct(item, 3)
  return { seat: asText(seat), kind: oneOf(kinds, kind), timeMs: asNumber(timeMs) }
}

function oneOf<Name>(names: Readonly<Record<number, Name>>, item: StackItem | undefined): Name {
  const name = names[asNumber(item)]
  if (name === undefined) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected a known state of a proposal or kind of vote')
  return name
}

function nullIfZero(value: number): number | null {
  return value === 0 ? null : value
}
