import { WasmModule } from '../assembler.ts'
import { fixed } from '../field.ts'
import { baseFieldParameters } from '../field-parameters.ts'
import { StaticMemory } from '../static-memory.ts'
import { emitVectorField } from '../vector-field.ts'
import { emitFp12 } from './fp12-functions.ts'
import { frobeniusConstants } from './frobenius.ts'
import { emitG1 } from './g1-functions.ts'
import { emitLines } from './line-functions.ts'
import { emitPairFunctions } from './pair-functions.ts'
import { type DefineTower, TowerCode } from './tower-code.ts'
import { emitWideKernel } from './wide-kernel.ts'

type Unary = (destination: number, a: number) => void
type Binary = (destination: number, a: number, b: number) => void

/** Names of the module's functions. Addresses go in; destinations may be sources. */
export interface PairingExports {
  readonly memory: WebAssembly.Memory
  // On both lanes of a pair: see `../field.ts`.
  readonly 'fp.multiply': Binary
  readonly 'fp.square': Unary
  readonly 'fp.add': Binary
  readonly 'fp.subtract': Binary
  readonly 'fp.negate': Unary
  readonly 'fp.join': Binary
  readonly 'fp.split': (pair: number, low: number, high: number) => void
  readonly 'fp.zeroLanes': (pair: number) => number
  /** a squared so many times, at least once. */
  readonly 'fp.squareTimes': (destination: number, a: number, times: number) => void
  readonly 'fp2.multiply': Binary
  readonly 'fp12.multiply': Binary
  readonly 'fp12.square': Unary
  /** a², where a is in the cyclotomic subgroup, as after the easy part of the final exponentiation. */
  readonly 'fp12.cyclotomicSquare': Unary
  /** a^(p⁶). */
  readonly 'fp12.conjugate': Unary
  readonly 'fp12.frobenius1': Unary
  readonly 'fp12.frobenius2': Unary
  readonly 'fp12.frobenius3': Unary
  /** A pair with the norm of a down to Fp in lane 0. */
  readonly 'fp12.norm': Unary
  /** 1/a, from the inverse of its norm in both lanes. */
  readonly 'fp12.invertFrom': (destination: number, a: number, inverse: number) => void
  /** Doubles the point of G2; the line is the tangent at what it was. */
  readonly 'line.double': (line: number, point: number) => void
  /** Adds an affine point (two pairs); the line goes through both. */
  readonly 'line.add': (line: number, point: number, other: number) => void
  /** Multiplies an element of Fp12 by the value of a line at a point of G1. */
  readonly 'line.multiply': (element: number, line: number, point: number) => void
  /** The same for a line whose last coefficient is 1. */
  readonly 'line.multiplyFixed': (element: number, line: number, point: number) => void
  readonly 'g1.double': Unary
  readonly 'g1.add': Binary
}

export interface PairingModule {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** First address that is free. */
  readonly heapStart: number
  readonly pairSize: number
  readonly elementSize: number
  /** A pair as its bytes in memory. */
  readonly encodePair: (low: bigint, high?: bigint) => Uint8Array
}

/** Pages of 64 KiB that the module starts with. */
const initialPages = 16

/** Writes the module that pairings run on. Needs fused multiply-add. */
export function pairingModule(): PairingModule {
  const module = new WasmModule()
  module.defineMemory(initialPages, { exportAs: 'memory' })
  const memory = new StaticMemory(module)
  const field = emitVectorField(module, memory, baseFieldParameters)
  const kernel = emitWideKernel(module, memory, baseFieldParameters)
  const pairs = emitPairFunctions(module, memory, field)
  const define: DefineTower = (name, parameterCount, body) =>
    module.function(
      name,
      Array.from({ length: parameterCount }, () => 'i32' as const),
      [],
      (code, parameters) => body(new TowerCode(code, memory, kernel, pairs), parameters),
      { exported: true },
    )
  const placeOf = ({ c0, c1 }: { readonly c0: bigint; readonly c1: bigint }) => fixed(memory.place(field.encodePair(c0, c1)))
  emitFp12(define, frobeniusConstants(), placeOf)
  emitLines(define)
  emitG1(define)
  define('fp2.multiply', 3, (tower, [destination, a, b]) => {
    const wide = tower.wides(1)
    tower.multiply(wide[0]!, tower.pairsAt(a!, 1)[0]!, tower.pairsAt(b!, 1)[0]!)
    tower.reduce(tower.pairsAt(destination!, 1), wide)
  })
  module.function(
    'fp.squareTimes',
    ['i32', 'i32', 'i32'],
    [],
    (code, [destination, a, times]) => {
      const counter = code.local('i32')
      code.get(destination).get(a).call(field.square)
      code.get(times).i32(1).op('i32.sub').set(times)
      code.repeat(counter, times, () => {
        code.get(destination).get(destination).call(field.square)
      })
    },
    { exported: true },
  )
  const { multiply, square, add, subtract, negate, join, split, zeroLanes } = field
  for (const reference of [multiply, square, add, subtract, negate, join, split, zeroLanes]) module.export(reference.name, reference)
  return {
    bytes: module.toBytes(),
    heapStart: memory.end,
    pairSize: field.pairSize,
    elementSize: field.elementSize,
    encodePair: (low, high) => field.encodePair(low, high),
  }
}
