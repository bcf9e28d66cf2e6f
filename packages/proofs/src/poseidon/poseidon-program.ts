import { type Scalar, scalarModulus } from '../field/scalar-field.ts'
import { roundsPerBlock, stepSize, steps } from '../field/scalar-module.ts'
import type { PoseidonWidth } from './poseidon-parameters.ts'
import { dot, type SparsePoseidon, type SparseRound, sparsePoseidon } from './sparse-poseidon.ts'

/** Where a program works: pairs of scalars side by side. */
export interface PoseidonRegion {
  /** Address of element 0; the state's elements follow, then `roundsPerBlock` pairs, then room for another state. */
  readonly state: number
  readonly pairSize: number
  /** Puts a constant into memory. @returns its address: constants put one after the other stand side by side */
  readonly put: (constants: readonly Scalar[]) => number
}

/** Pairs that a program of a width works on, from its state on. */
export function regionPairs(width: PoseidonWidth): number {
  return 2 * width + roundsPerBlock
}

/** A permutation as steps of the compiled module; only element 0 of its result is worked out. */
export function poseidonProgram(width: PoseidonWidth, region: PoseidonRegion): Uint8Array {
  return new ProgramWriter(sparsePoseidon(width), region).write()
}

class ProgramWriter {
  readonly #sparse: SparsePoseidon
  readonly #region: PoseidonRegion
  readonly #steps: (readonly number[])[] = []

  constructor(sparse: SparsePoseidon, region: PoseidonRegion) {
    this.#sparse = sparse
    this.#region = region
  }

  write(): Uint8Array {
    const { before, partial, after } = this.#sparse
    for (const round of before) this.#fullRound(round.constants, round.matrix)
    for (let first = 0; first < partial.length; first += roundsPerBlock) this.#block(partial.slice(first, first + roundsPerBlock))
    for (const [round, { constants, matrix }] of after.entries()) {
      this.#fullRound(constants, round === after.length - 1 ? matrix.slice(0, 1) : matrix)
    }
    const bytes = new DataView(new ArrayBuffer(this.#steps.length * stepSize))
    for (const [index, step] of this.#steps.entries()) {
      for (const [position, value] of step.entries()) bytes.setUint32(index * stepSize + position * 4, value, true)
    }
    return new Uint8Array(bytes.buffer)
  }

  #fullRound(constants: readonly Scalar[], matrix: readonly (readonly Scalar[])[]): void {
    const { width } = this.#sparse
    const powers = width + roundsPerBlock
    for (const [index, constant] of constants.entries()) this.#step('power', powers + index, index, [constant])
    for (const [index, row] of matrix.entries()) this.#step('row', index, powers, row)
  }

  /**
   * Rounds whose fifth powers y₀, y₁, … stand behind the state. Element 0 follows from them and the rest as it was before the block; the rest is brought up to
   * date at the end.
   */
  #block(rounds: readonly SparseRound[]): void {
    const { width } = this.#sparse
    for (const [index, round] of rounds.entries()) {
      this.#step('power', width + index, 0, [round.constant])
      const earlier = rounds.slice(0, index).map(({ column }) => dot(round.row, column))
      this.#step('blockRow', 0, 1, [...round.row, ...padded([...earlier, round.corner])])
    }
    for (let index = 1; index < width; index++) {
      this.#step('blockEnd', index, width, padded(rounds.map(({ column }) => column[index - 1]!)))
    }
  }

  #step(name: keyof typeof steps, destination: number, source: number, constants: readonly Scalar[]): void {
    const { state, pairSize, put } = this.#region
    this.#steps.push([steps[name], state + destination * pairSize, state + source * pairSize, put(constants)])
  }
}

function padded(factors: readonly Scalar[]): readonly Scalar[] {
  return Array.from({ length: roundsPerBlock }, (_, index) => (factors[index] ?? 0n) % scalarModulus)
}
