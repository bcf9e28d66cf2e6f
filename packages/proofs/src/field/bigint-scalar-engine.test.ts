import { expect, test } from 'vitest'
import { bigIntScalarEngine as engine } from './bigint-scalar-engine.ts'
import { powerOf, rootOfUnity } from './evaluation-domain.ts'
import { type Scalar, scalarModulus, toScalar } from './scalar-field.ts'
import { scalarsFromBytes, scalarsToBytes } from './scalar-vector.ts'

function valueAt(coefficients: readonly Scalar[], point: Scalar): Scalar {
  return coefficients.reduceRight((value, coefficient) => (value * point + coefficient) % scalarModulus, 0n)
}

const some = (length: number, seed: bigint) => Array.from({ length }, (_, index) => powerOf(seed, BigInt(3 * index + 255)))

test('a transform gives the values at the powers of the root, and its inverse the coefficients', () => {
  const coefficients = some(16, 5n)
  const values = engine.ntt(scalarsToBytes(coefficients), { inverse: false })
  expect(scalarsFromBytes(values)).toEqual(coefficients.map((_, index) => valueAt(coefficients, powerOf(rootOfUnity(16), BigInt(index)))))
  expect(scalarsFromBytes(engine.ntt(values, { inverse: true }))).toEqual(coefficients)
})

test('the quotient times Z is a · b − c, also where the rows are not those of the domain', () => {
  const size = 8
  const [a, b] = [some(size, 3n), some(size, 11n)]
  const c = a.map((value, index) => (value * b[index]!) % scalarModulus)
  const [bytesA, bytesB, bytesC] = [a, b, c].map(scalarsToBytes) as [Uint8Array, Uint8Array, Uint8Array]
  const h = scalarsFromBytes(engine.quotient(bytesA, bytesB, bytesC, size))
  expect(h).toHaveLength(size - 1)
  const point = 123456789n
  const [atA, atB, atC] = [bytesA, bytesB, bytesC].map(bytes => valueAt(scalarsFromBytes(engine.ntt(bytes, { inverse: true })), point)) as [
    bigint,
    bigint,
    bigint,
  ]
  const z = powerOf(point, BigInt(size)) - 1n
  expect(toScalar(valueAt(h, point) * z)).toBe(toScalar(atA * atB - atC))
  for (let row = 0; row < size; row++) {
    const wrong = scalarsToBytes(c.map((value, index) => (index === row ? toScalar(value + 1n) : value)))
    expect(() => engine.quotient(bytesA, bytesB, wrong, size)).toThrow(expect.objectContaining({ code: 'ERR_PROOF_UNSATISFIED' }))
  }
})

test('refuses scalars that are not whole or not below the order, and sizes that are no power of two', () => {
  const code = (name: string) => expect.objectContaining({ code: name })
  expect(() => engine.ntt(new Uint8Array(33), { inverse: false })).toThrow(code('ERR_PROOF_SCALAR'))
  expect(() => engine.ntt(new Uint8Array(96), { inverse: false })).toThrow(code('ERR_PROOF_LIMIT'))
  expect(() => engine.ntt(new Uint8Array(32), { inverse: false })).toThrow(code('ERR_PROOF_LIMIT'))
  const tooLarge = scalarsToBytes([scalarModulus, 0n])
  expect(() => engine.ntt(tooLarge, { inverse: false })).toThrow(code('ERR_PROOF_SCALAR'))
  expect(() => engine.poseidonBatch(1n, 2, tooLarge)).toThrow(code('ERR_PROOF_SCALAR'))
  expect(() => engine.poseidonBatch(1n, 2, new Uint8Array(96))).toThrow(code('ERR_PROOF_SCALAR'))
  expect(() => engine.quotient(new Uint8Array(64), new Uint8Array(64), new Uint8Array(32), 2)).toThrow(code('ERR_PROOF_SCALAR'))
})
