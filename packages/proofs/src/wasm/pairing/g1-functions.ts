import type { Place } from '../field.ts'
import { type DefineTower, part } from './tower-code.ts'

/**
 * Emits sums of points of the curve y² = x³ + 4, two at a time: one in each lane. A couple of points is three pairs, homogeneous: (X : Y : Z), infinity is (0 : 1 : 0). The
 * formulas are complete: the curve has no point of order 2, and they hold for every two points on it, whether in the subgroup or not.
 *
 * @see https://eprint.iacr.org/2015/1060 algorithms 7 and 9
 */
export function emitG1(define: DefineTower): void {
  emitDouble(define)
  emitAdd(define)
}

/** 3 b = 12. */
const threeB = 12

function emitDouble(define: DefineTower): void {
  define('g1.double', 2, (tower, [destination, source]) => {
    const [to, [x, y, z]] = [tower.pairsAt(destination!, 3), tower.pairsAt(source!, 3) as readonly [Place, Place, Place]]
    const w = tower.wides(4) as readonly [Place, Place, Place, Place]
    const n = tower.pairs(4) as readonly [Place, Place, Place, Place]
    const [yy, zz, yz, xy] = n
    const [less, more] = tower.pairs(2) as readonly [Place, Place]
    tower.multiplyLanes(w[0], y, y)
    tower.multiplyLanes(w[1], z, z)
    tower.sum(w[1], [part(w[1], threeB)])
    tower.multiplyLanes(w[2], y, z)
    tower.multiplyLanes(w[3], x, y)
    tower.reduce(n, w)
    tower.add(more, zz, zz)
    tower.add(more, more, zz)
    tower.subtract(less, yy, more)
    tower.add(more, yy, zz)
    tower.multiplyLanes(w[0], less, xy)
    tower.sum(w[0], [part(w[0], 2)])
    tower.multiplyLanes(w[1], less, more)
    tower.multiplyLanes(w[3], zz, yy)
    tower.sum(w[1], [part(w[1]), part(w[3], 8)])
    tower.multiplyLanes(w[2], yz, yy)
    tower.sum(w[2], [part(w[2], 8)])
    tower.reduce(to, w.slice(0, 3))
  })
}

function emitAdd(define: DefineTower): void {
  define('g1.add', 3, (tower, [destination, first, second]) => {
    const to = tower.pairsAt(destination!, 3)
    const [a, b] = [tower.pairsAt(first!, 3), tower.pairsAt(second!, 3)]
    const w = tower.wides(6)
    const n = tower.pairs(6) as readonly [Place, Place, Place, Place, Place, Place]
    const [left, right] = tower.pairs(2) as readonly [Place, Place]
    for (const index of [0, 1, 2]) tower.multiplyLanes(w[index]!, a[index]!, b[index]!)
    for (const [wide, i, j] of [
      [w[3]!, 0, 1],
      [w[4]!, 1, 2],
      [w[5]!, 0, 2],
    ] as const) {
      tower.add(left, a[i]!, a[j]!)
      tower.add(right, b[i]!, b[j]!)
      tower.multiplyLanes(wide, left, right)
      tower.sum(wide, [part(wide), part(w[i]!, -1), part(w[j]!, -1)])
    }
    tower.sum(w[5]!, [part(w[5]!, threeB)])
    tower.sum(w[0]!, [part(w[0]!, 3)])
    tower.sum(w[2]!, [part(w[2]!, threeB)])
    tower.reduce(n, w)
    // n: 3 X1X2, Y1Y2, 12 Z1Z2, X1Y2 + X2Y1, Y1Z2 + Y2Z1, 12 (X1Z2 + X2Z1).
    const [xx, yy, zz, xy, yz, xz] = n
    tower.subtract(left, yy, zz)
    tower.add(right, yy, zz)
    tower.multiplyLanes(w[0]!, xy, left)
    tower.multiplyLanes(w[3]!, yz, xz)
    tower.sum(w[0]!, [part(w[0]!), part(w[3]!, -1)])
    tower.multiplyLanes(w[1]!, left, right)
    tower.multiplyLanes(w[3]!, xz, xx)
    tower.sum(w[1]!, [part(w[1]!), part(w[3]!)])
    tower.multiplyLanes(w[2]!, right, yz)
    tower.multiplyLanes(w[3]!, xx, xy)
    tower.sum(w[2]!, [part(w[2]!), part(w[3]!)])
    tower.reduce(to, w.slice(0, 3))
  })
}
