import { type Scalar, scalarModulus } from '@hufu/proofs'
import type { Combination, RankOneSystem, Row } from './read-r1cs.ts'

/** Rows in a form from which every wire that is no input follows, one row a wire. */
export interface OrderedSystem extends RankOneSystem {
  /** In the order to find them: `wire` stands in the row's c alone, with coefficient 1, and every other wire of the row is known by then. */
  readonly solution: readonly { readonly row: number; readonly wire: number }[]
}

/**
 * Finds for every wire the row that determines it, and brings the rows into the form that is cheapest for the prover. The constraints stay equivalent.
 *
 * @param nameOf - name of a wire, for the error
 * @throws Error if a wire is neither input nor determined: the circuit leaves it open, or gives it only as a quotient
 */
export function orderRows(system: RankOneSystem, nameOf: (wire: number) => string): OrderedSystem {
  const solution = findSolution(system)
  const determined = new Set(solution.map(step => step.wire))
  for (let wire = system.inputCount + 1; wire < system.wireCount; wire++) {
    if (!determined.has(wire)) throw new Error(`no row determines ${nameOf(wire)}`)
  }
  const rows = [...system.rows]
  for (const { row, wire } of solution) rows[row] = withUnitCoefficient(rows[row]!, wire)
  return { ...system, rows: withFewWiresInB(rows), solution }
}

function findSolution({ wireCount, inputCount, rows }: RankOneSystem): { row: number; wire: number }[] {
  const unknown = rows.map(row => new Set(wiresOf(row).filter(wire => wire > inputCount)))
  const rowsWith: number[][] = Array.from({ length: wireCount }, () => [])
  for (const [row, wires] of unknown.entries()) for (const wire of wires) rowsWith[wire]!.push(row)

  const solution: { row: number; wire: number }[] = []
  const waiting = rows.map((_, row) => row).filter(row => unknown[row]!.size === 1)
  for (const row of waiting) {
    const [wire] = unknown[row]!
    // Another row has determined it meanwhile, and this one is a check; or it is a factor, which a product need not determine.
    if (wire === undefined || [...rows[row]!.a, ...rows[row]!.b].some(term => term.wire === wire)) continue
    solution.push({ row, wire })
    for (const other of rowsWith[wire]!) {
      unknown[other]!.delete(wire)
      if (unknown[other]!.size === 1) waiting.push(other)
    }
  }
  return solution
}

function wiresOf(row: Row): number[] {
  return [...row.a, ...row.b, ...row.c].map(term => term.wire)
}

function withUnitCoefficient({ a, b, c }: Row, wire: number): Row {
  const factor = invert(c.find(term => term.wire === wire)!.coefficient)
  return { a: scale(a, factor), b, c: scale(c, factor) }
}

function scale(combination: Combination, factor: Scalar): Combination {
  return combination.map(({ wire, coefficient }) => ({ wire, coefficient: (coefficient * factor) % scalarModulus }))
}

/** By Fermat's little theorem. */
function invert(value: Scalar): Scalar {
  let result = 1n
  let power = value
  for (let exponent = scalarModulus - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * power) % scalarModulus
    power = (power * power) % scalarModulus
  }
  return result
}

/** The factors of a row may change places. A wire of b costs the prover a point of G2, so b takes the factor that brings fewer new wires. */
function withFewWiresInB(rows: readonly Row[]): Row[] {
  const wiresInB = new Set<number>()
  const newWires = (factor: Combination) => factor.filter(term => !wiresInB.has(term.wire)).length
  // Squares first: there is no choice.
  const byDifference = rows.map((_, index) => index).sort((x, y) => differenceOf(rows[x]!) - differenceOf(rows[y]!) || x - y)
  const result = [...rows]
  for (const index of byDifference) {
    const { a, b, c } = rows[index]!
    const swap = newWires(a) < newWires(b)
    const row = swap ? { a: b, b: a, c } : { a, b, c }
    for (const { wire } of row.b) wiresInB.add(wire)
    result[index] = row
  }
  return result
}

/** How many wires stand in one factor only. */
function differenceOf({ a, b }: Row): number {
  const inA = new Set(a.map(term => term.wire))
  const shared = b.filter(term => inA.has(term.wire)).length
  return a.length + b.length - 2 * shared
}
