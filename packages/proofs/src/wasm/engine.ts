import { ProofError } from '../errors.ts'
import { scalarSize } from '../field/scalar-field.ts'
import { type Columns, combinePoints } from './combine-points.ts'
import { type CurveGroup, createCurveGroup, type Group } from './curve-group.ts'
import { type CurveModule, createCurveModule } from './curve-module.ts'
import { dumpedSize, dumpPoints, restorePoints } from './dump-points.ts'
import type { FieldKind } from './emit-field.ts'
import { decodePoints, encodePoints } from './encode-points.ts'
import { EngineMemory } from './engine-memory.ts'
import { multiplyBase } from './fixed-base.ts'
import { toLagrangeBasis } from './lagrange.ts'
import { sumMultiples } from './multi-scalar.ts'
import { checkScalars, imageCount, imageScalarShape, splitScalars, writeImages } from './point-images.ts'
import { areInSubgroup } from './subgroup.ts'

export type { Columns } from './combine-points.ts'
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
   * @param options.checkSubgroup - refuse points outside the subgroup of order r; default true. Points that were not checked and lie outside
   *   give sums without meaning
   * @throws ProofError `ERR_PROOF_POINT`: not canonical, infinity, not on the curve, or outside the subgroup
   */
  load(group: Group, compressed: Uint8Array, options?: { readonly checkSubgroup?: boolean }): Points
  /**
   * Points as a wallet may keep them: canonical coordinates, twice the size of compressed points and read a hundred times as fast.
   */
  dump(points: Points): Uint8Array
  /**
   * Points from {@link dump}. Made to be read fast, and therefore only from where nobody else writes: whether they are the points that
   * were dumped, or in the subgroup, is not checked.
   *
   * @throws ProofError `ERR_PROOF_POINT`: another length, or not on the curve
   */
  restore(group: Group, dump: Uint8Array): Points
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
  /**
   * Many sums of a few multiples: sum s has the terms from `offsets[s]` to before `offsets[s + 1]`, term t is scalar `scalars[t]` times point
   * `points[t]`. Compressed, one behind the other.
   *
   * @throws ProofError `ERR_PROOF_SCALAR`: a scalar not below r; `ERR_PROOF_LIMIT`: terms that are not there
   */
  combine(points: Points, columns: Columns, scalars: Uint8Array): Uint8Array
  /**
   * From the powers τⁱ · base to the values Lⱼ(τ) · base of the Lagrange polynomials of the evaluation domain of as many elements, in its order. Compressed.
   *
   * @throws ProofError `ERR_PROOF_LIMIT`: the number of points is no power of two
   */
  lagrange(points: Points): Uint8Array
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
  /** Their images under the endomorphism, once a sum of multiples needs them. */
  images: number | undefined
}

/** Points that are scaled together: the tables of all at once would be large. */
const scaledAtOnce = 4096

class WasmCurveEngine implements CurveEngine {
  readonly #memory: EngineMemory
  readonly #groups: Record<Group, CurveGroup>

  constructor(module: CurveModule) {
    this.#memory = new EngineMemory(module.memory, module.heapStart)
    this.#groups = { G1: createCurveGroup('G1', module, this.#memory), G2: createCurveGroup('G2', module, this.#memory) }
  }

  load(group: Group, compressed: Uint8Array, options: { readonly checkSubgroup?: boolean } = {}): Points {
    const curve = this.#groups[group]
    return this.#place(group, compressed.length / curve.compressedSize, (address, count) => {
      decodePoints(curve, compressed, address)
      if (options.checkSubgroup !== false && !areInSubgroup(curve, address, count)) {
        throw new ProofError('ERR_PROOF_POINT', 'point: expected a point of the subgroup')
      }
    })
  }

  dump(points: Points): Uint8Array {
    return dumpPoints(this.#groups[points.group], addressOf(points), points.count)
  }

  restore(group: Group, dump: Uint8Array): Points {
    const curve = this.#groups[group]
    return this.#place(group, dump.length / dumpedSize(curve), address => restorePoints(curve, dump, address))
  }

  free(points: Points): void {
    const loaded = points as LoadedPoints
    this.#memory.release(addressOf(loaded))
    if (loaded.images !== undefined) this.#memory.release(loaded.images)
    loaded.address = undefined
  }

  msm(points: Points, scalars: Uint8Array): Uint8Array {
    const group = this.#groups[points.group]
    const images = imageCount(group)
    const { bits, words } = imageScalarShape(group)
    const { numbers, negative } = splitScalars(group, scalars, points.count)
    const own = addressOf(points)
    const others = this.#imagesOf(points as LoadedPoints)
    const addresses = new Int32Array(images * points.count)
    for (let image = 0; image < images; image++) {
      const base = image === 0 ? own : others + (image - 1) * points.count * group.pointSize
      for (let index = 0; index < points.count; index++) {
        addresses[image * points.count + index] = (base + index * group.pointSize) ^ (negative[index] as number)
      }
    }
    return this.#memory.with([group.pointSize], (result = 0) => {
      const finite = sumMultiples(group, { points: addresses, numbers, wordsEach: words, bits }, result)
      return encodePoints(group, [finite ? result : 0])
    })
  }

  fixedBase(group: Group, base: Uint8Array, scalars: Uint8Array): Uint8Array {
    const curve = this.#groups[group]
    if (base.length !== curve.compressedSize) throw new ProofError('ERR_PROOF_POINT', `base: expected ${curve.compressedSize} bytes`)
    const count = scalars.length / scalarSize
    checkScalars(scalars, count)
    const points = this.load(group, base)
    try {
      return this.#memory.with([count * curve.pointSize], (results = 0) =>
        encodePoints(curve, multiplyBase(curve, addressOf(points), new Uint32Array(scalars.slice().buffer), results)),
      )
    } finally {
      this.free(points)
    }
  }

  scaleEach(points: Points, scalars: Uint8Array): Uint8Array {
    const { pointSize, compressedSize } = this.#groups[points.group]
    checkScalars(scalars, points.count)
    const result = new Uint8Array(points.count * compressedSize)
    for (let done = 0; done < points.count; done += scaledAtOnce) {
      const count = Math.min(scaledAtOnce, points.count - done)
      const identity = Uint32Array.from({ length: count + 1 }, (_, index) => index)
      const columns = { offsets: identity, points: identity.subarray(0, count), scalars: identity.subarray(0, count) }
      const piece = scalars.subarray(done * scalarSize, (done + count) * scalarSize)
      result.set(this.#combine(points.group, addressOf(points) + done * pointSize, count, columns, piece), done * compressedSize)
    }
    return result
  }

  combine(points: Points, columns: Columns, scalars: Uint8Array): Uint8Array {
    const { offsets } = columns
    const termCount = columns.points.length
    const ordered = offsets.every((offset, index) => offset >= (offsets[index - 1] ?? 0))
    if (offsets[0] !== 0 || offsets.at(-1) !== termCount || columns.scalars.length !== termCount || !ordered) {
      throw new ProofError('ERR_PROOF_LIMIT', 'columns: expected offsets from 0 to the number of terms, in order')
    }
    const scalarCount = scalars.length / scalarSize
    if (columns.points.some(point => point >= points.count) || columns.scalars.some(scalar => scalar >= scalarCount)) {
      throw new ProofError('ERR_PROOF_LIMIT', 'columns: expected terms of points and scalars that are there')
    }
    return this.#combine(points.group, addressOf(points), points.count, columns, scalars)
  }

  lagrange(points: Points): Uint8Array {
    const group = this.#groups[points.group]
    return this.#memory.with([points.count * group.pointSize], (results = 0) =>
      encodePoints(group, toLagrangeBasis(group, addressOf(points), points.count, results)),
    )
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

  /** Makes room for points and fills it, or gives it back. */
  #place(group: Group, count: number, fill: (address: number, count: number) => void): Points {
    if (!Number.isInteger(count) || count === 0)
      throw new ProofError('ERR_PROOF_POINT', 'points: expected a whole number of points, at least one')
    const address = this.#memory.allocate(count * this.#groups[group].pointSize)
    try {
      fill(address, count)
    } catch (error) {
      this.#memory.release(address)
      throw error
    }
    const loaded: LoadedPoints = { group, count, address, images: undefined }
    return loaded
  }

  #combine(name: Group, points: number, pointCount: number, columns: Columns, scalars: Uint8Array): Uint8Array {
    const group = this.#groups[name]
    const split = splitScalars(group, scalars, scalars.length / scalarSize)
    return this.#memory.with([(columns.offsets.length - 1) * group.pointSize], (results = 0) =>
      encodePoints(group, combinePoints(group, points, pointCount, columns, split, results)),
    )
  }

  #imagesOf(points: LoadedPoints): number {
    const group = this.#groups[points.group]
    if (points.images === undefined) {
      points.images = this.#memory.allocate((imageCount(group) - 1) * points.count * group.pointSize)
      writeImages(group, addressOf(points), points.count, points.images)
    }
    return points.images
  }
}

function addressOf(points: Points): number {
  const { address } = points as LoadedPoints
  if (address === undefined) throw new TypeError('points: expected points that are not freed')
  return address
}
