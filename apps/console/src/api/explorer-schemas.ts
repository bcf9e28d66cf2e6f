import Type, { type Static } from 'typebox'
import { closed, oneOf } from './closed.ts'
import { AccountSchema, BlockIndexSchema, DidSchema, HashSchema, TimeSchema } from './common-schemas.ts'
import { answerSchema } from './evidence-schemas.ts'

const nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) => Type.Union([schema, Type.Null()])

const BlockSchema = closed({
  index: BlockIndexSchema,
  hash: HashSchema,
  previousHash: HashSchema,
  timeMs: TimeSchema,
  /** Name of the validator that proposed it, where the first block's validators still are; null otherwise. */
  proposer: nullable(Type.String()),
  /** State root of the block before. */
  previousStateRoot: HashSchema,
  transactions: Type.Array(HashSchema),
})
export type Block = Static<typeof BlockSchema>
export const BlockAnswerSchema = answerSchema('block', BlockSchema)
export type BlockAnswer = Static<typeof BlockAnswerSchema>

export const BlockListSchema = closed({
  blocks: Type.Array(closed({ index: BlockIndexSchema, hash: HashSchema, timeMs: TimeSchema, transactions: Type.Integer() })),
  next: nullable(Type.Integer()),
})
export type BlockList = Static<typeof BlockListSchema>

/** What a contract of ours told. Bytes are hexadecimal; of leaves only their number is kept. */
export const NotificationSchema = closed({
  contract: oneOf('identifiers', 'trust', 'status', 'proofs', 'council', 'gateway', 'titles'),
  name: Type.String(),
  /** By the names that the contract's manifest gives. */
  values: Type.Record(Type.String(), Type.Unknown()),
  blockIndex: BlockIndexSchema,
  timeMs: TimeSchema,
  transactionHash: HashSchema,
  /** Position in the block. */
  index: Type.Integer(),
})
export type Notification = Static<typeof NotificationSchema>
export const NotificationListSchema = closed({
  notifications: Type.Array(NotificationSchema),
  next: nullable(Type.String()),
  indexedThrough: Type.Integer(),
})
export type NotificationList = Static<typeof NotificationListSchema>

const TransactionSchema = closed({
  hash: HashSchema,
  blockIndex: BlockIndexSchema,
  timeMs: TimeSchema,
  sizeBytes: Type.Integer(),
  /** Who pays, and who else signed. */
  signers: Type.Array(AccountSchema),
  /** In 10⁻⁸ GAS, decimal. */
  systemFeeDatoshi: Type.String(),
  networkFeeDatoshi: Type.String(),
  validUntilBlock: BlockIndexSchema,
  /** What it runs, hexadecimal. */
  script: Type.String(),
  /** How it ran and what it told, by the nodes' word. */
  outcome: oneOf('HALT', 'FAULT', 'unknown'),
  notifications: Type.Array(NotificationSchema),
})
export type Transaction = Static<typeof TransactionSchema>
export const TransactionAnswerSchema = answerSchema('transaction', TransactionSchema)
export type TransactionAnswer = Static<typeof TransactionAnswerSchema>

const DidRecordSchema = closed({
  did: DidSchema,
  version: Type.Integer(),
  latestVersion: Type.Integer(),
  operation: oneOf('create', 'update', 'rotate', 'setRecovery', 'recover', 'deactivate'),
  controller: AccountSchema,
  recovery: nullable(AccountSchema),
  recoveryDelayMs: Type.Number(),
  deactivated: Type.Boolean(),
  timeMs: TimeSchema,
  blockIndex: BlockIndexSchema,
  createdMs: TimeSchema,
  /** Time of the next version; null if this is the latest. */
  nextTimeMs: nullable(TimeSchema),
  /** As stored; JSON that its writer alone has checked. */
  document: Type.String(),
})
export type DidRecord = Static<typeof DidRecordSchema>
/** `shown` is null where nodes say that there is none. */
export const DidAnswerSchema = answerSchema('did', nullable(DidRecordSchema))
export type DidAnswer = Static<typeof DidAnswerSchema>

const VersionedSchema = { version: Type.Integer(), sha256: HashSchema, timeMs: TimeSchema, blockIndex: BlockIndexSchema }

const CredentialTypeSchema = closed({ typeId: Type.String(), ...VersionedSchema, schema: Type.String() })
export type CredentialType = Static<typeof CredentialTypeSchema>
export const CredentialTypeAnswerSchema = answerSchema('credentialType', nullable(CredentialTypeSchema))
export type CredentialTypeAnswer = Static<typeof CredentialTypeAnswerSchema>
export const CredentialTypeListSchema = closed({
  types: Type.Array(closed({ typeId: Type.String(), ...VersionedSchema })),
  indexedThrough: Type.Integer(),
})
export type CredentialTypeList = Static<typeof CredentialTypeListSchema>

const RegisteredQuerySchema = closed({ did: DidSchema, queryId: Type.String(), ...VersionedSchema, content: Type.String() })
export type RegisteredQuery = Static<typeof RegisteredQuerySchema>
export const QueryAnswerSchema = answerSchema('query', nullable(RegisteredQuerySchema))
export type QueryAnswer = Static<typeof QueryAnswerSchema>
export const QueryListSchema = closed({
  queries: Type.Array(closed({ did: DidSchema, queryId: Type.String(), ...VersionedSchema })),
  indexedThrough: Type.Integer(),
})
export type QueryList = Static<typeof QueryListSchema>

const TreeRootSchema = closed({
  did: DidSchema,
  typeId: Type.String(),
  rootIndex: Type.Integer(),
  size: Type.Integer(),
  root: HashSchema,
  timeMs: TimeSchema,
  blockIndex: BlockIndexSchema,
})
export type TreeRoot = Static<typeof TreeRootSchema>
export const TreeAnswerSchema = answerSchema('tree', nullable(TreeRootSchema))
export type TreeAnswer = Static<typeof TreeAnswerSchema>
export const TreeListSchema = closed({
  trees: Type.Array(TreeRootSchema),
  /** Roots that the leaves on the ledger do not give. */
  falseRoots: Type.Array(
    closed({ did: DidSchema, typeId: Type.String(), rootIndex: Type.Integer(), blockIndex: BlockIndexSchema, reason: Type.String() }),
  ),
  indexedThrough: Type.Integer(),
})
export type TreeList = Static<typeof TreeListSchema>
export const TreeHistorySchema = closed({ roots: Type.Array(TreeRootSchema), indexedThrough: Type.Integer() })
export type TreeHistory = Static<typeof TreeHistorySchema>

const AnchorSchema = closed({
  did: DidSchema,
  listId: Type.String(),
  sequence: Type.Integer(),
  sha256: HashSchema,
  timeMs: TimeSchema,
  blockIndex: BlockIndexSchema,
})
export type StatusListAnchor = Static<typeof AnchorSchema>
export const AnchorAnswerSchema = answerSchema('statusListAnchor', nullable(AnchorSchema))
export type AnchorAnswer = Static<typeof AnchorAnswerSchema>
export const AnchorListSchema = closed({ anchors: Type.Array(AnchorSchema), indexedThrough: Type.Integer() })
export type AnchorList = Static<typeof AnchorListSchema>

const VerifyingKeySchema = closed({
  circuitId: Type.String(),
  ...VersionedSchema,
  /** With whose secrets anybody can make false proofs: not for production. */
  development: Type.Boolean(),
  sizeBytes: Type.Integer(),
})
export type VerifyingKey = Static<typeof VerifyingKeySchema>
export const VerifyingKeyAnswerSchema = answerSchema('verifyingKey', nullable(VerifyingKeySchema))
export type VerifyingKeyAnswer = Static<typeof VerifyingKeyAnswerSchema>
export const VerifyingKeyListSchema = closed({
  keys: Type.Array(closed({ circuitId: Type.String(), ...VersionedSchema, development: Type.Boolean() })),
  indexedThrough: Type.Integer(),
})
export type VerifyingKeyList = Static<typeof VerifyingKeyListSchema>

/** What a search may be: each with the path that answers it. */
export const SearchSchema = closed({
  found: Type.Array(
    closed({
      kind: oneOf('block', 'transaction', 'did', 'credentialType', 'query', 'proposal', 'tree', 'verifyingKey'),
      label: Type.String(),
      path: Type.String(),
    }),
  ),
})
export type Search = Static<typeof SearchSchema>
