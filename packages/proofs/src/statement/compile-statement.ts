import { canonicalJsonBytes, type Json, sha256 } from '@hufu/primitives'
import { type Attribute, type AttributeLayout, encodingLimit } from '../attributes/attribute-layout.ts'
import { credentialTypeScalar } from '../attributes/credential-leaf.ts'
import { dayNumber } from '../attributes/day-number.ts'
import { encodeAttribute } from '../attributes/encode-attribute.ts'
import { ProofError } from '../errors.ts'
import type { Scalar } from '../field/scalar-field.ts'
import { lastBirthOfAge } from './birth-limit.ts'
import { maxSetSize, noPredicate, type Predicate, rangePredicate, satisfies, setPredicate } from './predicate.ts'
import { type ClaimValue, type Condition, parseStatement, type Statement } from './statement.ts'

/** Values of a credential that one presentation can say something about. */
export const valueCount = 4

/** Encoded values from `least` to `most`. */
interface Bounds {
  readonly least: number
  readonly most: number
}

/** What a statement asks of one claim, all its conditions together. */
export interface AskedClaim {
  readonly attribute: Attribute
  /** True if the verifier learns the value. */
  readonly disclosed: boolean
  /** What is asked of the value besides; undefined where it is only disclosed. */
  readonly range: Bounds | undefined
  /** Encoded values of which it is one. */
  readonly values: readonly Scalar[] | undefined
}

/** A statement in the numbers of the circuits, for one day. */
export interface CompiledStatement {
  readonly statement: Statement
  /** `YYYY-MM-DD`, in China. */
  readonly today: string
  readonly todayNumber: number
  /** In the order of their slots: the values v₀ … of a commitment. */
  readonly claims: readonly AskedClaim[]
  /** Slots of the four values; those of which nothing is asked are slot 0. */
  readonly slots: readonly [number, number, number, number]
  /** Type and slots as the commitment has them. */
  readonly meta: Scalar
  /** The right's event, `today` as its day number; undefined where the statement has none. */
  readonly event: number | undefined
  /** SHA-256 of the statement's canonical JSON. */
  readonly hash: Uint8Array<ArrayBuffer>
}

/**
 * Compiles a statement for a day. Conditions on one claim become one; what the circuits cannot express is refused.
 *
 * @param options.today - the verifier's day in China, `YYYY-MM-DD`
 * @param options.first - claims whose values are to come first, in this order, asked or not: those that a PAIR proof compares
 * @throws ProofError `ERR_PROOF_STATEMENT`: the message names the condition and what to do instead; `ERR_PROOF_ATTRIBUTE`: today is no calendar day
 */
export function compileStatement(
  statement: Statement,
  layout: AttributeLayout,
  options: { readonly today: string; readonly first?: readonly string[] },
): CompiledStatement {
  const { today, first = [] } = options
  const todayNumber = dayNumber(today, 'today')
  const parsed = parseStatement(statement)
  const asked = [...new Set([...first, ...parsed.where.map(({ claim }) => claim)])]
  if (asked.length > valueCount)
    throw wrong('where', `at most ${valueCount} different claims; ask for fewer, or make two presentations and pair them`)
  for (const claim of asked)
    if (!layout.some(attribute => attribute.claim === claim))
      throw wrong(claim, `a claim with a slot in the credential type; it has ${namesOf(layout)}`)
  const claims = layout
    .filter(({ claim }) => asked.includes(claim))
    .toSorted((left, right) => rankIn(first, left) - rankIn(first, right))
    .map(attribute => askClaim(attribute, parsed.where.filter(ofClaim(attribute)), today, first.includes(attribute.claim)))
  const slots = Array.from({ length: valueCount }, (_, index) => claims[index]?.attribute.slot ?? 0) as [number, number, number, number]
  return {
    statement: parsed,
    today,
    todayNumber,
    claims,
    slots,
    meta: commitmentMeta(parsed.credentialType, slots),
    event: eventOf(parsed, todayNumber),
    hash: sha256(canonicalJsonBytes(['hufu:statement', parsed])),
  }
}

/** Type and slots of a commitment as one scalar. */
export function commitmentMeta(typeId: string, slots: readonly number[]): Scalar {
  return slots.reduce((sum, slot, index) => sum + (BigInt(slot) << BigInt(4 * index)), credentialTypeScalar(typeId) << 16n)
}

/**
 * The predicates of the four values, once it is known what is disclosed. A disclosed value is checked here against whatever else is asked of its claim.
 *
 * @param disclosed - value of each claim that the statement discloses, and of no other
 * @throws ProofError `ERR_PROOF_STATEMENT`: other claims than the statement's; `ERR_PROOF_ATTRIBUTE`: not a value of that claim; `ERR_PROOF_UNSATISFIED`
 */
export function predicatesOf({ claims }: CompiledStatement, disclosed: Readonly<Record<string, Json>>): readonly Predicate[] {
  const expected = claims.filter(claim => claim.disclosed).map(({ attribute }) => attribute.claim)
  const given = Object.keys(disclosed)
  if (given.length !== expected.length || !expected.every(claim => given.includes(claim)))
    throw wrong('disclosed', `just the claims that the statement asks for: ${expected.join(', ') || 'none'}`)
  return Array.from({ length: valueCount }, (_, index) => {
    const asked = claims[index]
    if (asked === undefined) return noPredicate
    if (!asked.disclosed) return predicateOf(asked)
    const value = disclosed[asked.attribute.claim]!
    // A text has one number however it is composed: only one way may stand in a presentation.
    if (typeof value === 'string' && value !== value.normalize('NFC'))
      throw new ProofError('ERR_PROOF_ATTRIBUTE', `${asked.attribute.claim}: expected text in Unicode NFC`)
    const encoded = encodeAttribute(asked.attribute, value)
    checkClaim(asked, encoded)
    return setPredicate([encoded])
  })
}

/**
 * Checks that a credential's attributes satisfy a statement, before a proof is tried.
 *
 * @param attributes - all sixteen
 * @throws ProofError `ERR_PROOF_UNSATISFIED`: names the claim that does not
 */
export function checkSatisfied({ claims }: CompiledStatement, attributes: readonly Scalar[]): void {
  for (const asked of claims) checkClaim(asked, attributes[asked.attribute.slot]!)
}

/** Checks one claim's encoded value. @throws ProofError `ERR_PROOF_UNSATISFIED` */
export function checkClaim(asked: AskedClaim, value: Scalar): void {
  const { claim } = asked.attribute
  if (value === 0n) throw new ProofError('ERR_PROOF_UNSATISFIED', `${claim}: the credential does not have it`)
  if (!satisfies(predicateOf(asked), value)) throw new ProofError('ERR_PROOF_UNSATISFIED', `${claim}: does not satisfy what is asked`)
}

function predicateOf({ range, values }: AskedClaim): Predicate {
  if (values !== undefined) return setPredicate(values)
  return range === undefined ? noPredicate : rangePredicate(BigInt(range.least), BigInt(range.most))
}

function ofClaim(attribute: Attribute): (condition: Condition) => boolean {
  return ({ claim }) => claim === attribute.claim
}

/** Claims that are to come first come in the order given, the others after them. */
function rankIn(first: readonly string[], { claim }: Attribute): number {
  const rank = first.indexOf(claim)
  return rank < 0 ? first.length : rank
}

function askClaim(attribute: Attribute, conditions: readonly Condition[], today: string, isCompared: boolean): AskedClaim {
  // Two credentials that both lack a claim would be equal in it: a number must be there. (Of a text only the schema can say that it must.)
  const presence = isCompared && attribute.encoding !== 'text' ? [anyNumber] : []
  const bounds = [...presence, ...conditions.flatMap(condition => boundsOf(attribute, condition, today) ?? [])]
  const sets = conditions.flatMap(condition => {
    const values = setOf(attribute, condition)
    return values === undefined ? [] : [values]
  })
  const disclosures = conditions.filter(condition => 'disclose' in condition).length
  const { claim } = attribute
  if (sets.length > 1) throw wrong(claim, 'one equals or in; list the values that are in all of them')
  if (disclosures > 1) throw wrong(claim, 'disclose once')
  const range =
    bounds.length === 0
      ? undefined
      : { least: Math.max(...bounds.map(({ least }) => least)), most: Math.min(...bounds.map(({ most }) => most)) }
  if (range !== undefined && range.least > range.most) throw wrong(claim, 'bounds that some value can satisfy: the least is above the most')
  const values = sets[0]?.filter(value => range === undefined || (value >= range.least && value <= range.most))
  if (values?.length === 0) throw wrong(claim, 'a value that also lies within the bounds')
  // A set that was cut to the bounds needs no range.
  return { attribute, disclosed: disclosures === 1, range: values === undefined ? range : undefined, values }
}

/** All numbers that values have. An absent claim is 0 and never within bounds. */
const anyNumber: Bounds = { least: 1, most: encodingLimit - 1 }

function boundsOf(attribute: Attribute, condition: Condition, today: string): Bounds | undefined {
  const { least: lowest, most: highest } = anyNumber
  if ('atLeast' in condition) return { least: bound(attribute, condition.atLeast), most: highest }
  if ('atMost' in condition) return { least: lowest, most: bound(attribute, condition.atMost) }
  if ('between' in condition) {
    const [least, most] = condition.between
    return { least: bound(attribute, least), most: bound(attribute, most) }
  }
  if ('ageAtLeast' in condition) return { least: lowest, most: birth(attribute, lastBirthOfAge(condition.ageAtLeast, today)) }
  if ('ageAtMost' in condition) return { least: birth(attribute, lastBirthOfAge(condition.ageAtMost + 1, today) + 1), most: highest }
  return undefined
}

function setOf(attribute: Attribute, condition: Condition): readonly Scalar[] | undefined {
  const listed = 'equals' in condition ? [condition.equals] : 'in' in condition ? condition.in : undefined
  if (listed === undefined) return undefined
  const { claim } = attribute
  if (listed.length === 0) throw wrong(claim, 'at least one value: nothing is in an empty set')
  if (listed.length > maxSetSize) throw wrong(claim, `at most ${maxSetSize} values; use a range, or ask twice`)
  const values = listed.map(value => encode(attribute, value))
  if (new Set(values).size !== values.length) throw wrong(claim, 'each value once')
  return values
}

function bound(attribute: Attribute, value: ClaimValue): number {
  const { claim, encoding } = attribute
  if (encoding === 'text' || encoding === 'choice')
    throw wrong(claim, `equals, in or disclose: a ${encoding === 'text' ? 'text is committed to by its hash' : 'choice'} and has no order`)
  return Number(encode(attribute, value))
}

function birth({ claim, encoding }: Attribute, day: number): number {
  if (encoding !== 'days') throw wrong(claim, 'a claim of encoding days, for an age')
  if (day < 1) throw wrong(claim, 'an age of someone born from 1800 on')
  return day
}

function encode(attribute: Attribute, value: ClaimValue): Scalar {
  try {
    return encodeAttribute(attribute, value)
  } catch (cause) {
    if (!(cause instanceof ProofError)) throw cause
    throw new ProofError('ERR_PROOF_STATEMENT', `statement: ${cause.message}`, { cause })
  }
}

function eventOf({ pseudonym }: Statement, todayNumber: number): number | undefined {
  if (pseudonym === 'none') return undefined
  return pseudonym.event === 'today' ? todayNumber : pseudonym.event
}

function namesOf(layout: AttributeLayout): string {
  return layout.map(({ claim }) => claim).join(', ')
}

function wrong(field: string, expected: string): ProofError {
  return new ProofError('ERR_PROOF_STATEMENT', `statement: ${field}: expected ${expected}`)
}
