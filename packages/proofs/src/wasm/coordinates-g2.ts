import type { WasmModule } from './assembler.ts'
import type { Code, FunctionReference, Local } from './code.ts'
import type { Coordinates } from './coordinates.ts'
import type { Field } from './field.ts'
import { emitPower } from './power.ts'
import type { StaticMemory } from './static-memory.ts'

/**
 * Coordinates of G2: y² = x³ + 4 + 4u over the quadratic extension with u² = −1. An element is its two parts one behind the other, a pair a
 * pair of each.
 */
export function emitCoordinatesG2(module: WasmModule, memory: StaticMemory, fp: Field, invertBase: FunctionReference): Coordinates {
  const { modulus } = fp.parameters
  const { elementSize, pairSize } = fp
  const [s0, s1, s2, s3, s4] = Array.from({ length: 5 }, () => memory.reserve(pairSize)) as [number, number, number, number, number]
  const two = ['i32', 'i32'] as const
  const three = ['i32', 'i32', 'i32'] as const
  const constant = (low: bigint, high: bigint): number => memory.place(concatenated(fp.encodePair(low), fp.encodePair(high)))

  /** A function that does the same to both parts. */
  const forBothParts = (operation: string, one: FunctionReference, steps: readonly number[]): FunctionReference => {
    const reference = module.declare(`fp2.${operation}`, one.parameters, [])
    module.define(reference, (code, parameters) => {
      for (const part of [0, 1]) {
        parameters.forEach((parameter, index) => {
          const step = (steps[index] ?? 0) * part
          code.get(parameter)
          if (step > 0) code.i32(step).op('i32.add')
        })
        code.call(one)
      }
    })
    return reference
  }
  const part1 = (code: Code, local: Local): Code => code.get(local).i32(pairSize).op('i32.add')
  const copy = (code: Code, destination: Local, source: number): void => {
    for (let offset = 0; offset < pairSize; offset += 16) {
      code
        .get(destination)
        .i32(0)
        .memory('v128.load', source + offset)
        .memory('v128.store', offset)
    }
  }

  const multiply = module.function('fp2.multiply', three, [], (code, [d, a, b]) => {
    code.i32(s0).get(a).get(b)
    part1(code, a)
    part1(code, b).call(fp.multiplySubtract)
    part1(code, d).get(a)
    part1(code, b)
    part1(code, a).get(b).call(fp.multiplyAdd)
    copy(code, d, s0)
  })
  // (a₀ + a₁)(a₀ − a₁) and 2 a₀a₁: the factor's weight counts twice.
  const square = module.function('fp2.square', two, [], (code, [d, a]) => {
    code.i32(s0).get(a)
    part1(code, a).call(fp.add)
    code.i32(s1).get(a)
    part1(code, a).call(fp.subtract)
    code.i32(s2).get(a).get(a).call(fp.add)
    part1(code, d).i32(s2)
    part1(code, a).call(fp.multiply)
    code.get(d).i32(s0).i32(s1).call(fp.multiply)
  })
  const invert = module.function('fp2.invert', two, [], (code, [d, a]) => {
    code.i32(s0).get(a).get(a)
    part1(code, a)
    part1(code, a).call(fp.multiplyAdd)
    code.i32(s0).i32(s0).call(invertBase)
    code.get(d).get(a).i32(s0).call(fp.multiply)
    code.i32(s1)
    part1(code, a).call(fp.negate)
    part1(code, d).i32(s1).i32(s0).call(fp.multiply)
  })
  const zeroLanes = module.function('fp2.zeroLanes', ['i32'], ['i32'], (code, [a]) => {
    code.get(a).call(fp.zeroLanes)
    part1(code, a).call(fp.zeroLanes).op('i32.and')
  })
  return {
    name: 'g2',
    elementSize: elementSize * 2,
    pairSize: pairSize * 2,
    multiply,
    square,
    add: forBothParts('add', fp.add, [pairSize, pairSize, pairSize]),
    subtract: forBothParts('subtract', fp.subtract, [pairSize, pairSize, pairSize]),
    normalize: forBothParts('normalize', fp.normalize, [pairSize, pairSize]),
    difference: forBothParts('difference', fp.difference, [pairSize, pairSize, pairSize]),
    differenceOfThree: forBothParts('differenceOfThree', fp.differenceOfThree, [pairSize, pairSize, pairSize, pairSize]),
    negateLanes: forBothParts('negateLanes', fp.negateLanes, [pairSize, 0]),
    selectLanes: forBothParts('selectLanes', fp.selectLanes, [pairSize, pairSize, pairSize, 0]),
    join: forBothParts('join', fp.join, [pairSize, elementSize, elementSize]),
    split: forBothParts('split', fp.split, [pairSize, elementSize, elementSize]),
    zeroLanes,
    invert,
    squareRoot: emitSquareRoot(),
    one: constant(1n, 0n),
    b: constant(4n, 4n),
    threeB: constant(12n, 12n),
  }

  /*
   * By the norm: with s² = a₀² + a₁² the root is x₀ + x₁u where x₀² = (a₀ + s)/2 and x₁ = a₁/(2x₀). If t = (a₀ + s)/2 is no square, then with
   * the other s it is one, and x₁² = −t. With w = t^((p−3)/4) the square root of ±t is t·w and its inverse ±w. t is zero only if a₁ is (the
   * signs of s cancel); then t = a₀ does.
   */
  function emitSquareRoot(): FunctionReference {
    const normRoot = emitPower(module, memory, fp, 'fp.normRoot', (modulus + 1n) / 4n)
    const inverseRoot = emitPower(module, memory, fp, 'fp.inverseRoot', (modulus - 3n) / 4n)
    const half = memory.place(fp.encodePair((modulus + 1n) / 2n))
    const one = memory.place(fp.encodePair(1n))
    return module.function('fp2.squareRoot', two, [], (code, [d, a]) => {
      const [zero, square] = [code.local('i32'), code.local('i32')]
      code.i32(s0).get(a).get(a)
      part1(code, a)
      part1(code, a).call(fp.multiplyAdd)
      code.i32(s0).i32(s0).call(normRoot)
      code.i32(s0).i32(s0).get(a).call(fp.add)
      code.i32(s0).i32(s0).i32(half).call(fp.multiply)
      code.i32(s0).call(fp.zeroLanes).set(zero)
      code.i32(s0).i32(s0).get(a).get(zero).call(fp.selectLanes)
      // s0 = t, s1 = w, s2 = t·w, s3 = a₁·w/2
      code.i32(s1).i32(s0).call(inverseRoot)
      code.i32(s2).i32(s0).i32(s1).call(fp.multiply)
      code.i32(s3)
      part1(code, a).i32(s1).call(fp.multiply)
      code.i32(s3).i32(s3).i32(half).call(fp.multiply)
      code.i32(s4).i32(s1).i32(s2).call(fp.multiply)
      code.i32(s4).i32(s4).i32(one).call(fp.subtract)
      code.i32(s4).call(fp.zeroLanes).set(square)
      // t a square: t·w + (a₁w/2)u; otherwise −a₁w/2 + (t·w)u.
      code.i32(s4).i32(s3).call(fp.negate)
      code.get(d).i32(s4).i32(s2).get(square).call(fp.selectLanes)
      part1(code, d).i32(s2).i32(s3).get(square).call(fp.selectLanes)
    })
  }
}

function concatenated(low: Uint8Array, high: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(low.length + high.length)
  bytes.set(low)
  bytes.set(high, low.length)
  return bytes
}
