export const relations = ['one verifier', 'two verifiers', 'issuer and verifiers', 'ledger and verifiers'] as const
export type Relation = (typeof relations)[number]

/**
 * A field by which events are linked, and how well. Strength: whoever links by it guesses the person right that much more often than by chance, 0 to 1; 1 is always.
 * `equal`: by the same value anywhere in the other event; `nearest`: by the number that is nearest; `together`: by all that is left when these are known, of fields of
 * the same name.
 */
export interface Join {
  readonly relation: Relation
  /** `show → sign-in`: from the one that has the field to the other. */
  readonly events: string
  readonly field: string
  readonly how: 'equal' | 'nearest' | 'together'
  readonly strength: number
  /** In the other event: the field that links best. */
  readonly with: string
  /** How probable it is that guessing gets as much right. */
  readonly byChance: number
}
