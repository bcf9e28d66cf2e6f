import type { Json } from '@hufu/primitives'
import {
  memberOf,
  type Place,
  readInteger,
  readList,
  readMembers,
  readObject,
  readText,
  readTypeId,
  refusal,
} from '../attributes/read-json.ts'

/** A claim's value as the credential has it: a text (a day is `YYYY-MM-DD`), a number, or true or false. */
export type ClaimValue = string | number | boolean

/** What is asked of one claim. Ages count in whole years on the day of the presentation, from the birthday itself on. */
export type Condition = { readonly claim: string } & (
  | { readonly atLeast: ClaimValue }
  | { readonly atMost: ClaimValue }
  | { readonly between: readonly [ClaimValue, ClaimValue] }
  | { readonly equals: ClaimValue }
  | { readonly in: readonly ClaimValue[] }
  | { readonly ageAtLeast: number }
  | { readonly ageAtMost: number }
  | { readonly disclose: true }
)

/** A pseudonym: the same person at the same verifier has the same for one purpose. With an event it stands for a right that is used once. */
export interface Pseudonym {
  readonly purpose: string
  /** The event at which the right is used once: a number, or `today` for once a day. */
  readonly event?: number | 'today'
}

/** What a verifier asks, in terms of a credential type's claims: "18 or older, living in one of these districts, reveal nothing". */
export interface Statement {
  readonly credentialType: string
  /** Version of the type's schema by which the claims are read; default the latest. */
  readonly version?: number
  /** All of them must hold; none: only that there is a valid credential. */
  readonly where: readonly Condition[]
  readonly pseudonym: 'none' | Pseudonym
  /** How old the list of roots may be: for so long, and an epoch, a revoked credential may still be taken. */
  readonly maxRootAgeSeconds: number
}

export const operators = ['atLeast', 'atMost', 'between', 'equals', 'in', 'ageAtLeast', 'ageAtMost', 'disclose'] as const

const maxConditions = 32
const maxListed = 64
const maxClaimLength = 64
const maxPurposeLength = 128
const maxValueLength = 4096
const maxEvent = 2 ** 32 - 1
const maxAge = 150
/** A month: who takes older roots asks in effect for no revocation. */
const longestRootAgeSeconds = 31 * 86_400

/** Parses a statement. @throws ProofError `ERR_PROOF_STATEMENT`: a member missing, unknown or of another form; the message names it */
export function parseStatement(json: unknown): Statement {
  const place: Place = { path: 'statement', code: 'ERR_PROOF_STATEMENT' }
  const members = readMembers(json, place, {
    required: ['credentialType', 'where', 'pseudonym', 'maxRootAgeSeconds'],
    optional: ['version'],
  })
  const { credentialType, version, where, pseudonym, maxRootAgeSeconds } = members
  return {
    credentialType: readTypeId(credentialType, memberOf(place, 'credentialType')),
    ...(version === undefined ? {} : { version: readInteger(version, memberOf(place, 'version'), 1, maxEvent) }),
    where: readList(where, memberOf(place, 'where'), 0, maxConditions).map((condition, index) =>
      readCondition(condition, memberOf(place, `where[${index}]`)),
    ),
    pseudonym: readPseudonym(pseudonym, memberOf(place, 'pseudonym')),
    maxRootAgeSeconds: readInteger(maxRootAgeSeconds, memberOf(place, 'maxRootAgeSeconds'), 1, longestRootAgeSeconds),
  }
}

function readCondition(json: Json, place: Place): Condition {
  const { claim, ...rest } = readObject(json, place)
  const [operator, ...others] = Object.keys(rest)
  if (operator === undefined || others.length > 0 || !operators.some(known => known === operator))
    throw refusal(place, `claim and one of ${operators.join(', ')}`)
  const name = readText(claim, memberOf(place, 'claim'), 1, maxClaimLength)
  return { claim: name, ...readOperand(operator as (typeof operators)[number], rest[operator], memberOf(place, operator)) }
}

type Operand<Member = Condition> = Member extends { readonly claim: string } ? Omit<Member, 'claim'> : never

function readOperand(operator: (typeof operators)[number], json: Json | undefined, place: Place): Operand {
  switch (operator) {
    case 'atLeast':
      return { atLeast: readValue(json, place) }
    case 'atMost':
      return { atMost: readValue(json, place) }
    case 'equals':
      return { equals: readValue(json, place) }
    case 'between': {
      const [least, most] = readList(json, place, 2, 2)
      return { between: [readValue(least, place), readValue(most, place)] }
    }
    case 'in':
      return { in: readList(json, place, 0, maxListed).map(value => readValue(value, place)) }
    case 'ageAtLeast':
      return { ageAtLeast: readInteger(json, place, 1, maxAge) }
    case 'ageAtMost':
      return { ageAtMost: readInteger(json, place, 0, maxAge) }
    case 'disclose':
      if (json !== true) throw refusal(place, 'true')
      return { disclose: true }
  }
}

/** Reads a claim's value. @throws ProofError with the place's code */
export function readValue(json: Json | undefined, place: Place): ClaimValue {
  if (typeof json === 'boolean') return json
  if (typeof json === 'number' && Number.isSafeInteger(json)) return json
  if (typeof json === 'string' && json.length <= maxValueLength && json.isWellFormed()) return json
  throw refusal(place, 'text, an integer, true or false')
}

function readPseudonym(json: Json | undefined, place: Place): Statement['pseudonym'] {
  if (json === 'none') return 'none'
  if (typeof json === 'string') throw refusal(place, 'none, or an object with purpose')
  const { purpose, event } = readMembers(json, place, { required: ['purpose'], optional: ['event'] })
  return {
    purpose: readText(purpose, memberOf(place, 'purpose'), 1, maxPurposeLength),
    ...(event === undefined ? {} : { event: event === 'today' ? event : readInteger(event, memberOf(place, 'event'), 0, maxEvent) }),
  }
}
