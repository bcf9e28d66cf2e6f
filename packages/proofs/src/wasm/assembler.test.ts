import { describe, expect, test } from 'vitest'
import { WasmModule } from './assembler.ts'

type Exports = Record<string, (...values: never[]) => unknown>

function instantiate(module: WasmModule, imports?: WebAssembly.Imports): WebAssembly.Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), imports).exports
}

describe('assembler', () => {
  test('writes functions with locals, loops and calls', () => {
    const module = new WasmModule()
    const square = module.function('square', ['i64'], ['i64'], (code, [x]) => {
      code.get(x).get(x).op('i64.mul')
    })
    module.function(
      'sumOfSquares',
      ['i32'],
      ['i64'],
      (code, [count]) => {
        const counter = code.local('i32')
        const sum = code.local('i64')
        code.repeat(counter, count, () => {
          code.get(sum).get(counter).op('i64.extend_i32_u').call(square).op('i64.add').set(sum)
        })
        code.get(sum)
      },
      { exported: true },
    )
    const { sumOfSquares } = instantiate(module) as unknown as { sumOfSquares: (count: number) => bigint }
    expect(sumOfSquares(0)).toBe(0n)
    expect(sumOfSquares(4)).toBe(14n)
    expect(sumOfSquares(1000)).toBe(332833500n)
  })

  test('writes both arms of a condition and branches out of nested blocks', () => {
    const module = new WasmModule()
    module.function(
      'clamp',
      ['i32'],
      ['i32'],
      (code, [x]) => {
        const result = code.local('i32')
        code.i32(-1).set(result)
        code.block(exit => {
          code.block(inner => {
            code.get(x).i32(100).op('i32.gt_s').branchIf(exit)
            code.get(x).i32(0).op('i32.lt_s').branchIf(inner)
            code
              .get(x)
              .i32(50)
              .op('i32.gt_s')
              .if(
                () => code.i32(2),
                () => code.i32(1),
                'i32',
              )
            code.set(result).branch(exit)
          })
          code.i32(-7).set(result)
        })
        code.get(result)
      },
      { exported: true },
    )
    const { clamp } = instantiate(module) as unknown as { clamp: (x: number) => number }
    expect([clamp(101), clamp(-5), clamp(51), clamp(50)]).toEqual([-1, -7, 2, 1])
  })

  test('writes memory, data, vectors and imports', () => {
    const module = new WasmModule()
    const report = module.importFunction('host', 'report', ['f64'], [])
    module.importMemory('host', 'memory', 1)
    module.data(32, new Uint8Array(Float64Array.of(3, 5, 7, 11).buffer))
    module.function(
      'run',
      [],
      [],
      code => {
        const product = code.local('v128')
        code.i32(32).memory('v128.load').i32(32).memory('v128.load', 16).i64x2(0n).op('f64x2.relaxed_madd').set(product)
        code.get(product).lane('f64x2.extract_lane', 0).call(report)
        code.get(product).lane('f64x2.extract_lane', 1).call(report)
        code.i32(0).get(product).get(product).shuffle64(1, 0).memory('v128.store', 64)
        code.i32(0).i32(0).get(product).memoryLane('v128.load64_lane', 1, 32).memory('v128.store', 80)
      },
      { exported: true },
    )
    const memory = new WebAssembly.Memory({ initial: 1 })
    const reported: number[] = []
    const { run } = instantiate(module, { host: { memory, report: (value: number) => reported.push(value) } }) as unknown as Exports
    run?.()
    expect(reported).toEqual([21, 55])
    expect([...new Float64Array(memory.buffer, 64, 4)]).toEqual([55, 21, 21, 3])
  })

  test('keeps a global over calls and encodes numbers of every size', () => {
    const module = new WasmModule()
    const state = module.global(-5)
    module.function(
      'next',
      ['i32'],
      ['i32'],
      (code, [step]) => code.getGlobal(state).get(step).op('i32.add').setGlobal(state).getGlobal(state),
      { exported: true },
    )
    const constants = [0n, 63n, 64n, -64n, -65n, 127n, 128n, 2n ** 31n, -(2n ** 63n), 2n ** 63n - 1n]
    constants.forEach((value, index) => {
      module.function(`constant${index}`, [], ['i64'], code => code.i64(value), { exported: true })
    })
    const small = [0, 63, 64, -64, -65, 127, 128, 8191, 8192, -8192, -8193, 2 ** 31 - 1, -(2 ** 31)]
    small.forEach((value, index) => {
      module.function(`small${index}`, [], ['i32'], code => code.i32(value), { exported: true })
    })
    const exports = instantiate(module) as unknown as Record<string, (step?: number) => number | bigint>
    expect([exports.next?.(3), exports.next?.(300), exports.next?.(-1000000)]).toEqual([-2, 298, -999702])
    expect(small.map((_, index) => exports[`small${index}`]?.())).toEqual(small)
    expect(constants.map((_, index) => exports[`constant${index}`]?.())).toEqual(constants)
  })

  test('refuses a function without body, with two bodies, and an import behind functions', () => {
    const module = new WasmModule()
    const reference = module.declare('later', [], [])
    expect(() => module.toBytes()).toThrow(TypeError)
    module.define(reference, () => {})
    expect(() => module.define(reference, () => {})).toThrow(TypeError)
    expect(() => module.importFunction('host', 'late', [], [])).toThrow(TypeError)
    expect(WebAssembly.validate(module.toBytes())).toBe(true)
  })
})
