import { expect, test } from 'vitest'
import { EngineMemory } from './engine-memory.ts'

test('hands out blocks that do not overlap, and uses again what was given back', () => {
  const memory = new EngineMemory(new WebAssembly.Memory({ initial: 1 }), 1000)
  const sizes = [10, 4000, 70, 900, 1]
  const blocks = sizes.map(size => memory.allocate(size))
  blocks.forEach((block, index) => {
    expect(block).toBeGreaterThanOrEqual(1000)
    expect(block % 64).toBe(0)
    blocks.forEach((other, position) => {
      if (position !== index) expect(block + sizes[index]! <= other || other + sizes[position]! <= block).toBe(true)
    })
  })
  memory.release(blocks[1]!)
  expect(memory.allocate(2000)).toBe(blocks[1])
  // Neighbours grow together.
  memory.release(blocks[1]!)
  memory.release(blocks[2]!)
  expect(memory.allocate(4064)).toBe(blocks[1])
})

test('grows, and shows the memory as it is then', () => {
  const memory = new EngineMemory(new WebAssembly.Memory({ initial: 1 }), 64)
  const first = memory.allocate(16)
  memory.bytes[first] = 7
  memory.words[(first + 4) / 4] = -5
  const large = memory.allocate(10_000_000)
  memory.bytes[large + 9_999_999] = 9
  expect([memory.bytes[first], memory.words[(first + 4) / 4], memory.bytes[large + 9_999_999]]).toEqual([7, -5, 9])
})

test('gives back the blocks of a task that fails, and refuses a block twice', () => {
  const memory = new EngineMemory(new WebAssembly.Memory({ initial: 1 }), 64)
  const before = memory.allocate(64)
  expect(() =>
    memory.with([128, 256], () => {
      throw new RangeError('no')
    }),
  ).toThrow('no')
  expect(memory.allocate(64)).toBe(before + 64)
  memory.release(before)
  expect(() => memory.release(before)).toThrow(TypeError)
})
