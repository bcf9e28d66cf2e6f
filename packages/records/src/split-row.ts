/** A line whose quotation marks do not fit; `cell` is the place, from 0, of the cell that is to blame. */
export interface QuoteProblem {
  readonly rule: 'quote-not-closed' | 'quote-misplaced'
  readonly cell: number
}

/**
 * Splits one line into cells after RFC 4180, save that a cell cannot hold a line break. No bureau's cell needs one, and a quotation mark that
 * is never closed then spoils its own row only, where a general CSV reader would take the rest of the file for one cell.
 */
export function splitRow(line: string): readonly string[] | QuoteProblem {
  if (!line.includes('"')) return line.split(',')
  const cells: string[] = []
  let start = 0
  for (;;) {
    const end = line[start] === '"' ? endOfQuoted(line, start) : endOfPlain(line, start)
    if (typeof end !== 'number') return { rule: end, cell: cells.length }
    const cell = line.slice(start, end)
    cells.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell)
    if (end === line.length) return cells
    start = end + 1
  }
}

/** Where the cell ends: at a comma or at the end of the line. */
function endOfPlain(line: string, start: number): number | QuoteProblem['rule'] {
  const comma = line.indexOf(',', start)
  const end = comma < 0 ? line.length : comma
  const quote = line.indexOf('"', start)
  return quote >= 0 && quote < end ? 'quote-misplaced' : end
}

function endOfQuoted(line: string, start: number): number | QuoteProblem['rule'] {
  for (let quote = line.indexOf('"', start + 1); quote >= 0; quote = line.indexOf('"', quote + 2)) {
    if (line[quote + 1] === '"') continue
    const end = quote + 1
    return end === line.length || line[end] === ',' ? end : 'quote-misplaced'
  }
  return 'quote-not-closed'
}
