import { expect, test } from 'vitest'
import { scalarModulus, scalarToBytes } from '../field/scalar-field.ts'
import { WasmModule } from './assembler.ts'
import { curveParameter } from './endomorphism.ts'
import { emitSplitScalars, splitSize } from './split-scalars.ts'
import { StaticMemory } from './static-memory.ts'

const cases = Number(process.env.CASES ?? 1500)

test('splits scalars into digits of base z, the lesser of the scalar and its negative', () => {
  const module = new WasmModule()
  module.defineMemory(8 + Math.ceil(cases / 500), { exportAs: 'memory' })
  const memory = new StaticMemory(module)
  emitSplitScalars(module, memory)
  const { memory: pages, splitScalars } = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes())).exports as unknown as {
    memory: WebAssembly.Memory
    splitScalars: (source: number, destination: number, count: number) => void
  }
  const z = curveParameter
  const half = (scalarModulus - 1n) / 2n
  const edges = [
    0n,
    1n,
    2n,
    half,
    half + 1n,
    half - 1n,
    z,
    z - 1n,
    z + 1n,
    z ** 2n,
    z ** 2n - 1n,
    z ** 3n - 1n,
    z ** 3n,
    1n << 64n,
    (1n << 128n) - 1n,
    1n << 192n,
    z * 0xffffffffn,
  ]
  const random = Array.from({ length: cases }, () =>
    crypto.getRandomValues(new BigUint64Array(5)).reduce((value, word) => (value << 64n) | word, 0n),
  )
  const scalars = [...edges, ...edges.map(edge => scalarModulus - edge), ...random].map(scalar => scalar % scalarModulus)
  const source = memory.end
  const destination = source + 32 * scalars.length
  const bytes = new Uint8Array(pages.buffer)
  for (const [index, scalar] of scalars.entries()) bytes.set(scalarToBytes(scalar), source + 32 * index)
  splitScalars(source, destination, scalars.length)
  const words = new BigUint64Array(bytes.slice(destination, destination + splitSize * scalars.length).buffer)
  scalars.forEach((scalar, index) => {
    const [k0, k1, k2, k3, low0, low1, high0, high1, sign] = words.subarray(index * 9, index * 9 + 9) as unknown as [...bigint[]] & {
      length: 9
    }
    const magnitude = scalar > half ? scalarModulus - scalar : scalar
    expect(sign).toBe(scalar > half ? 1n : 0n)
    expect([k0, k1, k2, k3]).toEqual([magnitude % z, (magnitude / z) % z, (magnitude / z ** 2n) % z, magnitude / z ** 3n])
    expect([low0, low1, high0, high1]).toEqual([
      (magnitude % z ** 2n) & 0xffffffffffffffffn,
      (magnitude % z ** 2n) >> 64n,
      (magnitude / z ** 2n) & 0xffffffffffffffffn,
      (magnitude / z ** 2n) >> 64n,
    ])
  })
})
