import Type, { type Static } from 'typebox'
import { closed, oneOf } from './closed.ts'

const nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) => Type.Union([schema, Type.Null()])

const TextsSchema = closed({ 'zh-CN': Type.String(), en: Type.String() })
const NetworkIdSchema = Type.String({ description: 'Name of a chain, as CAIP-2 writes it' })
const DidSchema = Type.String({ description: 'DID of an institution or a gateway, never of a person' })
const TimeSchema = Type.Number({ description: 'Milliseconds since 1970' })
const CodeSchema = Type.String({ description: 'One of docs/errors.md' })

/** 32 bytes in hexadecimal. */
export const HashSchema = Type.String({ pattern: '^[0-9a-f]{64}$' })

export const NetworkSchema = closed({
  id: NetworkIdSchema,
  name: TextsSchema,
  hasChain: Type.Boolean({ description: 'This gateway speaks for it; else a counterpart does' }),
  isOn: Type.Boolean({ description: 'Here and on the ledger' }),
  isOnHere: Type.Boolean(),
  isOnLedger: Type.Union([Type.Boolean(), Type.Null()], { description: 'null: it could not be found out, which counts as off' }),
})
export type ShownNetwork = Static<typeof NetworkSchema>

export const CounterpartSchema = closed({
  did: DidSchema,
  name: TextsSchema,
  networks: Type.Array(NetworkIdSchema),
  isAllowed: Type.Union([Type.Boolean(), Type.Null()], {
    description: 'On the allow-list; null: it could not be found out, which counts as no',
  }),
})
export type ShownCounterpart = Static<typeof CounterpartSchema>

export const TransferSchema = closed({
  transferId: HashSchema,
  role: oneOf('originator', 'beneficiary'),
  counterpart: DidSchema,
  assetId: Type.String(),
  contentHash: HashSchema,
  fromNetwork: NetworkIdSchema,
  toNetwork: NetworkIdSchema,
  toHolder: DidSchema,
  lockUntilMs: TimeSchema,
  state: oneOf('underWay', 'standsStill', 'completed', 'aborted'),
  stage: Type.Integer({ description: 'Of the protocol, as far as it is agreed or on its way' }),
  asset: oneOf('held', 'locking', 'locked', 'unlocking', 'unlocked', 'leaving', 'left', 'awaited', 'arriving', 'arrived'),
  step: Type.Integer({ description: 'How many steps of `steps` are done' }),
  steps: Type.Integer(),
  attempts: Type.Integer({ description: 'Tries in a row that failed' }),
  problem: nullable(CodeSchema),
  againAtMs: nullable(TimeSchema),
  createdAtMs: TimeSchema,
  changedAtMs: TimeSchema,
})
export type ShownTransfer = Static<typeof TransferSchema>

/** What a session did: kinds and times, without the messages. */
export const TransferDetailsSchema = closed({
  transfer: TransferSchema,
  log: Type.Array(
    closed({
      kind: oneOf('opened', 'sent', 'received', 'acting', 'acted', 'aborting', 'closed'),
      what: Type.String({ description: 'Type of the message, or what was done on the chain' }),
      atMs: TimeSchema,
    }),
  ),
})

export const QuarantineSchema = closed({
  reason: CodeSchema,
  hash: HashSchema,
  counterpart: nullable(DidSchema),
  times: Type.Integer(),
  firstAtMs: TimeSchema,
  lastAtMs: TimeSchema,
})

export const StatusSchema = closed({
  did: DidSchema,
  name: TextsSchema,
  networks: Type.Array(NetworkSchema),
  counterparts: Type.Array(CounterpartSchema),
  transfers: closed({ underWay: Type.Integer(), failing: Type.Integer(), completed: Type.Integer(), aborted: Type.Integer() }),
  quarantined: Type.Integer(),
})
export type GatewayStatus = Static<typeof StatusSchema>
