import type { RuleId } from './rules.ts'

/** Where a row breaks which rule; what it says and how to mend it stand in `rules`. Never holds what the cell holds. */
export interface Problem {
  /** Line of the file, from 1, the header's. */
  readonly line: number
  readonly column: {
    /** From 1. */
    readonly number: number
    /** Empty for a cell beyond the header. */
    readonly name: string
  }
  readonly rule: RuleId
}
