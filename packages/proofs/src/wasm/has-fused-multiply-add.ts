import { WasmModule } from './assembler.ts'

/**
 * Whether `f64x2.relaxed_madd` exists here and rounds once, as the arithmetic on doubles needs. The specification lets an engine multiply,
 * round, then add; on a processor without the instruction some do.
 */
export function hasFusedMultiplyAdd(): boolean {
  const module = new WasmModule()
  module.function(
    'multiplyAdd',
    ['f64', 'f64', 'f64'],
    ['f64'],
    (code, [x, y, z]) => {
      for (const operand of [x, y, z]) code.get(operand).op('f64x2.splat')
      code.op('f64x2.relaxed_madd').lane('f64x2.extract_lane', 1)
    },
    { exported: true },
  )
  module.function(
    'multiplySubtract',
    ['f64', 'f64', 'f64'],
    ['f64'],
    (code, [x, y, z]) => {
      for (const operand of [x, y, z]) code.get(operand).op('f64x2.splat')
      code.op('f64x2.relaxed_nmadd').lane('f64x2.extract_lane', 1)
    },
    { exported: true },
  )
  const bytes = module.toBytes()
  if (!WebAssembly.validate(bytes)) return false
  const { multiplyAdd, multiplySubtract } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as {
    multiplyAdd: (x: number, y: number, z: number) => number
    multiplySubtract: (x: number, y: number, z: number) => number
  }
  // x² = 2⁵⁴ + 2²⁸ + 1 has one bit more than a double holds: rounded first, the 1 is lost.
  const x = 2 ** 27 + 1
  const rounded = 2 ** 54 + 2 ** 28
  return multiplyAdd(x, x, -rounded) === 1 && multiplySubtract(x, x, rounded) === -1 && multiplyAdd(-x, x, rounded) === -1
}
