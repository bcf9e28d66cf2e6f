import Type from 'typebox'
import type { StaffRole } from '../access/access.ts'

/** What staff routes take and give. */

const closed = { additionalProperties: false } as const

/** Some of a server's roles. */
export function rolesSchema(roles: readonly StaffRole[]) {
  return Type.Array(Type.Union(roles.map(role => Type.Literal(role))), { minItems: 1, maxItems: roles.length, uniqueItems: true })
}

export const NameSchema = Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\u0000-\\u001f\\u007f]+$' })
export const IdParams = Type.Object({ id: Type.String({ format: 'uuid' }) }, closed)
export const CodeBody = Type.Object({ code: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }) }, closed)
export const EmptySchema = Type.Object({}, closed)

/** JSON of WebAuthn, whose library looks into it. */
const CredentialSchema = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 1_400, pattern: '^[A-Za-z0-9_-]+$' }),
    rawId: Type.String({ maxLength: 1_400 }),
    type: Type.Literal('public-key'),
    response: Type.Record(Type.String(), Type.Unknown()),
    authenticatorAttachment: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    clientExtensionResults: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  closed,
)
const LabelSchema = Type.String({ minLength: 1, maxLength: 60 })

export const AnswerBody = Type.Object({ challengeId: Type.String({ format: 'uuid' }), response: CredentialSchema }, closed)
export const NewPasskeyBody = Type.Object(
  { challengeId: Type.String({ format: 'uuid' }), response: CredentialSchema, label: LabelSchema },
  closed,
)
export const AcceptBody = Type.Object(
  {
    code: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
    challengeId: Type.String({ format: 'uuid' }),
    response: CredentialSchema,
    label: LabelSchema,
  },
  closed,
)
export const ConfirmBody = Type.Object(
  { challengeId: Type.Optional(Type.String({ format: 'uuid' })), response: Type.Optional(CredentialSchema) },
  closed,
)
export const ChallengeSchema = Type.Object({ challengeId: Type.String(), options: Type.Record(Type.String(), Type.Unknown()) }, closed)
export const SessionSchema = Type.Object({ csrfToken: Type.String(), expiresAtMs: Type.Number() }, closed)
