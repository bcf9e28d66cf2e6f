import {
  type Circuit,
  type CircuitInputs,
  coefficientsOf,
  ProofError,
  type Scalar,
  type SparseRows,
  scalarModulus,
  solveWitness,
} from '@hufu/proofs'
import type { CircuitCases } from './circuit-case.ts'

const scalarSize = 32

/** How much is tried. */
export interface Effort {
  /** Other values tried for each wire. */
  readonly valuesPerWire: number
  /** Other values tried for each private input, all else being solved again. */
  readonly valuesPerInput: number
}

/**
 * Looks for what is wrong with a circuit: an accepted case that it refuses, a refused one that it accepts, a private wire that may have another value beside the same public inputs.
 *
 * @returns a sentence for each fault found, at most one a case or wire; none for a circuit in which nothing was found
 */
export function findFaults(circuit: Circuit, { accepted, refused }: CircuitCases, effort: Effort): string[] {
  const faults = [
    ...accepted.filter(({ inputs }) => !isSatisfied(circuit, inputs)).map(({ title }) => `refuses ${title}`),
    ...refused.filter(({ inputs }) => isSatisfied(circuit, inputs)).map(({ title }) => `accepts ${title}`),
  ]
  const { inputs } = accepted[0]!
  // Of a circuit that refuses the first case there is no witness to change.
  return faults.length > 0
    ? faults
    : [...openWires(circuit, inputs, effort.valuesPerWire), ...openInputs(circuit, inputs, effort.valuesPerInput)]
}

/** Changes one private wire at a time, everything else staying what it is, and names those where no row notices. */
export function openWires(circuit: Circuit, inputs: CircuitInputs, valuesPerWire: number): string[] {
  const { witness, a, b, c } = solveWitness(circuit, inputs)
  const [wires, sumsA, sumsB, sumsC] = [witness, a, b, c].map(scalarsOf)
  const terms = termsOfWires(circuit)
  const open: string[] = []
  for (let wire = circuit.publicCount + 1; wire < circuit.wireCount; wire++) {
    const isNoticed = otherValues(wires![wire]!, valuesPerWire, wire).every(value => {
      const change = value - wires![wire]!
      return terms[wire]!.some(({ row, inA, inB, inC }) => {
        const product = (sumsA![row]! + inA * change) * (sumsB![row]! + inB * change)
        return (product - sumsC![row]! - inC * change) % scalarModulus !== 0n
      })
    })
    if (!isNoticed) open.push(`wire ${wire} may have another value`)
  }
  return open
}

/**
 * Changes one private input at a time, solves again with the same public inputs, and names those where that works.
 *
 * @param everyNth - tries only one input of so many
 */
export function openInputs(circuit: Circuit, inputs: CircuitInputs, valuesPerInput: number, everyNth = 1): string[] {
  const places = circuit.inputs
    .filter(({ firstWire }) => firstWire > circuit.publicCount)
    .flatMap(({ name, size, firstWire }) => Array.from({ length: size }, (_, index) => ({ name, index, wire: firstWire + index })))
  return places
    .filter((_, place) => place % everyNth === 0)
    .filter(({ name, index, wire }) =>
      otherValues(inputs[name]![index]!, valuesPerInput, wire).some(value =>
        isSatisfied(circuit, { ...inputs, [name]: inputs[name]!.with(index, value) }),
      ),
    )
    .map(({ name, index }) => `${name}[${index}] may have another value`)
}

function isSatisfied(circuit: Circuit, inputs: CircuitInputs): boolean {
  try {
    solveWitness(circuit, inputs)
    return true
  } catch (error) {
    if (error instanceof ProofError && error.code === 'ERR_PROOF_UNSATISFIED') return false
    throw error
  }
}

/** Where a wire stands, with its coefficients in each factor and in the product. */
interface Term {
  readonly row: number
  inA: Scalar
  inB: Scalar
  inC: Scalar
}

function termsOfWires(circuit: Circuit): readonly (readonly Term[])[] {
  const coefficients = coefficientsOf(circuit)
  const terms: Term[][] = Array.from({ length: circuit.wireCount }, () => [])
  const collect = ({ offsets, wires, coefficients: places }: SparseRows, row: number, key: 'inA' | 'inB' | 'inC') => {
    for (let place = offsets[row]!; place < offsets[row + 1]!; place++) {
      const list = terms[wires[place]!]!
      let term = list.at(-1)
      if (term?.row !== row) {
        term = { row, inA: 0n, inB: 0n, inC: 0n }
        list.push(term)
      }
      term[key] = coefficients[places[place]!]!
    }
  }
  for (let row = 0; row < circuit.constraintCount; row++) {
    collect(circuit.a, row, 'inA')
    collect(circuit.b, row, 'inB')
    collect(circuit.c, row, 'inC')
  }
  return terms
}

/** Other values than one: near it, opposite, bits, and then by chance, the same each time. */
function otherValues(value: Scalar, count: number, seed: number): Scalar[] {
  const values = [1n - value, 0n, 1n, value + 1n, value - 1n, -value, 2n * value, value + 2n ** 32n, value + 2n ** 248n]
  let state = BigInt(seed) + 1n
  while (values.length < count + 4) {
    // A linear congruence is chance enough to hit what no row holds.
    state = (state * 0x5deece66d1234567n + 0xb1n) % scalarModulus
    values.push(state * state)
  }
  const others = new Set(values.map(other => ((other % scalarModulus) + scalarModulus) % scalarModulus))
  others.delete(value)
  return [...others].slice(0, count)
}

function scalarsOf(bytes: Uint8Array): Scalar[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / scalarSize }, (_, index) =>
    [3, 2, 1, 0].reduce((value, word) => (value << 64n) | view.getBigUint64(index * scalarSize + word * 8, true), 0n),
  )
}
