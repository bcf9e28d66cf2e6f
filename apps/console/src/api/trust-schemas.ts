import Type, { type Static } from 'typebox'
import { closed, oneOf } from './closed.ts'
import { AccountSchema, AskedTimeSchema, DidSchema, TimeSchema, TrustNameSchema } from './common-schemas.ts'
import { answerSchema } from './evidence-schemas.ts'

export const GrantKindSchema = oneOf('authority', 'institution', 'issue', 'ask')
const StandingSchema = oneOf('active', 'suspended', 'revoked', 'none', 'notYet', 'expired')

/** A grant as one change left it. */
export const GrantEntrySchema = closed({
  /** Position in the grant's history, from 1. */
  sequence: Type.Integer(),
  status: oneOf('active', 'suspended', 'revoked'),
  reason: Type.Integer(),
  validFromMs: TimeSchema,
  validUntilMs: TimeSchema,
  granter: AccountSchema,
  /** Region of an authority, kind of an institution, empty for a right. */
  label: Type.String(),
  actor: AccountSchema,
  timeMs: TimeSchema,
  blockIndex: Type.Integer(),
})
export type GrantEntry = Static<typeof GrantEntrySchema>

/** A grant at a time. */
export const GrantSchema = closed({
  kind: GrantKindSchema,
  did: DidSchema,
  account: AccountSchema,
  /** The credential type or query; empty for others. */
  name: Type.String(),
  atMs: TimeSchema,
  standing: StandingSchema,
  /** Null if there was no such grant then. */
  entry: Type.Union([GrantEntrySchema, Type.Null()]),
})
export type Grant = Static<typeof GrantSchema>

export const RightSchema = closed({
  /** True if the right, the institution and its authority were all active. */
  allowed: Type.Boolean(),
  atMs: TimeSchema,
  right: GrantSchema,
  institution: GrantSchema,
  authority: Type.Union([GrantSchema, Type.Null()]),
})
export type Right = Static<typeof RightSchema>

export const GrantAnswerSchema = answerSchema('grant', GrantSchema)
export type GrantAnswer = Static<typeof GrantAnswerSchema>
export const RightAnswerSchema = answerSchema('right', RightSchema)
export type RightAnswer = Static<typeof RightAnswerSchema>

export const TrustAtQuery = closed({
  /** Default: now. */
  time: Type.Optional(AskedTimeSchema),
  /** Who could issue this type … */
  type: Type.Optional(TrustNameSchema),
  /** … or who could ask this query. One of both. */
  query: Type.Optional(TrustNameSchema),
})
/** Who could issue a type, or ask a query, at a time: also those who once had the right, each with why it counted or did not. */
export const TrustAtSchema = closed({
  atMs: TimeSchema,
  kind: oneOf('issue', 'ask'),
  name: Type.String(),
  rights: Type.Array(
    closed({
      right: RightSchema,
      /** Path of the same answer with its evidence. */
      evidence: Type.String(),
    }),
  ),
  /** The last block that is in this list: that none is missing from it rests on this server, each one in it can be proven. */
  indexedThrough: Type.Integer(),
})
export type TrustAt = Static<typeof TrustAtSchema>

export const TrustHistoryQuery = closed({
  kind: Type.Optional(GrantKindSchema),
  did: Type.Optional(DidSchema),
  name: Type.Optional(TrustNameSchema),
  /** Changes before this one, as `next` of the page before says. */
  before: Type.Optional(Type.String({ pattern: '^[0-9]{1,10}-[0-9]{1,10}$' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
})
export const TrustChangeSchema = closed({
  kind: GrantKindSchema,
  did: DidSchema,
  account: AccountSchema,
  name: Type.String(),
  entry: GrantEntrySchema,
})
export type TrustChange = Static<typeof TrustChangeSchema>
/** Changes of grants, the newest first. */
export const TrustHistorySchema = closed({
  changes: Type.Array(TrustChangeSchema),
  next: Type.Union([Type.String(), Type.Null()]),
  indexedThrough: Type.Integer(),
})
export type TrustHistory = Static<typeof TrustHistorySchema>

/** The registry at a time: every grant there was by then. */
export const TrustRegistrySchema = closed({ atMs: TimeSchema, grants: Type.Array(GrantSchema), indexedThrough: Type.Integer() })
export type TrustRegistry = Static<typeof TrustRegistrySchema>
