import type { DidSource, DidState } from '@hufu/did'
import { parseScriptHash } from '@hufu/ledger'
import { expect, test } from 'vitest'
import { LatestStates } from './registry-latest-states.ts'

const [first, second, third] = ['11', '22', '33'].map(byte => parseScriptHash(byte.repeat(20))) as [
  DidState['controller'],
  DidState['controller'],
  DidState['controller'],
]

/** A source that counts its reads and answers when it is told to. */
function slowSource(): DidSource & { reads: number; answer: () => void } {
  const waiting: (() => void)[] = []
  const source = {
    network: 'test',
    reads: 0,
    answer: () => {
      for (const resolve of waiting.splice(0)) resolve()
    },
    findState: async (controller: DidState['controller']) => {
      const version = ++source.reads
      await new Promise<void>(resolve => waiting.push(resolve))
      return { version, controller, timeMs: version * 1000 } as DidState
    },
  }
  return source
}

test('reads once, until it is told that the identifier has changed', async () => {
  const source = slowSource()
  const states = new LatestStates(source, 10)
  const reading = states.findState(first, 'latest')
  source.answer()
  expect(await reading).toMatchObject({ version: 1 })
  expect(await states.findState(first, 'latest')).toBe(await reading)
  expect(await states.findState(first, { timeMs: 1000 })).toBe(await reading)
  states.forget(second)
  expect(await states.findState(first, 'latest')).toBe(await reading)
  states.forget(first)
  const again = states.findState(first, 'latest')
  source.answer()
  expect(await again).toMatchObject({ version: 2 })
})

test('asks the source about any moment that the latest state does not cover', async () => {
  const source = slowSource()
  const states = new LatestStates(source, 10)
  const reading = states.findState(first, 'latest')
  source.answer()
  await reading
  for (const moment of [{ timeMs: 999 }, { version: 2 }]) {
    const earlier = states.findState(first, moment)
    source.answer()
    expect(await earlier).not.toBe(await reading)
  }
})

test('does not keep what had changed while it was being read', async () => {
  const source = slowSource()
  const states = new LatestStates(source, 10)
  for (const identifier of [first, undefined]) {
    const reading = states.findState(first, 'latest')
    states.forget(identifier)
    source.answer()
    await reading
    const { reads } = source
    const again = states.findState(first, 'latest')
    source.answer()
    await again
    expect(source.reads).toBe(reads + 1)
    states.forget(first)
  }
})

test('forgets the one used longest ago when it is full', async () => {
  const source = slowSource()
  const states = new LatestStates(source, 2)
  const read = async (identifier: DidState['controller']) => {
    const reading = states.findState(identifier, 'latest')
    source.answer()
    return reading
  }
  await read(first)
  await read(second)
  await read(first)
  await read(third)
  expect(source.reads).toBe(3)
  await read(first)
  expect(source.reads).toBe(3)
  await read(second)
  expect(source.reads).toBe(4)
})
