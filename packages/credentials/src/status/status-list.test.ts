import { expect, test } from 'vitest'
import { randomBelow } from '../random-below.ts'
import { StatusList } from './status-list.ts'

test('gives out every entry once, and then none', () => {
  const list = new StatusList({ capacity: 512, size: 1 })
  const given = Array.from({ length: 512 }, () => list.allocate())
  expect([...given].sort((a, b) => a! - b!)).toEqual(Array.from({ length: 512 }, (_, index) => index))
  expect(list.free).toBe(0)
  expect(list.allocate()).toBeUndefined()
})

test('gives out entries in no order', () => {
  const list = new StatusList({ capacity: 2 ** 17, size: 2 })
  const given = Array.from({ length: 2000 }, () => list.allocate()!)
  const ascents = given.filter((index, position) => position > 0 && index > given[position - 1]!).length
  const neighbours = given.filter((index, position) => position > 0 && Math.abs(index - given[position - 1]!) === 1).length
  expect(ascents).toBeGreaterThan(850)
  expect(ascents).toBeLessThan(1150)
  expect(neighbours).toBeLessThan(5)
})

test('put together again from stored entries, it gives out only others', () => {
  const list = new StatusList({ capacity: 16, size: 1 })
  for (const index of [0, 3, 5]) list.take(index)
  expect(() => list.take(3)).toThrow(TypeError)
  const given = Array.from({ length: 13 }, () => list.allocate())
  expect(given).not.toContain(0)
  expect(given).not.toContain(3)
  expect(given).not.toContain(5)
  expect(list.allocate()).toBeUndefined()
})

test('has as many bits per entry as it was made with', () => {
  const list = new StatusList({ capacity: 8, size: 1 })
  list.set(2, 1)
  expect(list.get(2)).toBe(1)
  expect([...list.toBytes()]).toEqual([0b100])
  expect(() => list.set(2, 2)).toThrow(TypeError)
})

test('random integers are uniform: what would favour small ones is drawn again', () => {
  const draws = [0xffff_ffff, 0xffff_fffe, 5]
  const random = () => {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setUint32(0, draws.shift()!)
    return bytes
  }
  expect(randomBelow(3, random)).toBe(2) // 2^32 - 1 is the one value past the last whole multiple of 3
  expect(randomBelow(2 ** 32, random)).toBe(5)
})
