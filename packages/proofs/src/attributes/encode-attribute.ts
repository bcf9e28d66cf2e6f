import { canonicalJson, errorCode, type Json, utf8ToBytes } from '@hufu/primitives'
import { ProofError } from '../errors.ts'
import { hashToScalar, type Scalar } from '../field/scalar-field.ts'
import { type Attribute, type AttributeLayout, encodingLimit, isNumeral, slotCount } from './attribute-layout.ts'
import { dayNumber, dayOfNumber } from './day-number.ts'

const maxTextLength = 4096

/** The number of a claim's value. @throws ProofError `ERR_PROOF_ATTRIBUTE`: the encoding has none for it */
export function encodeAttribute(attribute: Attribute, value: Json): Scalar {
  const { claim, encoding, choices, isInteger } = attribute
  if (choices !== undefined && positionOf(choices, value) < 0) throw wrong(claim, 'a value that the schema lists')
  switch (encoding) {
    case 'days':
      if (typeof value !== 'string') throw wrong(claim, 'a calendar day')
      return BigInt(dayNumber(value, claim))
    case 'number':
      if (typeof value !== (isInteger ? 'number' : 'string') || !isNumeral(value))
        throw wrong(claim, isInteger ? 'an integer from 0 to 4294967294' : 'digits without leading zero, up to 4294967294')
      return BigInt(value as number | string) + 1n
    case 'choice':
      return BigInt(positionOf(choices!, value) + 1)
    case 'text':
      if (typeof value !== 'string' || value.length > maxTextLength || !value.isWellFormed())
        throw wrong(claim, `well-formed text of up to ${maxTextLength} characters`)
      return hashToScalar(utf8ToBytes(`hufu:text:${value.normalize('NFC')}`))
  }
}

/**
 * Makes the sixteen attributes of a commitment out of claims. Claims without a slot are left out, slots without a claim are 0.
 *
 * @throws ProofError `ERR_PROOF_ATTRIBUTE`: a claim's encoding has no number for its value
 */
export function encodeAttributes(layout: AttributeLayout, claims: Readonly<Record<string, Json>>): Scalar[] {
  const attributes = new Array<Scalar>(slotCount).fill(0n)
  for (const attribute of layout) {
    const value = Object.hasOwn(claims, attribute.claim) ? claims[attribute.claim] : undefined
    if (value !== undefined) attributes[attribute.slot] = encodeAttribute(attribute, value)
  }
  return attributes
}

/**
 * The value that a number stands for, as the claim has it.
 *
 * @param plain - for encoding `text`, whose number is a hash: the text that it should be
 * @throws ProofError `ERR_PROOF_ATTRIBUTE`: no value has this number, or `plain` has another
 */
export function decodeAttribute(attribute: Attribute, encoded: Scalar, plain?: string): Json {
  const value = attribute.encoding === 'text' ? plain : valueOfNumber(attribute, encoded)
  if (value === undefined) throw wrong(attribute.claim, 'the text, for its number is a hash')
  if (encodeAttribute(attribute, value) !== encoded) throw wrong(attribute.claim, 'the number of a value')
  return value
}

function valueOfNumber({ claim, encoding, choices, isInteger }: Attribute, encoded: Scalar): Json {
  if (encoded < 1n || encoded >= BigInt(encodingLimit)) throw wrong(claim, 'the number of a value')
  const number = Number(encoded)
  if (encoding === 'days') return dayOfNumber(number, claim)
  if (encoding === 'number') return isInteger ? number - 1 : String(number - 1)
  const choice = choices![number - 1]
  if (choice === undefined) throw wrong(claim, 'the number of a value that the schema lists')
  return choice
}

function positionOf(choices: readonly Json[], value: Json): number {
  const text = textOf(value)
  return text === undefined ? -1 : choices.findIndex(choice => canonicalJson(choice) === text)
}

function textOf(value: Json): string | undefined {
  try {
    return canonicalJson(value)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    // A lone surrogate, or what JSON cannot hold: no choice is that.
    return undefined
  }
}

function wrong(claim: string, expected: string): ProofError {
  return new ProofError('ERR_PROOF_ATTRIBUTE', `${claim}: expected ${expected}`)
}
