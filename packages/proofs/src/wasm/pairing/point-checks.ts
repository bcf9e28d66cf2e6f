import { bls12_381 } from '@noble/curves/bls12-381.js'
import { type CompressedPoint, type Fp2Element, isLargerG1, isLargerG2 } from '../../groth16/point-encoding.ts'
import { frobeniusConstants } from './frobenius.ts'
import { type Address, curveParameter, type PairingEngine } from './pairing-engine.ts'

/** Lanes for which something holds: bit 0 and bit 1. */
export type LaneMask = number

export const bothLanes: LaneMask = 3

const { Fp, Fp2 } = bls12_381.fields
const parameterBits = [...curveParameter.toString(2)].slice(1).map(bit => bit === '1')

/** Finds points for their encodings, and tells whether they are in the subgroups of order r. */
export class PointChecks {
  readonly #engine: PairingEngine
  readonly #beta: Address
  readonly #psiX: Address
  readonly #psiY: Address
  readonly #conjugate: Address
  readonly #half: Address
  readonly #one: Address
  readonly #fourG1: Address
  readonly #fourG2: Address
  readonly #scratch: Address

  constructor(engine: PairingEngine) {
    this.#engine = engine
    const { beta, psiX, psiY } = frobeniusConstants()
    const constant = (low: bigint, high = low) => {
      const address = engine.allocate(1)
      engine.writePair(address, low, high)
      return address
    }
    this.#beta = constant(beta)
    this.#psiX = constant(psiX.c0, psiX.c1)
    this.#psiY = constant(psiY.c0, psiY.c1)
    this.#conjugate = constant(1n, Fp.neg(1n))
    this.#half = constant(Fp.inv(2n))
    this.#one = constant(1n)
    this.#fourG1 = constant(4n)
    this.#fourG2 = constant(4n, 4n)
    this.#scratch = engine.allocate(12)
  }

  /** Writes two points of the curve of G1, one in each lane: X, Y and Z = 1. Where none has that x, the bit of the lane is 0 and nothing is to be read. */
  decompressG1(destination: Address, low: CompressedPoint<bigint>, high: CompressedPoint<bigint>): LaneMask {
    const engine = this.#engine
    const { wasm } = engine
    const [square, root, product] = this.#temporaries(3)
    const y = engine.pairAt(destination, 1)
    engine.writePair(destination, low.x, high.x)
    engine.copy(engine.pairAt(destination, 2), this.#one, 1)
    wasm['fp.square'](square, destination)
    wasm['fp.multiply'](square, square, destination)
    wasm['fp.add'](square, square, this.#fourG1)
    engine.rootPower(root, square)
    wasm['fp.multiply'](root, root, square)
    wasm['fp.square'](product, root)
    wasm['fp.subtract'](product, product, square)
    const onCurve = wasm['fp.zeroLanes'](product)
    const [lowY, highY] = engine.readPair(root)
    engine.writePair(y, withSign(lowY, low.isLarger), withSign(highY, high.isLarger))
    return onCurve
  }

  /** Writes a point of the curve of G2: two pairs. False if none has that x. */
  decompressG2(destination: Address, { x, isLarger }: CompressedPoint<Fp2Element>): boolean {
    const engine = this.#engine
    const { wasm } = engine
    const y = engine.pairAt(destination, 1)
    const [square, product] = [engine.pairAt(this.#scratch, 10), engine.pairAt(this.#scratch, 11)]
    engine.writeFp2(destination, x)
    wasm['fp2.multiply'](square, destination, destination)
    wasm['fp2.multiply'](square, square, destination)
    wasm['fp.add'](square, square, this.#fourG2)
    if (!this.#root(y, square)) return false
    wasm['fp2.multiply'](product, y, y)
    if (!engine.isEqual(product, square)) {
      // Only where the square is in Fp and its root is not: one x in 2³⁸¹, so the slow way will do.
      const [c0, c1] = engine.readPair(square)
      engine.writeFp2(y, Fp2.sqrt(Fp2.create({ c0, c1 })))
    }
    const [c0, c1] = engine.readPair(y)
    if (isLargerG2({ c0, c1 }) !== isLarger) wasm['fp.negate'](y, y)
    return true
  }

  /** Whether points of the curve of G1 are in the subgroup: φ(P) = −[x²]P. @see https://eprint.iacr.org/2021/1130 section 6 */
  inSubgroupG1(points: Address): LaneMask {
    const engine = this.#engine
    const { wasm } = engine
    const [once, , , twice, , , product] = this.#temporaries(7)
    this.#timesParameter(once, points)
    this.#timesParameter(twice, once)
    const [x, y, z] = [twice, engine.pairAt(twice, 1), engine.pairAt(twice, 2)]
    wasm['fp.multiply'](product, points, this.#beta)
    wasm['fp.multiply'](product, product, z)
    wasm['fp.subtract'](product, product, x)
    const sameX = wasm['fp.zeroLanes'](product)
    wasm['fp.multiply'](product, engine.pairAt(points, 1), z)
    wasm['fp.add'](product, product, y)
    // Infinity has Z = 0 and Y ≠ 0: it is no point's image.
    return sameX & wasm['fp.zeroLanes'](product)
  }

  /** φ(P) in each lane: −x² P for points of the subgroup. */
  endomorphismG1(destination: Address, points: Address): void {
    const engine = this.#engine
    engine.wasm['fp.multiply'](destination, points, this.#beta)
    engine.copy(engine.pairAt(destination, 1), engine.pairAt(points, 1), 2)
  }

  /**
   * Whether a point of the curve of G2 is in the subgroup: ψ(Q) = [x]Q. `running` is [|x|]Q as Miller's loop leaves it; where a sum on the way was one that the loop's formulas do not
   * know, which cannot be in the subgroup, its Z is 0.
   */
  inSubgroupG2(q: Address, running: Address): boolean {
    const engine = this.#engine
    const { wasm } = engine
    const [image, product] = this.#temporaries(2)
    const [y, z] = [engine.pairAt(running, 1), engine.pairAt(running, 2)]
    if (wasm['fp.zeroLanes'](z) === bothLanes) return false
    wasm['fp.multiply'](image, q, this.#conjugate)
    wasm['fp2.multiply'](image, image, this.#psiX)
    wasm['fp2.multiply'](image, image, z)
    if (!engine.isEqual(image, running)) return false
    wasm['fp.multiply'](image, engine.pairAt(q, 1), this.#conjugate)
    wasm['fp2.multiply'](image, image, this.#psiY)
    wasm['fp2.multiply'](image, image, z)
    wasm['fp.negate'](product, y)
    return engine.isEqual(image, product)
  }

  /**
   * A root in Fp2 by the norm: of a = a0 + a1 u with s² = a0² + a1², it is y0 + a1/(2 y0) u where y0² is (a0 + s)/2 or (a0 − s)/2, both of which are tried at once, one in each lane.
   * False if there is none. If it is none after all, a1 is 0: the caller looks.
   */
  #root(destination: Address, a: Address): boolean {
    const engine = this.#engine
    const { wasm } = engine
    const [norm, s, halves, root, product, low, high] = this.#temporaries(7)
    wasm['fp.multiply'](product, a, this.#conjugate)
    wasm['fp2.multiply'](norm, a, product)
    this.#broadcast(norm, 0)
    engine.rootPower(s, norm)
    wasm['fp.multiply'](s, s, norm)
    wasm['fp.square'](product, s)
    if (!engine.isEqual(product, norm)) return false
    engine.copy(halves, a, 1)
    this.#broadcast(halves, 0)
    wasm['fp.multiply'](s, s, this.#conjugate)
    wasm['fp.add'](halves, halves, s)
    wasm['fp.multiply'](halves, halves, this.#half)
    engine.rootPower(root, halves)
    // y0 = t w and 1/y0 = w where t w² = 1.
    wasm['fp.multiply'](s, halves, root)
    wasm['fp.multiply'](product, s, root)
    wasm['fp.subtract'](product, product, this.#one)
    const lane = (wasm['fp.zeroLanes'](product) & 1) !== 0 ? 0 : 1
    engine.copy(product, a, 1)
    this.#broadcast(product, 1)
    wasm['fp.multiply'](product, product, root)
    wasm['fp.multiply'](product, product, this.#half)
    const lanesOf = (pair: Address, into: Address) => wasm['fp.split'](pair, into, into + engine.pairSize / 2)
    lanesOf(s, low)
    lanesOf(product, high)
    const offset = (lane * engine.pairSize) / 2
    wasm['fp.join'](destination, low + offset, high + offset)
    return true
  }

  /** One lane of a pair in both. */
  #broadcast(pair: Address, lane: 0 | 1): void {
    const { wasm, pairSize } = this.#engine
    const elements = this.#engine.pairAt(this.#scratch, 9)
    wasm['fp.split'](pair, elements, elements + pairSize / 2)
    const chosen = elements + (lane * pairSize) / 2
    wasm['fp.join'](pair, chosen, chosen)
  }

  /** [|x|]P in each lane. */
  #timesParameter(destination: Address, points: Address): void {
    const { wasm } = this.#engine
    this.#engine.copy(destination, points, 3)
    for (const bit of parameterBits) {
      wasm['g1.double'](destination, destination)
      if (bit) wasm['g1.add'](destination, destination, points)
    }
  }

  #temporaries<Count extends 2 | 3 | 7>(count: Count): readonly [Address, Address, Address, Address, Address, Address, Address] {
    const addresses = Array.from({ length: 7 }, (_, index) => this.#engine.pairAt(this.#scratch, index < count ? index : 0))
    return addresses as unknown as readonly [Address, Address, Address, Address, Address, Address, Address]
  }
}

function withSign(y: bigint, isLarger: boolean): bigint {
  return isLargerG1(y) === isLarger ? y : Fp.neg(y)
}
