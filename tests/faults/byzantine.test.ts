import {
  type LockReport,
  type Misbehaviour,
  type MisbehaviourReport,
  MisbehaviourTrials,
  seededRandom,
  tryLock,
  tryLockByOne,
} from '@hufu/network'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// A short slice. Long: `MODES=all SEEDS=6 SECONDS=5 LOCKS=10 npm run faults -- byzantine`, which is `--long`. SEED is the first of the seeds, a number here; of another text one is made.
const everyMode: readonly Misbehaviour[] = [
  'equivocate',
  'bad-signatures',
  'old-messages',
  'replay',
  'garbage',
  'forged-recovery',
  'silent-after-response',
  'silent-after-commit',
  'clock-forward',
  'clock-back',
  'invalid-transactions',
  'wrong-state-root',
]
const shortModes: readonly Misbehaviour[] = ['equivocate', 'bad-signatures', 'old-messages', 'forged-recovery', 'clock-forward']
const isLong = process.env.LONG === '1'
const seed = process.env.SEED ?? '1'
const firstSeed = /^\d{1,9}$/.test(seed) ? Number(seed) : seededRandom(seed).below(1_000_000_000)
const modes =
  (process.env.MODES ?? (isLong ? 'all' : undefined)) === 'all'
    ? everyMode
    : ((process.env.MODES?.split(',') as Misbehaviour[] | undefined) ?? shortModes)
const seeds = range(process.env.SEEDS ?? (isLong ? '6' : '1'))
const locks = range(process.env.LOCKS ?? (isLong ? '10' : '1'))
const durationMs = Number(process.env.SECONDS ?? (isLong ? 5 : 3)) * 1_000
const writesPerSecond = 50
/** Of an idle chain; with writes waiting a block comes sooner. */
const blockTimeMs = 2_000

/** Two at a time, which seven bear: the same, and of different kinds. */
const everyPair: readonly (readonly [Misbehaviour, Misbehaviour])[] = [
  ['equivocate', 'equivocate'],
  ['equivocate', 'silent-after-commit'],
  ['bad-signatures', 'garbage'],
  ['old-messages', 'forged-recovery'],
  ['silent-after-response', 'silent-after-commit'],
  ['clock-forward', 'clock-back'],
  ['invalid-transactions', 'wrong-state-root'],
]
const pairs = isLong ? everyPair : everyPair.slice(0, 2)

describe('honest validators beside those that misbehave', () => {
  let trials: MisbehaviourTrials

  beforeAll(async () => {
    trials = await MisbehaviourTrials.start(firstSeed)
  })

  afterAll(() => trials.stop())

  test.each(modes.flatMap(mode => seeds.map(seed => [mode, seed] as const)))(
    '%s, seed %d: nothing forks, is lost, or stops',
    {
      timeout: 150_000,
    },
    async (mode, seed) => {
      const report = await runTrial([mode], seed)
      expect(report.hasStopped).toBe(false)
      expect(report.acknowledged).toBeGreaterThan((writesPerSecond * durationMs) / 2_000)
    },
  )

  // Five of five have to agree then, so that they may be held up; whoever then takes the two out and restarts the others has all writes.
  test.each(pairs.flatMap(pair => seeds.map(seed => [...pair, seed] as const)))(
    '%s and %s, seed %d: nothing forks or is lost',
    {
      timeout: 240_000,
    },
    async (one, other, seed) => {
      await runTrial([one, other], seed)
    },
  )

  async function runTrial(modes: readonly Misbehaviour[], seed: number): Promise<MisbehaviourReport> {
    const report = await trials.run({ modes, seed, durationMs, writesPerSecond })
    console.log(JSON.stringify(report, rounded))
    // Each did what it is for: else the rest says nothing. One that lies only in its own proposals has a turn in seven.
    for (const { misdeeds } of report.validators) expect(Object.values(misdeeds).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
    expect(report).toMatchObject({ lost: 0, unsettled: 0, forkedHeights: [], differingStateRoots: [], ended: [] })
    // The ledger's clock stays with the honest ones', whatever others say.
    expect(report.ledgerAheadMs).toBeLessThan(10_000)
    return report
  }
})

describe('a dBFT lock', () => {
  test.each(locks)(
    'of honest validators whose messages come late, seed %d: is seen, and heals when all restart together',
    {
      timeout: 240_000,
    },
    async seed => {
      const report = await tryLock({ seed, writesPerSecond, watchMs: 4_000 })
      console.log(JSON.stringify(report, rounded))
      expect(Object.values(report.lock!.roles).filter(role => role === 'leaving')).toHaveLength(3)
      expectHealed(report)
      expect(report.alarmsAfterMs.ALARM_DBFT_LOCK).toBeLessThan(10 * blockTimeMs)
    },
  )

  test.each(locks)(
    'that one dishonest validator makes alone, seed %d: is seen as a stall, and heals when the others restart without it',
    {
      timeout: 240_000,
    },
    async seed => {
      const report = await tryLockByOne({ seed, writesPerSecond, watchMs: 4_000 })
      console.log(JSON.stringify(report, rounded))
      expectHealed(report)
      const { ALARM_STALLED: stalled, ALARM_DBFT_LOCK: locked } = report.alarmsAfterMs
      expect(Math.min(stalled ?? Number.POSITIVE_INFINITY, locked ?? Number.POSITIVE_INFINITY)).toBeLessThan(10 * blockTimeMs)
    },
  )
})

function expectHealed(report: LockReport): void {
  // Every message passed, and nothing moved: it was a lock, not a bad line.
  expect(report.movedWhileWatched).toBe(0)
  expect(report.healedInMs).toBeLessThan(60_000)
  expect(report).toMatchObject({ lost: 0, unsettled: 0, forkedHeights: [], differingStateRoots: [] })
  expect(report.acknowledged).toBeGreaterThan(report.acknowledgedBefore)
}

function range(count: string): readonly number[] {
  return Array.from({ length: Number(count) }, (_, index) => firstSeed + index)
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value) : value
}
