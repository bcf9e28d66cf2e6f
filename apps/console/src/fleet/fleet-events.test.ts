import type { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Fleet } from '../api-types.ts'
import { FleetEvents } from './fleet-events.ts'

const fleetAt = (atMs: number) => ({ atMs }) as unknown as Fleet

/** Types and times of the events that wait to be read. */
function read(stream: Readable): readonly string[] {
  const text = String(stream.read() ?? '')
  return [...text.matchAll(/id: (\S+)\nevent: (\w+)\ndata: \{"atMs":(\d+)\}\n\n/g)].map(([, id, type, atMs]) => `${id} ${type} ${atMs}`)
}

test('tells every listener, and a new one the latest state at once', () => {
  const events = new FleetEvents('p')
  const first = events.listen(undefined)
  expect(String(first.read())).toBe('retry: 1000\n\n')
  events.tell('fleet', fleetAt(1))
  events.tell('alarm', fleetAt(2))
  expect(read(first)).toEqual(['p-1 fleet 1', 'p-2 alarm 2'])
  expect(read(events.listen(undefined))).toEqual(['p-1 fleet 1'])
})

test('gives one who comes back the alarms that they missed, in order, and none twice', () => {
  const events = new FleetEvents('p')
  for (const [type, atMs] of [
    ['fleet', 1],
    ['alarm', 2],
    ['fleet', 3],
    ['alarm', 4],
    ['fleet', 5],
  ] as const)
    events.tell(type, fleetAt(atMs))
  expect(read(events.listen('p-1'))).toEqual(['p-2 alarm 2', 'p-4 alarm 4', 'p-5 fleet 5'])
  expect(read(events.listen('p-2'))).toEqual(['p-4 alarm 4', 'p-5 fleet 5'])
  expect(read(events.listen('p-5'))).toEqual(['p-5 fleet 5'])
})

test.each(['q-1', 'p-', 'p-x', '1', '', 'p-1\nevent: alarm'])('takes %j for no event of its own', lastEventId => {
  const events = new FleetEvents('p')
  events.tell('alarm', fleetAt(1))
  events.tell('fleet', fleetAt(2))
  expect(read(events.listen(lastEventId))).toEqual(['p-2 fleet 2'])
})

test('lets go of one who does not read, and of one who leaves', async () => {
  const events = new FleetEvents('p')
  const slow = events.listen(undefined)
  const gone = events.listen(undefined)
  gone.destroy()
  await new Promise(resolve => setImmediate(resolve))
  expect(events.listeners).toBe(1)
  const big = { atMs: 1, text: 'x'.repeat(300_000) } as unknown as Fleet
  for (let count = 0; count < 8; count++) events.tell('fleet', big)
  await new Promise(resolve => setImmediate(resolve))
  expect(slow.destroyed).toBe(true)
  expect(events.listeners).toBe(0)
})

test('takes no more listeners than it can serve', () => {
  const events = new FleetEvents('p')
  for (let count = 0; count < 500; count++) events.listen(undefined)
  expect(() => events.listen(undefined)).toThrow(expect.objectContaining({ code: 'ERR_SERVICE_OVERLOADED' }))
})
