import { setTimeout as sleep } from 'node:timers/promises'
import { restartAll } from '../control/restart-network.ts'
import { seededRandom } from '../drill/seeded-random.ts'
import type { WriteLoad } from '../drill/write-load.ts'
import { LocalNetwork } from '../local-network.ts'
import type { AlarmCode } from '../watch/fleet.ts'
import { startByzantineValidator } from './byzantine-validator.ts'
import { type LockState, MessageSwitch } from './message-switch.ts'
import { TrialWorld } from './trial-world.ts'

export interface LockOptions {
  readonly seed: number
  readonly writesPerSecond: number
  /** How long it is watched that nothing moves, although every message passes. */
  readonly watchMs: number
  /** Try to heal by one restart after the other first, each so long after the last. */
  readonly oneByOneMs?: number
}

/** What came of a dBFT lock. */
export interface LockReport {
  readonly seed: number
  /** Height that no block was made for. */
  readonly height: number
  /** Who did what; of a lock made by the switch. */
  readonly lock?: LockState
  /** From the wish to make it until it was there. */
  readonly madeInMs: number
  /** From the last block before it until each alarm. */
  readonly alarmsAfterMs: Readonly<Partial<Record<AlarmCode, number>>>
  /** Blocks made while it was watched: none. */
  readonly movedWhileWatched: number
  /** Restarts one by one after which the chain moved; null if none helped, absent if not tried. */
  readonly healedByRestarts?: number | null
  /** From the order to restart until a new block was there. */
  readonly healedInMs: number
  readonly writes: number
  readonly acknowledged: number
  readonly acknowledgedBefore: number
  readonly unsettled: number
  readonly lost: number
  readonly forkedHeights: readonly number[]
  readonly differingStateRoots: readonly number[]
}

const lockTimeoutMs = 120_000
const settleTimeoutMs = 60_000
const stallMs = 5_000
const alarmTimeoutMs = 30_000
const pollMs = 25

/** A lock of honest nodes alone: messages between them come late (network/byzantine/lock.go). Healed by restarting all seven together. */
export async function tryLock({ seed, writesPerSecond, watchMs, oneByOneMs }: LockOptions): Promise<LockReport> {
  let lines: MessageSwitch | undefined
  const world = await TrialWorld.start(seed, async files => {
    lines = await MessageSwitch.start(files)
    return LocalNetwork.start(files)
  })
  const all = [...world.files.nodes.keys()]
  const load = world.load('lock', writesPerSecond)
  const alarms = watchAlarms(world)
  const blocks = world.blocks(all)
  try {
    load.start()
    await sleep(1_000)
    const wishedAtMs = performance.now()
    await lines!.lock(seed)
    const lock = await lines!.locked(lockTimeoutMs)
    const madeInMs = performance.now() - wishedAtMs
    const before = await world.commonHeight(all)
    const stoppedAtMs = blocks.block(before)?.atMs ?? wishedAtMs
    await sleep(watchMs)
    await alarms.seen(stoppedAtMs, ['ALARM_DBFT_LOCK'])
    const acknowledgedBefore = acknowledged(load)
    const movedWhileWatched = Math.max(...(await world.heights(all)).map(height => height ?? 0)) - before
    const healedByRestarts = oneByOneMs === undefined ? undefined : await restartOneByOne(world, before, oneByOneMs)
    const healingFromMs = performance.now()
    await restartAll(world.nodes, () => undefined)
    const healedInMs = performance.now() - healingFromMs
    return {
      seed,
      height: lock.height,
      lock,
      madeInMs,
      alarmsAfterMs: alarms.since(stoppedAtMs),
      movedWhileWatched,
      ...(healedByRestarts === undefined ? {} : { healedByRestarts }),
      healedInMs,
      ...(await outcome(world, load, all)),
      acknowledgedBefore,
    }
  } finally {
    alarms.stop()
    blocks.close()
    load.pause()
    await world.stop()
    await lines?.stop()
  }
}

/** A lock that one dishonest validator makes by itself: two proposals, then silence. Healed by restarting the six others without it. */
export async function tryLockByOne({ seed, writesPerSecond, watchMs }: LockOptions): Promise<LockReport> {
  const world = await TrialWorld.start(seed, LocalNetwork.start)
  const index = seededRandom(`lock ${seed}`).below(world.files.nodes.length)
  const honest = [...world.files.nodes.keys()].filter(other => other !== index)
  const load = world.load('lock', writesPerSecond)
  await world.nodes.stopNode(index)
  const alarms = watchAlarms(world)
  const wishedAtMs = performance.now()
  const validator = startByzantineValidator(world.files, index, 'lock', seed)
  try {
    load.start()
    const { height: before, atMs: stoppedAtMs } = await untilStalled(world, honest)
    await sleep(watchMs)
    await alarms.seen(stoppedAtMs, ['ALARM_STALLED', 'ALARM_DBFT_LOCK'])
    const acknowledgedBefore = acknowledged(load)
    const movedWhileWatched = Math.max(...(await world.heights(honest)).map(height => height ?? 0)) - before
    const healingFromMs = performance.now()
    await Promise.all([validator.kill(), ...honest.map(each => world.nodes.stopNode(each))])
    for (const each of honest) world.nodes.startNode(each)
    await untilMoves(world, honest, before, settleTimeoutMs)
    const healedInMs = performance.now() - healingFromMs
    return {
      seed,
      height: before + 1,
      madeInMs: stoppedAtMs - wishedAtMs,
      alarmsAfterMs: alarms.since(stoppedAtMs),
      movedWhileWatched,
      healedInMs,
      ...(await outcome(world, load, honest)),
      acknowledgedBefore,
    }
  } finally {
    alarms.stop()
    load.pause()
    await validator.kill()
    await world.stop()
  }
}

async function outcome(world: TrialWorld, load: WriteLoad, indexes: readonly number[]) {
  const unsettled = await load.settle(settleTimeoutMs)
  const { acknowledged: count, lost, forkedHeights, differingStateRoots } = await world.compare(indexes, load)
  return { writes: load.writes.length, acknowledged: count, unsettled, lost: lost.length, forkedHeights, differingStateRoots }
}

function acknowledged({ writes }: WriteLoad): number {
  return writes.filter(({ acknowledgedAtMs }) => acknowledgedAtMs !== undefined).length
}

/** The operator's watch, and when it raised which alarm. */
function watchAlarms(world: TrialWorld) {
  const watch = world.watch()
  const raised: { readonly id: string; readonly code: AlarmCode; readonly atMs: number; clearedAtMs?: number }[] = []
  watch.onAlarm(({ kind, alarm: { id, code } }) => {
    if (kind === 'raised') raised.push({ id, code, atMs: performance.now() })
    else for (const each of raised) if (each.id === id) each.clearedAtMs ??= performance.now()
  })
  /** The first of each code from a moment on; 0 for one that stood already. */
  const since = (momentMs: number): Partial<Record<AlarmCode, number>> => {
    const standing = raised.filter(({ clearedAtMs = Number.POSITIVE_INFINITY }) => clearedAtMs >= momentMs).reverse()
    return Object.fromEntries(standing.map(({ code, atMs }) => [code, Math.max(0, Math.round(atMs - momentMs))]))
  }
  /** Waits, not for ever, for one of these. */
  const seen = async (momentMs: number, codes: readonly AlarmCode[]): Promise<void> => {
    const deadline = performance.now() + alarmTimeoutMs
    while (!codes.some(code => since(momentMs)[code] !== undefined) && performance.now() < deadline) await sleep(pollMs)
  }
  return { since, seen, stop: () => watch.stop() }
}

/** @returns restarts after which there was a new block */
async function restartOneByOne(world: TrialWorld, from: number, pauseMs: number): Promise<number | null> {
  const all = [...world.files.nodes.keys()]
  for (const index of all) {
    await world.nodes.stopNode(index)
    world.nodes.startNode(index)
    if (await movesWithin(world, all, from, pauseMs)) return index + 1
  }
  return null
}

async function movesWithin(world: TrialWorld, indexes: readonly number[], from: number, timeoutMs: number): Promise<boolean> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(pollMs))
    if ((await world.heights(indexes)).some(height => (height ?? 0) > from)) return true
  return false
}

async function untilMoves(world: TrialWorld, indexes: readonly number[], from: number, timeoutMs: number): Promise<void> {
  if (!(await movesWithin(world, indexes, from, timeoutMs))) throw new Error(`no block within ${timeoutMs / 1000} s of the restart`)
}

/** Waits until there has been no block for a while. @returns the height, and when its block was first seen */
async function untilStalled(world: TrialWorld, indexes: readonly number[]): Promise<{ readonly height: number; readonly atMs: number }> {
  let latest = { height: -1, atMs: performance.now() }
  for (const deadline = Date.now() + lockTimeoutMs; Date.now() < deadline; await sleep(pollMs)) {
    const height = Math.max(...(await world.heights(indexes)).map(each => each ?? -1))
    if (height > latest.height) latest = { height, atMs: performance.now() }
    if (performance.now() - latest.atMs > stallMs) return latest
  }
  throw new Error('the chain did not stop')
}
