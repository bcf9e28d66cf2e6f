import { IdentifierCodeError } from './errors.ts'

declare const checked: unique symbol

/** Six digits of the form of GB/T 2260: province, prefecture, county, two digits each. Whether such a division exists is not known here. */
export type DivisionCode = string & { readonly [checked]: true }

/** Which level of the hierarchy a code names; its lower levels are `00`. */
export type DivisionLevel = 'province' | 'prefecture' | 'county'

/**
 * Parses a division code by form alone: no list of real divisions is needed, and none goes stale.
 *
 * @throws IdentifierCodeError `ERR_CODE_FORM`: not six digits; `ERR_CODE_DIVISION`: province below 10, or a county under no prefecture
 * @see GB/T 2260-2007 §3
 */
export function parseDivisionCode(text: string): DivisionCode {
  if (!/^[0-9]{6}$/.test(text)) throw new IdentifierCodeError('ERR_CODE_FORM', 'expected a division code of six digits')
  if (!/^[1-9][0-9](?!00(?!00))/.test(text))
    throw new IdentifierCodeError('ERR_CODE_DIVISION', 'expected a province from 10 on, and a prefecture above a county')
  return text as DivisionCode
}

/** The level that the code names. */
export function divisionLevel(code: DivisionCode): DivisionLevel {
  if (!code.endsWith('00')) return 'county'
  return code.endsWith('0000') ? 'province' : 'prefecture'
}

/** The prefecture (city) that a county belongs to; a prefecture gives itself. */
export function prefectureOf(code: DivisionCode): DivisionCode {
  return `${code.slice(0, 4)}00` as DivisionCode
}
