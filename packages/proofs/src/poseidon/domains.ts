import { labelToScalar } from '../field/scalar-field.ts'

/** Domain tags: no hash of one kind can stand for one of another. */
export const domains = {
  attributes: labelToScalar('hufu:attributes'),
  holder: labelToScalar('hufu:holder'),
  leaf: labelToScalar('hufu:leaf'),
  node: labelToScalar('hufu:node'),
  roots: labelToScalar('hufu:roots'),
  opening: labelToScalar('hufu:opening'),
  nullifier: labelToScalar('hufu:nullifier'),
} as const
