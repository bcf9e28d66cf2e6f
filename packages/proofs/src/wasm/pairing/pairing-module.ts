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

/** Names of the module's functions: addresses go in, nothing comes out but where a result is said. */
export interface PairingExports {
  readonly memory: WebAssembly.Memory
  readonly 'fp.multiply': (destination: number, a: number, b: number) => void
  readonly 'fp.square': (destination: number, a: number) => void
  readonly 'fp.subtract': (destination: number, a: number, b: number) => void
  readonly 'fp.add': (destination: number, a: number, b: number) => void
  readonly 'fp.negate': (destination: number, a: number) => void
  readonly 'fp.fromBytes': (pair: number, low: number, high: number) => void
  readonly 'fp.toBytes': (pair: number, low: number, high: number) => void
  readonly 'fp.join': (pair: number, low: number, high: number) => void
  readonly 'fp.split': (pair: number, low: number, high: number) => void
  readonly 'fp.zeroLanes': (pair: number) => number
  /** a² so many times. */
  readonly 'fp.squareTimes': (destination: number, a: number, times: number) => void
  readonly 'fp2.multiply': (destination: number, a: number, b: number) => void
  readonly 'fp12.multiply': (destination: number, a: number, b: number) => void
  readonly 'fp12.square': (destination: number, a: number) => void
  readonly 'fp12.cyclotomicSquare': (destination: number, a: number) => void
  readonly 'fp12.conjugate': (destination: number, a: number) => void
  readonly 'fp12.frobenius1': (destination: number, a: number) => void
  readonly 'fp12.frobenius2': (destination: number, a: number) => void
  readonly 'fp12.frobenius3': (destination: number, a: number) => void
  readonly 'fp12.norm': (destination: number, a: number) => void
  readonly 'fp12.invertFrom': (destination: number, a: number, inverseOfNorm: number) => void
  readonly 'line.double': (line: number, point: number) => void
  readonly 'line.add': (line: number, point: number, other: number) => void
  readonly 'line.multiply': (element: number, line: number, point: number) => void
  readonly 'line.multiplyFixed': (element: number, line: number, point: number) => void
  readonly 'g1.double': (destination: number, a: number) => void
  readonly 'g1.add': (destination: number, a: number, b: number) => void
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
  const { multiply, square, add, subtract, negate, fromBytes, toBytes, join, split, zeroLanes } = field
  for (const reference of [multiply, square, add, subtract, negate, fromBytes, toBytes, join, split, zeroLanes])
    module.export(reference.name, reference)
  return {
    bytes: module.toBytes(),
    heapStart: memory.end,
    pairSize: field.pairSize,
    elementSize: field.elementSize,
    encodePair: (low, high) => field.encodePair(low, high),
  }
}
