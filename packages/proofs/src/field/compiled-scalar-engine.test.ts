import { beforeAll, describe, expect, test } from 'vitest'
import { domains } from '../poseidon/domains.ts'
import { bestFieldKind } from '../wasm/emit-field.ts'
import { bigIntScalarEngine as readable } from './bigint-scalar-engine.ts'
import { type CompiledScalarEngine, compileScalarEngine } from './compiled-scalar-engine.ts'
import { type Scalar, scalarModulus } from './scalar-field.ts'
import { scalarsToBytes } from './scalar-vector.ts'

const cases = Number(process.env.CASES ?? 30)
const kinds = bestFieldKind() === 'doubles' ? (['doubles', 'integers'] as const) : (['integers'] as const)
const edges = [
  0n,
  1n,
  2n,
  scalarModulus - 1n,
  scalarModulus - 2n,
  (scalarModulus - 1n) / 2n,
  (scalarModulus + 1n) / 2n,
  (1n << 254n) - 1n,
  1n << 208n,
]
const code = (name: string) => expect.objectContaining({ code: name })

/** Scalars that are the same in every run, some of them edges. */
function scalars(count: number, seed: number): Scalar[] {
  let state = BigInt(seed) + 0x9e3779b97f4a7c15n
  return Array.from({ length: count }, () => {
    state = (state * state + 0x2545f4914f6cdd1dn) % scalarModulus
    return state % 4n === 0n ? edges[Number((state >> 8n) % BigInt(edges.length))]! : state
  })
}

describe.each(kinds)('limbs that are %s', kind => {
  let engine: CompiledScalarEngine

  beforeAll(async () => {
    engine = await compileScalarEngine(kind)
  })

  test.each([2, 5, 8, 16])('Poseidon of %i inputs is that of the readable form', inputsPerHash => {
    for (const count of [0, 1, 2, cases]) {
      const inputs = scalarsToBytes(scalars(count * inputsPerHash, inputsPerHash))
      expect(engine.poseidonBatch(domains.node, inputsPerHash, inputs)).toEqual(readable.poseidonBatch(domains.node, inputsPerHash, inputs))
    }
    const same = scalarsToBytes(edges.flatMap(edge => Array<Scalar>(inputsPerHash).fill(edge)))
    for (const domain of [0n, scalarModulus - 1n]) {
      expect(engine.poseidonBatch(domain, inputsPerHash, same)).toEqual(readable.poseidonBatch(domain, inputsPerHash, same))
    }
  })

  test('transforms are those of the readable form, and undo each other', () => {
    for (let bits = 1; bits <= 9; bits++) {
      for (const values of [scalars(2 ** bits, bits), Array<Scalar>(2 ** bits).fill(scalarModulus - 1n)].map(scalarsToBytes)) {
        const forward = engine.ntt(values, { inverse: false })
        expect(forward).toEqual(readable.ntt(values, { inverse: false }))
        expect(engine.ntt(values, { inverse: true })).toEqual(readable.ntt(values, { inverse: true }))
        expect(engine.ntt(forward, { inverse: true })).toEqual(values)
      }
    }
  })

  test('a transform of 2^16 values comes back', () => {
    const values = scalarsToBytes(scalars(2 ** 16, 16))
    expect(engine.ntt(engine.ntt(values, { inverse: false }), { inverse: true })).toEqual(values)
  })

  test('the quotient is that of the readable form, and rows that do not hold have none', () => {
    for (const size of [2, 4, 64, 256]) {
      const [a, b] = [scalars(size, size), scalars(size, size + 1)]
      const c = a.map((value, index) => (value * b[index]!) % scalarModulus)
      const [bytesA, bytesB] = [scalarsToBytes(a), scalarsToBytes(b)]
      expect(engine.quotient(bytesA, bytesB, scalarsToBytes(c), size)).toEqual(readable.quotient(bytesA, bytesB, scalarsToBytes(c), size))
      for (const row of [0, 1, size - 1]) {
        const wrong = scalarsToBytes(c.map((value, index) => (index === row ? (value + 1n) % scalarModulus : value)))
        expect(() => engine.quotient(bytesA, bytesB, wrong, size)).toThrow(code('ERR_PROOF_UNSATISFIED'))
      }
    }
  })

  test('refuses scalars that are not whole or not below the order, and sizes that are no power of two', () => {
    const tooLarge = scalarsToBytes([1n, scalarModulus])
    expect(() => engine.ntt(new Uint8Array(33), { inverse: false })).toThrow(code('ERR_PROOF_SCALAR'))
    expect(() => engine.ntt(new Uint8Array(96), { inverse: false })).toThrow(code('ERR_PROOF_LIMIT'))
    expect(() => engine.ntt(new Uint8Array(32), { inverse: false })).toThrow(code('ERR_PROOF_LIMIT'))
    expect(() => engine.ntt(tooLarge, { inverse: false })).toThrow(code('ERR_PROOF_SCALAR'))
    expect(() => engine.poseidonBatch(1n, 2, tooLarge)).toThrow(code('ERR_PROOF_SCALAR'))
    expect(() => engine.poseidonBatch(1n, 2, new Uint8Array(96))).toThrow(code('ERR_PROOF_SCALAR'))
    expect(() => engine.quotient(tooLarge, tooLarge, tooLarge, 2)).toThrow(code('ERR_PROOF_SCALAR'))
    expect(() => engine.quotient(new Uint8Array(64), new Uint8Array(64), new Uint8Array(32), 2)).toThrow(code('ERR_PROOF_SCALAR'))
  })
})
