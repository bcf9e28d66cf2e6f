import Type, { type Static } from 'typebox'
import { closed, oneOf } from './closed.ts'
import { TextsSchema } from './common-schemas.ts'

const NodeSchema = closed({
  name: Type.String(),
  up: Type.Boolean(),
  height: Type.Integer(),
  persistedHeight: Type.Integer(),
  stateRoot: Type.Optional(Type.String()),
  viewChanges: Type.Integer(),
  peers: Type.Integer(),
  version: Type.String(),
  /** Hash of the block at the height that all nodes have. */
  blockHash: Type.Optional(Type.String()),
  diskFreeBytes: Type.Optional(Type.Number()),
  diskFullInMs: Type.Optional(Type.Number()),
  memoryBytes: Type.Optional(Type.Number()),
  lastSeenMs: Type.Number(),
})

const AlarmSchema = closed({
  code: Type.String({ pattern: '^ALARM_[A-Z_]+$' }),
  node: Type.Optional(Type.String()),
  sinceMs: Type.Number(),
  what: TextsSchema,
  /** One command, or one step. */
  whatToDo: TextsSchema,
  /** Path of a page of the documentation. */
  runbook: Type.String(),
})

/** A node whose answer was proven false. */
const LiarSchema = closed({ node: Type.String(), sinceMs: Type.Number(), times: Type.Integer(), what: TextsSchema })

/** The validators at a moment. */
export const FleetSchema = closed({
  atMs: Type.Number(),
  nodes: Type.Array(NodeSchema),
  height: Type.Integer(),
  /** Between the last blocks. */
  blockTimeMs: Type.Number(),
  /** How many validators must sign. */
  quorum: Type.Integer(),
  /** How many more may fail before the network stops; negative: it stands still. */
  margin: Type.Integer(),
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
  height: Type.Integer(),
  blockTimeMs: Type.Number(),
  margin: Type.Integer(),
  alarms: Type.Integer(),
  nodes: Type.Array(closed({ name: Type.String(), up: Type.Boolean(), height: Type.Integer(), viewChanges: Type.Integer() })),
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

/** Types of the events of `GET /v1/fleet/events`; the data of each is a Fleet. */
export const fleetEventTypes = ['fleet', 'alarm'] as const
export const FleetEventSchema = oneOf(...fleetEventTypes)
