import { concatBytes, utf8ToBytes } from '@hufu/primitives'
import type { City } from './cities.ts'
import { residentColumns, type SampleResident } from './make-resident.ts'
import { residentLine, residentLines } from './residents-csv.ts'

type Column = (typeof residentColumns)[number]

/** Where a damaged file has which error. */
export interface Finding {
  /** What was done to the row. */
  readonly kind: string
  /** From 1, the header's. */
  readonly line: number
  readonly column: { readonly number: number; readonly name: string }
  /** The rule of `hufu batch issue` that the row breaks. */
  readonly rule: string
}

interface Damage {
  readonly kind: string
  readonly column: Column
  readonly rule: string
  /** Tells which rows the damage can be done to; default all. */
  readonly fits?: (resident: SampleResident) => boolean
  /** The row's line after the damage. */
  readonly apply: (resident: SampleResident, earlier: SampleResident) => string | Uint8Array
}

/** A damage of one cell, after which the row is written as ever. */
function cell(
  kind: string,
  column: Column,
  rule: string,
  change: (value: string, resident: SampleResident) => string,
  fits?: Damage['fits'],
): Damage {
  return {
    kind,
    column,
    rule,
    ...(fits === undefined ? {} : { fits }),
    apply: resident => residentLine({ ...resident, [column]: change(resident[column], resident) }),
  }
}

/** A damage of the whole line. */
function line(kind: string, column: Column, rule: string, apply: (text: string) => string | Uint8Array): Damage {
  return { kind, column, rule, apply: resident => apply(residentLine(resident)) }
}

/** `张` in GBK, the encoding of many an old system, which is not UTF-8. */
const gbkName = Uint8Array.of(0xd5, 0xc5, 0xc3, 0xf4)

/** Twenty kinds of errors as they happen: mistyped, exported by an old system, edited in a spreadsheet, joined from two files, or meant to harm. */
const damages: readonly Damage[] = [
  cell(
    'wrong-check-character',
    'resident_number',
    'resident-number-check-character',
    number => number.slice(0, 17) + (number[17] === '1' ? '2' : '1'),
  ),
  cell('full-width-digits', 'resident_number', 'cell-full-width', number =>
    number.replace(/[0-9]/g, digit => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
  ),
  cell('impossible-date', 'birth_date', 'date-impossible', date => `${date.slice(0, 4)}-02-30`),
  cell('birth-in-the-future', 'birth_date', 'birth-date-future', () => '2126-05-01'),
  cell(
    'birth-date-differs',
    'birth_date',
    'birth-date-differs-from-number',
    date => `${Number(date.slice(0, 4)) - 1}${date.slice(4, 8)}01`,
    born => Number(born.birth_date.slice(0, 4)) > 1930,
  ),
  cell('sex-differs', 'sex', 'sex-differs-from-number', sex => (sex === '1' ? '2' : '1')),
  cell('unknown-division', 'division_code', 'division-unknown', code => `${code.slice(0, 4)}99`),
  cell('division-of-another-city', 'division_code', 'division-of-another-city', () => '990302'),
  line('missing-cell', 'valid_until', 'row-too-few-cells', text => text.slice(0, text.lastIndexOf(','))),
  line('extra-cell', 'valid_until', 'row-too-many-cells', text => `${text},`),
  cell('empty-name', 'name', 'cell-empty', () => ''),
  cell('control-character', 'address', 'cell-control-character', address => `${address}\u0007`),
  {
    kind: 'not-utf-8',
    column: 'name',
    rule: 'cell-not-utf8',
    apply: resident => {
      const [before, after] = residentLine({ ...resident, name: '\u0000' }).split('\u0000')
      return concatBytes(utf8ToBytes(before!), gbkName, utf8ToBytes(after!))
    },
  },
  line('byte-order-mark', 'resident_number', 'cell-byte-order-mark', text => `\ufeff${text}`),
  {
    kind: 'number-repeated',
    column: 'resident_number',
    rule: 'resident-number-repeated',
    apply: (resident, earlier) => residentLine({ ...earlier, address: resident.address }),
  },
  line('quote-never-closed', 'address', 'quote-not-closed', text => withCell(text, 'address', address => `"${address}`)),
  line('semicolons', 'resident_number', 'row-wrong-delimiter', text => text.replaceAll(',', ';')),
  cell(
    'unknown-concession',
    'concession',
    'concession-unknown',
    () => 'veteran',
    ({ concession_until }) => concession_until === '',
  ),
  cell(
    'ends-before-it-begins',
    'valid_until',
    'valid-until-before-valid-from',
    (_, { valid_from }) => `${Number(valid_from.slice(0, 4)) - 1}${valid_from.slice(4)}`,
  ),
  cell('formula', 'name_latin', 'cell-formula', () => '=HYPERLINK("http://example.invalid/","Zhang Wei")'),
]

/** How often each kind occurs. */
const times = 2

/** A copy of a city's file in which every kind of error occurs twice, and the list of where. */
export function damagedFile(
  city: City,
  residents: readonly SampleResident[],
): { lines: readonly Uint8Array[]; findings: readonly Finding[] } {
  const lines = [...residentLines(residents)]
  const step = Math.floor(city.residents / (damages.length * times + 1))
  const findings = Array.from({ length: damages.length * times }, (_, turn) => {
    const damage = damages[turn % damages.length]!
    const index = suitableIndex(residents, (turn + 1) * step, damage)
    const after = damage.apply(residents[index]!, residents[index - Math.floor(step / 2)]!)
    lines[index + 1] = typeof after === 'string' ? utf8ToBytes(after) : after
    return { kind: damage.kind, line: index + 2, column: columnOf(damage), rule: damage.rule }
  })
  return { lines, findings }
}

function suitableIndex(residents: readonly SampleResident[], start: number, { fits = () => true }: Damage): number {
  for (let index = start; ; index++) {
    const resident = residents[index]!
    // Rows with quotes would turn some kinds into others.
    if (fits(resident) && !/[",]/.test(resident.address)) return index
  }
}

function columnOf({ kind, column }: Damage): Finding['column'] {
  // A cell too many has no name.
  if (kind === 'extra-cell') return { number: residentColumns.length + 1, name: '' }
  return { number: residentColumns.indexOf(column) + 1, name: column }
}

function withCell(text: string, column: Column, change: (cell: string) => string): string {
  return text
    .split(',')
    .map((value, index) => (index === residentColumns.indexOf(column) ? change(value) : value))
    .join(',')
}
