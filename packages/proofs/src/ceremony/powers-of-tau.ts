import { concatBytes, equalBytes } from '@hufu/primitives'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { powersFrom } from '../field/evaluation-domain.ts'
import type { Scalar } from '../field/scalar-field.ts'
import { scalarsToBytes } from '../field/scalar-vector.ts'
import { g1Generator, g2Generator } from '../groth16/curve-point.ts'
import { g1Size, g2Size, writeG1, writeG2 } from '../groth16/point-encoding.ts'
import { type CeremonyEngine, type Randomness, withPoints } from './ceremony-engine.ts'
import {
  checkKnowledge,
  hasRatioInG2,
  type KnowledgeProof,
  parseG1,
  parseG2,
  proveKnowledge,
  type RatioInG2,
  refused,
} from './knowledge-proof.ts'
import { randomCombination } from './random-combination.ts'

/** Phase 1: powers of secrets that nobody knows as long as one contributor forgot theirs. Points are compressed, one after the other. */
export interface PowersOfTau {
  /** A power of two, n: circuits of up to n rows can use them. */
  readonly domainSize: number
  /** τ⁰ … τ²ⁿ⁻² in G1. */
  readonly tauG1: Uint8Array
  /** τ⁰ … τⁿ⁻¹ in G2. */
  readonly tauG2: Uint8Array
  /** α·τ⁰ … α·τⁿ⁻¹ in G1. */
  readonly alphaTauG1: Uint8Array
  /** β·τ⁰ … β·τⁿ⁻¹ in G1. */
  readonly betaTauG1: Uint8Array
  readonly betaG2: Uint8Array
}

/** What one contributor multiplies into the powers. Forget it at once. */
export interface PowersSecret {
  readonly tau: Scalar
  readonly alpha: Scalar
  readonly beta: Scalar
}

/** Proofs that the contributor knew its secrets. */
export type PowersProof = Readonly<Record<keyof PowersSecret, KnowledgeProof>>

// Not by the curve library's own writer: it would check the generators' order, a tenth of a second of every program's start.
export const generatorG1 = writeG1(g1Generator)
export const generatorG2 = writeG2(g2Generator)

/** Where every ceremony starts: all secrets are 1. */
export function initialPowers(domainSize: number): PowersOfTau {
  const repeat = (point: Uint8Array, count: number): Uint8Array => concatBytes(...Array.from({ length: count }, () => point))
  return {
    domainSize,
    tauG1: repeat(generatorG1, 2 * domainSize - 1),
    tauG2: repeat(generatorG2, domainSize),
    alphaTauG1: repeat(generatorG1, domainSize),
    betaTauG1: repeat(generatorG1, domainSize),
    betaG2: generatorG2,
  }
}

/** Multiplies secrets into the powers. */
export function contributePowers(
  engine: CeremonyEngine,
  before: PowersOfTau,
  { tau, alpha, beta }: PowersSecret,
  challenge: Uint8Array,
): { readonly powers: PowersOfTau; readonly proof: PowersProof } {
  const { domainSize } = before
  const scale = (group: 'G1' | 'G2', points: Uint8Array, factors: readonly Scalar[]): Uint8Array =>
    withPoints(engine, engine.load(group, points), loaded => engine.scaleEach(loaded, scalarsToBytes(factors)))
  const powers = {
    domainSize,
    tauG1: scale('G1', before.tauG1, powersFrom(tau, 1n, 2 * domainSize - 1)),
    tauG2: scale('G2', before.tauG2, powersFrom(tau, 1n, domainSize)),
    alphaTauG1: scale('G1', before.alphaTauG1, powersFrom(tau, alpha, domainSize)),
    betaTauG1: scale('G1', before.betaTauG1, powersFrom(tau, beta, domainSize)),
    betaG2: scale('G2', before.betaG2, [beta]),
  }
  const proof = {
    tau: proveKnowledge(challenge, 'tau', tau),
    alpha: proveKnowledge(challenge, 'alpha', alpha),
    beta: proveKnowledge(challenge, 'beta', beta),
  }
  return { powers, proof }
}

/** The first point of each kind: enough to follow the secrets from one contribution to the next. */
export type PowersHead = Readonly<Record<keyof PowersSecret, Uint8Array>>

export function headOfPowers({ tauG1, alphaTauG1, betaTauG1 }: PowersOfTau): PowersHead {
  return { tau: tauG1.slice(g1Size, 2 * g1Size), alpha: alphaTauG1.slice(0, g1Size), beta: betaTauG1.slice(0, g1Size) }
}

/**
 * Checks that a contribution multiplied secrets that its contributor knew into those before. That all powers follow is for {@link checkPowers}, once at the end.
 *
 * @throws ProofError `ERR_PROOF_CEREMONY`, `ERR_PROOF_POINT`
 */
export function checkPowersStep(before: PowersHead, after: PowersHead, proof: PowersProof, challenge: Uint8Array): void {
  for (const name of ['tau', 'alpha', 'beta'] as const) {
    const ratio = checkKnowledge(challenge, name, proof[name])
    if (!hasRatioInG2(parseG1(before[name]), parseG1(after[name]), ratio)) throw refused(`the step from the contribution before in ${name}`)
  }
}

/** Checks that the points are powers of one τ, with one α and one β. @throws ProofError `ERR_PROOF_CEREMONY`, `ERR_PROOF_POINT` */
export function checkPowers(engine: CeremonyEngine, powers: PowersOfTau, randomness: Randomness): void {
  const { domainSize, tauG1, tauG2, alphaTauG1, betaTauG1, betaG2 } = powers
  const sizes: readonly (readonly [Uint8Array, number])[] = [
    [tauG1, (2 * domainSize - 1) * g1Size],
    [tauG2, domainSize * g2Size],
    [alphaTauG1, domainSize * g1Size],
    [betaTauG1, domainSize * g1Size],
    [betaG2, g2Size],
  ]
  if (sizes.some(([points, size]) => points.length !== size)) throw refused('the number of points')
  if (!equalBytes(tauG1.slice(0, g1Size), generatorG1) || !equalBytes(tauG2.slice(0, g2Size), generatorG2))
    throw refused('the first power, which is 1,')
  const tauRatio: RatioInG2 = { one: bls12_381.G2.Point.BASE, factor: parseG2(tauG2.slice(g2Size, 2 * g2Size)) }
  for (const [name, points] of [
    ['tau', tauG1],
    ['alpha', alphaTauG1],
    ['beta', betaTauG1],
  ] as const) {
    const { low, high } = neighbours(engine, 'G1', points, randomness)
    if (!hasRatioInG2(parseG1(low), parseG1(high), tauRatio)) throw refused(`the row of powers of ${name} in G1`)
  }
  const { low, high } = neighbours(engine, 'G2', tauG2, randomness)
  if (!samePairing(generatorG1, high, tauG1.slice(g1Size, 2 * g1Size), low)) throw refused('the row of powers of tau in G2')
  if (!samePairing(betaTauG1.slice(0, g1Size), generatorG2, generatorG1, betaG2)) throw refused('beta in both groups')
}

/** Random combinations of all points but the last, and of all but the first, with the same coefficients. */
function neighbours(
  engine: CeremonyEngine,
  group: 'G1' | 'G2',
  points: Uint8Array,
  randomness: Randomness,
): { readonly low: Uint8Array; readonly high: Uint8Array } {
  const size = group === 'G1' ? g1Size : g2Size
  return randomCombination(engine, group, [points.slice(0, -size), points.slice(size)], randomness)
}

/** e(a, b) = e(c, d) */
function samePairing(a: Uint8Array, b: Uint8Array, c: Uint8Array, d: Uint8Array): boolean {
  return hasRatioInG2(parseG1(c), parseG1(a), { one: parseG2(b), factor: parseG2(d) })
}
