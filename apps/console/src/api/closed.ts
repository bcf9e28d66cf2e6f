import Type, { type TProperties } from 'typebox'

/** An object of just these members. */
export function closed<Members extends TProperties>(members: Members) {
  return Type.Object(members, { additionalProperties: false })
}

/** One of a few words. */
export function oneOf<const Word extends string>(...words: readonly Word[]) {
  return Type.Union(words.map(word => Type.Literal(word)))
}
