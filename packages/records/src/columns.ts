/** What may stand in a column. */
export interface ColumnForm {
  /** A code is typed in half-width characters and has rules of its own; a text is in any script, of at most `maxLength` characters. */
  readonly maxLength?: number
  readonly mayBeEmpty?: boolean
}

/** The columns of a residents' file; samples/README.md says what each holds. */
export const columns = {
  resident_number: {},
  name: { maxLength: 50 },
  name_latin: { maxLength: 100 },
  sex: {},
  birth_date: {},
  division_code: {},
  address: { maxLength: 200 },
  resident_since: {},
  concession: {},
  concession_until: { mayBeEmpty: true },
  valid_from: {},
  valid_until: {},
} as const satisfies Readonly<Record<string, ColumnForm>>

export type ColumnName = keyof typeof columns

/** A row's cells by column. */
export type Cells = Readonly<Record<ColumnName, string>>

export const columnNames = Object.keys(columns) as readonly ColumnName[]
