import type { WasmModule } from './assembler.ts'
import type { Code, Local } from './code.ts'
import type { Coordinates } from './coordinates.ts'
import type { Field } from './field.ts'
import type { StaticMemory } from './static-memory.ts'

/** |x|, the number that BLS12-381 is made from: r = z⁴ − z² + 1. */
export const curveParameter = 0xd201000000010000n

/** A cube root of 1 modulo p: (x, y) ↦ (βx, y) multiplies points of G1 by −z². */
const cubeRoot = 0x5f19672fdf76ce51ba69c6076a0f77eaddb3a93be6f89688de17d813620a00022e01fffffffefffen

/** (x, y) ↦ (x̄·cx, ȳ·cy) multiplies points of G2 by −z; cx = (1 + u)^(−(p−1)/3) = cx₁u and cy = (1 + u)^(−(p−1)/2). */
const cx1 = 0x1a0111ea397fe699ec02408663d4de85aa0d857d89759ad4897d29650fb85f9b409427eb4f49fffd8bfd00000000aaadn
const cy0 = 0x135203e60180a68ee2e9c448d77a2cd91c3dedd930b1cf60ef396489f61eb45e304466cf3e67fa0af1ee7b04121bdea2n
const cy1 = 0x06af0e0437ff400b6831e36d6bd17ffe48395dabc2d3435e77f76e17009241c5ee67992f72ec05f4c81084fbede3cc09n

/**
 * Emits `g1.endomorphism` and `g2.endomorphism` (point, point, destination, destination): z² times a point of G1, z times a point of G2, at the price of one
 * multiplication or two. Outside the subgroups it is some other point of the curve.
 */
export function emitEndomorphisms(module: WasmModule, memory: StaticMemory, fp: Field, g1: Coordinates, g2: Coordinates): void {
  const beta = memory.place(fp.encodePair(cubeRoot))
  emit(module, memory, g1, (code, x, y) => {
    code.i32(x).i32(x).i32(beta).call(g1.multiply)
    code.i32(y).i32(3).call(g1.negateLanes)
  })
  const constant = (low: bigint, high: bigint): number => memory.place(Uint8Array.from([...fp.encodePair(low), ...fp.encodePair(high)]))
  const [cx, cy] = [constant(0n, cx1), constant(cy0, cy1)]
  emit(module, memory, g2, (code, x, y) => {
    for (const [coordinate, factor] of [
      [x, cx],
      [y, cy],
    ] as const) {
      code
        .i32(coordinate + fp.pairSize)
        .i32(3)
        .call(fp.negateLanes)
      code.i32(coordinate).i32(coordinate).i32(factor).call(g2.multiply)
    }
    code.i32(y).i32(3).call(g2.negateLanes)
  })
}

function emit(module: WasmModule, memory: StaticMemory, coordinates: Coordinates, map: (code: Code, x: number, y: number) => void): void {
  const { name, elementSize, pairSize } = coordinates
  const [x, y] = [memory.reserve(pairSize), memory.reserve(pairSize)]
  const ys = (code: Code, points: readonly Local[]): void => {
    for (const point of points) code.get(point).i32(elementSize).op('i32.add')
  }
  module.function(
    `${name}.endomorphism`,
    ['i32', 'i32', 'i32', 'i32'],
    [],
    (code, [low, high, lowDestination, highDestination]) => {
      code.i32(x).get(low).get(high).call(coordinates.join)
      code.i32(y)
      ys(code, [low, high])
      code.call(coordinates.join)
      map(code, x, y)
      code.i32(x).get(lowDestination).get(highDestination).call(coordinates.split)
      code.i32(y)
      ys(code, [lowDestination, highDestination])
      code.call(coordinates.split)
    },
    { exported: true },
  )
}
