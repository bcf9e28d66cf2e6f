import { concatBytes } from '@hufu/primitives'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { expect, test } from 'vitest'
import { scalarModulus } from '../field/scalar-field.ts'
import { damagedParts, damagedWholes } from './damage-fixture.ts'
import { expectProofRefusal } from './expect-refusal-fixture.ts'
import { splitProof } from './proof-encoding.ts'
import { seededScalar, toySetup } from './toy-setup-fixture.ts'
import { verifyGroth16Readable } from './verify-readable.ts'

const { key, prove } = toySetup(4, 'readable')
const inputs = [0n, 1n, seededScalar('third'), scalarModulus - 1n]
const proof = prove(inputs, 'proof')

test('accepts a proof for its inputs', () => {
  verifyGroth16Readable(key, proof, inputs)
})

test('accepts a proof that was re-randomised: replay is for others to stop', () => {
  const [a, b, c] = splitProof(proof)
  const factor = seededScalar('factor')
  const again = concatBytes(
    bls12_381.G1.Point.fromBytes(a).multiply(bls12_381.fields.Fr.inv(factor)).toBytes(true),
    bls12_381.G2.Point.fromBytes(b).multiply(factor).toBytes(true),
    c,
  )
  expect(again).not.toEqual(proof)
  verifyGroth16Readable(key, again, inputs)
})

test.each([...damagedParts(proof), ...damagedWholes(proof)])('refuses a damaged proof: %s', (_, code, damaged) => {
  expectProofRefusal(() => verifyGroth16Readable(key, damaged, inputs), code)
})

test('refuses inputs that are off by one, swapped, missing, too many or no scalars', () => {
  for (const index of inputs.keys()) {
    const next = inputs.with(index, (inputs[index]! + 1n) % scalarModulus)
    expectProofRefusal(() => verifyGroth16Readable(key, proof, next), 'ERR_PROOF_INVALID')
    const wrapped = inputs.with(index, inputs[index]! + scalarModulus)
    expectProofRefusal(() => verifyGroth16Readable(key, proof, wrapped), 'ERR_PROOF_SCALAR')
    const negative = inputs.with(index, inputs[index]! - scalarModulus)
    expectProofRefusal(() => verifyGroth16Readable(key, proof, negative), 'ERR_PROOF_SCALAR')
  }
  expectProofRefusal(() => verifyGroth16Readable(key, proof, inputs.toReversed()), 'ERR_PROOF_INVALID')
  expectProofRefusal(() => verifyGroth16Readable(key, proof, inputs.slice(0, -1)), 'ERR_PROOF_INPUT')
  expectProofRefusal(() => verifyGroth16Readable(key, proof, [...inputs, 0n]), 'ERR_PROOF_INPUT')
})

test('refuses a proof for the key of another circuit', () => {
  expectProofRefusal(() => verifyGroth16Readable(toySetup(4, 'another').key, proof, inputs), 'ERR_PROOF_INVALID')
})
