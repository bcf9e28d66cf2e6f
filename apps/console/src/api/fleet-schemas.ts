import Type, { type Static } from 'typebox'
import { closed, oneOf } from './closed.ts'
import { TextsSchema } from './common-schemas.ts'

const nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) => Type.Union([schema, Type.Null()])

/** As FleetNode of network/src/watch/fleet.ts, without what only operators see. */
const NodeSchema = closed({
  name: Type.String(),
  /** It answers, truly: counted for the quorum. */
  up: Type.Boolean(),
  condition: oneOf('answers', 'hangs', 'refused', 'broken', 'otherNetwork', 'lies'),
  height: nullable(Type.Integer()),
  persistedHeight: nullable(Type.Integer()),
  stateRoot: nullable(Type.String()),
  /** Hash of the block at `commonHeight`. */
  blockHash: nullable(Type.String()),
  viewChanges: Type.Integer(),
  proposed: Type.Integer(),
  peers: nullable(Type.Integer()),
  version: nullable(Type.String()),
  pooled: nullable(Type.Integer()),
  diskFreeBytes: nullable(Type.Number()),
  diskFullInMs: nullable(Type.Number()),
  memoryBytes: nullable(Type.Number()),
  lastSeenMs: nullable(Type.Number()),
  answerMs: nullable(Type.Number()),
})

const AlarmSchema = closed({
  id: Type.String(),
  code: Type.String({ pattern: '^ALARM_[A-Z_]+$' }),
  severity: oneOf('warning', 'critical'),
  certainty: oneOf('proven', 'seen', 'inferred'),
  node: Type.Optional(Type.String()),
  sinceMs: Type.Number(),
  what: TextsSchema,
  whatToDo: TextsSchema,
  /** The one command that `whatToDo` names. */
  command: Type.String(),
  /** Path of a page of the documentation. */
  runbook: Type.String(),
})

/** A node whose answer was proven false. */
const LiarSchema = closed({ node: Type.String(), sinceMs: Type.Number(), times: Type.Integer(), what: TextsSchema })

/** The validators at a moment: as FleetSnapshot of network/src/watch/fleet.ts, and who lied to this console. */
export const FleetSchema = closed({
  atMs: Type.Number(),
  nodes: Type.Array(NodeSchema),
  /** Highest block whose header a quorum signed; null before the first answer. */
  height: nullable(Type.Integer()),
  blockMs: nullable(Type.Number()),
  commonHeight: nullable(Type.Integer()),
  /** Mean time between the blocks of the window. */
  blockTimeMs: nullable(Type.Number()),
  sinceBlockMs: nullable(Type.Number()),
  windowMs: Type.Number(),
  viewChanges: Type.Integer(),
  /** How many validators must sign. */
  quorum: Type.Integer(),
  /** How many more may fail before the network stops; negative: it stands still. */
  margin: Type.Integer(),
  forecast: closed({ level: oneOf('none', 'trend', 'nextFault', 'now'), inMs: nullable(Type.Number()), why: TextsSchema }),
  alarms: Type.Array(AlarmSchema),
  liars: Type.Array(LiarSchema),
})
export type Fleet = Static<typeof FleetSchema>
export type FleetNode = Static<typeof NodeSchema>
export type FleetAlarm = Static<typeof AlarmSchema>
export type FleetLiar = Static<typeof LiarSchema>

export const FleetHistoryQuery = closed({
  from: Type.Optional(Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 })),
  to: Type.Optional(Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 })),
  points: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
})

/** One point: of several samples the worst counts. */
const FleetPointSchema = closed({
  atMs: Type.Number(),
  height: nullable(Type.Integer()),
  blockTimeMs: nullable(Type.Number()),
  margin: Type.Integer(),
  alarms: Type.Integer(),
  /** Of the network, in the watch's window. */
  viewChanges: Type.Integer(),
  nodes: Type.Array(
    closed({
      name: Type.String(),
      up: Type.Boolean(),
      height: nullable(Type.Integer()),
      viewChanges: Type.Integer(),
      diskFreeBytes: nullable(Type.Number()),
    }),
  ),
})
export const FleetHistorySchema = closed({ fromMs: Type.Number(), toMs: Type.Number(), points: Type.Array(FleetPointSchema) })
export type FleetPoint = Static<typeof FleetPointSchema>
export type FleetHistory = Static<typeof FleetHistorySchema>

/** What an operator sees besides. */
export const FleetDetailsSchema = closed({
  fleet: FleetSchema,
  nodes: Type.Array(
    closed({
      name: Type.String(),
      rpcUrl: Type.String(),
      metricsUrl: Type.String(),
      folder: Type.Optional(Type.String()),
      publicKey: Type.String(),
    }),
  ),
})
export type FleetDetails = Static<typeof FleetDetailsSchema>
