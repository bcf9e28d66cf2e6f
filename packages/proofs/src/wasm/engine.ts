import { ProofError } from '../errors.ts'
import { scalarModulus, scalarSize } from '../field/scalar-field.ts'
import { type CurveGroup, createCurveGroup, type Group } from './curve-group.ts'
import { createCurveModule } from './curve-module.ts'
import type { FieldKind } from './emit-field.ts'
import { decodePoints, encodePoints } from './encode-points.ts'
import { EngineMemory } from './engine-memory.ts'
import { sumMultiples } from './multi-scalar.ts'

export type { Group } from './curve-group.ts'

/** Points held in an engine's memory, until they are freed. */
export interface Points {
  readonly group: Group
  readonly count: number
}

/** Arithmetic of BLS12-381's groups in WebAssembly. One instance to a worker: calls take their time and nothing else runs meanwhile. */
export interface CurveEngine {
  /**
   * Parses compressed points.
   *
   * @param options.checkSubgroup - refuse points outside the subgroup of order r; default true
   * @throws ProofError `ERR_PROOF_POINT`: not canonical, infinity, not on the curve, or outside the subgroup
   */
  load(group: Group, compressed: Uint8Array, options?: { readonly checkSubgroup?: boolean }): Points
  free(points: Points): void
  /**
   * Sum of scalar · point, compressed; infinity has its own encoding.
   *
   * @param scalars - 32 bytes little-endian each, as many as points
   * @throws ProofError `ERR_PROOF_SCALAR`: another number of scalars, or one not below r
   */
  msm(points: Points, scalars: Uint8Array): Uint8Array
  /** scalarᵢ · base, compressed. @throws ProofError as `load` and `msm` */
  fixedBase(group: Group, base: Uint8Array, scalars: Uint8Array): Uint8Array
  /** scalarᵢ · pointᵢ, compressed. @throws ProofError as `msm` */
  scaleEach(points: Points, scalars: Uint8Array): Uint8Array
  /** Sum of compressed points. @throws ProofError as `load` */
  sum(group: Group, compressed: Uint8Array): Uint8Array
}

/** An engine of its own, with its own memory. `kind` is for tests: which arithmetic to use instead of the best. */
export async function createCurveEngine(options: { readonly kind?: FieldKind } = {}): Promise<CurveEngine> {
  const { bytes, bind } = createCurveModule(options.kind)
  const { instance } = await WebAssembly.instantiate(bytes)
  return new WasmCurveEngine(bind(instance))
}

interface LoadedPoints extends Points {
  address: number | undefined
}

class WasmCurveEngine implements CurveEngine {
  readonly #memory: EngineMemory
  readonly #groups: Record<Group, CurveGroup>

  constructor(module: ReturnType<ReturnType<typeof createCurveModule>['bind']>) {
    this.#memory = new EngineMemory(module.memory, module.heapStart)
    this.#groups = { G1: createCurveGroup('G1', module, this.#memory), G2: createCurveGroup('G2', module, this.#memory) }
  }

  load(group: Group, compressed: Uint8Array, options: { readonly checkSubgroup?: boolean } = {}): Points {
    const curve = this.#groups[group]
    const count = compressed.length / curve.compressedSize
    if (!Number.isInteger(count) || count === 0)
      throw new ProofError('ERR_PROOF_POINT', `points: expected ${curve.compressedSize} bytes each`)
    const address = this.#memory.allocate(count * curve.pointSize)
    try {
      decodePoints(curve, compressed, address)
      if (options.checkSubgroup !== false) this.#checkSubgroup(curve, address, count)
    } catch (error) {
      this.#memory.release(address)
      throw error
    }
    return { group, count, address } as LoadedPoints
  }

  free(points: Points): void {
    const loaded = points as LoadedPoints
    this.#memory.release(addressOf(loaded))
    loaded.address = undefined
  }

  msm(points: Points, scalars: Uint8Array): Uint8Array {
    const group = this.#groups[points.group]
    const numbers = scalarWords(scalars, points.count)
    return this.#memory.with([group.pointSize], (result = 0) => {
      const addresses = addressesFrom(addressOf(points), points.count, group.pointSize)
      const finite = sumMultiples(group, { points: addresses, numbers, wordsEach: 8, bits: 255 }, result)
      return encodePoints(group, [finite ? result : 0])
    })
  }

  fixedBase(group: Group, base: Uint8Array, scalars: Uint8Array): Uint8Array {
    const points = this.load(group, base)
    try {
      if (points.count !== 1) throw new ProofError('ERR_PROOF_POINT', 'base: expected one point')
      return this.#scale(points, scalars, () => addressOf(points))
    } finally {
      this.free(points)
    }
  }

  scaleEach(points: Points, scalars: Uint8Array): Uint8Array {
    if (scalars.length !== points.count * scalarSize)
      throw new ProofError('ERR_PROOF_SCALAR', `scalars: expected ${scalarSize} bytes for each point`)
    const { pointSize } = this.#groups[points.group]
    return this.#scale(points, scalars, index => addressOf(points) + index * pointSize)
  }

  sum(group: Group, compressed: Uint8Array): Uint8Array {
    const points = this.load(group, compressed)
    try {
      const ones = new Uint8Array(points.count * scalarSize)
      for (let index = 0; index < points.count; index++) ones[index * scalarSize] = 1
      return this.msm(points, ones)
    } finally {
      this.free(points)
    }
  }

  #scale(points: Points, scalars: Uint8Array, addressFor: (index: number) => number): Uint8Array {
    const group = this.#groups[points.group]
    const count = scalars.length / scalarSize
    const numbers = scalarWords(scalars, count)
    const size = group.pointSize
    return this.#memory.with([count * size, 3 * group.pairSize, 3 * group.pairSize], (results = 0, sum = 0, point = 0) => {
      const addresses = new Int32Array(count)
      for (let index = 0; index < count; index++) {
        const finite = scaleOne(group, addressFor(index), numbers.subarray(index * 8, index * 8 + 8), sum, point, results + index * size)
        addresses[index] = finite ? results + index * size : 0
      }
      return encodePoints(group, addresses)
    })
  }

  #checkSubgroup(group: CurveGroup, address: number, count: number): void {
    // r · point, one by one.
    const order = new Uint32Array(8)
    for (let word = 0; word < 8; word++) order[word] = Number((scalarModulus >> BigInt(32 * word)) & 0xffffffffn)
    this.#memory.with([3 * group.pairSize, 3 * group.pairSize, group.pointSize], (sum = 0, point = 0, result = 0) => {
      for (let index = 0; index < count; index++) {
        const finite = scaleOne(group, address + index * group.pointSize, order, sum, point, result)
        if (finite) throw new ProofError('ERR_PROOF_POINT', 'point: expected a point of the subgroup')
      }
    })
  }
}

/** number · point by doubling and adding. Returns false where that is infinity. */
function scaleOne(group: CurveGroup, address: number, number: Uint32Array, sum: number, point: number, result: number): boolean {
  const { exports, spare } = group
  exports.fromAffine(point, address, address)
  let started = false
  for (let bit = 255; bit >= 0; bit--) {
    if (started) exports.doubleProjective(sum, sum)
    if ((((number[bit >> 5] ?? 0) >>> (bit & 31)) & 1) === 0) continue
    if (started) exports.addProjective(sum, sum, point)
    else exports.fromAffine(sum, address, address)
    started = true
  }
  return started && exports.toAffine(sum, result, spare.sum) === 0
}

function addressOf(points: Points): number {
  const { address } = points as LoadedPoints
  if (address === undefined) throw new TypeError('points: expected points that are not freed')
  return address
}

function addressesFrom(address: number, count: number, size: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => address + index * size)
}

const orderWords = Array.from({ length: 8 }, (_, word) => Number((scalarModulus >> BigInt(32 * word)) & 0xffffffffn))

/** Scalars as 32-bit words, each checked to be below r. */
function scalarWords(scalars: Uint8Array, count: number): Uint32Array {
  if (scalars.length !== count * scalarSize)
    throw new ProofError('ERR_PROOF_SCALAR', `scalars: expected ${count} times ${scalarSize} bytes`)
  const words = new Uint32Array(scalars.slice().buffer)
  for (let index = 0; index < count; index++) {
    let word = 7
    while (word >= 0 && words[index * 8 + word] === orderWords[word]) word--
    if (word < 0 || (words[index * 8 + word] as number) > (orderWords[word] as number)) {
      throw new ProofError('ERR_PROOF_SCALAR', 'scalar: expected a value below the order of the group')
    }
  }
  return words
}
