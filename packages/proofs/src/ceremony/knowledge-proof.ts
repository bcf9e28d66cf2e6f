import { concatBytes, utf8ToBytes } from '@hufu/primitives'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { ProofError } from '../errors.ts'
import type { Scalar } from '../field/scalar-field.ts'

/** Shows that whoever made a contribution knows its secret factor x, and that it is the same x in both groups. */
export interface KnowledgeProof {
  /** x·G1, 48 bytes. */
  readonly factorG1: Uint8Array
  /** x·R, 96 bytes, where R in G2 is hashed from the transcript so far, the secret's name and x·G1. */
  readonly factorR: Uint8Array
}

const G1 = bls12_381.G1.Point
const G2 = bls12_381.G2.Point
const domain = 'HUFU-CEREMONY-V1_BLS12381G2_XMD:SHA-256_SSWU_RO_'

/**
 * @param challenge - hash of the transcript so far
 * @param name - of the secret: `tau`, `alpha`, `beta` or `delta`
 * @see https://eprint.iacr.org/2017/1050, section 3.2
 */
export function proveKnowledge(challenge: Uint8Array, name: string, secret: Scalar): KnowledgeProof {
  const factorG1 = factorOf(secret)
  return { factorG1, factorR: challengePoint(challenge, name, factorG1).multiply(secret).toBytes(true) }
}

/** secret·G1, compressed. */
export function factorOf(secret: Scalar): Uint8Array {
  return G1.BASE.multiply(secret).toBytes(true)
}

/**
 * Checks a proof of knowledge.
 *
 * @returns R, to compare other ratios with: e(a, x·R) = e(b, R) exactly if b = x·a
 * @throws ProofError `ERR_PROOF_CEREMONY`
 */
export function checkKnowledge(challenge: Uint8Array, name: string, { factorG1, factorR }: KnowledgeProof): RatioInG2 {
  const r = challengePoint(challenge, name, factorG1)
  const ratio = { one: r, factor: parseG2(factorR) }
  if (!hasRatioInG2(G1.BASE, parseG1(factorG1), ratio)) throw refused(`the proof of knowledge of ${name}`)
  return ratio
}

/** Two points of G2, the second x times the first. */
export interface RatioInG2 {
  readonly one: InstanceType<typeof G2>
  readonly factor: InstanceType<typeof G2>
}

/** True if `factor` is to `one` in G1 as the ratio says in G2. */
export function hasRatioInG2(one: InstanceType<typeof G1>, factor: InstanceType<typeof G1>, ratio: RatioInG2): boolean {
  if (one.is0() || factor.is0()) return false
  const product = bls12_381.pairingBatch([
    { g1: one, g2: ratio.factor },
    { g1: factor.negate(), g2: ratio.one },
  ])
  return bls12_381.fields.Fp12.eql(product, bls12_381.fields.Fp12.ONE)
}

/** Parses a point of the group itself, not infinity. @throws ProofError `ERR_PROOF_POINT` */
export function parseG1(bytes: Uint8Array): InstanceType<typeof G1> {
  return parsePoint(() => G1.fromBytes(bytes))
}

/** Parses a point of the group itself, not infinity. @throws ProofError `ERR_PROOF_POINT` */
export function parseG2(bytes: Uint8Array): InstanceType<typeof G2> {
  return parsePoint(() => G2.fromBytes(bytes))
}

function parsePoint<Point extends { assertValidity(): void; is0(): boolean }>(parse: () => Point): Point {
  let point: Point
  try {
    point = parse()
    point.assertValidity()
  } catch (cause) {
    throw new ProofError('ERR_PROOF_POINT', 'ceremony: expected a point of the group', { cause })
  }
  if (point.is0()) throw new ProofError('ERR_PROOF_POINT', 'ceremony: expected a point other than infinity')
  return point
}

function challengePoint(challenge: Uint8Array, name: string, factorG1: Uint8Array): InstanceType<typeof G2> {
  const message = concatBytes(challenge, utf8ToBytes(name), factorG1)
  return bls12_381.G2.hashToCurve(message, { DST: domain }) as InstanceType<typeof G2>
}

/** The refusal of a contribution. */
export function refused(what: string): ProofError {
  return new ProofError('ERR_PROOF_CEREMONY', `ceremony: ${what} does not hold`)
}
