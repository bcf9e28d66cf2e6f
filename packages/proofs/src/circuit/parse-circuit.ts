import { ByteReader, bytesToUtf8, EncodingError, equalBytes, utf8ToBytes } from '@hufu/primitives'
import { ProofError } from '../errors.ts'
import { isScalar } from '../field/is-scalar.ts'
import { scalarSize } from '../field/scalar-field.ts'
import { checkSolution } from './check-solution.ts'
import type { Circuit, CircuitInput, SparseRows } from './circuit.ts'

/** First bytes of a circuit file, with the format's version. */
export const circuitFileHeader = utf8ToBytes('hufu circuit 1\n')

// Far above ours; small enough that no file makes us reserve much.
const mostWires = 1 << 20
const mostTerms = 1 << 22
const mostInputs = 64
const mostNameBytes = 64

/**
 * Parses a circuit file. After the header, with every integer in Neo's variable length (one byte below 253):
 *
 * - name, behind its length; number of public inputs (as wires); number of named inputs, each a name behind its length and a size
 * - number of coefficients, 32 bytes each, little-endian
 * - number of combinations, each its number of terms and for each term the difference of its wire and the zigzag difference of its coefficient's number to the
 *   term before
 * - number of rows, each its combinations for a, b and c, counted back from the first that no row has used yet
 * - number of wires that are no inputs, for each the zigzag differences of its row and of the wire to the one before
 *
 * A file that parses leaves no wire open: see {@link checkSolution}.
 *
 * @throws ProofError `ERR_PROOF_CIRCUIT`
 */
export function parseCircuit(file: Uint8Array): Circuit {
  try {
    return read(new ByteReader(file))
  } catch (error) {
    if (error instanceof EncodingError) throw new ProofError('ERR_PROOF_CIRCUIT', 'circuit: expected a complete file', { cause: error })
    throw error
  }
}

function read(reader: ByteReader): Circuit {
  if (!equalBytes(reader.bytes(circuitFileHeader.length), circuitFileHeader)) throw refused('a circuit file of version 1')
  const name = readName(reader)
  const publicCount = reader.varUint(mostWires)
  const inputs = readInputs(reader)
  const inputCount = inputs.reduce((sum, input) => sum + input.size, 0)
  if (!inputs.some(input => input.firstWire + input.size === publicCount + 1)) throw refused('public inputs to be whole inputs')

  const coefficients = readCoefficients(reader)
  const combinations = readCombinations(reader, coefficients.length / scalarSize)
  const constraintCount = reader.varUint(mostWires)
  const numbers = readRows(reader, constraintCount, combinations.offsets.length - 1)
  const [a, b, c] = [expand(numbers.a, combinations), expand(numbers.b, combinations), expand(numbers.c, combinations)]
  const sums = { count: combinations.offsets.length - 1, a: numbers.a, b: numbers.b }
  const solution = readSolution(reader)
  reader.end()

  const wireCount = 1 + inputCount + solution.wires.length
  if (wireCount > mostWires) throw refused('fewer wires')
  if (combinations.wires.some(wire => wire >= wireCount)) throw refused('terms of wires that exist')
  const circuit: Circuit = { name, wireCount, publicCount, constraintCount, inputs, coefficients, a, b, c, sums, solution }
  checkSolution(circuit)
  return circuit
}

function readName(reader: ByteReader): string {
  const name = bytesToUtf8(reader.varBytes(mostNameBytes))
  if (!/^[a-zA-Z][a-zA-Z0-9]*$/.test(name)) throw refused('names of letters and digits')
  return name
}

function readInputs(reader: ByteReader): CircuitInput[] {
  const names = new Set<string>()
  let firstWire = 1
  return Array.from({ length: reader.varUint(mostInputs) }, () => {
    const name = readName(reader)
    const size = reader.varUint(mostWires)
    if (names.has(name) || size === 0) throw refused('inputs of different names, none of them empty')
    names.add(name)
    firstWire += size
    return { name, firstWire: firstWire - size, size }
  })
}

function readCoefficients(reader: ByteReader): Uint8Array {
  const coefficients = reader.bytes(reader.varUint(mostTerms) * scalarSize)
  for (let start = 0; start < coefficients.length; start += scalarSize) {
    const isZero = coefficients.subarray(start, start + scalarSize).every(byte => byte === 0)
    if (isZero || !isScalar(coefficients, start)) throw refused('coefficients from 1 to below the order of the group')
  }
  return coefficients
}

function readCombinations(reader: ByteReader, coefficientCount: number): SparseRows {
  const offsets = [0]
  const wires: number[] = []
  const coefficients: number[] = []
  const count = reader.varUint(mostTerms)
  for (let index = 0; index < count; index++) {
    const terms = reader.varUint(mostWires)
    let wire = 0
    let coefficient = 0
    for (let term = 0; term < terms; term++) {
      const difference = reader.varUint(mostWires)
      if (term > 0 && difference === 0) throw refused('one term a wire, in ascending order')
      wire += difference
      coefficient += readDifference(reader)
      if (coefficient < 0 || coefficient >= coefficientCount) throw refused('terms of coefficients that exist')
      wires.push(wire)
      coefficients.push(coefficient)
    }
    offsets.push(wires.length)
  }
  return { offsets: Uint32Array.from(offsets), wires: Uint32Array.from(wires), coefficients: Uint32Array.from(coefficients) }
}

function readRows(reader: ByteReader, rowCount: number, combinationCount: number) {
  const [a, b, c] = [new Uint32Array(rowCount), new Uint32Array(rowCount), new Uint32Array(rowCount)]
  let used = 0
  for (let row = 0; row < rowCount; row++) {
    for (const numbers of [a, b, c]) {
      const number = used - reader.varUint(used)
      if (number >= combinationCount) throw refused('rows of combinations that exist')
      if (number === used) used++
      numbers[row] = number
    }
  }
  if (used !== combinationCount) throw refused('every combination in a row')
  return { a, b, c }
}

/** A matrix with each row's terms written out. */
function expand(numbers: Uint32Array, combinations: SparseRows): SparseRows {
  const offsets = new Uint32Array(numbers.length + 1)
  for (const [row, number] of numbers.entries()) {
    const end = offsets[row]! + combinations.offsets[number + 1]! - combinations.offsets[number]!
    if (end > mostTerms) throw refused('fewer terms')
    offsets[row + 1] = end
  }
  const wires = new Uint32Array(offsets.at(-1)!)
  const coefficients = new Uint32Array(offsets.at(-1)!)
  for (const [row, number] of numbers.entries()) {
    const [start, end] = [combinations.offsets[number]!, combinations.offsets[number + 1]!]
    wires.set(combinations.wires.subarray(start, end), offsets[row]!)
    coefficients.set(combinations.coefficients.subarray(start, end), offsets[row]!)
  }
  return { offsets, wires, coefficients }
}

function readSolution(reader: ByteReader): Circuit['solution'] {
  const count = reader.varUint(mostWires)
  const rows: number[] = []
  const wires: number[] = []
  let row = 0
  let wire = 0
  for (let index = 0; index < count; index++) {
    row += readDifference(reader)
    wire += readDifference(reader)
    if (row < 0 || wire < 0) throw refused('rows and wires that exist')
    rows.push(row)
    wires.push(wire)
  }
  return { rows: Uint32Array.from(rows), wires: Uint32Array.from(wires) }
}

/** An integer of either sign: 0, 1, 2, 3, … stand for 0, −1, 1, −2, … */
function readDifference(reader: ByteReader): number {
  const value = reader.varUint(mostTerms)
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

function refused(expectation: string): ProofError {
  return new ProofError('ERR_PROOF_CIRCUIT', `circuit: expected ${expectation}`)
}
