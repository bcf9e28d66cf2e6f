import { concatBytes } from '@hufu/primitives'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { scalarModulus } from '../field/scalar-field.ts'
import { g1Damages, g2Damages } from './damage-fixture.ts'
import type { ProofClaim } from './fast-verifier.ts'
import { splitProof } from './proof-encoding.ts'
import type { SeededRandom } from './seeded-random-fixture.ts'

const G1 = bls12_381.G1.Point
const G2 = bls12_381.G2.Point
const { Fr } = bls12_381.fields

/** Makes another claim of a good one; `others` are good claims of the same and other keys. It may be a good one still. */
type Mutation = (claim: ProofClaim, random: SeededRandom, others: readonly ProofClaim[]) => ProofClaim

function onProof(change: (proof: Uint8Array, random: SeededRandom) => Uint8Array): Mutation {
  return (claim, random) => ({ ...claim, proof: change(claim.proof, random) })
}

function onInput(change: (value: bigint, random: SeededRandom) => bigint): Mutation {
  return (claim, random) => {
    const index = random.below(claim.publicInputs.length)
    return { ...claim, publicInputs: claim.publicInputs.with(index, change(claim.publicInputs[index]!, random)) }
  }
}

function onPart(index: 0 | 1 | 2, change: (part: Uint8Array, random: SeededRandom) => Uint8Array): Mutation {
  return onProof((proof, random) => concatBytes(...splitProof(proof).with(index, change(splitProof(proof)[index]!, random))))
}

/** Refused before anything is computed, or after a root: most cases are of these. */
export const cheapMutations: readonly Mutation[] = [
  onProof((proof, random) => flipBit(proof, random.below(8 * proof.length))),
  onProof((proof, random) => flipBit(flipBit(proof, random.below(8 * proof.length)), random.below(8 * proof.length))),
  onProof((proof, random) => proof.with(random.below(proof.length), random.below(256))),
  onProof((proof, random) => proof.slice(0, random.below(proof.length))),
  onProof((proof, random) => concatBytes(proof, new Uint8Array(1 + random.below(64)))),
  onProof((proof, random) => rotate(proof, random.pick([48, 96, 144]))),
  onProof((proof, random) => proof.toReversed().with(0, proof.at(-1)! | random.pick([0, 0x80]))),
  onPart(0, (part, random) => random.pick(g1Damages)[2](part)),
  onPart(1, (part, random) => random.pick(g2Damages)[2](part)),
  onPart(2, (part, random) => random.pick(g1Damages)[2](part)),
  onPart(0, (_, random) => randomX(48, random)),
  onPart(1, (_, random) => randomX(96, random)),
  onPart(2, (_, random) => randomX(48, random)),
  onInput(value => value + scalarModulus),
  onInput(value => value - scalarModulus),
  onInput(() => scalarModulus),
  onInput(() => -1n),
  (claim, random) => ({ ...claim, publicInputs: claim.publicInputs.slice(random.below(2), random.below(claim.publicInputs.length)) }),
  claim => ({ ...claim, publicInputs: [...claim.publicInputs, 0n] }),
  claim => ({ ...claim, publicInputs: [0n, ...claim.publicInputs] }),
]

/** Need the whole equation. */
export const dearMutations: readonly Mutation[] = [
  claim => claim,
  onProof((proof, random) => rerandomised(proof, random.scalar() || 1n)),
  onProof((proof, random) => flipBit(proof, random.pick([2, 8 * 48 + 2, 8 * 144 + 2]))),
  // A and B both negated: the same product.
  onProof(proof => flipBit(flipBit(proof, 2), 8 * 48 + 2)),
  onProof(proof => flipBit(flipBit(proof, 2), 8 * 144 + 2)),
  onProof(proof => concatBytes(proof.subarray(144), proof.subarray(48, 144), proof.subarray(0, 48))),
  onPart(0, (part, random) =>
    G1.fromBytes(part)
      .multiply(random.scalar() || 1n)
      .toBytes(true),
  ),
  onPart(1, (part, random) =>
    G2.fromBytes(part)
      .multiply(random.scalar() || 1n)
      .toBytes(true),
  ),
  onPart(2, part => G1.fromBytes(part).add(G1.BASE).toBytes(true)),
  onInput(value => (value + 1n) % scalarModulus),
  onInput(value => (value === 0n ? 1n : value - 1n)),
  onInput(value => (scalarModulus - value) % scalarModulus),
  onInput((_, random) => random.scalar()),
  (claim, random) => ({ ...claim, publicInputs: rotateList(claim.publicInputs, 1 + random.below(claim.publicInputs.length)) }),
  (claim, random, others) => ({ ...claim, key: random.pick(others).key }),
  (claim, random, others) => ({ ...claim, proof: random.pick(others).proof }),
  (claim, random, others) => ({ ...claim, publicInputs: random.pick(others).publicInputs }),
  (claim, random, others) => ({ ...claim, proof: concatBytes(random.pick(others).proof.subarray(0, 48), claim.proof.subarray(48)) }),
]

/** (A/k, k B, C): the same equation. */
export function rerandomised(proof: Uint8Array, factor: bigint): Uint8Array<ArrayBuffer> {
  const [a, b, c] = splitProof(proof)
  return concatBytes(G1.fromBytes(a).multiply(Fr.inv(factor)).toBytes(true), G2.fromBytes(b).multiply(factor).toBytes(true), c)
}

/** Bit 0 is the highest of the first byte. */
function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.with(bit >> 3, bytes[bit >> 3]! ^ (0x80 >> (bit & 7)))
}

function rotate(bytes: Uint8Array, by: number): Uint8Array {
  return concatBytes(bytes.subarray(by), bytes.subarray(0, by))
}

function rotateList(list: readonly bigint[], by: number): readonly bigint[] {
  return [...list.slice(by), ...list.slice(0, by)]
}

/** Any x with flags of a point: half of them are on the curve, and hardly one in the subgroup. */
function randomX(size: number, random: SeededRandom): Uint8Array {
  const bytes = random.bytes(size)
  bytes[0] = (bytes[0]! & 0x0f) | random.pick([0x80, 0xa0])
  return bytes
}
