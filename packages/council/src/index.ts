/**
 * What the cities decide together. For most uses: {@link propose}, {@link readProposal}, {@link describePayload}, {@link castVote},
 * {@link executeProposal}.
 *
 * @packageDocumentation
 */
export type { Texts } from './call-arguments.ts'
export {
  castVote,
  executeProposal,
  type InformedAnswer,
  retractVote,
  type SeatAnswer,
  vetoProposal,
  withdrawProposal,
} from './cast-vote.ts'
export {
  type CollectionLedger,
  type CollectionWithTransaction,
  type MemberSigning,
  openCollection,
  readCollection,
  readCollections,
  readCommittee,
  sendCollection,
  signCollection,
} from './collect-signatures.ts'
export type { Collection } from './collection.ts'
export type { CouncilLedger, CouncilReader } from './council-ledger.ts'
export { type Decision, decide } from './decide.ts'
export type { DescribeContext } from './describe-context.ts'
export { type DescribedCall, type DescribedTransaction, describePayload, describeTransaction } from './describe-payload.ts'
export { endFounding } from './end-founding.ts'
export { CouncilError, type CouncilErrorCode } from './errors.ts'
export { foundingWriter } from './founding-writer.ts'
export { nativeCalls, type PricedMethod, roles } from './native-calls.ts'
export { decodePayload, encodePayload, payloadHash } from './payload.ts'
export { prepareCouncilCall } from './prepare-council-call.ts'
export { printable } from './printable.ts'
export { decodeProposal, type Proposal, type ProposalStanding, type SeatVote, standingOfProposal } from './proposal.ts'
export { type NewProposal, proposalIdOf, propose } from './propose.ts'
export { proposingWriter } from './proposing-writer.ts'
export { type Council, readCouncil } from './read-council.ts'
export { type ProposalWithPayload, readProposal, readProposals } from './read-proposals.ts'
export { requestStop } from './request-stop.ts'
export { type Rules, ruleNames, rulesArgument } from './rules.ts'
export type { Seat } from './seat.ts'
export type { SeatSigning } from './submit-council-call.ts'
