/** Reasons for a reduced fare; `none` has none. */
export const concessions = ['none', 'student', 'senior', 'disabled'] as const

export type Concession = (typeof concessions)[number]

/** A row of a residents' file that broke no rule. Dates are `YYYY-MM-DD`. */
export interface ResidentRow {
  readonly residentNumber: string
  readonly name: string
  readonly nameLatin: string
  /** GB/T 2261.1: 1 male, 2 female. */
  readonly sex: '1' | '2'
  readonly birthDate: string
  readonly divisionCode: string
  readonly address: string
  readonly residentSince: string
  readonly concession: Concession
  /** Last day of the concession; null where it has none. */
  readonly concessionUntil: string | null
  readonly validFrom: string
  readonly validUntil: string
}
