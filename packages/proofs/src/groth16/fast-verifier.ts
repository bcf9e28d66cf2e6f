import { ProofError } from '../errors.ts'
import { type Scalar, scalarModulus } from '../field/scalar-field.ts'
import { type Address, curveParameter, type FixedPoint, type PairingEngine, type VariablePoint } from '../wasm/pairing/pairing-engine.ts'
import { bothLanes, PointChecks } from '../wasm/pairing/point-checks.ts'
import { g2Generator } from './curve-point.ts'
import { type PreparedKey, prepareKey, writeG2Point } from './prepared-key.ts'
import { type CompressedProof, checkPublicInputs, readProof } from './proof-encoding.ts'
import type { VerifyingKey } from './verifying-key.ts'

/** A proof and what it claims to prove. */
export interface ProofClaim {
  readonly key: VerifyingKey
  /** 192 bytes. */
  readonly proof: Uint8Array
  readonly publicInputs: readonly Scalar[]
}

/** A claim whose points are on their curves, A and C in their group, and all of it taken a random number of times. */
interface WeightedClaim {
  readonly index: number
  readonly claim: ProofClaim
  readonly key: PreparedKey
  readonly coefficient: Scalar
  /** −rA, and B with what Miller's loop leaves of it. */
  readonly pairing: VariablePoint
  /** rC in lane 1 of three pairs. */
  readonly c: Address
}

/** Keys that are kept prepared: some two megabytes each. */
const maxPreparedKeys = 16

/** Claims of a batch that share a final exponentiation; more would take more memory and hardly less time. */
const maxBatch = 256

/** −x², by which φ multiplies. */
const lambda = scalarModulus - curveParameter * curveParameter

/** Verifies on an engine that nobody else uses. What one call allocates is free after it. */
export class FastVerifier {
  readonly #engine: PairingEngine
  readonly #checks: PointChecks
  readonly #gammaLines: Address
  readonly #keyMark: Address
  #keys = new Map<VerifyingKey, PreparedKey>()

  constructor(engine: PairingEngine) {
    this.#engine = engine
    this.#checks = new PointChecks(engine)
    this.#gammaLines = engine.makeLines(writeG2Point(engine, g2Generator))
    this.#keyMark = engine.mark()
  }

  verify({ key, proof, publicInputs }: ProofClaim): void {
    checkPublicInputs(publicInputs, key.inputs.length - 1)
    const compressed = readProof(proof)
    const prepared = this.#prepared(key)
    this.#temporarily(() => this.#verifyRead(prepared, compressed, publicInputs))
  }

  /** One answer for each claim, in their order: null where it holds. */
  verifyBatch(claims: readonly ProofClaim[], random: (length: number) => Uint8Array): readonly (ProofError | null)[] {
    const answers: (ProofError | null)[] = claims.map(() => null)
    for (let start = 0; start < claims.length; start += maxBatch) {
      const chunk = [...claims.entries()].slice(start, start + maxBatch)
      // Before anything is allocated: preparing one may drop all the others.
      const keys = this.#preparedAll(new Set(chunk.map(([, { key }]) => key)))
      this.#temporarily(() => {
        const weighted = chunk.flatMap(([index, claim]) => {
          const made = refusalOf(() => this.#weigh(index, claim, keys.get(claim.key)!, random))
          if (!(made instanceof ProofError)) return [made]
          answers[index] = made
          return []
        })
        this.#settle(weighted, answers)
      })
    }
    return answers
  }

  #verifyRead(key: PreparedKey, { a, b, c }: CompressedProof, publicInputs: readonly Scalar[]): void {
    const engine = this.#engine
    const points = engine.allocate(3)
    this.#decompressG1(points, a, c)
    const pairing = this.#decompressG2(b)
    this.#expectSubgroupG1(points)
    engine.writeLinePoint(pairing.p, points, 0, true)
    const fixed = [this.#fixed(key.deltaLines, points, 1), this.#inputs([{ key, scalars: [1n, ...publicInputs] }])]
    const result = engine.allocate(6)
    engine.millerLoop(result, [pairing], present(fixed))
    if (!this.#checks.inSubgroupG2(pairing.q, pairing.running)) throw outsideSubgroup('B')
    engine.finalExponentiation(result, result)
    if (!engine.isEqual(result, key.minusAlphaBeta, 6)) throw invalid()
  }

  #weigh(index: number, claim: ProofClaim, key: PreparedKey, random: (length: number) => Uint8Array): WeightedClaim {
    const engine = this.#engine
    checkPublicInputs(claim.publicInputs, claim.key.inputs.length - 1)
    const { a, b, c } = readProof(claim.proof)
    const points = engine.allocate(3)
    this.#decompressG1(points, a, c)
    const pairing = this.#decompressG2(b)
    this.#expectSubgroupG1(points)
    const coefficient = this.#takeRandomTimes(points, random)
    engine.writeLinePoint(pairing.p, points, 0, true)
    return { index, claim, key, coefficient, pairing, c: points }
  }

  /** Multiplies both points by (s0 − s1 x²) for random s0, s1 of 64 bits: no two choices are the same number. */
  #takeRandomTimes(points: Address, random: (length: number) => Uint8Array): Scalar {
    const engine = this.#engine
    const bytes = random(16)
    const view = new DataView(bytes.buffer, bytes.byteOffset, 16)
    const [s0, s1] = [view.getBigUint64(0), view.getBigUint64(8)]
    if (s0 === 0n && s1 === 0n) throw new TypeError('random: expected bytes that are not all zero')
    const multiples = [engine.allocate(3), engine.allocate(3), engine.allocate(3)] as const
    const [once, image, both] = multiples
    engine.copy(once, points, 3)
    this.#checks.endomorphismG1(image, points)
    engine.wasm['g1.add'](both, once, image)
    let isStarted = false
    for (let bit = 63n; bit >= 0n; bit--) {
      const chosen = Number((s0 >> bit) & 1n) + 2 * Number((s1 >> bit) & 1n)
      if (isStarted) engine.wasm['g1.double'](points, points)
      if (chosen === 0) continue
      if (isStarted) engine.wasm['g1.add'](points, points, multiples[chosen - 1]!)
      else engine.copy(points, multiples[chosen - 1]!, 3)
      isStarted = true
    }
    return (s0 + s1 * lambda) % scalarModulus
  }

  /** Looks at all at once; where that does not hold, at each half, until the bad ones are found. */
  #settle(claims: readonly WeightedClaim[], answers: (ProofError | null)[]): void {
    if (claims.length === 0) return
    const holds = this.#temporarily(() => this.#holdTogether(claims))
    const outside = claims.filter(({ pairing }) => !this.#checks.inSubgroupG2(pairing.q, pairing.running))
    for (const { index } of outside) answers[index] = outsideSubgroup('B')
    if (outside.length > 0) {
      this.#settle(
        claims.filter(({ index }) => answers[index] === null),
        answers,
      )
    } else if (!holds && claims.length === 1) answers[claims[0]!.index] = invalid()
    else if (!holds) {
      const middle = claims.length >> 1
      this.#settle(claims.slice(0, middle), answers)
      this.#settle(claims.slice(middle), answers)
    }
  }

  /** Π e(−rA, B) · e(Σ r x IC, γ) · Π e(Σ r C, δ) · Π e(Σ r α, β) = 1, the last two for each key. */
  #holdTogether(claims: readonly WeightedClaim[]): boolean {
    const engine = this.#engine
    const keys = [...new Set(claims.map(({ key }) => key))].map(key => ({ key, own: claims.filter(claim => claim.key === key) }))
    const fixed = [this.#inputs(keys.map(({ key, own }) => ({ key, scalars: weightedInputs(own) })))]
    for (const { key, own } of keys) {
      const sum = engine.allocate(3)
      engine.copy(sum, own[0]!.c, 3)
      for (const { c } of own.slice(1)) engine.wasm['g1.add'](sum, sum, c)
      fixed.push(this.#fixed(key.deltaLines, sum, 1))
      const alpha = engine.allocate(3)
      const total = own.reduce((sum, { coefficient }) => sum + coefficient, 0n) % scalarModulus
      key.tables.sum(alpha, [...Array.from({ length: key.alphaIndex }, () => 0n), total])
      fixed.push(this.#fixed(key.betaLines, alpha, 0))
    }
    const result = engine.allocate(6)
    engine.millerLoop(
      result,
      claims.map(({ pairing }) => pairing),
      present(fixed),
    )
    engine.finalExponentiation(result, result)
    const one = engine.allocate(6)
    engine.setOne(one)
    return engine.isEqual(result, one, 6)
  }

  /** Σ of the keys' sums, to be paired with γ, which is the same for all. */
  #inputs(parts: readonly { readonly key: PreparedKey; readonly scalars: readonly Scalar[] }[]): FixedPoint | undefined {
    const engine = this.#engine
    const total = engine.allocate(3)
    for (const [index, { key, scalars }] of parts.entries()) {
      const sum = index === 0 ? total : engine.allocate(3)
      key.tables.sum(sum, scalars)
      if (index > 0) engine.wasm['g1.add'](total, total, sum)
    }
    return this.#fixed(this.#gammaLines, total, 0)
  }

  /** Undefined for infinity, whose pairing is 1. */
  #fixed(lines: Address, points: Address, lane: 0 | 1): FixedPoint | undefined {
    const p = this.#engine.allocate(4)
    return this.#engine.writeLinePoint(p, points, lane) ? { lines, p } : undefined
  }

  #decompressG1(points: Address, a: CompressedProof['a'], c: CompressedProof['c']): void {
    const onCurve = this.#checks.decompressG1(points, a, c)
    if (onCurve !== bothLanes) throw new ProofError('ERR_PROOF_POINT', `${firstMissing(onCurve)}: expected a point on the curve`)
  }

  #decompressG2(b: CompressedProof['b']): VariablePoint {
    const engine = this.#engine
    const q = engine.allocate(2)
    if (!this.#checks.decompressG2(q, b)) throw new ProofError('ERR_PROOF_POINT', 'B: expected a point on the curve')
    return { q, p: engine.allocate(4), running: engine.allocate(3) }
  }

  #expectSubgroupG1(points: Address): void {
    const inside = this.#checks.inSubgroupG1(points)
    if (inside !== bothLanes) throw outsideSubgroup(firstMissing(inside))
  }

  #prepared(key: VerifyingKey): PreparedKey {
    return this.#preparedAll(new Set([key])).get(key)!
  }

  #preparedAll(keys: ReadonlySet<VerifyingKey>): ReadonlyMap<VerifyingKey, PreparedKey> {
    const missing = [...keys].filter(key => !this.#keys.has(key))
    if (missing.length > 0 && this.#keys.size + missing.length > maxPreparedKeys) {
      this.#engine.release(this.#keyMark)
      this.#keys = new Map()
    }
    for (const key of keys) if (!this.#keys.has(key)) this.#keys.set(key, prepareKey(this.#engine, key))
    return this.#keys
  }

  #temporarily<Result>(work: () => Result): Result {
    const mark = this.#engine.mark()
    try {
      return work()
    } finally {
      this.#engine.release(mark)
    }
  }
}

/** Σ r · (1, x₁, …) over claims of one key. */
function weightedInputs(claims: readonly WeightedClaim[]): readonly Scalar[] {
  const sums = Array.from({ length: claims[0]!.claim.publicInputs.length + 1 }, () => 0n)
  for (const { coefficient, claim } of claims) {
    for (const [index, scalar] of [1n, ...claim.publicInputs].entries()) if (scalar !== 0n) sums[index]! += coefficient * scalar
  }
  return sums.map(sum => sum % scalarModulus)
}

function present(points: readonly (FixedPoint | undefined)[]): readonly FixedPoint[] {
  return points.filter(point => point !== undefined)
}

function firstMissing(mask: number): 'A' | 'C' {
  return (mask & 1) === 0 ? 'A' : 'C'
}

function refusalOf<Result>(attempt: () => Result): Result | ProofError {
  try {
    return attempt()
  } catch (error) {
    if (error instanceof ProofError) return error
    throw error
  }
}

function outsideSubgroup(name: string): ProofError {
  return new ProofError('ERR_PROOF_POINT', `${name}: expected a point of the subgroup of order r`)
}

function invalid(): ProofError {
  return new ProofError('ERR_PROOF_INVALID', 'proof: does not hold for these public inputs')
}
