import { bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import { ProofError } from '../errors.ts'
import { type Scalar, scalarModulus } from '../field/scalar-field.ts'
import { domains } from '../poseidon/domains.ts'
import { poseidon } from '../poseidon/poseidon.ts'
import { slotCount } from './attribute-layout.ts'
import { lastDayNumber } from './day-number.ts'

/** What a leaf commits to. */
export interface LeafContent {
  /** Of {@link credentialTypeScalar}. */
  readonly type: Scalar
  /** Sixteen, of `encodeAttributes`. */
  readonly attributes: readonly Scalar[]
  /** Of {@link holderCommitment}. */
  readonly holder: Scalar
  /** Day number of the last day on which the credential counts. */
  readonly expiry: number
  /** Random, of at least 248 bits. */
  readonly salt: Scalar
}

/** Bytes of the hash that a type's scalar takes: the rest of the field's bits hold slot numbers, in a commitment's meta. */
const typeBytes = 29

/** A salt or blinding below this was not drawn at random: one in 2⁵⁵ is. */
const leastRandom = 1n << 200n

/** The scalar of a credential type: 232 bits of the hash of its identifier. */
export function credentialTypeScalar(typeId: string): Scalar {
  return BigInt(
    `0x${bytesToHex(
      sha256(utf8ToBytes(`hufu:type:${typeId}`))
        .slice(0, typeBytes)
        .toReversed(),
    )}`,
  )
}

/** Hash of the sixteen attributes. */
export function attributesHash(attributes: readonly Scalar[]): Scalar {
  if (attributes.length !== slotCount) throw new TypeError(`expected ${slotCount} attributes`)
  return poseidon(domains.attributes, attributes)
}

/** What a wallet gives an issuer instead of its secret: it hides the secret, and is another one for each blinding. */
export function holderCommitment(secret: Scalar, blinding: Scalar): Scalar {
  return poseidon(domains.holder, [secret, blinding])
}

/**
 * The leaf of a credential: all that the ledger learns of it.
 *
 * @throws ProofError `ERR_PROOF_ATTRIBUTE`: an expiry that is no day; `ERR_PROOF_SCALAR`: a value outside the field, or a salt that is not random
 */
export function credentialLeaf({ type, attributes, holder, expiry, salt }: LeafContent): Scalar {
  if (!Number.isInteger(expiry) || expiry < 1 || expiry > lastDayNumber)
    throw new ProofError('ERR_PROOF_ATTRIBUTE', 'expiry: expected a day number')
  checkScalars('attributes', attributes)
  checkScalars('type, holder', [type, holder])
  checkRandom('salt', salt)
  return poseidon(domains.leaf, [type, attributesHash(attributes), holder, BigInt(expiry), salt])
}

/**
 * Checks that a leaf is that of a credential. The issuer does so before it appends one, the wallet before it keeps the credential.
 *
 * @throws ProofError `ERR_PROOF_ATTRIBUTE`: it is another credential's; `ERR_PROOF_SCALAR`
 */
export function checkLeaf(leaf: Scalar, content: LeafContent): void {
  if (credentialLeaf(content) !== leaf)
    throw new ProofError('ERR_PROOF_ATTRIBUTE', 'leaf: expected that of type, claims, holder, expiry and salt')
}

/** Refuses a number that cannot have been drawn at random from the field. @throws ProofError `ERR_PROOF_SCALAR` */
export function checkRandom(field: string, value: Scalar): void {
  checkScalars(field, [value])
  if (value < leastRandom) throw new ProofError('ERR_PROOF_SCALAR', `${field}: expected a random scalar`)
}

function checkScalars(field: string, values: readonly Scalar[]): void {
  if (!values.every(value => value >= 0n && value < scalarModulus))
    throw new ProofError('ERR_PROOF_SCALAR', `${field}: expected values below the order of the group`)
}
