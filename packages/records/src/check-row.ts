import {
  type Clock,
  dayInChina,
  errorCode,
  type IdentifierCodeErrorCode,
  isCalendarDay,
  parseDivisionCode,
  parseResidentNumber,
  prefectureOf,
  type ResidentNumber,
} from '@hufu/primitives'
import { checkCellForm } from './check-cell-form.ts'
import { type Cells, type ColumnName, columnNames, columns } from './columns.ts'
import { concessions, type ResidentRow } from './resident-row.ts'
import type { RuleId } from './rules.ts'

/** What a file is checked against. */
export interface FilePolicy {
  /** Division code of the bureau's city. */
  readonly city: string
  /** Codes of all districts and counties that are known; without it every code of the city's counts. */
  readonly divisions?: ReadonlySet<string>
  readonly clock: Clock
}

/**
 * Checks the cells of a row: first each by itself, then those that can be read against each other.
 *
 * @returns the row, or the first rule that each column's cell breaks
 */
export function checkRow(
  cells: Cells,
  policy: FilePolicy,
): { readonly row: ResidentRow } | { readonly broken: ReadonlyMap<ColumnName, RuleId> } {
  const broken = new Map<ColumnName, RuleId>()
  const breaks = (column: ColumnName, rule: RuleId | undefined): void => {
    if (rule !== undefined && !broken.has(column)) broken.set(column, rule)
  }
  for (const column of columnNames)
    breaks(column, checkCellForm(cells[column], columns[column]) ?? checkMeaning(column, cells[column], policy))
  for (const [column, rule] of contradictions(cells, policy, column => !broken.has(column))) breaks(column, rule)
  return broken.size > 0 ? { broken } : { row: rowOf(cells) }
}

function checkMeaning(column: ColumnName, cell: string, policy: FilePolicy): RuleId | undefined {
  switch (column) {
    case 'resident_number':
      return readNumber(cell, policy).rule
    case 'name':
      return /^[\p{L}\p{M}·・.' -]+$/u.test(cell) ? undefined : 'name-characters'
    case 'name_latin':
      return /^[A-Za-z][A-Za-z' -]*$/.test(cell) ? undefined : 'name-latin-characters'
    case 'sex':
      return cell === '1' || cell === '2' ? undefined : 'sex-unknown'
    case 'division_code':
      return checkDivision(cell, policy)
    case 'address':
      return undefined
    case 'concession':
      return (concessions as readonly string[]).includes(cell) ? undefined : 'concession-unknown'
    case 'concession_until':
      return cell === '' ? undefined : checkDate(cell)
    case 'birth_date':
    case 'resident_since':
    case 'valid_from':
    case 'valid_until':
      return checkDate(cell)
  }
}

const numberRules: Readonly<Record<IdentifierCodeErrorCode, RuleId>> = {
  ERR_CODE_FORM: 'resident-number-form',
  ERR_CODE_CHECK_DIGIT: 'resident-number-check-character',
  ERR_CODE_BIRTH_DATE: 'resident-number-birth-date',
  ERR_CODE_BIRTH_DATE_FUTURE: 'resident-number-birth-date',
  ERR_CODE_DIVISION: 'resident-number-division',
}

function readNumber(cell: string, { clock }: FilePolicy): { number?: ResidentNumber; rule?: RuleId } {
  try {
    return { number: parseResidentNumber(cell, clock) }
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined) throw error
    return { rule: numberRules[code as IdentifierCodeErrorCode] }
  }
}

function checkDivision(cell: string, { city, divisions }: FilePolicy): RuleId | undefined {
  if (divisions === undefined ? !isDivisionCode(cell) : !divisions.has(cell)) return 'division-unknown'
  return prefectureOf(parseDivisionCode(cell)) === city ? undefined : 'division-of-another-city'
}

function isDivisionCode(cell: string): boolean {
  try {
    parseDivisionCode(cell)
    return true
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return false
  }
}

function checkDate(cell: string): RuleId | undefined {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(cell)
  if (match === null) return 'date-form'
  return isCalendarDay(Number(match[1]), Number(match[2]), Number(match[3])) ? undefined : 'date-impossible'
}

/** What cells say against each other; only those that are good by themselves are heard. */
function* contradictions(cells: Cells, policy: FilePolicy, isGood: (column: ColumnName) => boolean): Generator<[ColumnName, RuleId]> {
  const today = dayInChina(policy.clock.nowMs())
  const { birth_date, resident_since, concession, concession_until, valid_from, valid_until } = cells
  if (isGood('birth_date') && birth_date > today) yield ['birth_date', 'birth-date-future']
  if (isGood('resident_number')) {
    const { number } = readNumber(cells.resident_number, policy)
    if (isGood('birth_date') && number?.birthDate !== birth_date) yield ['birth_date', 'birth-date-differs-from-number']
    if (isGood('sex') && number?.sex !== cells.sex) yield ['sex', 'sex-differs-from-number']
  }
  if (isGood('resident_since') && (resident_since > today || (isGood('birth_date') && resident_since < birth_date))) {
    yield ['resident_since', 'resident-since-impossible']
  }
  if (isGood('concession') && isGood('concession_until')) {
    const needsEnd = concession === 'student' || concession === 'disabled'
    if (needsEnd && concession_until === '') yield ['concession_until', 'concession-until-needed']
    if (!needsEnd && concession_until !== '') yield ['concession_until', 'concession-until-unexpected']
  }
  if (isGood('valid_until')) {
    if (isGood('valid_from') && valid_until < valid_from) yield ['valid_until', 'valid-until-before-valid-from']
    if (valid_until < today) yield ['valid_until', 'valid-until-past']
  }
}

function rowOf(cells: Cells): ResidentRow {
  return {
    residentNumber: cells.resident_number,
    name: cells.name,
    nameLatin: cells.name_latin,
    sex: cells.sex as ResidentRow['sex'],
    birthDate: cells.birth_date,
    divisionCode: cells.division_code,
    address: cells.address,
    residentSince: cells.resident_since,
    concession: cells.concession as ResidentRow['concession'],
    concessionUntil: cells.concession_until === '' ? null : cells.concession_until,
    validFrom: cells.valid_from,
    validUntil: cells.valid_until,
  }
}
