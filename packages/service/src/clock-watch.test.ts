import { LedgerError } from '@hufu/ledger'
import { beforeEach, describe, expect, test } from 'vitest'
import { ClockWatch, type SignedMoment } from './clock-watch.ts'

const startMs = Date.UTC(2026, 0, 5, 8)

/** A server's clock with an error, a steady clock, and a ledger whose blocks come each second unless it stands. */
class World {
  elapsedMs = 0
  errorMs = 0
  standsSinceMs = Number.POSITIVE_INFINITY
  isReachable = true
  looks = 0
  readonly told: (string | undefined)[] = []
  readonly watch = new ClockWatch({
    newestHeader: async () => this.header(),
    clock: { nowMs: () => startMs + this.elapsedMs + this.errorMs },
    steady: { nowMs: () => this.elapsedMs },
    onChange: error => this.told.push(error?.message),
  })

  header(): SignedMoment {
    this.looks++
    if (!this.isReachable) throw new LedgerError('ERR_LEDGER_UNREACHABLE', 'expected a node')
    const blockIndex = Math.floor(Math.min(this.elapsedMs, this.standsSinceMs) / 1_000)
    return { blockIndex, timeMs: startMs + blockIndex * 1_000 }
  }

  /** Settles with a background look, too. */
  async confirmed(): Promise<string> {
    try {
      await this.watch.confirm()
      return 'right'
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_SERVICE_CLOCK' })
      return (error as Error).message.replace('the clock of this server ', '').replace(/;.*/, '')
    } finally {
      await new Promise(setImmediate)
    }
  }
}

let world: World

beforeEach(() => {
  world = new World()
})

describe('while blocks come', () => {
  test('a right clock is confirmed once, then without a promise', async () => {
    expect(world.watch.confirm()).toBeInstanceOf(Promise)
    await new Promise(setImmediate)
    expect(world.watch.confirm()).toBeUndefined()
    expect(world.looks).toBe(1)
  })

  test.each([-3_600_000, -30_001, 31_000, 3_600_000, 365 * 86_400_000])(
    'a clock that is set by %d ms is refused, and taken again when it is right',
    async errorMs => {
      expect(await world.confirmed()).toBe('right')
      world.elapsedMs += 5_000
      world.errorMs = errorMs
      const side = errorMs < 0 ? 'behind' : 'ahead of'
      expect(await world.confirmed()).toBe(`is ${side} the time that the validators have signed`)
      world.elapsedMs += 5_000
      expect(await world.confirmed()).toBe(`is ${side} the time that the validators have signed`)
      world.errorMs = 0
      expect(await world.confirmed()).toBe('right')
      expect(world.told).toEqual([expect.stringContaining(side), undefined])
    },
  )

  test.each([-29_000, -3_000, 1_900, 29_000])('a clock that is set by %d ms is within what validators may differ', async errorMs => {
    expect(await world.confirmed()).toBe('right')
    world.elapsedMs += 5_000
    world.errorMs = errorMs
    expect(await world.confirmed()).toBe('right')
  })

  test('a clock that runs too slow is seen by the look that comes every ten seconds', async () => {
    expect(await world.confirmed()).toBe('right')
    for (let second = 0; second < 40; second++) {
      world.elapsedMs += 1_000
      world.errorMs -= 1_000
      if ((await world.confirmed()) !== 'right') break
    }
    expect(world.errorMs).toBeGreaterThanOrEqual(-33_000)
    expect(world.told).toHaveLength(1)
  })

  test('a server that starts with a wrong clock does nothing', async () => {
    world.errorMs = -3_600_000
    expect(await world.confirmed()).toContain('behind')
    world = new World()
    world.errorMs = 3_600_000
    expect(await world.confirmed()).toContain('not confirmed yet')
    world.elapsedMs += 1_000
    expect(await world.confirmed()).toContain('ahead')
  })

  test('requests at one time look once', async () => {
    await Promise.all(Array.from({ length: 100 }, () => world.watch.confirm()))
    expect(world.looks).toBe(1)
  })
})

describe('while the ledger stands', () => {
  beforeEach(async () => {
    await world.confirmed()
    world.standsSinceMs = 1_000
    world.elapsedMs = 600_000
  })

  test('a clock that nobody sets goes on', async () => {
    expect(await world.confirmed()).toBe('right')
    world.elapsedMs += 600_000
    expect(await world.confirmed()).toBe('right')
  })

  test('one that is set ahead does not', async () => {
    world.errorMs = 31_000
    expect(await world.confirmed()).toBe('was set, and the ledger confirms no new time')
  })

  test('one that is set back does not', async () => {
    expect(await world.confirmed()).toBe('right')
    world.errorMs = -31_000
    expect(await world.confirmed()).toMatch('was set')
  })

  test('small steps are not added up unseen', async () => {
    const verdicts: string[] = []
    for (let step = 0; step < 4; step++) {
      world.errorMs += 9_000
      verdicts.push(await world.confirmed())
    }
    expect(verdicts).toEqual(['right', 'right', 'right', 'was set, and the ledger confirms no new time'])
  })

  test('a server that starts then waits until it has seen it stand', async () => {
    world = new World()
    world.standsSinceMs = 0
    world.elapsedMs = 600_000
    expect(await world.confirmed()).toContain('not confirmed yet')
    world.elapsedMs += 15_000
    expect(await world.confirmed()).toBe('right')
  })
})

test('without any node nothing is confirmed', async () => {
  world.isReachable = false
  expect(await world.confirmed()).toBe('is not confirmed, for no node gives a header')
  world.isReachable = true
  expect(await world.confirmed()).toBe('right')
  world.isReachable = false
  world.elapsedMs += 20_000
  expect(await world.confirmed()).toBe('right')
  world.errorMs = -31_000
  expect(await world.confirmed()).toContain('behind')
})

test('an error that is none of the ledger’s is passed on', async () => {
  const watch = new ClockWatch({ newestHeader: () => Promise.reject(new TypeError('expected something else')) })
  await expect(watch.confirm()).rejects.toThrow(TypeError)
})
