import Type from 'typebox'
import { applicationStates } from './application-row.ts'
import { credentialFormats } from './configurations.ts'
import { statuses, statusReasonCodes } from './status-reasons.ts'

/** Shapes of what the staff sends and gets. */
const closed = { additionalProperties: false } as const

export const oneOf = <Values extends readonly string[]>(values: Values) =>
  Type.Union(values.map(value => Type.Literal(value as Values[number])))

export const Id = Type.String({ format: 'uuid' })
export const IdParams = Type.Object({ id: Id }, closed)
export const StatusSchema = oneOf(statuses)
export const ReasonSchema = oneOf(statusReasonCodes)
export const TypeId = Type.String({ pattern: '^[!-~]{1,64}$' })
const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })

export const ApplicationBody = Type.Object(
  {
    type: TypeId,
    claims: Type.Record(Type.String({ pattern: '^[!-~]{1,64}$' }), Type.Unknown(), { maxProperties: 64, additionalProperties: false }),
    subject: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{16}[0-9X]$' })),
    validFrom: Type.Optional(Day),
    validUntil: Day,
  },
  closed,
)

const Duplicate = Type.Object({ id: Type.String(), state: oneOf(applicationStates), status: StatusSchema }, closed)
const Failure = Type.Object({ path: Type.String(), rule: Type.String(), schemaPath: Type.String() }, closed)

export const Application = Type.Object(
  {
    id: Type.String(),
    type: Type.String(),
    state: oneOf(applicationStates),
    status: StatusSchema,
    reason: Type.Optional(Type.String()),
    claims: Type.Record(Type.String(), Type.Unknown()),
    subject: Type.Optional(Type.String()),
    validFrom: Type.Optional(Type.String()),
    validUntil: Type.String(),
    clerk: Type.String(),
    officer: Type.Optional(Type.String()),
    returnReason: Type.Optional(Type.String()),
    importId: Type.Optional(Type.String()),
    importLine: Type.Optional(Type.Integer()),
    createdAtMs: Type.Number(),
    changedAtMs: Type.Number(),
    problems: Type.Array(Failure),
    duplicates: Type.Array(Duplicate),
  },
  closed,
)

export const ApplicationList = Type.Object(
  {
    applications: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          type: Type.String(),
          state: oneOf(applicationStates),
          status: StatusSchema,
          clerk: Type.String(),
          createdAtMs: Type.Number(),
          changedAtMs: Type.Number(),
          name: Type.Optional(Type.String()),
        },
        closed,
      ),
    ),
  },
  closed,
)

export const ApplicationQuery = Type.Object(
  {
    state: Type.Optional(oneOf(applicationStates)),
    type: Type.Optional(TypeId),
    importId: Type.Optional(Id),
    beforeMs: Type.Optional(Type.Number()),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  },
  closed,
)

export const Offer = Type.Object(
  {
    id: Type.String(),
    offerUri: Type.String(),
    walletUrl: Type.Optional(Type.String()),
    offer: Type.Object({}, { additionalProperties: true }),
    txCode: Type.String(),
    expiresAtMs: Type.Number(),
  },
  closed,
)

export const OfferStatus = Type.Object({ state: Type.String(), attemptsLeft: Type.Integer(), expiresAtMs: Type.Number() }, closed)

export const StatusChangeBody = Type.Object({ status: StatusSchema, reason: ReasonSchema }, closed)
export const Changed = Type.Object({ copies: Type.Integer() }, closed)

export const CredentialQuery = Type.Object(
  {
    application: Type.Optional(Id),
    type: Type.Optional(TypeId),
    format: Type.Optional(oneOf(credentialFormats)),
    status: Type.Optional(StatusSchema),
    beforeMs: Type.Optional(Type.Number()),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
  },
  closed,
)

const Place = Type.Object({ uri: Type.String(), index: Type.Integer() }, closed)
export const CredentialList = Type.Object(
  {
    credentials: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          application: Type.String(),
          type: Type.String(),
          format: oneOf(credentialFormats),
          status: StatusSchema,
          reason: Type.Optional(Type.String()),
          statusLists: Type.Array(Place),
          leafIndex: Type.Optional(Type.Integer()),
          intentAtMs: Type.Number(),
          issuedAtMs: Type.Optional(Type.Number()),
          sha256: Type.Optional(Type.String()),
          isPublished: Type.Boolean(),
        },
        closed,
      ),
    ),
  },
  closed,
)

export const RevokeAllBody = Type.Object(
  {
    reason: ReasonSchema,
    type: Type.Optional(TypeId),
    importId: Type.Optional(Id),
  },
  closed,
)
export const PendingApproval = Type.Object({ approvalId: Type.String(), expiresAtMs: Type.Number() }, closed)

const importStates = ['uploading', 'checking', 'checked', 'approved', 'done', 'failed'] as const
export const Import = Type.Object(
  {
    id: Type.String(),
    type: Type.String(),
    state: oneOf(importStates),
    clerk: Type.String(),
    officer: Type.Optional(Type.String()),
    bytes: Type.Number(),
    checkedBytes: Type.Number(),
    good: Type.Integer(),
    bad: Type.Integer(),
    unchanged: Type.Integer(),
    passedOver: Type.Integer(),
    applied: Type.Integer(),
    createdAtMs: Type.Number(),
    changedAtMs: Type.Number(),
  },
  closed,
)
export const ImportList = Type.Object({ imports: Type.Array(Import) }, closed)
export const ImportQuery = Type.Object({ type: TypeId }, closed)

const Texts = Type.Object({ en: Type.String(), 'zh-CN': Type.String() }, closed)
export const TypeList = Type.Object(
  {
    types: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          version: Type.Integer(),
          title: Texts,
          schema: Type.Object({}, { additionalProperties: true }),
          configurations: Type.Array(Type.String()),
          isImportable: Type.Boolean(),
        },
        closed,
      ),
    ),
    reasons: Type.Array(Type.Object({ code: Type.String(), text: Texts }, closed)),
  },
  closed,
)
