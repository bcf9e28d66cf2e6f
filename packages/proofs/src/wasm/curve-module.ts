import { emitAffineBatch } from './affine-batch.ts'
import { WasmModule } from './assembler.ts'
import type { Coordinates } from './coordinates.ts'
import { emitCoordinatesG1 } from './coordinates-g1.ts'
import { emitCoordinatesG2 } from './coordinates-g2.ts'
import { emitField, type FieldKind } from './emit-field.ts'
import { emitEndomorphisms } from './endomorphism.ts'
import { baseFieldParameters } from './field-parameters.ts'
import { emitProjective } from './projective.ts'
import { emitSplitScalars } from './split-scalars.ts'
import { StaticMemory } from './static-memory.ts'

/** What the module exports for each group. Addresses are of points (x and y, an element each) unless said otherwise. */
export interface GroupExports {
  readonly addBatch: (list: number, count: number, scratch: number) => number
  readonly doubleBatch: (list: number, count: number, scratch: number) => void
  readonly findEqual: (list: number, count: number, start: number) => number
  /** (point, point, destination, destination): z² times a point of G1, z times a point of G2. */
  readonly endomorphism: (low: number, high: number, lowDestination: number, highDestination: number) => void
  readonly negatePoint: (point: number, destination: number) => void
  readonly sameX: (first: number, second: number) => number
  readonly sameY: (first: number, second: number) => number
  readonly addProjective: (destination: number, a: number, b: number) => void
  readonly doubleProjective: (destination: number, a: number) => void
  readonly fromAffine: (destination: number, low: number, high: number) => void
  readonly toAffine: (a: number, lowDestination: number, highDestination: number) => number
  /** (x, y) → lanes whose x is on the curve: pairs; y gets a square root of x³ + b. */
  readonly liftX: (x: number, y: number) => number
  /** (y, x) → lanes whose y² is x³ + b. */
  readonly onCurve: (x: number, y: number) => number
  readonly join: (pair: number, low: number, high: number) => void
  readonly split: (pair: number, low: number, high: number) => void
  readonly negateLanes: (pair: number, lanes: number) => void
}

/** The module, running, and the sizes in it. */
export interface CurveModule {
  readonly memory: WebAssembly.Memory
  /** First address that is free. */
  readonly heapStart: number
  /** Size of an element of the base field and of a pair of them. */
  readonly elementSize: number
  readonly pairSize: number
  readonly fromBytes: (pair: number, low: number, high: number) => void
  readonly toBytes: (pair: number, low: number, high: number) => void
  readonly multiply: (destination: number, a: number, b: number) => void
  /** See {@link emitSplitScalars}. */
  readonly splitScalars: (source: number, destination: number, count: number) => void
  readonly groups: { readonly G1: GroupExports; readonly G2: GroupExports }
  /** A base field element's bytes, for constants. */
  readonly encode: (value: bigint) => Uint8Array
  readonly encodePair: (low: bigint, high?: bigint) => Uint8Array
}

/** Writes the module of both groups, without running it. */
export function createCurveModule(kind?: FieldKind): {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly bind: (instance: WebAssembly.Instance) => CurveModule
} {
  const module = new WasmModule()
  module.defineMemory(32, { exportAs: 'memory' })
  const memory = new StaticMemory(module)
  const fp = emitField(module, memory, baseFieldParameters, kind)
  const g1 = emitCoordinatesG1(module, memory, fp)
  const g2 = emitCoordinatesG2(module, memory, fp, g1.invert)
  for (const coordinates of [g1, g2]) {
    emitAffineBatch(module, memory, coordinates)
    emitProjective(module, memory, coordinates)
    emitCurveEquation(module, memory, coordinates)
  }
  emitEndomorphisms(module, memory, fp, g1, g2)
  emitSplitScalars(module, memory)
  for (const name of ['fromBytes', 'toBytes', 'multiply'] as const) module.export(name, fp[name])
  const bytes = module.toBytes()
  if (memory.end > 32 * 65536) throw new TypeError('curve module: constants need more pages')

  const bind = (instance: WebAssembly.Instance): CurveModule => {
    const exports = instance.exports as unknown as Record<string, unknown> &
      Pick<CurveModule, 'memory' | 'fromBytes' | 'toBytes' | 'multiply' | 'splitScalars'>
    const group = (name: string): GroupExports =>
      Object.fromEntries(groupExportNames.map(operation => [operation, exports[`${name}.${operation}`]])) as unknown as GroupExports
    return {
      memory: exports.memory,
      heapStart: memory.end,
      elementSize: fp.elementSize,
      pairSize: fp.pairSize,
      fromBytes: exports.fromBytes,
      toBytes: exports.toBytes,
      multiply: exports.multiply,
      splitScalars: exports.splitScalars,
      groups: { G1: group('g1'), G2: group('g2') },
      encode: value => fp.encode(value),
      encodePair: (low, high) => fp.encodePair(low, high),
    }
  }
  return { bytes, bind }
}

const groupExportNames = [
  'addBatch',
  'doubleBatch',
  'findEqual',
  'sameX',
  'sameY',
  'negatePoint',
  'endomorphism',
  'addProjective',
  'doubleProjective',
  'fromAffine',
  'toAffine',
  'liftX',
  'onCurve',
  'join',
  'split',
  'negateLanes',
] as const satisfies readonly (keyof GroupExports)[]

function emitCurveEquation(module: WasmModule, memory: StaticMemory, coordinates: Coordinates): void {
  const { name, pairSize, multiply, square, add, subtract, normalize, zeroLanes } = coordinates
  const [right, left] = [memory.reserve(pairSize), memory.reserve(pairSize)]
  const onCurve = module.function(
    `${name}.onCurve`,
    ['i32', 'i32'],
    ['i32'],
    (code, [x, y]) => {
      code.i32(right).get(x).call(square)
      code.i32(right).i32(right).get(x).call(multiply)
      code.i32(right).i32(right).i32(coordinates.b).call(add)
      code.i32(left).get(y).call(square)
      code.i32(left).i32(left).i32(right).call(subtract)
      code.i32(left).call(zeroLanes)
    },
    { exported: true },
  )
  module.function(
    `${name}.liftX`,
    ['i32', 'i32'],
    ['i32'],
    (code, [x, y]) => {
      code.i32(right).get(x).call(square)
      code.i32(right).i32(right).get(x).call(multiply)
      code.i32(right).i32(right).i32(coordinates.b).call(add)
      code.i32(right).i32(right).call(normalize)
      code.get(y).i32(right).call(coordinates.squareRoot)
      code.get(x).get(y).call(onCurve)
    },
    { exported: true },
  )
  for (const operation of ['join', 'split', 'negateLanes'] as const) module.export(`${name}.${operation}`, coordinates[operation])
}
