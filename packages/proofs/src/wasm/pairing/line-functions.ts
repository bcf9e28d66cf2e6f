import type { FunctionReference } from '../code.ts'
import type { Place } from '../field.ts'
import { type DefineTower, pairPart, part, type TowerCode, xiPart } from './tower-code.ts'

/**
 * Emits the steps of Miller's loop. A point of G2 on its way is three pairs, homogeneous: (X : Y : Z). A line is three pairs c0, c1, c2, and its value at the
 * point (X : Y : Z) of G1 is c0 Z + c1 X v + c2 Y vw. The line of a fixed point is scaled so that c2 = 1, and has the first two pairs only.
 *
 * A point of G1, as lines are evaluated at it, is four pairs: X, Y and Z in both lanes each, and Y in lane 0 alone.
 */
export function emitLines(define: DefineTower): void {
  const multiply01Wide = emitMultiply01Wide(define)
  emitDouble(define)
  emitAdd(define)
  emitMultiplyLine(define, multiply01Wide)
  emitMultiplyFixedLine(define, multiply01Wide)
}

function emitMultiplyLine(define: DefineTower, multiply01Wide: FunctionReference): void {
  define('line.multiply', 3, (tower, [element, line, point]) => {
    const [c0, c1, c2] = tower.pairsAt(line!, 3) as readonly [Place, Place, Place]
    tower.declareTerms(c0, 2)
    const [x, y, z] = tower.pairsAt(point!, 3) as readonly [Place, Place, Place]
    const [value, wide] = [tower.pairs(3), tower.wides(3)]
    tower.multiplyLanes(wide[0]!, c0, z)
    tower.multiplyLanes(wide[1]!, c1, x)
    tower.multiplyLanes(wide[2]!, c2, y)
    tower.reduce(value, wide)
    const [o0, o1, o4] = value as readonly [Place, Place, Place]
    emitSparseProduct(tower, multiply01Wide, tower.pairsAt(element!, 6), { o0, o1, o4, o4Lanes: undefined })
  })
}

function emitMultiplyFixedLine(define: DefineTower, multiply01Wide: FunctionReference): void {
  define('line.multiplyFixed', 3, (tower, [element, line, point]) => {
    const [c0, c1] = tower.pairsAt(line!, 2) as readonly [Place, Place]
    const [x, y, z, yAlone] = tower.pairsAt(point!, 4) as readonly [Place, Place, Place, Place]
    const [value, wide] = [tower.pairs(2), tower.wides(2)]
    tower.multiplyLanes(wide[0]!, c0, z)
    tower.multiplyLanes(wide[1]!, c1, x)
    tower.reduce(value, wide)
    const [o0, o1] = value as readonly [Place, Place]
    emitSparseProduct(tower, multiply01Wide, tower.pairsAt(element!, 6), { o0, o1, o4: yAlone, o4Lanes: y })
  })
}

interface SparseElement {
  readonly o0: Place
  readonly o1: Place
  readonly o4: Place
  /** o4 in both lanes, where it is in Fp. */
  readonly o4Lanes: Place | undefined
}

/** (a + bw)(o0 + o1 v + o4 vw): a(o0 + o1 v), b o4 v, and (a + b)(o0 + (o1 + o4)v). */
function emitSparseProduct(
  tower: TowerCode,
  multiply01Wide: FunctionReference,
  f: readonly Place[],
  { o0, o1, o4, o4Lanes }: SparseElement,
): void {
  const [low, high, both] = [tower.wides(3), tower.wides(3), tower.wides(3)]
  const [sums, o14] = [tower.pairs(3), tower.pairs(1)[0]!]
  tower.call(multiply01Wide, low[0]!, f[0]!, o0, o1)
  for (const index of [0, 1, 2]) {
    if (o4Lanes === undefined) tower.multiply(high[index]!, f[3 + index]!, o4)
    else tower.multiplyLanes(high[index]!, f[3 + index]!, o4Lanes)
    tower.add(sums[index]!, f[index]!, f[3 + index]!)
  }
  tower.add(o14, o1, o4)
  tower.call(multiply01Wide, both[0]!, sums[0]!, o0, o14)
  // high is b o4: times v it is (ξ high2, high0, high1).
  tower.sum(both[0]!, [xiPart(high[2]!, -1), part(both[0]!), part(low[0]!, -1)])
  tower.sum(both[1]!, [part(both[1]!), part(low[1]!, -1), part(high[0]!, -1)])
  tower.sum(both[2]!, [part(both[2]!), part(low[2]!, -1), part(high[1]!, -1)])
  // Times v again: (ξ high1, ξ high2, high0).
  tower.sum(low[0]!, [xiPart(high[1]!), part(low[0]!)])
  tower.sum(low[1]!, [xiPart(high[2]!), part(low[1]!)])
  tower.sum(low[2]!, [part(low[2]!), part(high[0]!)])
  tower.reduce(f.slice(0, 3), low)
  tower.reduce(f.slice(3), both)
}

/** (three wide sums, a, o0, o1): a (o0 + o1 v) in Fp6; all of at most two terms. */
function emitMultiply01Wide(define: DefineTower): FunctionReference {
  return define('fp6.multiply01Wide', 4, (tower, [destination, first, constant, linear]) => {
    const [to, a] = [tower.widesAt(destination!, 3), tower.pairsAt(first!, 3)]
    const [o0, o1] = [tower.pairsAt(constant!, 1)[0]!, tower.pairsAt(linear!, 1)[0]!]
    for (const place of [...a, o1]) tower.declareTerms(place, 2)
    const [p0, p1, p12, p01, p02] = tower.wides(5) as readonly [Place, Place, Place, Place, Place]
    const [left, right] = tower.pairs(2) as readonly [Place, Place]
    tower.multiply(p0, a[0]!, o0)
    tower.multiply(p1, a[1]!, o1)
    tower.add(left, a[1]!, a[2]!)
    tower.multiply(p12, left, o1)
    tower.add(left, a[0]!, a[1]!)
    tower.add(right, o0, o1)
    tower.multiply(p01, left, right)
    tower.add(left, a[0]!, a[2]!)
    tower.multiply(p02, left, o0)
    tower.sum(to[0]!, [xiPart(p12), xiPart(p1, -1), part(p0)])
    tower.sum(to[1]!, [part(p01), part(p0, -1), part(p1, -1)])
    tower.sum(to[2]!, [part(p02), part(p1), part(p0, -1)])
  })
}

/**
 * Doubling in homogeneous coordinates, all of them scaled by 4 so that nothing is halved. With b = 4ξ:
 * t = 12 ξ Z², X' = 2XY (Y² − 3t), Y' = (Y² + 3t)² − 12 t², Z' = 8 Y³ Z; line t − Y², 3X², −2YZ.
 *
 * @see https://eprint.iacr.org/2010/354 section 5
 */
function emitDouble(define: DefineTower): void {
  define('line.double', 2, (tower, [line, point]) => {
    const [c0, c1, c2] = tower.pairsAt(line!, 3) as readonly [Place, Place, Place]
    const r = tower.pairsAt(point!, 3) as readonly [Place, Place, Place]
    const [x, y, z] = r
    const w = tower.wides(5) as readonly [Place, Place, Place, Place, Place]
    const n = tower.pairs(5) as readonly [Place, Place, Place, Place, Place]
    const [sum, triple] = tower.pairs(2) as readonly [Place, Place]
    const [yy, t, yz, xx, xy] = n
    tower.square(w[0], y)
    tower.square(w[1], z)
    tower.add(sum, y, z)
    tower.square(w[2], sum)
    tower.sum(w[2], [part(w[2]), part(w[0], -1), part(w[1], -1)])
    tower.sum(w[1], [xiPart(w[1], 12)])
    tower.square(w[3], x)
    tower.sum(w[3], [part(w[3], 3)])
    tower.multiply(w[4], x, y)
    tower.reduce(n, w)
    tower.subtract(c0, t, yy)
    tower.copy(c1, xx)
    tower.negate(c2, yz)
    tower.add(triple, t, t)
    tower.add(triple, triple, t)
    tower.subtract(sum, yy, triple)
    tower.multiply(w[0], sum, xy)
    tower.sum(w[0], [part(w[0], 2)])
    tower.add(sum, yy, triple)
    tower.carry(sum, sum)
    tower.square(w[1], sum)
    tower.square(w[3], t)
    tower.sum(w[1], [part(w[1]), part(w[3], -12)])
    tower.multiply(w[2], yy, yz)
    tower.sum(w[2], [part(w[2], 4)])
    tower.reduce(r, w.slice(0, 3))
  })
}

/** Addition of an affine point in homogeneous coordinates. Where both are the same or opposite, Z becomes 0 and stays so. */
function emitAdd(define: DefineTower): void {
  define('line.add', 3, (tower, [line, point, other]) => {
    const [c0, c1, c2] = tower.pairsAt(line!, 3) as readonly [Place, Place, Place]
    const r = tower.pairsAt(point!, 3) as readonly [Place, Place, Place]
    const [x, y, z] = r
    const [qx, qy] = tower.pairsAt(other!, 2) as readonly [Place, Place]
    const w = tower.wides(4) as readonly [Place, Place, Place, Place]
    const [t0, t1, square1, square0] = tower.pairs(4) as readonly [Place, Place, Place, Place]
    const [cube, product, rest] = tower.pairs(3) as readonly [Place, Place, Place]
    tower.multiply(w[0], qy, z)
    tower.multiply(w[1], qx, z)
    tower.sum(w[0], [pairPart(y, 1), part(w[0], -1)])
    tower.sum(w[1], [pairPart(x, 1), part(w[1], -1)])
    tower.reduce([t0, t1], w.slice(0, 2))
    tower.multiply(w[0], t0, qx)
    tower.multiply(w[1], t1, qy)
    tower.sum(w[0], [part(w[0]), part(w[1], -1)])
    tower.reduce([c0], [w[0]])
    tower.negate(c1, t0)
    tower.copy(c2, t1)
    tower.square(w[0], t1)
    tower.square(w[1], t0)
    tower.reduce([square1, square0], w.slice(0, 2))
    tower.multiply(w[0], square1, t1)
    tower.multiply(w[1], square1, x)
    tower.multiply(w[3], square0, z)
    tower.sum(w[2], [part(w[0]), part(w[1], -2), part(w[3])])
    tower.reduce([cube, product, rest], w.slice(0, 3))
    tower.multiply(w[0], t1, rest)
    tower.subtract(product, product, rest)
    tower.multiply(w[1], product, t0)
    tower.multiply(w[3], cube, y)
    tower.sum(w[1], [part(w[1]), part(w[3], -1)])
    tower.multiply(w[2], z, cube)
    tower.reduce(r, w.slice(0, 3))
  })
}
