import Type, { type Static } from 'typebox'
import { closed, oneOf } from './closed.ts'
import { TextsSchema, TimeSchema } from './common-schemas.ts'

/** What a replay of an institution's log found. */
export const ReplaySchema = closed({
  did: Type.String(),
  /** Name under which its heads are anchored. */
  list: Type.String(),
  records: Type.Integer(),
  headHash: Type.String(),
  /** Heads of the log on the ledger, each proven; how many of them were met on the way. */
  ledgerAnchors: Type.Integer(),
  anchorsMet: Type.Integer(),
  anchoredThrough: Type.Integer(),
  /** Null: nothing is wrong. `to` is null where the end is not known. */
  finding: Type.Union([
    closed({
      kind: oneOf('edited', 'removed', 'inserted', 'reordered', 'truncated', 'forked', 'not-anchored'),
      from: Type.Integer(),
      to: Type.Union([Type.Integer(), Type.Null()]),
    }),
    Type.Null(),
  ]),
  says: TextsSchema,
  checkedAtMs: TimeSchema,
})
export type Replay = Static<typeof ReplaySchema>
