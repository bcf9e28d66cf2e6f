import { describe, expect, test } from 'vitest'
import { WasmModule } from './assembler.ts'
import { emitField } from './emit-field.ts'
import { baseFieldParameters, scalarFieldParameters } from './field-parameters.ts'
import { emitInversion } from './inversion.ts'
import { StaticMemory } from './static-memory.ts'

const cases = Number(process.env.CASES ?? 1000)

describe.each(['doubles', 'integers'] as const)('inversion in a field of %s', kind => {
  test.each([baseFieldParameters, scalarFieldParameters])(
    '$name: times the number it is one, and zero stays zero',
    { timeout: 5000 + cases },
    parameters => {
      const { modulus, byteSize } = parameters
      const module = new WasmModule()
      module.defineMemory(4, { exportAs: 'memory' })
      const memory = new StaticMemory(module)
      const field = emitField(module, memory, parameters, kind)
      module.export('invert', emitInversion(module, memory, field))
      module.export('fromBytes', field.fromBytes)
      module.export('toBytes', field.toBytes)
      const {
        invert,
        fromBytes,
        toBytes,
        memory: pages,
      } = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes())).exports as unknown as {
        readonly invert: (destination: number, a: number) => void
        readonly fromBytes: (pair: number, low: number, high: number) => void
        readonly toBytes: (pair: number, low: number, high: number) => void
        readonly memory: WebAssembly.Memory
      }
      const bytes = new Uint8Array(pages.buffer)
      const pair = (memory.end + 63) & ~63
      const texts = [pair + 256, pair + 320] as const
      const put = (value: bigint, at: number): void => {
        for (let index = 0; index < byteSize; index++) bytes[at + index] = Number((value >> BigInt(8 * index)) & 0xffn)
      }
      const take = (at: number): bigint => {
        let value = 0n
        for (let index = byteSize - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[at + index]!)
        return value
      }
      const edges = [
        0n,
        1n,
        2n,
        3n,
        modulus - 1n,
        modulus - 2n,
        (modulus - 1n) / 2n,
        (modulus + 1n) / 2n,
        1n << 30n,
        (1n << 240n) - 1n,
        1n << 250n,
        0n,
      ]
      const random = (): bigint =>
        crypto.getRandomValues(new BigUint64Array(8)).reduce((value, word) => (value << 64n) | word, 0n) % modulus
      for (let round = 0; round < cases; round++) {
        const values = [edges[round] ?? random(), round % 7 === 0 ? (edges[(round / 7) % edges.length] ?? 0n) : random()]
        for (const [lane, value] of values.entries()) put(value, texts[lane]!)
        fromBytes(pair, ...texts)
        invert(pair, pair)
        toBytes(pair, ...texts)
        values.forEach((value, lane) => {
          const inverse = take(texts[lane]!)
          expect(inverse).toBeLessThan(modulus)
          expect((inverse * value) % modulus).toBe(value === 0n ? 0n : 1n)
          if (value === 0n) expect(inverse).toBe(0n)
        })
      }
    },
  )
})
