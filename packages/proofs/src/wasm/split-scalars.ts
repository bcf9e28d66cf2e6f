import { scalarModulus } from '../field/scalar-field.ts'
import type { WasmModule } from './assembler.ts'
import { curveParameter } from './endomorphism.ts'
import type { StaticMemory } from './static-memory.ts'

/** Bytes that `splitScalars` writes for each scalar: digits in base z, the absolute value to base z² (low, high), and the sign. */
export const splitSize = 72

/**
 * Emits `splitScalars` (source, destination, count): scalars of 32 bytes, below r, as k = ±(k₀ + k₁z + k₂z² + k₃z³) with the sign for which the
 * sum is at most r/2. For each are written the digits k₀ … k₃ (8 bytes each), k₀ + k₁z and k₂ + k₃z (16 bytes each) and 0 or 1 for the sign (8 bytes).
 */
export function emitSplitScalars(module: WasmModule, memory: StaticMemory): void {
  const words = memory.reserve(32)
  const word = (value: bigint, index: number): bigint => (value >> BigInt(64 * index)) & 0xffffffffffffffffn
  const half = (scalarModulus - 1n) / 2n
  const zHigh = curveParameter >> 32n
  const zLow = curveParameter & 0xffffffffn

  // The number in `words`, of `length` 32-bit digits, divided by z; returns the remainder.
  const divide = module.function('divideByZ', ['i32'], ['i64'], (code, [length]) => {
    const address = code.local('i32')
    const [rest, digit, quotient, over] = [code.local('i64'), code.local('i64'), code.local('i64'), code.local('i64')]
    code.get(length).i32(2).op('i32.shl').set(address)
    code.loop(again => {
      code.get(address).i32(4).op('i32.sub').tee(address).memory('i64.load32_u', words).set(digit)
      // An estimate by the high digit of z, at most two too large.
      code.get(rest).i64(zHigh).op('i64.div_u').tee(quotient)
      code.i64(0xffffffffn).get(quotient).i64(0xffffffffn).op('i64.lt_u').op('select').set(quotient)
      code.get(rest).get(quotient).i64(zHigh).op('i64.mul').op('i64.sub').set(over)
      code.block(exit => {
        code.loop(correct => {
          code.get(over).i64(0xffffffffn).op('i64.gt_u').branchIf(exit)
          code.get(quotient).i64(zLow).op('i64.mul')
          code.get(over).i64(32n).op('i64.shl').get(digit).op('i64.or').op('i64.le_u').branchIf(exit)
          code.get(quotient).i64(1n).op('i64.sub').set(quotient)
          code.get(over).i64(zHigh).op('i64.add').set(over).branch(correct)
        })
      })
      code.get(rest).i64(32n).op('i64.shl').get(digit).op('i64.or')
      code.get(quotient).i64(curveParameter).op('i64.mul').op('i64.sub').set(rest)
      code.get(address).get(quotient).memory('i64.store32', words)
      code.get(address).branchIf(again)
    })
    code.get(rest)
  })

  // destination ← low + high · z, 128 bits.
  const compose = module.function('composeByZ', ['i32', 'i64', 'i64'], [], (code, [destination, low, high]) => {
    const [first, second, carry] = [code.local('i64'), code.local('i64'), code.local('i64')]
    const mask = 0xffffffffn
    code.get(high).i64(mask).op('i64.and').i64(zLow).op('i64.mul').set(first)
    code.get(high).i64(32n).op('i64.shr_u').i64(zLow).op('i64.mul')
    code.get(first).i64(32n).op('i64.shr_u').op('i64.add').set(second)
    code.get(high).i64(mask).op('i64.and').i64(zHigh).op('i64.mul').get(second).i64(mask).op('i64.and').op('i64.add').set(carry)
    code.get(first).i64(mask).op('i64.and').get(carry).i64(32n).op('i64.shl').op('i64.or').get(low).op('i64.add').set(first)
    code.get(destination).get(first).memory('i64.store', 0)
    code.get(destination)
    code.get(high).i64(32n).op('i64.shr_u').i64(zHigh).op('i64.mul')
    code.get(second).i64(32n).op('i64.shr_u').op('i64.add').get(carry).i64(32n).op('i64.shr_u').op('i64.add')
    code.get(first).get(low).op('i64.lt_u').op('i64.extend_i32_u').op('i64.add').memory('i64.store', 8)
  })

  module.function(
    'splitScalars',
    ['i32', 'i32', 'i32'],
    [],
    (code, [source, destination, count]) => {
      const [counter, isLarge] = [code.local('i32'), code.local('i32')]
      const [borrow, difference, value] = [code.local('i64'), code.local('i64'), code.local('i64')]
      code.repeat(counter, count, () => {
        // Larger than half the order? From the highest word down: greater decides, equal goes on.
        code.i32(0).set(isLarge)
        code.block(decided => {
          for (let index = 3; index >= 0; index--) {
            code
              .get(source)
              .memory('i64.load', index * 8)
              .tee(value)
            code
              .i64(word(half, index))
              .op('i64.gt_u')
              .if(() => code.i32(1).set(isLarge).branch(decided))
            code.get(value).i64(word(half, index)).op('i64.lt_u').branchIf(decided)
          }
        })
        code.i64(0n).set(borrow)
        for (let index = 0; index < 4; index++) {
          code
            .get(source)
            .memory('i64.load', index * 8)
            .set(value)
          code.i64(word(scalarModulus, index)).get(value).op('i64.sub').tee(difference).get(borrow).op('i64.sub')
          code.get(value).get(isLarge).op('select').set(difference)
          // Borrow out of this word, where it is subtracted from the order's.
          code.i64(word(scalarModulus, index)).get(value).op('i64.lt_u')
          code.i64(word(scalarModulus, index)).get(value).op('i64.eq').get(borrow).op('i32.wrap_i64').op('i32.and').op('i32.or')
          code.op('i64.extend_i32_u').set(borrow)
          code
            .i32(0)
            .get(difference)
            .memory('i64.store', words + index * 8)
        }
        for (const [index, length] of [8, 6, 4].entries()) {
          code
            .get(destination)
            .i32(length)
            .call(divide)
            .memory('i64.store', index * 8)
        }
        code.get(destination).i32(0).memory('i64.load', words).memory('i64.store', 24)
        for (const part of [0, 1]) {
          code
            .get(destination)
            .i32(32 + part * 16)
            .op('i32.add')
          code
            .get(destination)
            .memory('i64.load', part * 16)
            .get(destination)
            .memory('i64.load', part * 16 + 8)
            .call(compose)
        }
        code.get(destination).get(isLarge).op('i64.extend_i32_u').memory('i64.store', 64)
        code.get(source).i32(32).op('i32.add').set(source)
        code.get(destination).i32(splitSize).op('i32.add').set(destination)
      })
    },
    { exported: true },
  )
}
