import type { WasmModule } from './assembler.ts'
import type { FunctionReference } from './code.ts'
import type { Field } from './field.ts'
import type { StaticMemory } from './static-memory.ts'

const windowBits = 4

/** Emits (destination, a): a to a fixed power, in both lanes, four bits at a time. The destination may be the source. */
export function emitPower(module: WasmModule, memory: StaticMemory, field: Field, name: string, exponent: bigint): FunctionReference {
  const digits = [...exponent.toString(2 ** windowBits)].map(digit => Number.parseInt(digit, 2 ** windowBits))
  const digitsAt = memory.place(Uint8Array.from(digits))
  const table = memory.reserve(field.pairSize * 2 ** windowBits)
  const one = memory.place(field.encodePair(1n))
  return module.function(name, ['i32', 'i32'], [], (code, [destination, a]) => {
    const [counter, count] = [code.local('i32'), code.local('i32')]
    for (let entry = 0; entry < 2 ** windowBits; entry++) {
      code.i32(table + entry * field.pairSize)
      if (entry === 0) code.i32(one).i32(one).call(field.multiply)
      else if (entry === 1) code.get(a).call(field.normalize)
      else
        code
          .i32(table + (entry - 1) * field.pairSize)
          .i32(table + field.pairSize)
          .call(field.multiply)
    }
    code.i32(digits.length).set(count)
    code.get(destination).i32(one).i32(one).call(field.multiply)
    code.repeat(counter, count, () => {
      for (let bit = 0; bit < windowBits; bit++) code.get(destination).get(destination).call(field.square)
      code.get(destination).get(destination)
      code.get(counter).memory('i32.load8_u', digitsAt).i32(field.pairSize).op('i32.mul').i32(table).op('i32.add').call(field.multiply)
    })
  })
}
