import { ProofError } from '../errors.ts'
import type { Scalar } from '../field/scalar-field.ts'
import { scalarsFromBytes } from '../field/scalar-vector.ts'
import { type Opening, openingCommitment } from '../presentation/circuit-values.ts'
import { paddedRoots, rootSetOf } from '../presentation/root-list.ts'
import type { TreePath } from '../tree/tree-nodes.ts'
import { childrenSize, treeArity, treeDepth } from '../tree/tree-shape.ts'
import { bitsOf } from './input-bits.ts'
import type { CircuitInputs } from './solve-witness.ts'

/** What PREPARE is made of. */
export interface PrepareValues {
  /** Of the credential type. */
  readonly type: Scalar
  /** Sixteen. */
  readonly attributes: readonly Scalar[]
  readonly secret: Scalar
  readonly blinding: Scalar
  /** Day number. */
  readonly expiry: number
  readonly salt: Scalar
  /** Of the credential's leaf, in a tree that has one of the roots. */
  readonly path: TreePath
  /** The roots that count, in the order of their list: one to eight. */
  readonly roots: readonly Scalar[]
  /** Of the four values that go into the commitment, 0 to 15 each. */
  readonly slots: readonly number[]
  /** Random, another one for each commitment. */
  readonly opening: Scalar
}

const attributeCount = 16
const slotCount = 4
const slotBits = 4
/** Where the slots stand in `meta`, the type being above them. */
const slotsSize = 1n << BigInt(slotCount * slotBits)

/** What the commitment that PREPARE makes opens to. @throws ProofError `ERR_PROOF_INPUT`: not four slots from 0 to 15 of sixteen attributes */
export function preparedOpening({ type, attributes, secret, expiry, slots, opening }: PrepareValues): Opening {
  if (attributes.length !== attributeCount) throw new ProofError('ERR_PROOF_INPUT', `attributes: expected ${attributeCount}`)
  if (slots.length !== slotCount || !slots.every(slot => Number.isInteger(slot) && slot >= 0 && slot < attributeCount)) {
    throw new ProofError('ERR_PROOF_INPUT', `slots: expected ${slotCount} from 0 to ${attributeCount - 1}`)
  }
  const meta = slots.reduce((sum, slot, index) => sum + (BigInt(slot) << BigInt(slotBits * index)), type * slotsSize)
  return { values: slots.map(slot => attributes[slot]!), meta, expiry, secret, opening }
}

/**
 * Inputs of PREPARE. That they satisfy it is seen when it is solved.
 *
 * @throws ProofError `ERR_PROOF_INPUT`: another number of something, or a slot that does not exist; `ERR_PROOF_SCALAR`: a node of the path is not below the order of the group
 */
export function prepareInputs(values: PrepareValues): CircuitInputs {
  const { type, attributes, secret, blinding, expiry, salt, path, roots, slots, opening } = values
  if (path.levels.length !== treeDepth || path.levels.some(level => level.length !== childrenSize)) {
    throw new ProofError('ERR_PROOF_INPUT', `path: expected ${treeDepth} levels of ${treeArity} children`)
  }
  const index = BigInt(path.index)
  return {
    rootSet: [rootSetOf(roots)],
    commitment: [openingCommitment(preparedOpening(values))],
    type: [type],
    attributes,
    secret: [secret],
    blinding: [blinding],
    expiry: [BigInt(expiry)],
    salt: [salt],
    children: path.levels.flatMap(scalarsFromBytes),
    // Three bits a level: an index in base 8, the lowest digit at the leaves.
    position: bitsOf(index, Math.log2(treeArity) * treeDepth),
    roots: paddedRoots(roots),
    slots: slots.flatMap(slot => bitsOf(BigInt(slot), slotBits)),
    opening: [opening],
  }
}
