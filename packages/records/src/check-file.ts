import { bytesToUtf8, errorCode } from '@hufu/primitives'
import { checkRow, type FilePolicy } from './check-row.ts'
import { type Cells, type ColumnName, columnNames } from './columns.ts'
import type { Problem } from './problem.ts'
import { readLines } from './read-lines.ts'
import type { ResidentRow } from './resident-row.ts'
import type { RuleId } from './rules.ts'
import { SeenNumbers } from './seen-numbers.ts'
import { splitRow } from './split-row.ts'

/** What became of a line: a good row and where its number stands, or what is wrong with it. A problem in line 1 ends the file. */
export type CheckedLine =
  | { readonly line: number; readonly column: Problem['column']; readonly row: ResidentRow }
  | { readonly line: number; readonly problems: readonly [Problem, ...Problem[]] }

const maxLineBytes = 4096

/**
 * Checks a residents' file while it is read. Memory does not grow with the file, but for the numbers seen ({@link SeenNumbers}).
 *
 * @param chunks - the file's bytes, such as a read stream
 * @returns one item for each row in the file's order, with every problem of the row, one a cell; blank lines are passed over
 */
export async function* checkFile(chunks: AsyncIterable<Uint8Array>, policy: FilePolicy): AsyncGenerator<CheckedLine> {
  const seen = new SeenNumbers()
  let header: readonly ColumnName[] | undefined
  for await (const { number: line, bytes } of readLines(chunks, maxLineBytes)) {
    if (header === undefined) {
      const checked = readHeader(bytes)
      if ('problems' in checked) {
        yield { line, problems: checked.problems }
        return
      }
      header = checked.header
    } else if (bytes === undefined) {
      yield { line, problems: [{ line, column: { number: 1, name: header[0]! }, rule: 'row-too-long' }] }
    } else if (bytes.length > 0) {
      yield checkLine(line, bytes, header, policy, seen)
    }
  }
  if (header === undefined) yield { line: 1, problems: [{ line: 1, column: { number: 1, name: columnNames[0]! }, rule: 'file-empty' }] }
}

function checkLine(line: number, bytes: Uint8Array, header: readonly ColumnName[], policy: FilePolicy, seen: SeenNumbers): CheckedLine {
  const bad = (places: readonly (readonly [place: number, rule: RuleId])[]): CheckedLine => {
    const [first, ...others] = places.map(([place, rule]) => ({ line, column: { number: place + 1, name: header[place] ?? '' }, rule }))
    return { line, problems: [first!, ...others] }
  }
  const text = decode(bytes)
  if (text === undefined) return bad(cellsNotUtf8(bytes).map(place => [place, 'cell-not-utf8']))
  const cells = splitRow(text)
  if ('rule' in cells) return bad([[cells.cell, cells.rule]])
  if (cells.length < header.length)
    return bad([hasOtherDelimiter(text, header.length) ? [0, 'row-wrong-delimiter'] : [cells.length, 'row-too-few-cells']])
  if (cells.length > header.length) return bad([[header.length, 'row-too-many-cells']])
  const checked = checkRow(Object.fromEntries(header.map((column, place) => [column, cells[place]])) as Cells, policy)
  if ('broken' in checked) return bad([...checked.broken].map(([column, rule]) => [header.indexOf(column), rule]))
  const { row } = checked
  const place = header.indexOf('resident_number')
  if (!seen.add(row.residentNumber)) return bad([[place, 'resident-number-repeated']])
  return { line, column: { number: place + 1, name: 'resident_number' }, row }
}

type Header = { readonly header: readonly ColumnName[] } | { readonly problems: readonly [Problem, ...Problem[]] }

function readHeader(bytes: Uint8Array | undefined): Header {
  const text = bytes === undefined ? undefined : decode(bytes)
  // Spreadsheets put a byte order mark before UTF-8.
  const names = text === undefined ? undefined : splitRow(text.replace(/^\ufeff/, ''))
  if (names === undefined || 'rule' in names) return { problems: [headerProblem(0, '', 'header-not-readable')] }
  const problems = [
    ...names.flatMap((name, place) => {
      // The name of an unknown column is not repeated: a file without a header has a person's data here.
      if (!isColumn(name)) return [headerProblem(place, '', 'header-unknown-column')]
      return names.indexOf(name) < place ? [headerProblem(place, name, 'header-repeated-column')] : []
    }),
    ...columnNames.filter(name => !names.includes(name)).map(name => headerProblem(names.length, name, 'header-missing-column')),
  ]
  const [first, ...others] = problems
  return first === undefined ? { header: names as readonly ColumnName[] } : { problems: [first, ...others] }
}

function headerProblem(place: number, name: string, rule: RuleId): Problem {
  return { line: 1, column: { number: place + 1, name }, rule }
}

function isColumn(name: string): boolean {
  return (columnNames as readonly string[]).includes(name)
}

function hasOtherDelimiter(text: string, columns: number): boolean {
  return [';', '\t', '|', '，', '；'].some(delimiter => text.split(delimiter).length === columns)
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return bytesToUtf8(bytes)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}

/** Places of the cells with bytes that are not UTF-8. Commas and quotation marks never occur within a character of UTF-8, so each byte can be taken for one. */
function cellsNotUtf8(bytes: Uint8Array): readonly number[] {
  const cells = splitRow(Array.from(bytes, byte => String.fromCharCode(byte)).join(''))
  if ('rule' in cells) return [cells.cell]
  return cells.flatMap((cell, place) => (decode(Uint8Array.from(cell, character => character.charCodeAt(0))) === undefined ? [place] : []))
}
