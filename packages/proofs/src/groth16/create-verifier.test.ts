import { concatBytes } from '@hufu/primitives'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ProofError } from '../errors.ts'
import { scalarModulus } from '../field/scalar-field.ts'
import { createVerifier, type ProofVerifier, readableVerifier } from './create-verifier.ts'
import { damagedParts, damagedWholes } from './damage-fixture.ts'
import { expectProofRefusal, outcomeOf } from './expect-refusal-fixture.ts'
import type { ProofClaim } from './fast-verifier.ts'
import { cheapMutations, dearMutations, rerandomised } from './fuzz-fixture.ts'
import { splitProof } from './proof-encoding.ts'
import { seededBytes, seededRandom } from './seeded-random-fixture.ts'
import { g1, g2, seededScalar, toySetup } from './toy-setup-fixture.ts'
import { encodeVerifyingKey, parseVerifyingKey } from './verifying-key.ts'

const G1 = bls12_381.G1.Point
const first = toySetup(4, 'fast')
const second = toySetup(9, 'other')
const inputs = [0n, 1n, seededScalar('third'), scalarModulus - 1n]
const proof = first.prove(inputs, 'proof')

let verifier: ProofVerifier
beforeAll(async () => {
  verifier = await createVerifier({ random: seededBytes('coefficients') })
})

function claimOf(seed: string, { key, prove } = first): ProofClaim {
  const publicInputs = Array.from({ length: key.inputs.length - 1 }, (_, index) =>
    index % 3 === 2 ? 0n : seededScalar(`${seed} ${index}`),
  )
  return { key, proof: prove(publicInputs, seed), publicInputs }
}

function codesOf(answers: readonly (ProofError | null)[]): readonly string[] {
  return answers.map(answer => answer?.code ?? 'accepted')
}

describe('one proof', () => {
  test('is accepted for its inputs, also re-randomised, and after its key was written and parsed', () => {
    verifier.verify(first.key, proof, inputs)
    verifier.verify(first.key, rerandomised(proof, seededScalar('factor')), inputs)
    verifier.verify(parseVerifyingKey(encodeVerifyingKey(first.key)), proof, inputs)
  })

  test.each([...damagedParts(proof), ...damagedWholes(proof)])('is refused when damaged: %s', (_, code, damaged) => {
    expectProofRefusal(() => verifier.verify(first.key, damaged, inputs), code)
  })

  test('is refused for inputs that are off by one, swapped, missing, too many or no scalars', () => {
    for (const index of inputs.keys()) {
      const change = (value: bigint) => () => verifier.verify(first.key, proof, inputs.with(index, value))
      expectProofRefusal(change((inputs[index]! + 1n) % scalarModulus), 'ERR_PROOF_INVALID')
      expectProofRefusal(change(inputs[index]! + scalarModulus), 'ERR_PROOF_SCALAR')
      expectProofRefusal(change(inputs[index]! - scalarModulus), 'ERR_PROOF_SCALAR')
    }
    expectProofRefusal(() => verifier.verify(first.key, proof, inputs.toReversed()), 'ERR_PROOF_INVALID')
    expectProofRefusal(() => verifier.verify(first.key, proof, inputs.slice(0, -1)), 'ERR_PROOF_INPUT')
    expectProofRefusal(() => verifier.verify(first.key, proof, [...inputs, 0n]), 'ERR_PROOF_INPUT')
  })

  test('is refused for another key with as many inputs, and for one that differs in one part', () => {
    const others = [
      toySetup(4, 'another').key,
      { ...first.key, alpha: g1(3n) },
      { ...first.key, beta: g2(3n) },
      { ...first.key, delta: g2(3n) },
      { ...first.key, inputs: first.key.inputs.with(0, g1(3n)) },
      { ...first.key, inputs: first.key.inputs.with(4, g1(3n)) },
    ]
    for (const key of others) expectProofRefusal(() => verifier.verify(key, proof, inputs), 'ERR_PROOF_INVALID')
  })

  test('is judged the same where the sum of the inputs is infinity', () => {
    // With IC of 5 and 7 times the generator, the input −5/7 gives 0.
    const key = { ...first.key, inputs: [g1(5n), g1(7n)] }
    const input = [bls12_381.fields.Fr.div(scalarModulus - 5n, 7n)]
    const setup = toySetup(0, 'fast')
    // A proof for a sum of 0 is one for the key without IC, but for the constant's share.
    const [a, b] = splitProof(setup.prove([], 'infinity'))
    const share = seededScalar('fast input 0')
    const c = G1.fromBytes(splitProof(setup.prove([], 'infinity'))[2]).add(
      G1.BASE.multiply(bls12_381.fields.Fr.div(share, seededScalar('fast delta'))),
    )
    const made = concatBytes(a, b, c.toBytes(true))
    for (const each of [verifier, readableVerifier]) {
      each.verify(key, made, input)
      expectProofRefusal(() => each.verify(key, made, [input[0]! + 1n]), 'ERR_PROOF_INVALID')
    }
    expect(codesOf(verifier.verifyBatch([{ key, proof: made, publicInputs: input }]))).toEqual(['accepted'])
  })

  test('is verified with more keys than are kept prepared', () => {
    const setups = Array.from({ length: 20 }, (_, index) => toySetup(1, `many ${index}`))
    const claims = setups.map((setup, index) => claimOf(`many ${index}`, setup))
    for (let round = 0; round < 2; round++) for (const { key, proof, publicInputs } of claims) verifier.verify(key, proof, publicInputs)
    expect(codesOf(verifier.verifyBatch(claims)).every(code => code === 'accepted')).toBe(true)
    verifier.verify(first.key, proof, inputs)
  })
})

describe('a batch', () => {
  const claims = Array.from({ length: 12 }, (_, index) => claimOf(`batch ${index}`, index % 3 === 1 ? second : first))

  test('of good proofs of several keys is accepted, and so is an empty one', () => {
    expect(codesOf(verifier.verifyBatch(claims))).toEqual(claims.map(() => 'accepted'))
    expect(verifier.verifyBatch([])).toEqual([])
    expect(codesOf(verifier.verifyBatch([claims[0]!, claims[0]!]))).toEqual(['accepted', 'accepted'])
  })

  test('names every bad one, whatever is wrong with it', () => {
    const damaged = [...damagedParts(claims[0]!.proof), ...damagedWholes(claims[0]!.proof)]
    const mixed = damaged.flatMap(([, , proof], index) => [{ ...claims[0]!, proof }, claims[index % claims.length]!])
    expect(codesOf(verifier.verifyBatch(mixed))).toEqual(damaged.flatMap(([, code]) => [code, 'accepted']))
  })

  test('of bad ones alone is refused one by one', () => {
    const bad = claims.map(claim => ({ ...claim, publicInputs: claim.publicInputs.with(0, 5n) }))
    expect(codesOf(verifier.verifyBatch(bad))).toEqual(bad.map(() => 'ERR_PROOF_INVALID'))
  })

  test('with two errors that cancel each other is refused, and both are named', async () => {
    const shifted = (claim: ProofClaim, by: typeof G1.BASE) => {
      const [a, b, c] = splitProof(claim.proof)
      return { ...claim, proof: concatBytes(a, b, G1.fromBytes(c).add(by).toBytes(true)) }
    }
    const by = G1.BASE.multiply(99n)
    const cancelling = [shifted(claims[0]!, by), claims[1]!, shifted(claims[3]!, by.negate())]
    expect(codesOf(verifier.verifyBatch(cancelling))).toEqual(['ERR_PROOF_INVALID', 'accepted', 'ERR_PROOF_INVALID'])
    // With the same coefficient for all, they would pass: it is the coefficients that find them.
    const same = await createVerifier({ random: length => new Uint8Array(length).fill(1) })
    expect(codesOf(same.verifyBatch(cancelling))).toEqual(['accepted', 'accepted', 'accepted'])
    const swapped = [
      { ...claims[0]!, proof: claims[3]!.proof },
      { ...claims[3]!, proof: claims[0]!.proof },
    ]
    expect(codesOf(verifier.verifyBatch(swapped))).toEqual(['ERR_PROOF_INVALID', 'ERR_PROOF_INVALID'])
  })

  test('is not judged with coefficients of zero', async () => {
    const broken = await createVerifier({ random: length => new Uint8Array(length) })
    expect(() => broken.verifyBatch(claims)).toThrow(TypeError)
  })
})

test('both verifiers agree on what is made of good proofs, one by one and in batches', () => {
  const cases = Number(process.env.CASES ?? 1_000)
  const random = seededRandom('agreement')
  const good = [claimOf('good 0'), claimOf('good 1'), claimOf('good 2', second), claimOf('good 3', second)]
  const outcomes = new Map<string, number>()
  let batch: { claim: ProofClaim; outcome: string }[] = []
  for (let index = 0; index < cases; index++) {
    const mutation = random.pick(random.below(32) === 0 ? dearMutations : cheapMutations)
    const claim = mutation(random.pick(good), random, good)
    const readable = outcomeOf(() => readableVerifier.verify(claim.key, claim.proof, claim.publicInputs))
    const fast = outcomeOf(() => verifier.verify(claim.key, claim.proof, claim.publicInputs))
    expect(`case ${index}: ${fast}`).toBe(`case ${index}: ${readable}`)
    outcomes.set(readable, (outcomes.get(readable) ?? 0) + 1)
    batch.push({ claim, outcome: readable })
    if (batch.length < 50 && index < cases - 1) continue
    expect(codesOf(verifier.verifyBatch(batch.map(({ claim }) => claim)))).toEqual(batch.map(({ outcome }) => outcome))
    batch = []
  }
  const expected = ['accepted', 'ERR_PROOF_ENCODING', 'ERR_PROOF_POINT', 'ERR_PROOF_SCALAR', 'ERR_PROOF_INPUT', 'ERR_PROOF_INVALID']
  expect([...outcomes.keys()].toSorted()).toEqual(expected.toSorted())
}, 3_600_000)
