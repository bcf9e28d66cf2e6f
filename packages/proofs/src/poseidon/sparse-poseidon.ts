import { invertScalar } from '../field/invert-scalar.ts'
import { type Scalar, scalarModulus, toScalar } from '../field/scalar-field.ts'
import { type PoseidonWidth, poseidonParameters } from './poseidon-parameters.ts'

type Matrix = readonly (readonly Scalar[])[]
type Vector = readonly Scalar[]

/**
 * A partial round with most of its work taken out: y is the fifth power of element 0 plus a constant; then element 0 becomes `corner` · y + `row` · rest,
 * and the rest of the state becomes rest + `column` · y.
 */
export interface SparseRound {
  readonly constant: Scalar
  readonly corner: Scalar
  readonly row: Vector
  readonly column: Vector
}

/** The same permutation as by {@link poseidonParameters}, with fewer multiplications. */
export interface SparsePoseidon {
  readonly width: PoseidonWidth
  /** Full rounds before the partial ones: constants, fifth powers of all, matrix. */
  readonly before: readonly { readonly constants: Vector; readonly matrix: Matrix }[]
  readonly partial: readonly SparseRound[]
  /** Full rounds after them. */
  readonly after: readonly { readonly constants: Vector; readonly matrix: Matrix }[]
}

const made = new Map<PoseidonWidth, SparsePoseidon>()

/**
 * The permutation with sparse partial rounds, worked out at the first call and kept.
 *
 * Of the matrix M, only element 0 meets a fifth power. With N the matrix without its first row and column, and diag(1, N) the same with a corner 1,
 * M = S · diag(1, N) where S is sparse, and diag(1, N) can move to before the fifth power: to the round before, and so on to the last full one.
 *
 * @see https://eprint.iacr.org/2019/458, appendix B
 */
export function sparsePoseidon(width: PoseidonWidth): SparsePoseidon {
  let sparse = made.get(width)
  if (sparse === undefined) {
    sparse = makeSparse(width)
    made.set(width, sparse)
  }
  return sparse
}

function makeSparse(width: PoseidonWidth): SparsePoseidon {
  const { fullRounds, partialRounds, roundConstants, mds } = poseidonParameters(width)
  const half = fullRounds / 2
  const inner = mds.slice(1).map(row => row.slice(1))
  const { constants, rest } = partialConstants(roundConstants.slice(half, half + partialRounds), mds)
  const firstAfter = roundConstants[half + partialRounds]!.map((constant, index) => toScalar(constant + rest[index]!))
  const moved = withCorner(matrixPower(inner, partialRounds))
  const before = roundConstants
    .slice(0, half)
    .map((each, round) => ({ constants: each, matrix: round === half - 1 ? product(moved, mds) : mds }))
  const after = roundConstants
    .slice(half + partialRounds)
    .map((each, round) => ({ constants: round === 0 ? firstAfter : each, matrix: mds }))
  return { width, before, partial: sparseRounds(constants, mds, inner), after }
}

/** From the last round to the first: rows v · N⁻¹, v · N⁻², …; columns w, N · w, …. */
function sparseRounds(constants: Vector, mds: Matrix, inner: Matrix): readonly SparseRound[] {
  const inverseColumns = transpose(inverse(inner))
  const rounds: SparseRound[] = []
  let row: Vector = mds[0]!.slice(1)
  let column: Vector = mds.slice(1).map(each => each[0]!)
  for (const constant of constants.toReversed()) {
    row = times(inverseColumns, row)
    rounds.push({ constant, corner: mds[0]![0]!, row, column })
    column = times(inner, column)
  }
  return rounds.toReversed()
}

/** What a round adds to elements that meet no fifth power can be added after the matrix instead: all but one constant a round. */
function partialConstants(roundConstants: Matrix, mds: Matrix): { readonly constants: Vector; readonly rest: Vector } {
  let rest: Vector = mds.map(() => 0n)
  const constants = roundConstants.map(each => {
    const sum = each.map((constant, index) => toScalar(constant + rest[index]!))
    rest = times(mds, [0n, ...sum.slice(1)])
    return sum[0]!
  })
  return { constants, rest }
}

/** The sum of products of two vectors of equal length. */
export function dot(left: Vector, right: Vector): Scalar {
  return left.reduce((sum, value, index) => sum + value * right[index]!, 0n) % scalarModulus
}

function times(matrix: Matrix, vector: Vector): Vector {
  return matrix.map(row => dot(row, vector))
}

function product(left: Matrix, right: Matrix): Matrix {
  const columns = transpose(right)
  return left.map(row => columns.map(column => dot(row, column)))
}

function transpose(matrix: Matrix): Matrix {
  return matrix.map((_, index) => matrix.map(row => row[index]!))
}

function matrixPower(matrix: Matrix, exponent: number): Matrix {
  if (exponent === 1) return matrix
  const root = matrixPower(matrix, Math.floor(exponent / 2))
  const square = product(root, root)
  return exponent % 2 === 0 ? square : product(square, matrix)
}

function withCorner(matrix: Matrix): Matrix {
  return [[1n, ...matrix.map(() => 0n)], ...matrix.map(row => [0n, ...row])]
}

/** By Gauss and Jordan. The matrices here are Cauchy's, so none of their squares is singular. */
function inverse(matrix: Matrix): Matrix {
  const size = matrix.length
  const rows = matrix.map((row, index) => [...row, ...row.map((_, column) => (column === index ? 1n : 0n))])
  for (let pivot = 0; pivot < size; pivot++) {
    const from = rows.findIndex((row, index) => index >= pivot && row[pivot] !== 0n)
    ;[rows[pivot], rows[from]] = [rows[from]!, rows[pivot]!]
    const factor = invertScalar(rows[pivot]![pivot]!)
    rows[pivot] = rows[pivot]!.map(value => (value * factor) % scalarModulus)
    for (let index = 0; index < size; index++) {
      const share = rows[index]![pivot]!
      if (index !== pivot && share !== 0n)
        rows[index] = rows[index]!.map((value, column) => toScalar(value - share * rows[pivot]![column]!))
    }
  }
  return rows.map(row => row.slice(size))
}
