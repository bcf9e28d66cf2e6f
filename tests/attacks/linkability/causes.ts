import type { Join } from './join.ts'

/** Why something links on purpose, and what a person can do about it. */
interface Cause {
  readonly id: string
  readonly why: string
  /** Whether it is why a field links. */
  readonly covers: (join: Join) => boolean
}

/** Fields in which the accounts of a sign-in and pseudonyms of proofs stand, and what is worked out of them. */
const pseudonyms = /(accountId|pseudonym|nullifier|sub)(#\w+)?$/
/** What the issuer keeps of each copy. */
const copies = /^(credentials\.(holder|list_index)|issuances\.request\[\]\.jwk(\.[xy])?)(#\w+)?$/

/** All that links by design. What nothing here covers fails the report. */
export const causes: readonly Cause[] = [
  {
    id: 'pseudonym',
    why: 'a verifier that asks for a pseudonym knows who comes back to it; the pseudonym is another one at every verifier and for every purpose',
    covers: ({ relation, field }) => relation === 'one verifier' && pseudonyms.test(field),
  },
  {
    id: 'copy',
    why: 'to revoke it, the issuer keeps the place in the status list and the key of each signed copy, and the copy says both: an issuer and a verifier that collude know whose a copy is. Proofs have neither; that is what they are for',
    covers: ({ relation, events, field }) => relation === 'issuer and verifiers' && events === 'issue → show' && copies.test(field),
  },
  {
    id: 'validity',
    why: 'a copy says in which month it ends, which is the same for all who got theirs in that month for as many years',
    covers: ({ events, field, strength }) =>
      events === 'show → show' && strength < 0.5 && /(payload\.exp|evidence\.expiresAtMs)$/.test(field),
  },
]

/** @returns the id of what explains a join; undefined if nothing does */
export function causeOf(join: Join): string | undefined {
  return causes.find(({ covers }) => covers(join))?.id
}
