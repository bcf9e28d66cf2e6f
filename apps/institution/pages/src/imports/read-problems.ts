/** A row of an error file. */
export interface RowProblem {
  readonly line: string
  readonly column: string
  readonly rule: string
  readonly message: { readonly 'zh-CN': string; readonly en: string }
  readonly fix: { readonly 'zh-CN': string; readonly en: string }
}

/** Reads the first rows of an error file (CSV as RFC 4180, with a byte order mark and a head). */
export function readProblems(csv: string, limit: number): readonly RowProblem[] {
  return rowsOf(csv, limit + 1)
    .slice(1)
    .map(([line = '', number = '', name = '', rule = '', messageZh = '', messageEn = '', fixZh = '', fixEn = '']) => ({
      ...{ line, rule, column: name === '' ? number : `${number} ${name}` },
      message: { 'zh-CN': messageZh, en: messageEn },
      fix: { 'zh-CN': fixZh, en: fixEn },
    }))
}

function rowsOf(csv: string, limit: number): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let isQuoted = false
  for (let at = csv.startsWith('\ufeff') ? 1 : 0; at < csv.length && rows.length < limit; at += 1) {
    const character = csv[at]!
    if (isQuoted) {
      if (character !== '"') cell += character
      else if (csv[at + 1] === '"') {
        cell += character
        at += 1
      } else isQuoted = false
    } else if (character === '"') isQuoted = true
    else if (character === ',') {
      row.push(cell)
      cell = ''
    } else if (character === '\n') {
      rows.push([...row, cell.replace(/\r$/, '')])
      row = []
      cell = ''
    } else cell += character
  }
  return rows
}
