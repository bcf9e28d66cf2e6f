import { canonicalJson, type Json } from '@hufu/primitives'
import { ProofError } from '../errors.ts'

/** How an attribute becomes a number. */
export type AttributeEncoding = 'days' | 'number' | 'choice' | 'text'

/** A claim that has a slot in the commitment. */
export interface Attribute {
  /** Name of the claim: a member at the top of the claims. */
  readonly claim: string
  /** 0 to 15. */
  readonly slot: number
  readonly encoding: AttributeEncoding
  /** The values that the schema lists, if it does; `choice` counts in them. */
  readonly choices: readonly Json[] | undefined
  /** True where the JSON value is a number, false where it is text; `choice` has its own values. */
  readonly isInteger: boolean
  /** What people call it. */
  readonly title: { readonly 'zh-CN': string; readonly en: string }
}

/** The attributes of a credential type in the order of their slots. */
export type AttributeLayout = readonly Attribute[]

/** Slots of a commitment. */
export const slotCount = 16

/** Encoded numbers are below this, but for texts. */
export const encodingLimit = 2 ** 32

const encodings: readonly string[] = ['days', 'number', 'choice', 'text'] satisfies readonly AttributeEncoding[]

type Schema = Readonly<Record<string, unknown>>

/**
 * Reads from a credential type's JSON schema which claim stands in which slot and how it is encoded (`x-slot`, `x-encoding`).
 *
 * @throws ProofError `ERR_PROOF_ATTRIBUTE`: no attributes, a slot outside 0 to 15 or taken twice, an encoding that is unknown or does not fit the type, or
 *   a slot below the top level
 */
export function readAttributeLayout(schema: unknown): AttributeLayout {
  const properties = isSchema(schema) && isSchema(schema.properties) ? schema.properties : undefined
  if (properties === undefined) throw wrong('schema', 'an object with properties')
  refuseDeepSlots(schema as Schema, properties)
  const attributes = Object.entries(properties).flatMap(([claim, property]) => readAttribute(claim, property) ?? [])
  if (attributes.length === 0) throw wrong('schema', 'at least one property with x-slot')
  const layout = attributes.toSorted((left, right) => left.slot - right.slot)
  const twice = layout.find((attribute, index) => attribute.slot === layout[index + 1]?.slot)
  if (twice !== undefined) throw wrong(twice.claim, 'an x-slot that no other property has')
  return layout
}

/** The attribute of a claim. @throws ProofError `ERR_PROOF_ATTRIBUTE`: it has no slot */
export function attributeOf(layout: AttributeLayout, claim: string): Attribute {
  const attribute = layout.find(candidate => candidate.claim === claim)
  if (attribute === undefined) throw wrong('claim', 'one that has a slot in the credential type')
  return attribute
}

function readAttribute(claim: string, property: unknown): Attribute | undefined {
  if (!isSchema(property)) return undefined
  const { 'x-slot': slot, 'x-encoding': encoding } = property
  if (slot === undefined && encoding === undefined) return undefined
  if (!Number.isInteger(slot) || (slot as number) < 0 || (slot as number) >= slotCount)
    throw wrong(claim, `x-slot, an integer from 0 to ${slotCount - 1}`)
  if (typeof encoding !== 'string' || !encodings.includes(encoding)) throw wrong(claim, `x-encoding, one of ${encodings.join(', ')}`)
  const choices = readChoices(claim, property)
  checkFit(claim, property, encoding as AttributeEncoding, choices)
  return {
    claim,
    slot: slot as number,
    encoding: encoding as AttributeEncoding,
    choices,
    isInteger: encoding === 'number' && (property.type === 'integer' || typeof choices?.[0] === 'number'),
    title: readTitle(claim, property.title),
  }
}

function readChoices(claim: string, property: Schema): readonly Json[] | undefined {
  if (property.enum === undefined) return undefined
  const choices: unknown = property.enum
  const isList = Array.isArray(choices) && choices.length > 0 && choices.length < encodingLimit
  if (!isList || new Set(choices.map(choice => canonicalJson(choice))).size !== choices.length)
    throw wrong(claim, 'an enum of different values')
  return choices as readonly Json[]
}

/** A schema whose values an encoding could not all take is refused, so that it shows at registration and not at a resident's counter. */
function checkFit(claim: string, property: Schema, encoding: AttributeEncoding, choices: readonly Json[] | undefined): void {
  const { type, format, minimum, maximum } = property
  switch (encoding) {
    case 'days':
      if (type !== 'string' || format !== 'date') throw wrong(claim, 'type string and format date, for encoding days')
      return
    case 'choice':
      if (choices === undefined) throw wrong(claim, 'an enum, for encoding choice')
      return
    case 'text':
      if (type !== 'string' && choices?.every(choice => typeof choice === 'string') !== true)
        throw wrong(claim, 'type string, for encoding text')
      return
    case 'number':
      if (choices !== undefined) {
        const kind = typeof choices[0]
        if (!choices.every(choice => typeof choice === kind && isNumeral(choice)))
          throw wrong(claim, 'an enum of numerals, for encoding number')
      } else if (type === 'integer') {
        if (!isBound(minimum) || !isBound(maximum)) throw wrong(claim, 'minimum and maximum from 0 to 4294967294, for encoding number')
      } else if (type !== 'string') throw wrong(claim, 'type integer, or type string of digits, for encoding number')
  }
}

function isBound(value: unknown): boolean {
  return value === undefined || isNumeral(value as Json)
}

/** True for what encoding `number` takes: an integer from 0 to 2³² − 2, or its decimal digits without leading zero. */
export function isNumeral(value: Json): boolean {
  const number = typeof value === 'string' && /^(?:0|[1-9][0-9]{0,9})$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number < encodingLimit - 1
}

/** Titles of our schemas say it twice, `中文 / English`. */
function readTitle(claim: string, title: unknown): Attribute['title'] {
  if (typeof title !== 'string' || title === '') return { 'zh-CN': claim, en: claim }
  const [chinese, english, ...rest] = title.split(' / ')
  return english === undefined || rest.length > 0 ? { 'zh-CN': title, en: title } : { 'zh-CN': chinese!, en: english }
}

/** Keywords whose values are data, in which a name means nothing. */
const data = ['const', 'enum', 'default', 'examples']

function refuseDeepSlots(schema: Schema, properties: Schema): void {
  const below = [
    ...Object.entries(schema).filter(([name]) => name !== 'properties' && !data.includes(name)),
    ...Object.values(properties).flatMap(property =>
      isSchema(property) ? Object.entries(property).filter(([name]) => !name.startsWith('x-') && !data.includes(name)) : [],
    ),
  ]
  if (below.some(([name, value]) => name === 'x-slot' || hasSlot(value))) throw wrong('x-slot', 'properties at the top level only')
}

function hasSlot(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasSlot)
  return isSchema(value) && Object.entries(value).some(([name, member]) => name === 'x-slot' || (!data.includes(name) && hasSlot(member)))
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong(field: string, expected: string): ProofError {
  return new ProofError('ERR_PROOF_ATTRIBUTE', `${field}: expected ${expected}`)
}
