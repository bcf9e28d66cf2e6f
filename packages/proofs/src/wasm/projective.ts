import type { WasmModule } from './assembler.ts'
import type { Code, Local } from './code.ts'
import type { Coordinates } from './coordinates.ts'
import type { StaticMemory } from './static-memory.ts'

/**
 * Emits arithmetic of points in projective coordinates by complete formulas: equal, opposite and infinite points need no care. Slower than
 * {@link emitAffineBatch}, for the few sums that follow each other. A pair of points is X, Y and Z, a pair each; infinity is (0, 1, 0).
 *
 * Exports, with `g1.` or `g2.` in front: `addProjective` (destination, a, b), `doubleProjective` (destination, a), `fromAffine` (destination, point,
 * point) and `toAffine` (a, destination, destination) → i32, the bits of lanes at infinity, whose destination is not written.
 *
 * @see https://eprint.iacr.org/2015/1060 algorithms 7 and 9
 */
export function emitProjective(module: WasmModule, memory: StaticMemory, coordinates: Coordinates): void {
  const { name, elementSize, pairSize, multiply, add, subtract, normalize, difference } = coordinates
  const [t0, t1, t2, t3, t4, x, y, z, u] = Array.from({ length: 9 }, () => memory.reserve(pairSize)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const part = (code: Code, point: Local, index: number): Code =>
    code
      .get(point)
      .i32(index * pairSize)
      .op('i32.add')
  const store = (code: Code, destination: Local): void => {
    for (const [index, source] of [x, y, z].entries()) part(code, destination, index).i32(source).call(normalize)
  }
  /** destination ← (a_i + a_j)(b_i + b_j) − two products that are known: a_i·b_j + a_j·b_i. */
  const crossed = (
    code: Code,
    destination: number,
    a: Local,
    b: Local,
    i: number,
    j: number,
    products: readonly [number, number],
  ): void => {
    code.i32(destination)
    part(code, a, i)
    part(code, a, j).call(add)
    code.i32(u)
    part(code, b, i)
    part(code, b, j).call(add)
    code.i32(destination).i32(destination).i32(u).call(multiply)
    code.i32(destination).i32(destination).i32(products[0]).call(subtract)
    code.i32(destination).i32(destination).i32(products[1]).call(difference)
  }
  const tripled = (code: Code, value: number): void => {
    code.i32(u).i32(value).i32(value).call(add)
    code.i32(value).i32(u).i32(value).call(add)
    code.i32(value).i32(value).call(normalize)
  }

  module.function(
    `${name}.addProjective`,
    ['i32', 'i32', 'i32'],
    [],
    (code, [d, a, b]) => {
      for (const [index, product] of [t0, t1, t2].entries()) {
        code.i32(product)
        part(code, a, index)
        part(code, b, index).call(multiply)
      }
      crossed(code, t3, a, b, 0, 1, [t0, t1])
      crossed(code, t4, a, b, 1, 2, [t1, t2])
      crossed(code, y, a, b, 0, 2, [t0, t2])
      tripled(code, t0)
      code.i32(t2).i32(t2).i32(coordinates.threeB).call(multiply)
      code.i32(z).i32(t1).i32(t2).call(add)
      code.i32(t1).i32(t1).i32(t2).call(subtract)
      code.i32(y).i32(y).i32(coordinates.threeB).call(multiply)
      // x = t3·t1 − t4·y, y = t1·z + y·t0, z = z·t4 + t0·t3
      code.i32(x).i32(t3).i32(t1).call(multiply)
      code.i32(u).i32(t4).i32(y).call(multiply)
      code.i32(x).i32(x).i32(u).call(subtract)
      code.i32(y).i32(y).i32(t0).call(multiply)
      code.i32(u).i32(t1).i32(z).call(multiply)
      code.i32(y).i32(y).i32(u).call(add)
      code.i32(z).i32(z).i32(t4).call(multiply)
      code.i32(u).i32(t0).i32(t3).call(multiply)
      code.i32(z).i32(z).i32(u).call(add)
      store(code, d)
    },
    { exported: true },
  )

  module.function(
    `${name}.doubleProjective`,
    ['i32', 'i32'],
    [],
    (code, [d, a]) => {
      // t0 = Y², z = 8Y², t1 = YZ, t2 = 3b·Z²
      code.i32(t0)
      part(code, a, 1).call(coordinates.square)
      code.i32(z).i32(t0).i32(t0).call(add)
      code.i32(z).i32(z).i32(z).call(add)
      code.i32(z).i32(z).i32(z).call(add)
      code.i32(z).i32(z).call(normalize)
      code.i32(t1)
      part(code, a, 1)
      part(code, a, 2).call(multiply)
      code.i32(t2)
      part(code, a, 2).call(coordinates.square)
      code.i32(t2).i32(t2).i32(coordinates.threeB).call(multiply)
      // x = t2·z, y = t0 + t2, z = t1·z, t0 = t0 − 3·t2, y = t0·y + x, x = 2·t0·XY
      code.i32(x).i32(t2).i32(z).call(multiply)
      code.i32(y).i32(t0).i32(t2).call(add)
      code.i32(z).i32(t1).i32(z).call(multiply)
      tripled(code, t2)
      code.i32(t0).i32(t0).i32(t2).call(subtract)
      code.i32(y).i32(t0).i32(y).call(multiply)
      code.i32(y).i32(x).i32(y).call(add)
      code.i32(t1)
      part(code, a, 0)
      part(code, a, 1).call(multiply)
      code.i32(x).i32(t0).i32(t1).call(multiply)
      code.i32(x).i32(x).i32(x).call(add)
      store(code, d)
    },
    { exported: true },
  )

  module.function(
    `${name}.fromAffine`,
    ['i32', 'i32', 'i32'],
    [],
    (code, [d, low, high]) => {
      code.get(d).get(low).get(high).call(coordinates.join)
      part(code, d, 1)
      for (const point of [low, high]) code.get(point).i32(elementSize).op('i32.add')
      code.call(coordinates.join)
      part(code, d, 2).i32(coordinates.one).call(normalize)
    },
    { exported: true },
  )

  module.function(
    `${name}.toAffine`,
    ['i32', 'i32', 'i32'],
    ['i32'],
    (code, [a, low, high]) => {
      const infinite = code.local('i32')
      const spare = memory.reserve(elementSize * 2)
      part(code, a, 2).call(coordinates.zeroLanes).set(infinite)
      code.i32(z)
      part(code, a, 2).call(coordinates.invert)
      for (const [index, target] of [x, y].entries()) {
        code.i32(target)
        part(code, a, index).i32(z).call(multiply)
        code.i32(target)
        for (const [lane, point] of [low, high].entries()) {
          code
            .i32(spare)
            .get(point)
            .get(infinite)
            .i32(1 << lane)
            .op('i32.and')
            .op('select')
          code.i32(index * elementSize).op('i32.add')
        }
        code.call(coordinates.split)
      }
      code.get(infinite)
    },
    { exported: true },
  )
}
