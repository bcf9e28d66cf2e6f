import Type, { type TProperties } from 'typebox'

/** An object of just these members. */
export function closed<Members extends TProperties>(members: Members) {
  return Type.Object(members, { additionalProperties: false })
}

/** One of a few words. */
export function oneOf<const Word extends string>(...words: readonly Word[]) {
  // A union of a list, whose length is not known, has no type of its own.
  return Type.Unsafe<Word>(Type.Union(words.map(word => Type.Literal(word))))
}
