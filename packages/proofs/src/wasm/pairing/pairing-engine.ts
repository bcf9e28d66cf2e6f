import { bls12_381 } from '@noble/curves/bls12-381.js'
import type { Fp2Element } from '../../groth16/point-encoding.ts'
import { baseFieldParameters, baseModulus } from '../field-parameters.ts'
import { type PairingExports, type PairingModule, pairingModule } from './pairing-module.ts'

/** An address in the engine's memory. */
export type Address = number

/** A point of G2 whose lines are found while they are needed: two pairs. */
export interface VariablePoint {
  readonly q: Address
  /** The point of G1 that the lines are evaluated at, four pairs: X, Y, Z in both lanes each, and Y in lane 0 alone. */
  readonly p: Address
  /** Three pairs, which are [|x|]Q afterwards. */
  readonly running: Address
}

/** Lines of a point of G2 that were made ahead. */
export interface FixedPoint {
  readonly lines: Address
  readonly p: Address
}

/** |x| of the curve, which is negative. */
export const curveParameter = 0xd201000000010000n

const pageSize = 65_536
const fp12Pairs = 6
const { Fp2 } = bls12_381.fields

/** Bits of |x| below the highest, from the top. */
const loopBits = [...curveParameter.toString(2)].slice(1).map(bit => bit === '1')
const lineCount = loopBits.length + loopBits.filter(bit => bit).length

/** (p − 3)/4: with it come square roots and inverses. In windows of four bits, from the top. */
const rootWindows = [...((baseModulus - 3n) / 4n).toString(16)].map(digit => Number.parseInt(digit, 16))

/** Makes an engine. It is for one caller at a time: everything it does ends before it returns. */
export async function createPairingEngine(): Promise<PairingEngine> {
  const module = pairingModule()
  const { instance } = await WebAssembly.instantiate(module.bytes)
  return new PairingEngine(module, instance.exports as unknown as PairingExports)
}

/** Pairings of BLS12-381 in WebAssembly. Points and elements stand at addresses of its memory; what each looks like there is said beside the functions. */
export class PairingEngine {
  readonly wasm: PairingExports
  readonly pairSize: number
  readonly #module: PairingModule
  readonly #one: Address
  readonly #lowOne: Address
  readonly #scratch: Address
  readonly #root: Address
  #heap: Address

  constructor(module: PairingModule, wasm: PairingExports) {
    this.#module = module
    this.wasm = wasm
    this.pairSize = module.pairSize
    this.#heap = module.heapStart
    this.#one = this.allocate(1)
    this.writePair(this.#one, 1n)
    this.#lowOne = this.allocate(1)
    this.writePair(this.#lowOne, 1n, 0n)
    this.#scratch = this.allocate(10 * fp12Pairs)
    this.#root = this.allocate(17)
  }

  /** What is allocated up to here stays when {@link release} is called with it. */
  mark(): Address {
    return this.#heap
  }

  /** Frees what was allocated after a mark. */
  release(mark: Address): void {
    this.#heap = mark
  }

  /** Room for so many pairs. */
  allocate(pairs: number): Address {
    const address = this.#heap
    this.#heap += pairs * this.pairSize
    const missing = this.#heap - this.wasm.memory.buffer.byteLength
    if (missing > 0) this.wasm.memory.grow(Math.ceil(missing / pageSize))
    return address
  }

  pairAt(address: Address, index: number): Address {
    return address + index * this.pairSize
  }

  /** Two elements of Fp as a pair; one alone in both lanes. */
  writePair(address: Address, low: bigint, high: bigint = low): void {
    new Uint8Array(this.wasm.memory.buffer).set(this.#module.encodePair(low, high), address)
  }

  writeFp2(address: Address, { c0, c1 }: Fp2Element): void {
    this.writePair(address, c0, c1)
  }

  readPair(address: Address): readonly [low: bigint, high: bigint] {
    const limbs = new Float64Array(this.wasm.memory.buffer, address, this.pairSize / 8)
    let [low, high] = [0n, 0n]
    const bits = BigInt(baseFieldParameters.limbBits)
    for (let index = limbs.length - 2; index >= 0; index -= 2) {
      low = (low << bits) + BigInt(limbs[index]!)
      high = (high << bits) + BigInt(limbs[index + 1]!)
    }
    return [fromMontgomery(low), fromMontgomery(high)]
  }

  copy(destination: Address, source: Address, pairs: number): void {
    new Uint8Array(this.wasm.memory.buffer).copyWithin(destination, source, source + pairs * this.pairSize)
  }

  /** True if both pairs are the same elements. */
  isEqual(left: Address, right: Address, pairs = 1): boolean {
    for (let index = 0; index < pairs; index++) {
      this.wasm['fp.subtract'](this.#scratch, this.pairAt(left, index), this.pairAt(right, index))
      if (this.wasm['fp.zeroLanes'](this.#scratch) !== 3) return false
    }
    return true
  }

  /** a^((p − 3)/4) in each lane: times a it is the root of a, where a has one; its fourth power times a is the inverse of a. */
  rootPower(destination: Address, a: Address): void {
    const { wasm } = this
    const table = this.#root
    this.copy(table, this.#one, 1)
    this.copy(this.pairAt(table, 1), a, 1)
    for (let index = 2; index < 16; index++) wasm['fp.multiply'](this.pairAt(table, index), this.pairAt(table, index - 1), a)
    const result = this.pairAt(table, 16)
    this.copy(result, this.pairAt(table, rootWindows[0]!), 1)
    for (const window of rootWindows.slice(1)) {
      wasm['fp.squareTimes'](result, result, 4)
      if (window !== 0) wasm['fp.multiply'](result, result, this.pairAt(table, window))
    }
    this.copy(destination, result, 1)
  }

  /** 1/a in each lane; 0 where a is 0. */
  invertLanes(destination: Address, a: Address): void {
    this.rootPower(this.#scratch, a)
    this.wasm['fp.squareTimes'](this.#scratch, this.#scratch, 2)
    this.wasm['fp.multiply'](destination, this.#scratch, a)
  }

  /** Lines of a point of G2, made ahead. `q` is two pairs. */
  makeLines(q: Address): Address {
    const lines = this.allocate(2 * lineCount)
    const [raw, running] = [this.allocate(3), this.allocate(3)]
    const values: { c0: bigint; c1: bigint }[][] = []
    const read = (address: Address) => {
      const [c0, c1] = this.readPair(address)
      return Fp2.create({ c0, c1 })
    }
    const keep = () => values.push([0, 1, 2].map(index => read(this.pairAt(raw, index))))
    this.startRunning(running, q)
    for (const bit of loopBits) {
      this.wasm['line.double'](raw, running)
      keep()
      if (bit) {
        this.wasm['line.add'](raw, running, q)
        keep()
      }
    }
    const inverses = Fp2.invertBatch(values.map(([, , c2]) => Fp2.create(c2!)))
    for (const [index, [c0, c1]] of values.entries()) {
      this.writeFp2(this.pairAt(lines, 2 * index), Fp2.mul(Fp2.create(c0!), inverses[index]!))
      this.writeFp2(this.pairAt(lines, 2 * index + 1), Fp2.mul(Fp2.create(c1!), inverses[index]!))
    }
    return lines
  }

  /** The product of the pairs' values before the final exponentiation: six pairs. */
  millerLoop(destination: Address, variable: readonly VariablePoint[], fixed: readonly FixedPoint[]): void {
    const { wasm } = this
    const line = this.#scratch
    let position = 0
    const multiplyFixed = () => {
      for (const { lines, p } of fixed) wasm['line.multiplyFixed'](destination, this.pairAt(lines, 2 * position), p)
      position++
    }
    this.setOne(destination)
    for (const { running, q } of variable) this.startRunning(running, q)
    for (const [index, bit] of loopBits.entries()) {
      if (index > 0) wasm['fp12.square'](destination, destination)
      for (const { running, p } of variable) {
        wasm['line.double'](line, running)
        wasm['line.multiply'](destination, line, p)
      }
      multiplyFixed()
      if (!bit) continue
      for (const { running, q, p } of variable) {
        wasm['line.add'](line, running, q)
        wasm['line.multiply'](destination, line, p)
      }
      multiplyFixed()
    }
    // x is negative: the inverse, which after the final exponentiation is the conjugate.
    wasm['fp12.conjugate'](destination, destination)
  }

  /** Makes a point for lines of what stands in one lane of three pairs X, Y, Z. False if it is infinity, whose pairing is 1. */
  writeLinePoint(destination: Address, points: Address, lane: 0 | 1, negative = false): boolean {
    const { wasm } = this
    const half = this.pairSize / 2
    const elements = this.#scratch
    for (let coordinate = 0; coordinate < 3; coordinate++) {
      wasm['fp.split'](this.pairAt(points, coordinate), elements, elements + half)
      wasm['fp.join'](this.pairAt(destination, coordinate), elements + lane * half, elements + lane * half)
    }
    const y = this.pairAt(destination, 1)
    if (negative) wasm['fp.negate'](y, y)
    wasm['fp.multiply'](this.pairAt(destination, 3), y, this.#lowOne)
    return wasm['fp.zeroLanes'](this.pairAt(destination, 2)) === 0
  }

  setOne(element: Address): void {
    const bytes = new Uint8Array(this.wasm.memory.buffer)
    bytes.fill(0, element, element + fp12Pairs * this.pairSize)
    this.writePair(element, 1n, 0n)
  }

  /** Q as (X : Y : 1). */
  startRunning(running: Address, q: Address): void {
    this.copy(running, q, 2)
    this.writePair(this.pairAt(running, 2), 1n, 0n)
  }

  /** a^(3 (p¹² − 1)/r), up to the factor 3 that all pairings here have. The destination may be `a`. */
  finalExponentiation(destination: Address, a: Address): void {
    const { wasm } = this
    const temporary = (index: number) => this.pairAt(this.#scratch, fp12Pairs * (1 + index))
    const [t0, t1, t2, t3, t4, t5, t6, t7] = [0, 1, 2, 3, 4, 5, 6, 7].map(temporary) as unknown as [
      Address,
      Address,
      Address,
      Address,
      Address,
      Address,
      Address,
      Address,
    ]
    const multiply = wasm['fp12.multiply']
    const conjugate = wasm['fp12.conjugate']
    // Easy part: a^((p⁶ − 1)(p² + 1)).
    wasm['fp12.norm'](t1, a)
    this.#normInBothLanes(t1)
    this.invertLanes(t2, t1)
    wasm['fp12.invertFrom'](t1, a, t2)
    conjugate(t0, a)
    multiply(t0, t0, t1)
    wasm['fp12.frobenius2'](t1, t0)
    multiply(t1, t1, t0)
    // Hard part, with x negative.
    this.#powerOfX(t2, t1)
    wasm['fp12.cyclotomicSquare'](t3, t1)
    conjugate(t3, t3)
    multiply(t3, t3, t2)
    this.#powerOfX(t4, t3)
    this.#powerOfX(t5, t4)
    this.#powerOfX(t6, t5)
    wasm['fp12.cyclotomicSquare'](t7, t2)
    multiply(t6, t6, t7)
    this.#powerOfX(t7, t6)
    conjugate(t3, t3)
    multiply(t7, t7, t3)
    multiply(t7, t7, t1)
    multiply(t2, t2, t5)
    wasm['fp12.frobenius2'](t2, t2)
    multiply(t4, t4, t1)
    wasm['fp12.frobenius3'](t4, t4)
    conjugate(t1, t1)
    multiply(t6, t6, t1)
    wasm['fp12.frobenius1'](t6, t6)
    multiply(t7, t7, t2)
    multiply(t7, t7, t4)
    multiply(destination, t7, t6)
  }

  #normInBothLanes(pair: Address): void {
    const [norm] = this.readPair(pair)
    this.writePair(pair, norm)
  }

  /** a^x, in the cyclotomic subgroup. */
  #powerOfX(destination: Address, a: Address): void {
    const { wasm } = this
    this.copy(destination, a, fp12Pairs)
    for (const bit of loopBits) {
      wasm['fp12.cyclotomicSquare'](destination, destination)
      if (bit) wasm['fp12.multiply'](destination, destination, a)
    }
    wasm['fp12.conjugate'](destination, destination)
  }
}

const montgomeryInverse = bls12_381.fields.Fp.inv(
  (1n << BigInt(baseFieldParameters.limbBits * baseFieldParameters.limbCount)) % baseModulus,
)

function fromMontgomery(value: bigint): bigint {
  const result = (value * montgomeryInverse) % baseModulus
  return result < 0n ? result + baseModulus : result
}
