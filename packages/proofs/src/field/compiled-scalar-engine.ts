import { ProofError } from '../errors.ts'
import type { PoseidonWidth } from '../poseidon/poseidon-parameters.ts'
import { poseidonProgram, regionPairs } from '../poseidon/poseidon-program.ts'
import type { FieldKind } from '../wasm/emit-field.ts'
import { domainBits, reverseBits } from './bigint-scalar-engine.ts'
import { cosetShift, powerOf, rootOfUnity } from './evaluation-domain.ts'
import { invertScalar } from './invert-scalar.ts'
import { isScalar } from './is-scalar.ts'
import { type Scalar, scalarModulus, scalarSize, toScalar } from './scalar-field.ts'
import { compiledWidths, type ScalarExports, type ScalarModule, writeScalarModule } from './scalar-module.ts'
import { scalarCount } from './scalar-vector.ts'

const pageSize = 65_536
/** A layer adds to a value what a multiplication takes away: at the latest after this many. */
const layersBetweenNormalizing = 5

interface PoseidonPlace {
  readonly state: number
  readonly program: number
  readonly programEnd: number
  readonly run: (program: number, end: number) => void
}

/** What a domain's transforms need, in the module's memory. */
interface DomainPlace {
  readonly twiddles: number
  /** Factors of a transform's result for the coefficients on the coset: powers of the shift, by the inverse of the size. */
  readonly shifts: number
  /** Pairs of factors of the last result: of a · b, back from the coset, and of c; by the size and by Z. */
  readonly quotients: number
}

/** Compiles the engine. `kind` for tests: by default, the faster of those that are right on this machine. */
export async function compileScalarEngine(kind?: FieldKind): Promise<CompiledScalarEngine> {
  const module = writeScalarModule(kind)
  const { instance } = await WebAssembly.instantiate(module.bytes)
  // What is exported is written in scalar-module.ts.
  return new CompiledScalarEngine(module, instance.exports as unknown as ScalarExports)
}

/** A `ScalarEngine` in WebAssembly: two scalars at a time, in vectors of doubles where the machine has them. */
export class CompiledScalarEngine {
  readonly #module: ScalarModule
  readonly #exports: ScalarExports
  readonly #pairSize: number
  readonly #poseidons = new Map<number, PoseidonPlace>()
  readonly #domains = new Map<number, DomainPlace>()
  /** First address behind what stays in memory. */
  #end: number
  #bytes: Uint8Array

  constructor(module: ScalarModule, exports: ScalarExports) {
    this.#module = module
    this.#exports = exports
    this.#pairSize = module.field.pairSize
    this.#end = module.dataStart
    this.#bytes = new Uint8Array(exports.memory.buffer)
  }

  poseidonBatch(domain: Scalar, inputsPerHash: number, inputs: Uint8Array): Uint8Array {
    const count = scalarCount(inputs)
    checkScalars(inputs)
    if (count % inputsPerHash !== 0) throw new ProofError('ERR_PROOF_SCALAR', 'inputs: expected whole hashes')
    const { state, program, programEnd, run } = this.#poseidon(inputsPerHash + 1)
    const result = new Uint8Array((count / inputsPerHash) * scalarSize)
    const hashSize = inputsPerHash * scalarSize
    const first = this.#scratch(2 * this.#pairSize + 2 * hashSize)
    const [tag, source] = [first, first + this.#pairSize]
    this.#bytes.set(this.#module.field.encodePair(domain), tag)
    const { fromBytes, toBytes } = this.#exports
    for (let start = 0, hash = 0; start < inputs.length; start += 2 * hashSize, hash += 2) {
      this.#bytes.set(inputs.subarray(start, start + 2 * hashSize), source)
      this.#bytes.copyWithin(state, tag, tag + this.#pairSize)
      for (let index = 0; index < inputsPerHash; index++) {
        const low = source + index * scalarSize
        fromBytes(state + (index + 1) * this.#pairSize, low, low + hashSize)
      }
      run(program, programEnd)
      toBytes(state, source, source + scalarSize)
      result.set(this.#bytes.subarray(source, source + Math.min(2 * scalarSize, result.length - hash * scalarSize)), hash * scalarSize)
    }
    return result
  }

  ntt(values: Uint8Array, { inverse }: { readonly inverse: boolean }): Uint8Array {
    const size = scalarCount(values)
    const bits = domainBits(size)
    checkScalars(values)
    const domain = this.#domain(size)
    const vector = this.#scratch((size + 2) * this.#pairSize)
    const work = vector + size * this.#pairSize
    const share = work + this.#pairSize
    this.#bytes.set(this.#module.field.encodePair(inverse ? invertScalar(BigInt(size)) : 1n), share)
    for (let index = 0; index < size; index++) this.#read(vector + reverseBits(index, bits) * this.#pairSize, work, index, values, values)
    this.#transform(vector, size, domain)
    const result = new Uint8Array(values.length)
    for (let index = 0; index < size; index++) {
      // Values at the powers of the inverse root are those at the powers of the root, in the opposite order.
      const pair = vector + (inverse ? (size - index) % size : index) * this.#pairSize
      this.#exports.multiply(pair, pair, share)
      this.#exports.toBytes(pair, work, work + scalarSize)
      result.set(this.#bytes.subarray(work, work + scalarSize), index * scalarSize)
    }
    return result
  }

  quotient(a: Uint8Array, b: Uint8Array, c: Uint8Array, domainSize: number): Uint8Array {
    const bits = domainBits(domainSize)
    for (const rows of [a, b, c]) {
      if (scalarCount(rows) !== domainSize) throw new ProofError('ERR_PROOF_SCALAR', 'rows: expected as many values as the domain has')
      checkScalars(rows)
    }
    const domain = this.#domain(domainSize)
    const { multiply } = this.#exports
    const pairSize = this.#pairSize
    const first = this.#scratch((2 * domainSize + 6) * pairSize)
    const second = first + domainSize * pairSize
    const work = second + domainSize * pairSize
    // Coefficients of a and of b, side by side; then their values on the coset.
    for (let index = 0; index < domainSize; index++) this.#read(first + reverseBits(index, bits) * pairSize, work, index, a, b)
    this.#transform(first, domainSize, domain)
    for (let index = 0; index < domainSize; index++) {
      const coefficient = first + ((domainSize - index) % domainSize) * pairSize
      multiply(second + reverseBits(index, bits) * pairSize, coefficient, domain.shifts + index * pairSize)
    }
    this.#transform(second, domainSize, domain)
    // a · b on the coset beside c on the domain: the coefficients of both, each by a factor that is known, add up to those of h.
    for (let index = 0; index < domainSize; index++) {
      this.#productBeside(first + reverseBits(index, bits) * pairSize, second + index * pairSize, work, index, c)
    }
    this.#transform(first, domainSize, domain)
    const h = new Uint8Array(domainSize * scalarSize)
    for (let index = 0; index < domainSize; index++) {
      const coefficient = first + ((domainSize - index) % domainSize) * pairSize
      multiply(coefficient, coefficient, domain.quotients + index * pairSize)
      h.set(this.#sumOfLanes(coefficient, work), index * scalarSize)
    }
    const last = h.length - scalarSize
    if (h.subarray(last).some(byte => byte !== 0)) throw new ProofError('ERR_PROOF_UNSATISFIED', 'rows: expected a · b = c in every one')
    return h.slice(0, last)
  }

  /** The index-th scalars of two vectors as a pair. */
  #read(pair: number, work: number, index: number, low: Uint8Array, high: Uint8Array): void {
    this.#bytes.set(low.subarray(index * scalarSize, (index + 1) * scalarSize), work)
    this.#bytes.set(high.subarray(index * scalarSize, (index + 1) * scalarSize), work + scalarSize)
    this.#exports.fromBytes(pair, work, work + scalarSize)
  }

  /** The product of a pair's two scalars, and beside it the index-th of a vector. */
  #productBeside(target: number, source: number, work: number, index: number, scalars: Uint8Array): void {
    const { split, join, multiply } = this.#exports
    const [low, high, pair] = [work + this.#pairSize, work + 2 * this.#pairSize, work + 3 * this.#pairSize]
    split(source, low, high)
    join(pair, high, low)
    multiply(pair, source, pair)
    split(pair, low, high)
    this.#read(pair, work, index, scalars, scalars)
    split(pair, work, high)
    join(target, low, high)
  }

  /** The sum of a pair's two scalars, as bytes. */
  #sumOfLanes(source: number, work: number): Uint8Array {
    const { split, join, add, toBytes } = this.#exports
    const [low, high, pair] = [work + this.#pairSize, work + 2 * this.#pairSize, work + 3 * this.#pairSize]
    split(source, low, high)
    join(pair, high, low)
    add(pair, pair, source)
    toBytes(pair, work, work + scalarSize)
    return this.#bytes.subarray(work, work + scalarSize)
  }

  /** In place, from the order of reversed bits to the natural one. */
  #transform(vector: number, size: number, { twiddles }: DomainPlace): void {
    const end = vector + size * this.#pairSize
    for (let half = 1, layer = 1; half < size; half *= 2, layer++) {
      const stride = (size / (2 * half)) * this.#pairSize
      this.#exports.layer(vector, end, half * this.#pairSize, twiddles, stride, layer % layersBetweenNormalizing === 0 ? 1 : 0)
    }
  }

  #domain(size: number): DomainPlace {
    let place = this.#domains.get(size)
    if (place === undefined) {
      const share = invertScalar(BigInt(size))
      const shareByZ = (share * invertScalar(toScalar(powerOf(cosetShift, BigInt(size)) - 1n))) % scalarModulus
      place = {
        twiddles: this.#powers(size / 2, [1n, 1n], [rootOfUnity(size), rootOfUnity(size)]),
        shifts: this.#powers(size, [share, share], [cosetShift, cosetShift]),
        quotients: this.#powers(size, [shareByZ, scalarModulus - shareByZ], [invertScalar(cosetShift), 1n]),
      }
      this.#domains.set(size, place)
    }
    return place
  }

  /** Pairs start · factorⁱ, in memory for good. @returns the first one's address */
  #powers(count: number, start: readonly [Scalar, Scalar], factor: readonly [Scalar, Scalar]): number {
    const address = this.#keep((count + 1) * this.#pairSize)
    const step = address + count * this.#pairSize
    this.#bytes.set(this.#module.field.encodePair(...start), address)
    this.#bytes.set(this.#module.field.encodePair(...factor), step)
    for (let pair = address + this.#pairSize; pair < step; pair += this.#pairSize) this.#exports.multiply(pair, pair - this.#pairSize, step)
    return address
  }

  #poseidon(width: number): PoseidonPlace {
    let place = this.#poseidons.get(width)
    if (place === undefined) {
      place = this.#preparePoseidon(width)
      this.#poseidons.set(width, place)
    }
    return place
  }

  #preparePoseidon(width: number): PoseidonPlace {
    if (!isCompiledWidth(width)) throw new TypeError(`poseidon: no parameters for ${width - 1} inputs`)
    const state = this.#keep(regionPairs(width) * this.#pairSize)
    const put = (constants: readonly Scalar[]) => {
      const address = this.#keep(constants.length * this.#pairSize)
      for (const [index, constant] of constants.entries()) {
        this.#bytes.set(this.#module.field.encodePair(constant), address + index * this.#pairSize)
      }
      return address
    }
    const steps = poseidonProgram(width, { state, pairSize: this.#pairSize, put })
    const program = this.#keep(steps.length)
    this.#bytes.set(steps, program)
    return { state, program, programEnd: program + steps.length, run: this.#exports[`poseidon${width}`]! }
  }

  /** Room that stays taken. */
  #keep(size: number): number {
    const address = this.#scratch(size)
    this.#end += (size + 15) & ~15
    return address
  }

  /** Room that is free until the next call that needs some. */
  #scratch(size: number): number {
    const { memory } = this.#exports
    const missing = this.#end + size - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / pageSize))
    this.#bytes = new Uint8Array(memory.buffer)
    return this.#end
  }
}

function isCompiledWidth(width: number): width is PoseidonWidth {
  return compiledWidths.some(each => each === width)
}

function checkScalars(bytes: Uint8Array): void {
  for (let start = 0; start < bytes.length; start += scalarSize) {
    if (!isScalar(bytes, start)) throw new ProofError('ERR_PROOF_SCALAR', 'scalar: expected a value below the order of the group')
  }
}
