import type { Json } from '@hufu/primitives'
import type { Problem } from './problem.ts'

/** A row that a credential is to be issued from. */
export interface BatchRow<Content extends Json = Json> {
  readonly line: number
  /** Where the subject stands in the file. */
  readonly column: Problem['column']
  /** Who the credential is about, such as a resident number: with the credential type it tells whether this one is issued already. */
  readonly subject: string
  /** What the credential will say, nothing that depends on the day of issue: a row whose content has changed is not the same row. */
  readonly content: Content
}
