import type { WasmModule } from '../assembler.ts'
import type { Local } from '../code.ts'
import type { Field } from '../field.ts'
import type { StaticMemory } from '../static-memory.ts'
import type { PairFunctions } from './tower-code.ts'

export function emitPairFunctions(module: WasmModule, memory: StaticMemory, { add, subtract, negate, parameters }: Field): PairFunctions {
  const { limbBits, limbCount } = parameters
  const timesXi = module.function('fp2.timesXi', ['i32', 'i32'], [], (code, [destination, a]) => {
    const limb = code.local('v128')
    for (let index = 0; index < limbCount; index++) {
      code
        .get(a)
        .memory('v128.load', 16 * index)
        .set(limb)
      // (c0 − c1, c1 + c0)
      code
        .get(destination)
        .get(limb)
        .op('f64x2.neg')
        .get(limb)
        .shuffle64(1, 2)
        .get(limb)
        .op('f64x2.add')
        .memory('v128.store', 16 * index)
    }
  })
  const carry = module.function('fp.carry', ['i32', 'i32'], [], (code, [destination, a]) => {
    const [limb, rounded, before] = code.locals('v128', 3) as [Local, Local, Local]
    const rounding = memory.doubles(1.5 * 2 ** (52 + limbBits))
    for (let index = 0; index < limbCount; index++) {
      code
        .get(a)
        .memory('v128.load', 16 * index)
        .set(limb)
      if (index < limbCount - 1) {
        code
          .get(limb)
          .i32(0)
          .memory('v128.load', rounding)
          .op('f64x2.add')
          .i32(0)
          .memory('v128.load', rounding)
          .op('f64x2.sub')
          .set(rounded)
      }
      code.get(destination).get(limb)
      if (index < limbCount - 1) code.get(rounded).op('f64x2.sub')
      if (index > 0) code.get(before).op('f64x2.add')
      code.memory('v128.store', 16 * index)
      code
        .get(rounded)
        .i32(0)
        .memory('v128.load', memory.doubles(2 ** -limbBits))
        .op('f64x2.mul')
        .set(before)
    }
  })
  return { add, subtract, negate, timesXi, carry }
}
