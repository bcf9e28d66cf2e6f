import { ProofError } from '../errors.ts'
import { scalarSize } from '../field/scalar-field.ts'
import type { Circuit, SparseRows } from './circuit.ts'

/**
 * Checks that every wire follows from the inputs: each wire that is no input has a row of its own in which it stands in c alone, with coefficient 1, and every other wire
 * of that row is known by then. So a witness is settled by its inputs, and only inputs can be free: a circuit that leaves any other wire open does not load.
 *
 * @throws ProofError `ERR_PROOF_CIRCUIT`
 */
export function checkSolution(circuit: Circuit): void {
  const { a, b, c, constraintCount, wireCount, solution } = circuit
  const isKnown = new Uint8Array(wireCount).fill(1, 0, wireCount - solution.wires.length)
  const isUsed = new Uint8Array(constraintCount)
  const refused = () => new ProofError('ERR_PROOF_CIRCUIT', 'circuit: expected a row that determines each wire, in an order to find them')
  const one = unitCoefficients(circuit)

  for (const [index, row] of solution.rows.entries()) {
    const wire = solution.wires[index]!
    if (row >= constraintCount || isUsed[row] !== 0 || wire >= wireCount || isKnown[wire] !== 0) throw refused()
    if (!allKnown(a, row, isKnown) || !allKnown(b, row, isKnown)) throw refused()
    // Only now, so that the wire cannot be one of its own factors.
    isKnown[wire] = 1
    isUsed[row] = 1
    if (!allKnown(c, row, isKnown) || !one.has(coefficientOf(c, row, wire))) throw refused()
  }
}

/** Numbers of the coefficients that are 1. */
function unitCoefficients({ coefficients }: Circuit): Set<number> {
  const numbers = new Set<number>()
  for (let start = 0; start < coefficients.length; start += scalarSize) {
    if (coefficients[start] === 1 && coefficients.subarray(start + 1, start + scalarSize).every(byte => byte === 0))
      numbers.add(start / scalarSize)
  }
  return numbers
}

function allKnown({ offsets, wires }: SparseRows, row: number, isKnown: Uint8Array): boolean {
  for (let term = offsets[row]!; term < offsets[row + 1]!; term++) if (isKnown[wires[term]!] === 0) return false
  return true
}

/** Number of a wire's coefficient in a row, −1 without one. */
function coefficientOf({ offsets, wires, coefficients }: SparseRows, row: number, wire: number): number {
  for (let term = offsets[row]!; term < offsets[row + 1]!; term++) if (wires[term] === wire) return coefficients[term]!
  return -1
}
