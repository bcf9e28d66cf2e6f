import { expect, test, vi } from 'vitest'
import { RegistryHead } from './registry-head.ts'

function headOf() {
  let nowMs = 0
  let announce: (blockIndex: number) => void = () => undefined
  const counts: number[] = []
  let asked = 0
  const head = new RegistryHead({
    clock: { nowMs: () => nowMs },
    silenceMs: 5_000,
    client: {
      watchHead: listener => {
        announce = listener
        return () => undefined
      },
      getBlockCount: async () => {
        asked++
        return counts.shift() ?? Promise.reject(new Error('no node answered'))
      },
    },
  })
  return { head, counts, announce: (blockIndex: number) => announce(blockIndex), pass: (ms: number) => (nowMs += ms), asked: () => asked }
}

test('knows the latest block as long as blocks are announced', () => {
  const { head, announce, pass } = headOf()
  expect(head.known).toBeUndefined()
  announce(7)
  announce(6)
  pass(5_000)
  expect(head.known).toBe(7)
  pass(1)
  expect(head.known).toBeUndefined()
  announce(7)
  expect(head.known).toBe(7)
})

test('asks a node once for all who ask at one time', async () => {
  const { head, counts, asked, pass } = headOf()
  counts.push(11)
  expect(await Promise.all([head.ask(), head.ask()])).toEqual([10, 10])
  expect(asked()).toBe(1)
  expect(head.known).toBe(10)
  pass(6_000)
  await expect(head.ask()).rejects.toThrow('no node answered')
  expect(head.known).toBeUndefined()
  counts.push(9)
  expect(await head.ask()).toBe(10)
})

test('a wall clock that is put back makes no old height fresh', () => {
  let announce: (blockIndex: number) => void = () => undefined
  const head = new RegistryHead({
    silenceMs: 5_000,
    client: {
      watchHead: listener => {
        announce = listener
        return () => undefined
      },
      getBlockCount: () => Promise.reject(new Error('no node answered')),
    },
  })
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
  try {
    announce(7)
    vi.advanceTimersByTime(6_000)
    vi.setSystemTime(Date.now() - 3_600_000)
    expect(head.known).toBeUndefined()
  } finally {
    vi.useRealTimers()
  }
})
