import type { FunctionReference } from '../code.ts'
import type { Place } from '../field.ts'
import type { FrobeniusConstants } from './frobenius.ts'
import { type DefineTower, pairPart, part, xiPart } from './tower-code.ts'

/** Where a pair with the same element of Fp2 stands. */
type PlaceOf = (value: { readonly c0: bigint; readonly c1: bigint }) => Place

/**
 * Emits the functions on Fp6 = Fp2[v]/(v³ − 1 − u) and Fp12 = Fp6[w]/(w² − v). An element of Fp12 is six pairs: those of 1, v, v², then of w, vw, v²w.
 * Destinations may be sources.
 */
export function emitFp12(define: DefineTower, constants: FrobeniusConstants, placeOf: PlaceOf): void {
  const multiplyWide = emitMultiplyWide(define)
  emitMultiply(define, multiplyWide)
  emitSquare(define, multiplyWide)
  emitCyclotomicSquare(define)
  emitConjugate(define)
  for (const [index, factors] of constants.powers.entries()) emitFrobenius(define, index + 1, factors, placeOf)
  emitNorm(define, multiplyWide, placeOf)
  emitInvertFrom(define, multiplyWide, placeOf)
}

/** (three wide sums, a, b): a · b in Fp6; a and b of at most two terms. */
function emitMultiplyWide(define: DefineTower): FunctionReference {
  return define('fp6.multiplyWide', 3, (tower, [destination, first, second]) => {
    const [to, a, b] = [tower.widesAt(destination!, 3), tower.pairsAt(first!, 3), tower.pairsAt(second!, 3)]
    for (const place of [...a, ...b]) tower.declareTerms(place, 2)
    const [t0, t1, t2, u12, u01, u02] = tower.wides(6) as readonly [Place, Place, Place, Place, Place, Place]
    const [left, right] = tower.pairs(2) as readonly [Place, Place]
    for (const [index, wide] of [t0, t1, t2].entries()) tower.multiply(wide, a[index]!, b[index]!)
    for (const [wide, i, j] of [
      [u12, 1, 2],
      [u01, 0, 1],
      [u02, 0, 2],
    ] as const) {
      tower.add(left, a[i]!, a[j]!)
      tower.add(right, b[i]!, b[j]!)
      tower.multiply(wide, left, right)
    }
    tower.sum(to[0]!, [xiPart(u12), xiPart(t1, -1), xiPart(t2, -1), part(t0)])
    tower.sum(to[1]!, [xiPart(t2), part(u01), part(t0, -1), part(t1, -1)])
    tower.sum(to[2]!, [part(u02), part(t1), part(t0, -1), part(t2, -1)])
  })
}

/** Three products in Fp6: of the halves, and of their sums. */
function emitMultiply(define: DefineTower, multiplyWide: FunctionReference): void {
  define('fp12.multiply', 3, (tower, [destination, first, second]) => {
    const [to, a, b] = [tower.pairsAt(destination!, 6), tower.pairsAt(first!, 6), tower.pairsAt(second!, 6)]
    const [low, high, both] = [tower.wides(3), tower.wides(3), tower.wides(3)]
    const [left, right] = [tower.pairs(3), tower.pairs(3)]
    for (const index of [0, 1, 2]) {
      tower.add(left[index]!, a[index]!, a[index + 3]!)
      tower.add(right[index]!, b[index]!, b[index + 3]!)
    }
    tower.call(multiplyWide, low[0]!, a[0]!, b[0]!)
    tower.call(multiplyWide, high[0]!, a[3]!, b[3]!)
    tower.call(multiplyWide, both[0]!, left[0]!, right[0]!)
    for (const index of [0, 1, 2]) tower.sum(both[index]!, [part(both[index]!), part(low[index]!, -1), part(high[index]!, -1)])
    tower.sum(low[0]!, [xiPart(high[2]!), part(low[0]!)])
    tower.sum(low[1]!, [part(low[1]!), part(high[0]!)])
    tower.sum(low[2]!, [part(low[2]!), part(high[1]!)])
    tower.reduce(to.slice(0, 3), low)
    tower.reduce(to.slice(3), both)
  })
}

/** (a + bw)² = (a + b)(a + vb) − ab − vab + 2ab w */
function emitSquare(define: DefineTower, multiplyWide: FunctionReference): void {
  define('fp12.square', 2, (tower, [destination, source]) => {
    const [to, a] = [tower.pairsAt(destination!, 6), tower.pairsAt(source!, 6)]
    const [product, whole] = [tower.wides(3), tower.wides(3)]
    const [left, right] = [tower.pairs(3), tower.pairs(3)]
    for (const index of [0, 1, 2]) tower.add(left[index]!, a[index]!, a[index + 3]!)
    tower.timesXi(right[0]!, a[5]!)
    tower.add(right[0]!, right[0]!, a[0]!)
    tower.carry(right[0]!, right[0]!)
    tower.add(right[1]!, a[1]!, a[3]!)
    tower.add(right[2]!, a[2]!, a[4]!)
    tower.call(multiplyWide, product[0]!, a[0]!, a[3]!)
    tower.call(multiplyWide, whole[0]!, left[0]!, right[0]!)
    tower.sum(whole[0]!, [xiPart(product[2]!, -1), part(whole[0]!), part(product[0]!, -1)])
    tower.sum(whole[1]!, [part(whole[1]!), part(product[1]!, -1), part(product[0]!, -1)])
    tower.sum(whole[2]!, [part(whole[2]!), part(product[2]!, -1), part(product[1]!, -1)])
    for (const wide of product) tower.sum(wide, [part(wide, 2)])
    tower.reduce(to.slice(0, 3), whole)
    tower.reduce(to.slice(3), product)
  })
}

/**
 * Three squares in Fp4, by Granger and Scott: of the pairs (1, vw), (w, v²) and (v, v²w). What is left of the element itself, twice, is added before
 * the reduction.
 *
 * @see https://eprint.iacr.org/2009/565 section 3.2
 */
function emitCyclotomicSquare(define: DefineTower): void {
  define('fp12.cyclotomicSquare', 2, (tower, [destination, source]) => {
    const [to, a] = [tower.pairsAt(destination!, 6), tower.pairsAt(source!, 6)]
    const sum = tower.pairs(1)[0]!
    const results = tower.wides(6)
    const [left, right, both] = tower.wides(3) as readonly [Place, Place, Place]
    for (const [i, j, even, odd] of [
      [0, 4, 0, 4],
      [3, 2, 1, 5],
      [1, 5, 2, 3],
    ] as const) {
      tower.square(left, a[i]!)
      tower.square(right, a[j]!)
      tower.add(sum, a[i]!, a[j]!)
      tower.square(both, sum)
      tower.sum(results[even]!, [xiPart(right, 3), part(left, 3), pairPart(a[even]!, -2)])
      const double = [part(both, 3), part(left, -3), part(right, -3)]
      const turned = [part(both, 3), part(left, -3), part(right, -3)].map(wide => ({ ...wide, xi: true }))
      tower.sum(results[odd]!, [...(odd === 3 ? turned : double), pairPart(a[odd]!, 2)])
    }
    tower.reduce(to, results)
  })
}

function emitConjugate(define: DefineTower): void {
  define('fp12.conjugate', 2, (tower, [destination, a]) => {
    const [to, from] = [tower.pairsAt(destination!, 6), tower.pairsAt(a!, 6)]
    for (const index of to.keys()) {
      if (index < 3) tower.copy(to[index]!, from[index]!)
      else tower.negate(to[index]!, from[index]!)
    }
  })
}

/** a^(p^power): coefficients are conjugated where the power is odd, and multiplied by what wⁱ becomes. */
function emitFrobenius(define: DefineTower, power: number, factors: FrobeniusConstants['powers'][number], placeOf: PlaceOf): void {
  define(`fp12.frobenius${power}`, 2, (tower, [destination, source]) => {
    const [to, a] = [tower.pairsAt(destination!, 6), tower.pairsAt(source!, 6)]
    const conjugated = tower.pairs(6)
    const results = tower.wides(6)
    const sign = placeOf({ c0: 1n, c1: power % 2 === 1 ? -1n : 1n })
    for (const index of to.keys()) tower.multiplyLanes(results[index]!, a[index]!, sign)
    tower.reduce(conjugated, results)
    // The coefficient of v^i w^j is that of w^(2i + j).
    for (const index of to.keys())
      tower.multiply(results[index]!, conjugated[index]!, placeOf(factors[2 * (index % 3) + Math.floor(index / 3)]!))
    tower.reduce(to, results)
  })
}

/** The norm down to Fp: of a + bw it is a² − vb² in Fp6, of that one in Fp2, and of that c0² + c1². */
function emitNorm(define: DefineTower, multiplyWide: FunctionReference, placeOf: PlaceOf): void {
  const emit = emitInverseParts(multiplyWide, placeOf)
  define('fp12.norm', 2, (tower, [destination, source]) => {
    const { norm } = emit(tower, tower.pairsAt(source!, 6))
    tower.reduce(tower.pairsAt(destination!, 1), norm)
  })
}

function emitInvertFrom(define: DefineTower, multiplyWide: FunctionReference, placeOf: PlaceOf): void {
  const emit = emitInverseParts(multiplyWide, placeOf)
  define('fp12.invertFrom', 3, (tower, [destination, source, inverse]) => {
    const [to, a] = [tower.pairsAt(destination!, 6), tower.pairsAt(source!, 6)]
    const { conjugate2, adjoint } = emit(tower, a)
    const wide = tower.wides(3)
    const [inverse2, ...inverse6] = tower.pairs(4) as readonly [Place, Place, Place, Place]
    tower.multiplyLanes(wide[0]!, conjugate2, tower.pairsAt(inverse!, 1)[0]!)
    tower.reduce([inverse2], [wide[0]!])
    for (const index of [0, 1, 2]) tower.multiply(wide[index]!, adjoint[index]!, inverse2)
    tower.reduce(inverse6, wide)
    const high = tower.wides(3)
    tower.call(multiplyWide, wide[0]!, a[0]!, inverse6[0]!)
    tower.call(multiplyWide, high[0]!, a[3]!, inverse6[0]!)
    for (const place of high) tower.sum(place, [part(place, -1)])
    tower.reduce(to.slice(0, 3), wide)
    tower.reduce(to.slice(3), high)
  })
}

function emitInverseParts(multiplyWide: FunctionReference, placeOf: PlaceOf) {
  return (tower: Parameters<Parameters<DefineTower>[2]>[0], a: readonly Place[]) => {
    const [low, high] = [tower.wides(3), tower.wides(3)]
    tower.call(multiplyWide, low[0]!, a[0]!, a[0]!)
    tower.call(multiplyWide, high[0]!, a[3]!, a[3]!)
    tower.sum(low[0]!, [xiPart(high[2]!, -1), part(low[0]!)])
    tower.sum(low[1]!, [part(low[1]!), part(high[0]!, -1)])
    tower.sum(low[2]!, [part(low[2]!), part(high[1]!, -1)])
    const n = tower.pairs(3)
    tower.reduce(n, low)
    // The adjoint of n in Fp6: n · adjoint is in Fp2.
    const [s0, s1, s2, p12, p01, p02] = tower.wides(6) as readonly [Place, Place, Place, Place, Place, Place]
    for (const [index, wide] of [s0, s1, s2].entries()) tower.square(wide, n[index]!)
    for (const [wide, i, j] of [
      [p12, 1, 2],
      [p01, 0, 1],
      [p02, 0, 2],
    ] as const)
      tower.multiply(wide, n[i]!, n[j]!)
    const adjoint = tower.pairs(3)
    const sums = tower.wides(3)
    tower.sum(sums[0]!, [xiPart(p12, -1), part(s0)])
    tower.sum(sums[1]!, [xiPart(s2), part(p01, -1)])
    tower.sum(sums[2]!, [part(s1), part(p02, -1)])
    tower.reduce(adjoint, sums)
    for (const [wide, i, j] of [
      [sums[0]!, 0, 0],
      [sums[1]!, 2, 1],
      [sums[2]!, 1, 2],
    ] as const)
      tower.multiply(wide, n[i]!, adjoint[j]!)
    tower.sum(sums[0]!, [xiPart(sums[1]!), xiPart(sums[2]!), part(sums[0]!)])
    const [norm2, conjugate2] = tower.pairs(2) as readonly [Place, Place]
    tower.reduce([norm2], [sums[0]!])
    tower.multiplyLanes(sums[0]!, norm2, placeOf({ c0: 1n, c1: -1n }))
    tower.reduce([conjugate2], [sums[0]!])
    // norm2 times its conjugate: c0² + c1² in lane 0, 0 in lane 1.
    const norm = tower.wides(1)
    tower.multiply(norm[0]!, norm2, conjugate2)
    return { adjoint, conjugate2, norm }
  }
}
