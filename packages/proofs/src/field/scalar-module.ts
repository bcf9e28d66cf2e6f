import { WasmModule } from '../wasm/assembler.ts'
import type { FunctionReference } from '../wasm/code.ts'
import { emitField, type FieldKind } from '../wasm/emit-field.ts'
import { at, type Field, fixed, type Term } from '../wasm/field.ts'
import { scalarFieldParameters } from '../wasm/field-parameters.ts'
import { StaticMemory } from '../wasm/static-memory.ts'

/** Partial rounds of Poseidon that are worked on together: what they add to the rest of the state is added at their end. */
export const roundsPerBlock = 4

/** What a step of a Poseidon program does with its three addresses. */
export const steps = {
  /** destination = (source + constant)⁵ */
  power: 0,
  /** destination = the sum of `width` sources, each times its constant: a row of the matrix */
  row: 1,
  /** destination = the sum of `width − 1 + roundsPerBlock` sources, each times its constant */
  blockRow: 2,
  /** destination += the sum of `roundsPerBlock` sources, each times its constant */
  blockEnd: 3,
} as const

/** Size of a step in memory: which, destination, source, constants, each 4 bytes. */
export const stepSize = 16

/** Functions of the module. All addresses are in bytes; a pair is two scalars in the field's own form. */
export interface ScalarExports {
  readonly memory: WebAssembly.Memory
  multiply(destination: number, a: number, b: number): void
  add(destination: number, a: number, b: number): void
  join(destination: number, low: number, high: number): void
  split(pair: number, low: number, high: number): void
  fromBytes(destination: number, low: number, high: number): void
  toBytes(pair: number, low: number, high: number): void
  /** One layer of a transform over the pairs from `start` to `end`; `stride` is the distance of the twiddle factors to be used. */
  layer(start: number, end: number, half: number, twiddles: number, stride: number, isNormalizing: number): void
  /** Runs the steps of a Poseidon program, of the width in the function's name. */
  readonly [run: `poseidon${number}`]: (program: number, end: number) => void
}

/** A module for work on many scalars, and what is needed to put data into it. */
export interface ScalarModule {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly field: Field
  /** First address that is free. */
  readonly dataStart: number
}

/** Widths of Poseidon that the module has. */
export const compiledWidths = [3, 6, 9, 17] as const

/** Writes the module. */
export function writeScalarModule(kind?: FieldKind): ScalarModule {
  const module = new WasmModule()
  module.defineMemory(16, { exportAs: 'memory' })
  const memory = new StaticMemory(module)
  const field = emitField(module, memory, scalarFieldParameters, kind)
  for (const name of ['multiply', 'add', 'join', 'split', 'fromBytes', 'toBytes'] as const) exportFunction(module, name, field[name])
  writeLayer(module, memory, field)
  const one = memory.place(field.encodePair(1n))
  const power = writePower(module, memory, field)
  const blockEnd = writeSum(module, field, 'blockEnd', roundsPerBlock, one)
  for (const width of compiledWidths) {
    const row = writeSum(module, field, `row${width}`, width)
    const blockRow = writeSum(module, field, `blockRow${width}`, width - 1 + roundsPerBlock)
    writeRun(module, `poseidon${width}`, [power, row, blockRow, blockEnd])
  }
  return { bytes: module.toBytes(), field, dataStart: memory.end }
}

function exportFunction(module: WasmModule, name: string, target: FunctionReference): void {
  const wrapper = module.declare(name, target.parameters, target.results, { exported: true })
  module.define(wrapper, (code, parameters) => {
    for (const parameter of parameters) code.get(parameter)
    code.call(target)
  })
}

/** (destination, source, constant) */
function writePower(module: WasmModule, memory: StaticMemory, field: Field): FunctionReference {
  const [sum, square] = [memory.reserve(field.pairSize), memory.reserve(field.pairSize)]
  return module.function('power', ['i32', 'i32', 'i32'], [], (code, [destination, source, constant]) => {
    code.i32(sum).get(source).get(constant).call(field.add)
    code.i32(square).i32(sum).call(field.square)
    code.i32(square).i32(square).call(field.square)
    code.get(destination).i32(square).i32(sum).call(field.multiply)
  })
}

/** (destination, sources, constants); with `one`, what stands at the destination is added. */
function writeSum(module: WasmModule, field: Field, name: string, count: number, one?: number): FunctionReference {
  return module.function(name, ['i32', 'i32', 'i32'], [], (code, [destination, sources, constants]) => {
    const terms: Term[] = Array.from({ length: count }, (_, index) => ({
      first: at(sources, index * field.pairSize),
      second: at(constants, index * field.pairSize),
    }))
    if (one !== undefined) terms.push({ first: at(destination), second: fixed(one) })
    field.emitSumOfProducts(code, at(destination), terms)
  })
}

/** (program, end): one step after the other. */
function writeRun(module: WasmModule, name: string, functions: readonly FunctionReference[]): void {
  module.function(
    name,
    ['i32', 'i32'],
    [],
    (code, [program, end]) => {
      code.block(exit => {
        code.loop(again => {
          code.get(program).get(end).op('i32.ge_u').branchIf(exit)
          for (const [step, target] of functions.entries()) {
            code.get(program).memory('i32.load').i32(step).op('i32.eq')
            code.if(() => {
              for (const offset of [4, 8, 12]) code.get(program).memory('i32.load', offset)
              code.call(target)
            })
          }
          code.get(program).i32(stepSize).op('i32.add').set(program).branch(again)
        })
      })
    },
    { exported: true },
  )
}

function writeLayer(module: WasmModule, memory: StaticMemory, field: Field): void {
  const { pairSize } = field
  const sum = memory.reserve(pairSize)
  module.function(
    'layer',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    [],
    (code, [start, end, half, twiddles, stride, isNormalizing]) => {
      const [left, right, middle, twiddle] = code.locals('i32', 4) as [typeof start, typeof start, typeof start, typeof start]
      code.block(exit => {
        code.loop(again => {
          code.get(start).get(end).op('i32.ge_u').branchIf(exit)
          code.get(start).set(left).get(start).get(half).op('i32.add').tee(right).set(middle).get(twiddles).set(twiddle)
          code.loop(next => {
            code.get(right).get(right).get(twiddle).call(field.multiply)
            code.get(isNormalizing).if(() => code.get(left).get(left).call(field.normalize))
            code.i32(sum).get(left).get(right).call(field.add)
            code.get(right).get(left).get(right).call(field.subtract)
            code.get(left).i32(sum).i32(pairSize).memoryCopy()
            code.get(twiddle).get(stride).op('i32.add').set(twiddle)
            code.get(right).i32(pairSize).op('i32.add').set(right)
            code.get(left).i32(pairSize).op('i32.add').tee(left).get(middle).op('i32.lt_u').branchIf(next)
          })
          code.get(right).set(start).branch(again)
        })
      })
    },
    { exported: true },
  )
}
