import { bytesToHex, concatBytes } from '@hufu/primitives'
import { writeG1, writeG2 } from '@hufu/proofs'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { type CircuitClaim, type ClaimMutation, claimMutations } from '../../proofs/claim-mutations.ts'

const G1 = bls12_381.G1.Point
const G2 = bls12_381.G2.Point
const { Fr } = bls12_381.fields

/**
 * Another proof of the same, made of one by somebody who has no witness: (A/k, kB + kmδ, C + mA). Groth16 is malleable by nature, and these are valid. They say
 * nothing else than the first one did, for the public inputs are the same: what they are bound to is in there, and counted once is what is in there.
 */
export function malleated(claim: CircuitClaim, k: bigint, m: bigint): CircuitClaim {
  const [a, b, c] = [
    G1.fromBytes(claim.proof.subarray(0, 48)),
    G2.fromBytes(claim.proof.subarray(48, 144)),
    G1.fromBytes(claim.proof.subarray(144)),
  ]
  const delta = G2.fromBytes(writeG2(claim.key.delta))
  const proof = concatBytes(
    a.multiply(Fr.inv(k)).toBytes(true),
    b
      .multiply(k)
      .add(delta.multiply(Fr.mul(k, m)))
      .toBytes(true),
    c.add(a.multiply(m)).toBytes(true),
  )
  return { ...claim, proof }
}

/** Multiplying points takes longer than checking proofs: each claim is written anew in eight ways. */
const writtenAnew = new Map<string, CircuitClaim>()

function oneOfEight(claim: CircuitClaim, way: number): CircuitClaim {
  const name = `${bytesToHex(claim.proof)} ${way}`
  const anew = writtenAnew.get(name) ?? malleated(claim, 3n ** BigInt(20 * way + 1), BigInt(way) + 1n)
  writtenAnew.set(name, anew)
  return anew
}

/** What tests of agreement try, and what takes the arithmetic of the curve. */
export const proofMutations: readonly ClaimMutation[] = [
  ...claimMutations,
  {
    name: 'another proof of the same, made without the witness',
    accepted: true,
    mutate: (claim, random) => oneOfEight(claim, random.below(8)),
  },
  {
    name: 'A times a number',
    mutate: (claim, random) => {
      const a = G1.fromBytes(claim.proof.subarray(0, 48)).multiplyUnsafe(2n + BigInt(random.below(1_000)))
      return { ...claim, proof: concatBytes(a.toBytes(true), claim.proof.subarray(48)) }
    },
  },
  {
    // As a proof for another input would need, if its own could be moved.
    name: 'C moved by a point of an input',
    mutate: (claim, random) => {
      const moved = G1.fromBytes(claim.proof.subarray(144)).add(G1.fromBytes(writeG1(random.pick(claim.key.inputs.slice(1)))))
      return { ...claim, proof: concatBytes(claim.proof.subarray(0, 144), moved.toBytes(true)) }
    },
  },
  {
    name: 'two inputs exchanged',
    mutate: (claim, random) => {
      const inputs = [...claim.publicInputs]
      const different = inputs.flatMap((value, index) =>
        inputs.flatMap((other, place) => (value === other ? [] : [[index, place] as const])),
      )
      if (different.length === 0) return { ...claim, publicInputs: [] }
      const [one, other] = random.pick(different)
      return { ...claim, publicInputs: inputs.with(one, inputs[other]!).with(other, inputs[one]!) }
    },
  },
]
