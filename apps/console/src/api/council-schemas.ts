import Type, { type Static } from 'typebox'
import { closed, oneOf } from './closed.ts'
import { AccountSchema, HashSchema, TextsSchema, TimeSchema } from './common-schemas.ts'
import { answerSchema } from './evidence-schemas.ts'

export const SeatNameSchema = Type.String({ minLength: 1, maxLength: 32, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' })
export const ProposalIdSchema = Type.Integer({ minimum: 1, maximum: 0xffff_ffff })

const RulesSchema = closed({
  votesNeeded: Type.Integer(),
  vetoesNeeded: Type.Integer(),
  stopsNeeded: Type.Integer(),
  votingMs: Type.Number(),
  delayMs: Type.Number(),
  vetoDelayMs: Type.Number(),
  executeWithinMs: Type.Number(),
  stopMs: Type.Number(),
  stopPauseMs: Type.Number(),
})

export const CouncilSchema = closed({
  seats: Type.Array(closed({ name: Type.String(), account: AccountSchema, validatorKey: Type.Union([Type.String(), Type.Null()]) })),
  rules: RulesSchema,
  /** While it lasts the committee may still set things up without votes. */
  isFounding: Type.Boolean(),
  isStopped: Type.Boolean(),
  /** When the latest emergency stop ends or ended; 0: there was none. */
  stoppedUntilMs: TimeSchema,
})
export type Council = Static<typeof CouncilSchema>

/** A call of a proposal, said to people. `isKnown` is false where this server cannot say what it does: look at the method and arguments yourself. */
const DescribedCallSchema = closed({
  contract: AccountSchema,
  method: Type.String(),
  arguments: Type.Unknown(),
  says: TextsSchema,
  isKnown: Type.Boolean(),
})

const ProposalSchema = closed({
  id: ProposalIdSchema,
  seat: Type.String(),
  title: Type.String(),
  /** As it stands now: what seats made of it, or what time did. */
  state: oneOf('open', 'passed', 'executed', 'rejected', 'withdrawn', 'expired', 'executable', 'lapsed'),
  payloadHash: HashSchema,
  /** Base64. */
  payload: Type.String(),
  calls: Type.Array(DescribedCallSchema),
  votes: Type.Array(closed({ seat: Type.String(), vote: oneOf('agrees', 'refuses', 'retracted'), atMs: TimeSchema })),
  vetoes: Type.Array(closed({ seat: Type.String(), atMs: TimeSchema })),
  proposedMs: TimeSchema,
  votingUntilMs: TimeSchema,
  /** When it may be executed, from and until; 0 where that is not known yet. */
  executableFromMs: TimeSchema,
  executableUntilMs: TimeSchema,
})
export type Proposal = Static<typeof ProposalSchema>
export const ProposalAnswerSchema = answerSchema('proposal', Type.Union([ProposalSchema, Type.Null()]))
export type ProposalAnswer = Static<typeof ProposalAnswerSchema>
export const ProposalListSchema = closed({ proposals: Type.Array(ProposalSchema) })
export type ProposalList = Static<typeof ProposalListSchema>

/** A transaction that a member signs at their own side: this server has no key of any seat. */
export const PreparedSchema = closed({
  /** What it does. */
  says: TextsSchema,
  seat: Type.String(),
  /** Account that has to sign. */
  account: AccountSchema,
  /** The proposal's payload that is voted on, if it is about one. */
  payloadHash: Type.Union([HashSchema, Type.Null()]),
  /** The unsigned transaction, base64. */
  transaction: Type.String(),
  /** Its hash, big-endian. Sign `magic (4 bytes, little-endian) ‖ hash (32 bytes, as SHA-256 gives it)` with ECDSA P-256 and SHA-256. */
  transactionHash: HashSchema,
  /** What is to be signed, base64. */
  signedMessage: Type.String(),
  validUntilBlock: Type.Integer(),
  /** The same at the command line, for whoever keeps the key there. */
  command: Type.String(),
})
export type Prepared = Static<typeof PreparedSchema>

/** Of the seat's key: compressed, hexadecimal. */
export const PublicKeySchema = Type.String({ pattern: '^0[23][0-9a-f]{64}$' })
const signing = { seat: SeatNameSchema, publicKey: PublicKeySchema }

export const PrepareBody = Type.Union([
  closed({
    action: oneOf('vote'),
    ...signing,
    id: ProposalIdSchema,
    payloadHash: HashSchema,
    agrees: Type.Boolean(),
  }),
  closed({ action: oneOf('veto', 'execute', 'retract', 'withdraw'), ...signing, id: ProposalIdSchema, payloadHash: HashSchema }),
  closed({ action: oneOf('request-stop'), ...signing, reason: Type.Integer({ minimum: 0, maximum: 9999 }) }),
  closed({
    action: oneOf('propose'),
    ...signing,
    title: Type.String({ minLength: 1, maxLength: 128 }),
    /** StdLib.serialize of the calls, base64, as `hufu council propose --dry-run` writes it. */
    payload: Type.String({ minLength: 4, maxLength: 80_000, pattern: '^[A-Za-z0-9+/]+={0,2}$' }),
  }),
])
export type PrepareRequest = Static<typeof PrepareBody>

export const SendBody = closed({
  /** As it was prepared, base64. */
  transaction: Type.String({ minLength: 4, maxLength: 200_000, pattern: '^[A-Za-z0-9+/]+={0,2}$' }),
  /** 64 bytes, r ‖ s, base64. */
  signature: Type.String({ minLength: 88, maxLength: 88, pattern: '^[A-Za-z0-9+/]+={0,2}$' }),
  publicKey: PublicKeySchema,
})
export const SentSchema = closed({ transactionHash: HashSchema })
export type Sent = Static<typeof SentSchema>
