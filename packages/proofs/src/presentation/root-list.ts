import type { Json } from '@hufu/primitives'
import { memberOf, type Place, readDid, readInteger, readList, readMembers, readTypeId, refusal } from '../attributes/read-json.ts'
import type { Scalar } from '../field/scalar-field.ts'
import { domains } from '../poseidon/domains.ts'
import { poseidon } from '../poseidon/poseidon.ts'

/** The most trees that PREPARE takes: the credential stands in one of them, and nobody learns in which. */
export const maxRoots = 8

/**
 * Which roots count: those of a credential type's accredited issuers as they stood at an epoch's height. The same list for everybody, for a list of one's own would be a
 * name.
 */
export interface RootList {
  readonly credentialType: string
  /** Height of the epoch's block. */
  readonly height: number
  /** In the order of the issuers' script hashes as they travel. */
  readonly issuers: readonly {
    /** DID of the issuer. */
    readonly issuer: string
    /** Number of the root in the issuer's history. */
    readonly rootIndex: number
  }[]
}

/** The roots of a list, as a wallet or verifier has them from the ledger. */
export interface PublishedRoots {
  readonly list: RootList
  /** In the order of the list. */
  readonly roots: readonly Scalar[]
}

const maxIndex = 2 ** 32 - 1

/** The roots and the zeros that fill them up to eight. */
export function paddedRoots(roots: readonly Scalar[]): Scalar[] {
  if (roots.length < 1 || roots.length > maxRoots) throw new TypeError(`expected 1 to ${maxRoots} roots`)
  return Array.from({ length: maxRoots }, (_, index) => roots[index] ?? 0n)
}

/** Hashing takes a millisecond, and all presentations of an epoch have the same roots: the last 64 sets are kept. */
const known = new Map<string, Scalar>()
const maxKnown = 64

/** PREPARE's public input for roots. */
export function rootSetOf(roots: readonly Scalar[]): Scalar {
  const padded = paddedRoots(roots)
  const name = padded.join(' ')
  const before = known.get(name)
  if (before !== undefined) return before
  const rootSet = poseidon(domains.roots, padded)
  if (known.size >= maxKnown) known.delete(known.keys().next().value!)
  known.set(name, rootSet)
  return rootSet
}

/** Reads a root list. @throws ProofError with the place's code */
export function readRootList(json: unknown, place: Place): RootList {
  const { credentialType, height, issuers } = readMembers(json, place, { required: ['credentialType', 'height', 'issuers'] })
  const read = readList(issuers, memberOf(place, 'issuers'), 1, maxRoots).map((entry, index) =>
    readIssuer(entry, memberOf(place, `issuers[${index}]`)),
  )
  if (new Set(read.map(({ issuer }) => issuer)).size !== read.length) throw refusal(memberOf(place, 'issuers'), 'each issuer once')
  return {
    credentialType: readTypeId(credentialType, memberOf(place, 'credentialType')),
    height: readInteger(height, memberOf(place, 'height'), 0, maxIndex),
    issuers: read,
  }
}

function readIssuer(json: Json, place: Place): RootList['issuers'][number] {
  const { issuer, rootIndex } = readMembers(json, place, { required: ['issuer', 'rootIndex'] })
  return {
    issuer: readDid(issuer, memberOf(place, 'issuer')),
    rootIndex: readInteger(rootIndex, memberOf(place, 'rootIndex'), 0, maxIndex),
  }
}
