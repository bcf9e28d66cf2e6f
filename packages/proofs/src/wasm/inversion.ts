import type { WasmModule } from './assembler.ts'
import type { Code, FunctionReference, Local } from './code.ts'
import type { Field } from './field.ts'
import { invertOdd } from './invert-odd.ts'
import type { StaticMemory } from './static-memory.ts'

const limbBits = 30
const limbMask = (1n << 30n) - 1n

/**
 * Emits (destination, a): 1 / a in both lanes, zero where a is zero. One inversion serves both lanes; it takes a few microseconds, a twentieth of what a
 * power of p − 2 takes, and its time depends on the number.
 *
 * The steps are those of Bernstein and Yang: from f = p and g = x, thirty at a time on the low bits alone, as a matrix that is then applied to
 * f and g, and modulo p to d and e with f = d·x and g = e·x. When g is 0, f is ±1 and ±d the inverse.
 *
 * @see https://eprint.iacr.org/2019/266
 */
export function emitInversion(module: WasmModule, memory: StaticMemory, field: Field): FunctionReference {
  const { name, byteSize } = field.parameters
  const invertInteger = emitIntegerInversion(module, memory, `${name}.invertInteger`, field.parameters.modulus, byteSize)
  const reserve = (): number => memory.reserve(field.pairSize)
  const [factor, swapped, product] = [reserve(), reserve(), reserve()]
  const [low, high] = [memory.reserve(field.elementSize), memory.reserve(field.elementSize)]
  const text = memory.reserve(byteSize)
  const spare = memory.reserve(byteSize)
  const one = memory.place(field.encodePair(1n))
  const zero = memory.place(field.encodePair(0n))
  return module.function(`${name}.invert`, ['i32', 'i32'], [], (code, [destination, a]) => {
    const zeros = code.local('i32')
    code.get(a).call(field.zeroLanes).set(zeros)
    code.i32(factor).get(a).i32(one).get(zeros).call(field.selectLanes)
    code.i32(factor).i32(low).i32(high).call(field.split)
    code.i32(swapped).i32(high).i32(low).call(field.join)
    code.i32(product).i32(factor).i32(swapped).call(field.multiply)
    code.i32(product).i32(text).i32(spare).call(field.toBytes)
    code.i32(text).call(invertInteger)
    code.i32(product).i32(text).i32(text).call(field.fromBytes)
    code.i32(product).i32(product).i32(swapped).call(field.multiply)
    code.get(destination).i32(product).i32(zero).get(zeros).call(field.selectLanes)
  })
}

/** Emits (address): the integer there, below the modulus, becomes its inverse, at least 0 and below twice the modulus; or stays 0. */
function emitIntegerInversion(
  module: WasmModule,
  memory: StaticMemory,
  name: string,
  modulus: bigint,
  byteSize: number,
): FunctionReference {
  // Room for a sign and for the few multiples of the modulus that d and e become.
  const count = Math.ceil((byteSize * 8 + 6) / limbBits)
  const limbsOf = (value: bigint): bigint[] => Array.from({ length: count }, (_, limb) => (value >> BigInt(limb * limbBits)) & limbMask)
  const modulusLimbs = limbsOf(modulus)
  const inverse = invertOdd(modulus, limbMask + 1n)
  const [f, g, d, e] = [0, 1, 2, 3].map(() => memory.reserve(count * 8)) as [number, number, number, number]
  const load = (code: Code, number: number, limb: number): Code => code.i32(0).memory('i64.load', number + limb * 8)
  const store = (code: Code, number: number, limb: number, value: () => void): void => {
    code.i32(0)
    value()
    code.memory('i64.store', number + limb * 8)
  }
  /** value ← value + x · factor */
  const addProduct = (code: Code, value: Local, number: number, limb: number, factor: Local): void => {
    code.get(value)
    load(code, number, limb).get(factor).op('i64.mul').op('i64.add').set(value)
  }
  const carry = (code: Code, value: Local): Code => code.get(value).i64(BigInt(limbBits)).op('i64.shr_s').set(value)

  return module.function(name, ['i32'], [], (code, [address]) => {
    const [u, v, q, r, lowF, lowG, swap] = code.locals('i64', 7) as [Local, Local, Local, Local, Local, Local, Local]
    const [eta, left, zeros] = code.locals('i32', 3) as [Local, Local, Local]
    const [first, second, firstMultiple, secondMultiple] = code.locals('i64', 4) as [Local, Local, Local, Local]

    for (let limb = 0; limb < count; limb++) {
      store(code, f, limb, () => code.i64(modulusLimbs[limb] ?? 0n))
      store(code, d, limb, () => code.i64(0n))
      store(code, e, limb, () => code.i64(limb === 0 ? 1n : 0n))
      store(code, g, limb, () => {
        const bit = limb * limbBits
        const byte = Math.min(Math.floor(bit / 8), byteSize - 8)
        const shift = bit - byte * 8
        if (shift >= 64) code.i64(0n)
        else code.get(address).memory('i64.load', byte).i64(BigInt(shift)).op('i64.shr_u').i64(limbMask).op('i64.and')
      })
    }
    code.i32(-1).set(eta)
    code.block(done => {
      code.loop(again => {
        for (let limb = 0; limb < count; limb++) {
          load(code, g, limb)
          if (limb > 0) code.op('i64.or')
        }
        code.op('i64.eqz').branchIf(done)

        // Thirty steps on the low bits.
        code.i64(1n).tee(u).set(r)
        code.i64(0n).tee(v).set(q)
        load(code, f, 0).set(lowF)
        load(code, g, 0).set(lowG)
        code.i32(limbBits).set(left)
        code.block(exit => {
          code.loop(step => {
            // As many halvings of g as it has zeros, but no more than are left.
            code.get(lowG).i64(1n).get(left).op('i64.extend_i32_u').op('i64.shl').op('i64.or').op('i64.ctz').op('i32.wrap_i64').set(zeros)
            code.get(lowG).get(zeros).op('i64.extend_i32_u').op('i64.shr_s').set(lowG)
            for (const entry of [u, v]) code.get(entry).get(zeros).op('i64.extend_i32_u').op('i64.shl').set(entry)
            code.get(eta).get(zeros).op('i32.sub').set(eta)
            code.get(left).get(zeros).op('i32.sub').tee(left).op('i32.eqz').branchIf(exit)
            // Where g is the larger by now, (f, g) ← (g, −f). Then f is added to g, which makes it even.
            code
              .get(eta)
              .i32(0)
              .op('i32.lt_s')
              .if(() => {
                code.i32(0).get(eta).op('i32.sub').set(eta)
                for (const [above, below] of [
                  [lowF, lowG],
                  [u, q],
                  [v, r],
                ] as const) {
                  code.i64(0n).get(above).op('i64.sub').set(swap)
                  code.get(below).set(above)
                  code.get(swap).set(below)
                }
              })
            for (const [above, below] of [
              [lowF, lowG],
              [u, q],
              [v, r],
            ] as const) {
              code.get(below).get(above).op('i64.add').set(below)
            }
            code.branch(step)
          })
        })

        // d and e ← (u·d + v·e, q·d + r·e) / 2³⁰, after the multiples of p have been added that clear the low limb.
        const rows = [
          [first, u, v, firstMultiple],
          [second, q, r, secondMultiple],
        ] as const
        for (const [sum, x, y, multiple] of rows) {
          code.i64(0n).set(sum)
          addProduct(code, sum, d, 0, x)
          addProduct(code, sum, e, 0, y)
          // From −2²⁹ to 2²⁹, so that d and e grow by no more than half of p each time.
          code.get(sum).i64(-inverse).op('i64.mul').i64(34n).op('i64.shl').i64(34n).op('i64.shr_s').set(multiple)
        }
        for (let limb = 0; limb < count; limb++) {
          for (const [sum, x, y, multiple] of rows) {
            if (limb > 0) {
              addProduct(code, sum, d, limb, x)
              addProduct(code, sum, e, limb, y)
            }
            code
              .get(sum)
              .get(multiple)
              .i64(modulusLimbs[limb] ?? 0n)
              .op('i64.mul')
              .op('i64.add')
              .set(sum)
          }
          storeShifted(code, d, e, limb)
        }
        // f and g ← (u·f + v·g, q·f + r·g) / 2³⁰, which leaves no rest.
        for (const [sum] of rows) code.i64(0n).set(sum)
        for (let limb = 0; limb < count; limb++) {
          for (const [sum, x, y] of rows) {
            addProduct(code, sum, f, limb, x)
            addProduct(code, sum, g, limb, y)
          }
          storeShifted(code, f, g, limb)
        }
        code.branch(again)
      })
    })

    // The sign of f is that of its highest limb.
    load(code, f, count - 1)
      .i64(63n)
      .op('i64.shr_s')
      .i64(1n)
      .op('i64.or')
      .set(u)
    // The multiple of p below the inverse, by the highest limbs, and at most one less than it should be.
    const unit = Number(modulus) / 2 ** (limbBits * (count - 2))
    load(code, d, count - 1)
      .i64(BigInt(limbBits))
      .op('i64.shl')
    load(code, d, count - 2)
      .op('i64.add')
      .get(u)
      .op('i64.mul')
      .op('f64.convert_i64_s')
    code
      .f64(unit)
      .op('f64.div')
      .f64(2 ** -20)
      .op('f64.sub')
      .op('f64.floor')
      .op('i64.trunc_f64_s')
      .set(v)
    code.i64(0n).set(first)
    const limbs = code.locals('i64', count)
    limbs.forEach((local, limb) => {
      addProduct(code, first, d, limb, u)
      code
        .get(first)
        .get(v)
        .i64(modulusLimbs[limb] ?? 0n)
        .op('i64.mul')
        .op('i64.sub')
        .set(first)
      code.get(first).i64(limbMask).op('i64.and').set(local)
      carry(code, first)
    })
    for (let word = 0; word < byteSize / 8; word++) {
      code.get(address)
      let pieces = 0
      limbs.forEach((local, limb) => {
        const shift = limb * limbBits - word * 64
        if (shift >= 64 || shift <= -limbBits) return
        code.get(local)
        if (shift > 0) code.i64(BigInt(shift)).op('i64.shl')
        if (shift < 0) code.i64(BigInt(-shift)).op('i64.shr_u')
        if (pieces > 0) code.op('i64.or')
        pieces++
      })
      code.memory('i64.store', word * 8)
    }

    /** The sums at a limb go one limb down; the highest limb takes what is left, sign and all. */
    function storeShifted(code: Code, firstNumber: number, secondNumber: number, limb: number): void {
      for (const [number, sum] of [
        [firstNumber, first],
        [secondNumber, second],
      ] as const) {
        if (limb > 0) store(code, number, limb - 1, () => code.get(sum).i64(limbMask).op('i64.and'))
        carry(code, sum)
        if (limb === count - 1) store(code, number, limb, () => code.get(sum))
      }
    }
  })
}
