import { bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { type Scalar, scalarModulus, toScalar } from '../field/scalar-field.ts'
import { type G1Point, type G2Point, g2Generator } from './curve-point.ts'
import { encodeProof } from './proof-encoding.ts'
import type { VerifyingKey } from './verifying-key.ts'

const G1 = bls12_381.G1.Point
const G2 = bls12_381.G2.Point

/** A key whose secret is known, so that proofs are made without any circuit. */
export interface ToySetup {
  readonly key: VerifyingKey
  /** A proof for these public inputs, as good as one that was honestly made. `seed` is its randomness. */
  readonly prove: (publicInputs: readonly Scalar[], seed: string) => Uint8Array<ArrayBuffer>
}

export function toySetup(publicCount: number, seed: string): ToySetup {
  const [alpha, beta, delta] = [seededScalar(`${seed} alpha`), seededScalar(`${seed} beta`), seededScalar(`${seed} delta`)]
  const shares = Array.from({ length: publicCount + 1 }, (_, index) => seededScalar(`${seed} input ${index}`))
  const key: VerifyingKey = {
    circuit: 'toy',
    development: true,
    circuitHash: sha256(utf8ToBytes(seed)),
    transcriptHash: new Uint8Array(32),
    alpha: g1(alpha),
    beta: g2(beta),
    gamma: g2Generator,
    delta: g2(delta),
    inputs: shares.map(g1),
  }
  const prove = (publicInputs: readonly Scalar[], proofSeed: string) => {
    const [a, b] = [seededScalar(`${proofSeed} a`), seededScalar(`${proofSeed} b`)]
    const sum = [1n, ...publicInputs].reduce((total, scalar, index) => total + scalar * shares[index]!, 0n)
    const c = toScalar((a * b - alpha * beta - sum) % scalarModulus) * bls12_381.fields.Fr.inv(delta)
    return encodeProof({ a: g1(a), b: g2(b), c: g1(toScalar(c)) })
  }
  return { key, prove }
}

/** A scalar other than 0 that a text stands for. */
export function seededScalar(seed: string): Scalar {
  return toScalar(BigInt(`0x${bytesToHex(sha256(utf8ToBytes(seed)))}`) || 1n)
}

export function g1(scalar: Scalar): G1Point {
  return G1.BASE.multiply(scalar).toAffine()
}

export function g2(scalar: Scalar): G2Point {
  return G2.BASE.multiply(scalar).toAffine()
}
