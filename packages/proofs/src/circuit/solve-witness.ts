import { ProofError } from '../errors.ts'
import { type Scalar, scalarModulus } from '../field/scalar-field.ts'
import { scalarsFromBytes, scalarsToBytes } from '../field/scalar-vector.ts'
import type { Circuit, SparseRows } from './circuit.ts'

/** Values of a circuit's inputs by their names, public ones too; an array's elements one after the other. */
export type CircuitInputs = Readonly<Record<string, readonly Scalar[]>>

/** A solved circuit: what a prover needs of it. Scalars of 32 bytes each, little-endian. */
export interface Solution {
  /** One for each wire. */
  readonly witness: Uint8Array
  /** a · w for each row. */
  readonly a: Uint8Array
  /** b · w for each row. */
  readonly b: Uint8Array
  /** c · w for each row. */
  readonly c: Uint8Array
}

/**
 * Finds all wires from the inputs and checks every row. The readable form, by BigInt.
 *
 * @throws ProofError `ERR_PROOF_INPUT`: an input that is missing, unknown, of another size or not canonical; `ERR_PROOF_UNSATISFIED`: the inputs do not satisfy the circuit
 */
export function solveWitness(circuit: Circuit, inputs: CircuitInputs): Solution {
  const wires = wiresOfInputs(circuit, inputs)
  const coefficients = coefficientsOf(circuit)
  const sum = (rows: SparseRows, row: number) => sumOf(rows, row, wires, coefficients)
  const known = new Array<Scalar | undefined>(circuit.sums?.count ?? 0)
  // A factor's wires are all found before its row is used, so its sum stays what it is.
  const factor = (key: 'a' | 'b', row: number) => {
    const number = circuit.sums?.[key][row]
    if (number === undefined) return sum(circuit[key], row)
    known[number] ??= sum(circuit[key], row)
    return known[number]
  }
  const [a, b, c] = [circuit.a, circuit.b, circuit.c].map(() => new Array<Scalar>(circuit.constraintCount).fill(0n))
  const multiply = (row: number) => {
    a![row] = factor('a', row)
    b![row] = factor('b', row)
    return (a![row]! * b![row]!) % scalarModulus
  }

  const isSolved = new Uint8Array(circuit.constraintCount)
  for (const [index, row] of circuit.solution.rows.entries()) {
    const product = multiply(row)
    // The wire is still 0 and its coefficient 1.
    const difference = product - sum(circuit.c, row)
    wires[circuit.solution.wires[index]!] = difference < 0n ? difference + scalarModulus : difference
    c![row] = product
    isSolved[row] = 1
  }
  for (let row = 0; row < circuit.constraintCount; row++) {
    if (isSolved[row] !== 0) continue
    c![row] = sum(circuit.c, row)
    if (multiply(row) !== c![row])
      throw new ProofError('ERR_PROOF_UNSATISFIED', `${circuit.name}: expected inputs that satisfy the circuit`)
  }
  return { witness: scalarsToBytes(wires), a: scalarsToBytes(a!), b: scalarsToBytes(b!), c: scalarsToBytes(c!) }
}

/** All wires, those that are no inputs still 0. */
function wiresOfInputs(circuit: Circuit, inputs: CircuitInputs): Scalar[] {
  const wires = new Array<Scalar>(circuit.wireCount).fill(0n)
  wires[0] = 1n
  for (const { name, firstWire, size } of circuit.inputs) {
    const values = Object.hasOwn(inputs, name) ? inputs[name] : undefined
    if (values?.length !== size) throw new ProofError('ERR_PROOF_INPUT', `${name}: expected ${size} scalars`)
    for (const [index, value] of values.entries()) {
      if (typeof value !== 'bigint' || value < 0n || value >= scalarModulus) {
        throw new ProofError('ERR_PROOF_INPUT', `${name}: expected values from 0 to below the order of the group`)
      }
      wires[firstWire + index] = value
    }
  }
  if (Object.keys(inputs).length !== circuit.inputs.length)
    throw new ProofError('ERR_PROOF_INPUT', 'inputs: expected none but those of the circuit')
  return wires
}

const decoded = new WeakMap<Circuit, readonly Scalar[]>()

function coefficientsOf(circuit: Circuit): readonly Scalar[] {
  let coefficients = decoded.get(circuit)
  if (coefficients === undefined) {
    coefficients = scalarsFromBytes(circuit.coefficients)
    decoded.set(circuit, coefficients)
  }
  return coefficients
}

function sumOf({ offsets, wires, coefficients }: SparseRows, row: number, values: readonly Scalar[], scalars: readonly Scalar[]): Scalar {
  let sum = 0n
  for (let term = offsets[row]!; term < offsets[row + 1]!; term++) {
    const value = values[wires[term]!]!
    // Most wires of a range are bits, and many predicates are 0.
    if (value !== 0n) sum += value * scalars[coefficients[term]!]!
  }
  return sum % scalarModulus
}
