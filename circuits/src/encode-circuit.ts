import { ByteWriter, utf8ToBytes } from '@hufu/primitives'
import { circuitFileHeader, type Scalar, scalarToBytes } from '@hufu/proofs'
import type { OrderedSystem } from './order-rows.ts'
import type { Combination } from './read-r1cs.ts'

/** Names and sizes of a circuit's inputs, in the order of their wires. */
export interface InputSize {
  readonly name: string
  readonly size: number
}

/** Writes a circuit file; `parseCircuit` of packages/proofs, which reads it, describes the format. */
export function encodeCircuit(name: string, inputs: readonly InputSize[], system: OrderedSystem): Uint8Array {
  const coefficients = new Numbering<Scalar>()
  const combinations = new Numbering<string>()
  const combinationPart = new ByteWriter()
  const rowPart = new ByteWriter()
  for (const row of system.rows) {
    for (const combination of [row.a, row.b, row.c]) {
      const known = combinations.size
      const number = combinations.of(combination.map(({ wire, coefficient }) => `${wire} ${coefficient}`).join())
      if (number === known) writeCombination(combinationPart, combination, coefficients)
      // Counted back from the next new one, which most are.
      rowPart.varUint(known - number)
    }
  }

  const file = new ByteWriter().bytes(circuitFileHeader).varBytes(utf8ToBytes(name)).varUint(system.publicCount).varUint(inputs.length)
  for (const input of inputs) file.varBytes(utf8ToBytes(input.name)).varUint(input.size)
  file.varUint(coefficients.size)
  for (const coefficient of coefficients.things()) file.bytes(scalarToBytes(coefficient))
  file.varUint(combinations.size).bytes(combinationPart.toBytes())
  file.varUint(system.rows.length).bytes(rowPart.toBytes())
  file.varUint(system.solution.length)
  writeSolution(file, system.solution)
  return file.toBytes()
}

function writeCombination(writer: ByteWriter, combination: Combination, coefficients: Numbering<Scalar>): void {
  writer.varUint(combination.length)
  let lastWire = 0
  let lastNumber = 0
  for (const { wire, coefficient } of combination) {
    const number = coefficients.of(coefficient)
    writer.varUint(wire - lastWire).varUint(zigzag(number - lastNumber))
    lastWire = wire
    lastNumber = number
  }
}

function writeSolution(writer: ByteWriter, solution: OrderedSystem['solution']): void {
  let lastRow = 0
  let lastWire = 0
  for (const { row, wire } of solution) {
    writer.varUint(zigzag(row - lastRow)).varUint(zigzag(wire - lastWire))
    lastRow = row
    lastWire = wire
  }
}

/** Small integers of both signs as small integers: 0, −1, 1, −2, … become 0, 1, 2, 3, … */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

/** Numbers things from 0 in the order in which they turn up. */
class Numbering<Thing> {
  readonly #numbers = new Map<Thing, number>()

  get size(): number {
    return this.#numbers.size
  }

  of(thing: Thing): number {
    const known = this.#numbers.get(thing)
    if (known !== undefined) return known
    this.#numbers.set(thing, this.#numbers.size)
    return this.#numbers.size - 1
  }

  things(): Iterable<Thing> {
    return this.#numbers.keys()
  }
}
