import { concatBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { scalarModulus } from '../field/scalar-field.ts'
import { g2Generator } from './curve-point.ts'
import { g1Damages, g2Damages } from './damage-fixture.ts'
import { expectProofRefusal } from './expect-refusal-fixture.ts'
import { g1, g2, seededScalar, toySetup } from './toy-setup-fixture.ts'
import { checkKeyForNetwork, encodeVerifyingKey, maxPublicInputs, parseVerifyingKey, type VerifyingKey } from './verifying-key.ts'

const { key } = toySetup(2, 'key')
const bytes = encodeVerifyingKey(key)
const headerSize = 4 + 1 + 1 + 1 + key.circuit.length
const pointsAt = headerSize + 64

test('gives back the key that was written', () => {
  expect(parseVerifyingKey(bytes)).toEqual(key)
  const ceremonial = { ...key, development: false, transcriptHash: new Uint8Array(32).fill(7) }
  expect(parseVerifyingKey(encodeVerifyingKey(ceremonial))).toEqual(ceremonial)
})

test('refuses another magic, version, flags, length, and bytes missing or left over', () => {
  for (const [offset, value] of [
    [0, 0x49],
    [4, 2],
    [5, 2],
    [5, 0],
    [6, 4],
    [6, 0],
    [7, 0x20],
    [7, 0xff],
  ] as const) {
    expectProofRefusal(() => parseVerifyingKey(bytes.with(offset, value)), 'ERR_PROOF_KEY')
  }
  expectProofRefusal(() => parseVerifyingKey(concatBytes(bytes, Uint8Array.of(0))), 'ERR_PROOF_KEY')
  expectProofRefusal(() => parseVerifyingKey(concatBytes(bytes, new Uint8Array(48))), 'ERR_PROOF_KEY')
  for (const end of [0, 5, headerSize, pointsAt, pointsAt + 100, bytes.length - 48, bytes.length - 1]) {
    expectProofRefusal(() => parseVerifyingKey(bytes.subarray(0, end)), 'ERR_PROOF_KEY')
  }
})

test('refuses wrong counts of IC', () => {
  const countAt = pointsAt + 48 + 3 * 96
  expect(bytes[countAt + 1]).toBe(3)
  for (const count of [0, 2, 4, 255]) expectProofRefusal(() => parseVerifyingKey(bytes.with(countAt + 1, count)), 'ERR_PROOF_KEY')
  expectProofRefusal(() => parseVerifyingKey(bytes.with(countAt, 1)), 'ERR_PROOF_KEY')
  const without = concatBytes(bytes.subarray(0, countAt), Uint8Array.of(0, 0))
  expectProofRefusal(() => parseVerifyingKey(without), 'ERR_PROOF_KEY')
  const many = Array.from({ length: maxPublicInputs + 2 }, (_, index) => ({ x: BigInt(index), y: 1n }))
  expectProofRefusal(() => encodeVerifyingKey({ ...key, inputs: many }), 'ERR_PROOF_KEY')
})

test('refuses a development key with a transcript, and any other without', () => {
  expectProofRefusal(() => parseVerifyingKey(bytes.with(headerSize + 32, 1)), 'ERR_PROOF_KEY')
  expectProofRefusal(() => encodeVerifyingKey({ ...key, development: false }), 'ERR_PROOF_KEY')
})

test.each([
  ['alpha', 0, 48, g1Damages],
  ['beta', 48, 96, g2Damages],
  ['gamma', 144, 96, g2Damages],
  ['delta', 240, 96, g2Damages],
  ['IC 0', 338, 48, g1Damages],
  ['IC 2', 434, 48, g1Damages],
] as const)('refuses a damaged point: %s', (name, offset, size, damages) => {
  const start = pointsAt + offset
  const point = bytes.subarray(start, start + size)
  for (const [, code, damage] of damages) {
    const damaged = concatBytes(bytes.subarray(0, start), damage(point), bytes.subarray(start + size))
    // A point exchanged for another good one makes another key, which nobody can tell from a right one; but γ is always the generator.
    if (code !== 'ERR_PROOF_INVALID' || name === 'gamma') expectProofRefusal(() => parseVerifyingKey(damaged), 'ERR_PROOF_KEY')
    else expect(parseVerifyingKey(damaged)).not.toEqual(key)
  }
})

test('refuses keys with which false proofs could be made', () => {
  const minusOne = scalarModulus - 1n
  const [delta, first] = [seededScalar('key delta'), seededScalar('key input 0')]
  const degenerate: readonly Partial<VerifyingKey>[] = [
    { delta: g2Generator },
    { delta: g2(minusOne) },
    { gamma: g2(2n) },
    { gamma: g2(minusOne) },
    { gamma: key.delta },
    { beta: g2Generator },
    { beta: g2(minusOne) },
    { beta: key.delta },
    { beta: g2((delta * minusOne) % scalarModulus) },
    { inputs: [key.inputs[0]!, key.inputs[1]!, key.inputs[0]!] },
    { inputs: [key.inputs[0]!, key.inputs[1]!, key.inputs[1]!] },
    { inputs: [key.inputs[0]!, g1((first * minusOne) % scalarModulus), key.inputs[2]!] },
    { inputs: [] },
  ]
  for (const change of degenerate) expectProofRefusal(() => encodeVerifyingKey({ ...key, ...change }), 'ERR_PROOF_KEY')
  expect(parseVerifyingKey(encodeVerifyingKey({ ...key, inputs: [key.inputs[0]!] })).inputs).toHaveLength(1)
})

test('refuses a degenerate key that was written elsewhere', () => {
  const gammaBytes = bytes.subarray(pointsAt + 144, pointsAt + 240)
  const sameAsGamma = concatBytes(bytes.subarray(0, pointsAt + 240), gammaBytes, bytes.subarray(pointsAt + 336))
  expectProofRefusal(() => parseVerifyingKey(sameAsGamma), 'ERR_PROOF_KEY')
})

test('a production network refuses a development key', () => {
  expectProofRefusal(() => checkKeyForNetwork(key, { production: true }), 'ERR_PROOF_KEY_DEVELOPMENT')
  checkKeyForNetwork(key, { production: false })
  checkKeyForNetwork({ ...key, development: false }, { production: true })
})
