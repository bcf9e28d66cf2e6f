import { type DivisionCode, parseDivisionCode } from './division-code.ts'
import { IdentifierCodeError } from './errors.ts'

declare const checked: unique symbol

/** An organisation code whose check characters its parser has verified. */
export interface OrganisationCode {
  /** 18 characters. */
  readonly text: string
  /** Registering department and kind of organisation, two characters, such as `91` (a company). */
  readonly category: string
  /** Division of the registering office. */
  readonly divisionCode: DivisionCode
  /** The nine characters of GB 11714 inside, the last its own check character. */
  readonly registryCode: string
  readonly [checked]: true
}

// Digits and capitals without I, O, S, V, Z; a character's value is its place (GB 32100-2015 table 3).
const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const form = /^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$/
// 3^(i-1) mod 31 (GB 32100-2015 table 4).
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
// 3..., mod 11 (GB 11714-1997 §3.2).
const registryWeights = [3, 7, 9, 10, 5, 8, 4, 2]

/**
 * Parses a unified social credit code (统一社会信用代码) and checks both of its check characters.
 *
 * @throws IdentifierCodeError `ERR_CODE_FORM`: not 18 characters of the alphabet; `ERR_CODE_CHECK_DIGIT`; `ERR_CODE_DIVISION`: not the form of a division
 * @see GB 32100-2015 §5, GB 11714-1997 §3
 */
export function parseOrganisationCode(text: string): OrganisationCode {
  if (!form.test(text))
    throw new IdentifierCodeError('ERR_CODE_FORM', 'expected 18 digits and capitals without I, O, S, V, Z, digits in places 3 to 8')
  const registryCode = text.slice(8, 17)
  if (registryCheckCharacter(registryCode.slice(0, 8)) !== registryCode[8] || organisationCheckCharacter(text.slice(0, 17)) !== text[17]) {
    throw new IdentifierCodeError('ERR_CODE_CHECK_DIGIT', 'check character of the organisation code does not match')
  }
  return Object.freeze({
    text,
    category: text.slice(0, 2),
    divisionCode: parseDivisionCode(text.slice(2, 8)),
    registryCode,
  }) as OrganisationCode
}

/** The 18th character for the first 17: MOD 31-3. */
export function organisationCheckCharacter(characters: string): string {
  const sum = weights.reduce((total, weight, index) => total + weight * valueAt(characters, index, alphabet), 0)
  return alphabet[(31 - (sum % 31)) % 31]!
}

/** The ninth character of a GB 11714 code for the first eight: MOD 11, where ten is X. */
export function registryCheckCharacter(characters: string): string {
  const sum = registryWeights.reduce(
    (total, weight, index) => total + weight * valueAt(characters, index, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'),
    0,
  )
  return '0123456789X'[(11 - (sum % 11)) % 11]!
}

function valueAt(characters: string, index: number, digits: string): number {
  const value = digits.indexOf(characters[index] ?? ' ')
  if (value < 0) throw new IdentifierCodeError('ERR_CODE_FORM', 'expected digits and capitals of the organisation code')
  return value
}
