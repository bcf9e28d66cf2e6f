import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importSigner } from '@hufu/keys'
import { parseHeader, trustAnchorOf, verifyHeader } from '@hufu/ledger'
import { base64ToBytes, bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AlarmChange, FleetSnapshot, Watch } from './fleet.ts'
import { accountOf, type Behaviour, HandClock, magic, rootAfter, ScriptedFleet } from './watch-fixture.ts'
import { type WatchOptions, watchNetwork } from './watch-network.ts'

let fleet: ScriptedFleet
let clock: HandClock
let changes: AlarmChange[]
let open: Watch[]

beforeEach(async () => {
  open = []
  await begin(7)
})

afterEach(() => {
  for (const watch of open) watch.stop()
})

async function begin(count: number): Promise<void> {
  fleet = await ScriptedFleet.make(count)
  await fleet.grow(5)
  clock = new HandClock(fleet.nowMs)
}

function watchIt(options: Partial<WatchOptions> = {}): Watch {
  const watch = watchNetwork({
    nodes: fleet.nodes,
    magic,
    fetch: fleet.fetch,
    clock,
    isManual: true,
    // Generous: a busy machine is slow, not wrong. Tests of nodes that hang wait less.
    thresholds: { answerWithinMs: 5_000 },
    ...options,
  })
  changes = []
  watch.onAlarm(change => changes.push(change))
  open.push(watch)
  return watch
}

/** Polls, each 800 ms after the last; a block comes before each unless the chain stands. */
async function polls(watch: Watch, count: number, { isMoving = true } = {}): Promise<FleetSnapshot> {
  for (let poll = 0; poll < count; poll++) {
    clock.advance(800)
    if (isMoving) await fleet.grow(1)
    await watch.poll()
  }
  return watch.snapshot()
}

function set(index: number, behaviour: Behaviour): void {
  fleet.behaviours[index] = behaviour
}

const ids = (snapshot: FleetSnapshot): readonly string[] => snapshot.alarms.map(({ id }) => id)

describe('a fleet that is well', () => {
  test('raises nothing, and is described', async () => {
    const snapshot = await polls(watchIt(), 3)
    expect(changes).toEqual([])
    expect(snapshot).toMatchObject({
      height: fleet.head.blockIndex,
      blockMs: fleet.head.timeMs,
      commonHeight: fleet.head.blockIndex - 1,
      blockTimeMs: 2_000,
      quorum: 5,
      margin: 2,
      viewChanges: 0,
      sinceBlockMs: 0,
      forecast: { level: 'none' },
    })
    for (const node of snapshot.nodes) {
      expect(node).toMatchObject({
        up: true,
        condition: 'answers',
        height: fleet.head.blockIndex,
        persistedHeight: fleet.head.blockIndex,
        blockHash: fleet.headers.at(-2)!.hash,
        stateRoot: rootAfter(fleet.head.blockIndex - 1),
        peers: 6,
        version: '/NEO-GO:0.122.0/',
        memoryBytes: 45_000_000,
        lastSeenMs: clock.nowMs(),
        diskFreeBytes: null,
        consensus: null,
      })
    }
  })

  test('is asked little: one batch a node, and one header a block', async () => {
    const watch = watchIt()
    await polls(watch, 2)
    fleet.calls.length = 0
    await polls(watch, 1)
    const counted = Object.groupBy(fleet.calls, call => call.slice(2))
    expect(Object.fromEntries(Object.entries(counted).map(([method, calls]) => [method, calls!.length]))).toEqual({
      getblockcount: 7,
      getconnectioncount: 7,
      getblockhash: 7,
      getstateroot: 7,
      getblockheader: 1,
    })
  })

  test('before the first poll, nothing is wrong', () => {
    expect(watchIt().snapshot()).toMatchObject({ height: null, margin: 2, alarms: [], forecast: { level: 'none' } })
  })

  test('of one validator has nothing to spare, and that is no alarm', async () => {
    await begin(1)
    const snapshot = await polls(watchIt(), 3)
    expect(snapshot).toMatchObject({ quorum: 1, margin: 0, alarms: [] })
  })
})

describe('validators that are lost', () => {
  test('one by one: down, margin one, margin zero, quorum lost, stalled; and all is cleared when they are back', async () => {
    const watch = watchIt()
    await polls(watch, 2)
    set(0, { mode: 'refuses' })
    expect(ids(await polls(watch, 1))).toEqual([])
    const one = await polls(watch, 1)
    expect(ids(one)).toEqual(['ALARM_MARGIN_ONE', 'ALARM_NODE_DOWN/city-0'])
    expect(one).toMatchObject({ margin: 1, forecast: { level: 'none' } })
    expect(one.nodes[0]).toMatchObject({ up: false, condition: 'refused', height: null, lastSeenMs: clock.nowMs() - 1_600 })
    set(3, { mode: 'refuses' })
    const two = await polls(watch, 2)
    expect(ids(two)).toEqual(['ALARM_MARGIN_ZERO', 'ALARM_NODE_DOWN/city-0', 'ALARM_NODE_DOWN/city-3'])
    expect(two).toMatchObject({ margin: 0, forecast: { level: 'nextFault' } })
    set(6, { mode: 'refuses' })
    const three = await polls(watch, 2, { isMoving: false })
    expect(ids(three)).toContain('ALARM_QUORUM_LOST')
    expect(ids(three)).not.toContain('ALARM_MARGIN_ZERO')
    expect(three.forecast.level).toBe('now')
    clock.advance(10_000)
    expect(ids(await polls(watch, 1, { isMoving: false }))).toEqual([
      'ALARM_QUORUM_LOST',
      'ALARM_STALLED',
      'ALARM_NODE_DOWN/city-0',
      'ALARM_NODE_DOWN/city-3',
      'ALARM_NODE_DOWN/city-6',
    ])
    for (const index of [0, 3, 6]) set(index, {})
    expect(ids(await polls(watch, 1))).toEqual([])
    expect(changes.filter(({ kind }) => kind === 'cleared').length).toBe(changes.filter(({ kind }) => kind === 'raised').length)
  })

  test.each([
    ['hangs', 'hangs'],
    ['broken', 'broken'],
    ['error500', 'broken'],
    ['endless', 'broken'],
  ] as const)('one that %s is down after two polls, and holds up nobody', async (mode, condition) => {
    const watch = watchIt({ thresholds: { answerWithinMs: 400 } })
    await polls(watch, 2)
    set(2, { mode })
    const startedAt = performance.now()
    const snapshot = await polls(watch, 2)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    expect(ids(snapshot)).toEqual(['ALARM_MARGIN_ONE', 'ALARM_NODE_DOWN/city-2'])
    expect(snapshot.nodes[2]).toMatchObject({ up: false, condition })
    expect(snapshot.height).toBe(fleet.head.blockIndex)
  })

  test('one failed poll is no alarm, also again and again', async () => {
    const watch = watchIt()
    for (let round = 0; round < 4; round++) {
      set(1, { mode: 'refuses' })
      await polls(watch, 1)
      set(1, {})
      await polls(watch, 1)
    }
    expect(changes).toEqual([])
  })

  test('when this process itself was held up, no node is blamed', async () => {
    const heldUp: typeof fetch = (url, init) => {
      const answer = fleet.fetch(url, init)
      if (String(url) === fleet.nodes[1]!.rpcUrl) for (const until = performance.now() + 1_000; performance.now() < until; );
      return answer
    }
    let isHeldUp = false
    const thresholds = { answerWithinMs: 400 }
    const watch = watchIt({ thresholds, fetch: (url, init) => (isHeldUp ? heldUp(url, init) : fleet.fetch(url, init)) })
    await polls(watch, 2)
    set(1, { mode: 'hangs' })
    isHeldUp = true
    await polls(watch, 2)
    expect(changes).toEqual([])
    isHeldUp = false
    expect(ids(await polls(watch, 2))).toContain('ALARM_NODE_DOWN/city-1')
  })

  test('all: the watch says so, and says when they are back', async () => {
    const watch = watchIt()
    await polls(watch, 2)
    for (const index of fleet.nodes.keys()) set(index, { mode: 'refuses' })
    expect(await polls(watch, 2, { isMoving: false })).toMatchObject({ margin: -5, alarms: expect.objectContaining({ length: 8 }) })
    for (const index of fleet.nodes.keys()) set(index, {})
    expect(await polls(watch, 1)).toMatchObject({ margin: 2, alarms: [] })
  })

  test('one that was down from the beginning counts as lost after two polls', async () => {
    set(4, { mode: 'refuses' })
    const watch = watchIt()
    expect(await polls(watch, 1)).toMatchObject({ margin: 2, alarms: [] })
    expect(ids(await polls(watch, 1))).toEqual(['ALARM_MARGIN_ONE', 'ALARM_NODE_DOWN/city-4'])
  })

  test('one of another network is none of ours', async () => {
    set(4, { magic: 1 })
    const snapshot = await polls(watchIt(), 2)
    expect(ids(snapshot)).toEqual(['ALARM_MARGIN_ONE', 'ALARM_NODE_DOWN/city-4'])
    expect(snapshot.nodes[4]!.condition).toBe('otherNetwork')
  })
})

describe('a node that lies', () => {
  const impostor = async () =>
    accountOf(await Promise.all([1, 2, 3, 4, 5, 6, 7].map(n => importSigner('P-256', sha256(utf8ToBytes(`impostor ${n}`))))))

  test('about its height, and has no header to show, is found out, and moves nothing', async () => {
    const watch = watchIt()
    await polls(watch, 2)
    set(5, { behind: -1_000 })
    expect(ids(await polls(watch, 1))).toEqual([])
    const snapshot = await polls(watch, 1)
    expect(ids(snapshot)).toEqual(['ALARM_LYING/city-5', 'ALARM_MARGIN_ONE'])
    expect(snapshot).toMatchObject({ height: fleet.head.blockIndex, margin: 1 })
    expect(snapshot.nodes[5]).toMatchObject({ up: false, condition: 'lies' })
    expect(snapshot.alarms[0]).toMatchObject({ certainty: 'proven', severity: 'critical' })
  })

  test.each(['others', 'too few', 'another network'])('with a header above the head that is signed by %s', async how => {
    const watch = watchIt()
    await polls(watch, 2)
    const { blockIndex, hash, timeMs } = fleet.head
    const wrong = {
      others: { signedBy: await impostor() },
      'too few': { signatures: 4 },
      'another network': { magic: magic + 1 },
    }[how]!
    const header = await fleet.header({ blockIndex: blockIndex + 20, previousHash: hash, timeMs: timeMs + 1, ...wrong })
    set(0, { behind: -20, headers: new Map([[header.blockIndex, header]]) })
    const snapshot = await polls(watch, 2, { isMoving: false })
    expect(ids(snapshot)).toContain('ALARM_LYING/city-0')
    expect(snapshot.height).toBe(blockIndex)
  })

  test('about a hash, while its header is the true one', async () => {
    set(3, { hash: () => 'ab'.repeat(32) })
    expect(ids(await polls(watchIt(), 2))).toEqual(['ALARM_LYING/city-3', 'ALARM_MARGIN_ONE'])
  })

  test('with another block at the common height that only four signed', async () => {
    const watch = watchIt()
    await polls(watch, 2)
    const { blockIndex, previousHash, timeMs } = fleet.head
    const header = await fleet.header({ blockIndex, previousHash, timeMs: timeMs + 1, signatures: 4 })
    set(6, { headers: new Map([[blockIndex, header]]) })
    expect(ids(await polls(watch, 1))).toEqual(['ALARM_LYING/city-6', 'ALARM_MARGIN_ONE'])
  })

  test('by saying little: a height that is too low is lagging, not lying, for it may be so', async () => {
    await fleet.grow(60)
    set(6, { behind: 50 })
    const watch = watchIt()
    await polls(watch, 8)
    expect(ids(watch.snapshot())).toEqual(['ALARM_MARGIN_ONE', 'ALARM_LAGGING/city-6'])
  })

  test('and stops lying is let go half a minute later', async () => {
    const watch = watchIt()
    set(3, { hash: () => 'ab'.repeat(32) })
    await polls(watch, 2)
    set(3, {})
    expect(ids(await polls(watch, 2))).toEqual(['ALARM_LYING/city-3'])
    clock.advance(30_000)
    expect(ids(await polls(watch, 1))).toEqual([])
  })

  test('cannot be told without the keys of the validators, but nothing else breaks', async () => {
    set(3, { hash: () => 'ab'.repeat(32) })
    const nodes = fleet.nodes.map(({ publicKey: _, ...node }) => node)
    const snapshot = await polls(watchIt({ nodes }), 2)
    expect(snapshot.height).toBe(fleet.head.blockIndex)
    expect(snapshot.nodes.every(node => node.viewChanges === 0)).toBe(true)
  })
})

describe('a fork', () => {
  test('two blocks of one height, both signed by a quorum, are proven, with the evidence', async () => {
    const watch = watchIt()
    await polls(watch, 2)
    const { blockIndex, previousHash, timeMs } = fleet.head
    const other = await fleet.header({ blockIndex, previousHash, timeMs: timeMs + 1 })
    set(2, { headers: new Map([[blockIndex, other]]), behind: 1 })
    const snapshot = await polls(watch, 1)
    expect(ids(snapshot)).toEqual(['ALARM_FORK/city-2', 'ALARM_MARGIN_ONE'])
    const [alarm] = snapshot.alarms
    expect(alarm).toMatchObject({ certainty: 'proven', severity: 'critical' })
    const headers = alarm!.evidence!.map(text => parseHeader(base64ToBytes(text)))
    expect(new Set(headers.map(({ hash }) => hash)).size).toBe(2)
    expect(headers.map(header => header.blockIndex)).toEqual([blockIndex, blockIndex])
    const { nextConsensus } = trustAnchorOf({ magic, validators: fleet.nodes.map(node => ({ ...node, publicKey: node.publicKey! })) })
    for (const header of headers) await verifyHeader(header, { magic, nextConsensus })
  })

  test('blocks that were on no disks and were lost when all were killed may be replaced', async () => {
    const watch = watchIt()
    for (const index of fleet.nodes.keys()) set(index, { persisted: 4 })
    await polls(watch, 3)
    fleet.lose(2)
    const { blockIndex, hash, timeMs } = fleet.head
    expect(ids(await polls(watch, 2, { isMoving: false }))).toEqual([])
    await fleet.grow(1, 1)
    expect(fleet.head).toMatchObject({ blockIndex: blockIndex + 1, previousHash: hash })
    expect(ids(await polls(watch, 2, { isMoving: false }))).toEqual([])
    clock.advance(timeMs - clock.nowMs() + 60_000)
    await fleet.grow(3, 1)
    expect(ids(await polls(watch, 2))).toEqual([])
    expect(watch.snapshot().height).toBe(fleet.head.blockIndex)
  })

  test('blocks that were on the disks of a quorum may not', async () => {
    const watch = watchIt()
    await polls(watch, 3)
    fleet.lose(2)
    await fleet.grow(4, 1)
    const snapshot = await polls(watch, 1)
    expect(ids(snapshot)).toContain('ALARM_FORK')
  })
})

describe('a state root', () => {
  test('that differs from the signed one is proven, and the node counts as lost', async () => {
    const watch = watchIt()
    await polls(watch, 2)
    set(1, { stateRoot: () => 'cd'.repeat(32) })
    const snapshot = await polls(watch, 1)
    expect(ids(snapshot)).toEqual(['ALARM_STATE_ROOT/city-1', 'ALARM_MARGIN_ONE'])
    expect(snapshot.alarms[0]).toMatchObject({ certainty: 'proven' })
    set(1, {})
    expect(ids(await polls(watch, 1))).toEqual([])
  })

  test('of a node that stands where it went wrong, far behind, is compared there', async () => {
    const watch = watchIt()
    await polls(watch, 2)
    await fleet.grow(30)
    const stuckAt = fleet.head.blockIndex - 30
    set(1, { behind: 30, stateRoot: height => (height === stuckAt ? 'cd'.repeat(32) : undefined) })
    await polls(watch, 1, { isMoving: false })
    const snapshot = await polls(watch, 1, { isMoving: false })
    expect(ids(snapshot)).toContain('ALARM_STATE_ROOT/city-1')
  })

  test('that only the other nodes contradict is seen, not proven, while the chain stands', async () => {
    const watch = watchIt()
    await polls(watch, 2)
    await polls(watch, 1, { isMoving: false })
    set(1, { stateRoot: height => (height === fleet.head.blockIndex ? 'cd'.repeat(32) : undefined) })
    const snapshot = await polls(watch, 1, { isMoving: false })
    expect(snapshot.alarms.find(({ code }) => code === 'ALARM_STATE_ROOT')).toMatchObject({ node: 'city-1', certainty: 'seen' })
  })
})

describe('a node behind the others', () => {
  test.each([
    [9, []],
    [10, ['ALARM_MARGIN_ONE', 'ALARM_LAGGING/city-0']],
  ])('by %d blocks', async (behind, expected) => {
    set(0, { behind })
    await fleet.grow(10)
    expect(ids(await polls(watchIt(), 8))).toEqual(expected)
  })

  test('is no alarm before five seconds, nor once it has caught up', async () => {
    await fleet.grow(10)
    const watch = watchIt()
    set(0, { behind: 15 })
    expect(ids(await polls(watch, 7))).toEqual([])
    expect(ids(await polls(watch, 1))).toContain('ALARM_LAGGING/city-0')
    set(0, {})
    expect(ids(await polls(watch, 1))).toEqual([])
  })
})

describe('a chain that stands', () => {
  test('idle: after five of the longest block times', async () => {
    const watch = watchIt()
    await polls(watch, 2)
    clock.advance(9_199)
    expect(ids(await polls(watch, 1, { isMoving: false }))).toEqual([])
    clock.advance(-799)
    expect(ids(await polls(watch, 1, { isMoving: false }))).toEqual(['ALARM_STALLED'])
    expect(ids(await polls(watch, 1))).toEqual([])
  })

  test('while transactions wait: after six seconds', async () => {
    const watch = watchIt()
    await polls(watch, 2)
    set(1, { pooled: 3 })
    clock.advance(5_199)
    expect(ids(await polls(watch, 1, { isMoving: false }))).toEqual([])
    expect(ids(await polls(watch, 1, { isMoving: false }))).toEqual(['ALARM_STALLED'])
  })

  test('since before the watch began is known from the time of its last block, after two block times', async () => {
    clock.advance(3_600_000)
    const watch = watchIt()
    expect(ids(await polls(watch, 2, { isMoving: false }))).toEqual([])
    expect(ids(await polls(watch, 4, { isMoving: false }))).toEqual(['ALARM_STALLED'])
  })

  test('with a quorum up and connected looks locked after ten block times', async () => {
    const watch = watchIt()
    await polls(watch, 2)
    clock.advance(18_500)
    expect(ids(await polls(watch, 1, { isMoving: false }))).toEqual(['ALARM_STALLED'])
    const snapshot = await polls(watch, 1, { isMoving: false })
    expect(ids(snapshot)).toEqual(['ALARM_DBFT_LOCK', 'ALARM_STALLED'])
    expect(snapshot.alarms[0]).toMatchObject({ certainty: 'inferred', command: expect.stringContaining('network restart-all') })
  })

  test('in two parts does not: too few peers', async () => {
    const watch = watchIt()
    await polls(watch, 2)
    for (const index of fleet.nodes.keys()) set(index, { peers: index < 4 ? 3 : 2 })
    clock.advance(60_000)
    expect(ids(await polls(watch, 1, { isMoving: false }))).toEqual(['ALARM_STALLED'])
  })
})

describe('with the nodes’ folders at hand', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hufu-watch-'))
    for (const { name } of fleet.nodes) mkdirSync(join(folder, name))
  })

  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const here = () => fleet.nodes.map(node => ({ ...node, folder: join(folder, node.name) }))

  function log(index: number, ...lines: readonly [message: string, fields: object][]): void {
    const text = lines.map(([message, fields]) => `2026-11-27T14:28:53.264Z\tINFO\t${message}\t${JSON.stringify(fields)}\n`).join('')
    writeFileSync(join(folder, fleet.nodes[index]!.name, 'node.log'), text, { flag: 'a' })
  }

  test('a lock shows in the logs at the next poll, and goes with the restart of all', async () => {
    const watch = watchIt({ nodes: here() })
    const height = fleet.head.blockIndex + 1
    for (const index of fleet.nodes.keys()) log(index, ['initializing dbft', { height, view: 0, index, role: 'Backup' }])
    for (const index of [0, 1]) log(index, ['sending Commit', { height, view: 0 }])
    for (const index of [3, 4, 5, 6]) log(index, ['changing dbft view', { height, view: 1, index, role: 'Backup' }])
    const before = await polls(watch, 1, { isMoving: false })
    expect(ids(before)).toEqual([])
    expect(before.nodes.map(({ consensus }) => [consensus?.view, consensus?.committedView])).toEqual([
      [0, 0],
      [0, 0],
      [0, null],
      ...new Array(4).fill([1, null]),
    ])
    log(2, ['sending Commit', { height, view: 0 }])
    const locked = await polls(watch, 1, { isMoving: false })
    expect(ids(locked)).toEqual(['ALARM_DBFT_LOCK'])
    expect(locked.alarms[0]).toMatchObject({ certainty: 'proven', severity: 'critical' })
    for (const index of fleet.nodes.keys()) {
      log(index, ['starting consensus service', {}], ['initializing dbft', { height, view: 0, index, role: 'Backup' }])
    }
    expect(ids(await polls(watch, 1))).toEqual([])
  })

  test('a lock that the return of a lost validator would resolve is none', async () => {
    const watch = watchIt({ nodes: here() })
    const height = fleet.head.blockIndex + 1
    for (const index of fleet.nodes.keys()) log(index, ['initializing dbft', { height, view: 0, index, role: 'Backup' }])
    for (const index of [0, 1, 2]) log(index, ['sending Commit', { height, view: 0 }])
    for (const index of [3, 4]) log(index, ['changing dbft view', { height, view: 1, index, role: 'Backup' }])
    set(5, { mode: 'refuses' })
    set(6, { mode: 'refuses' })
    expect(ids(await polls(watch, 3, { isMoving: false }))).not.toContain('ALARM_DBFT_LOCK')
  })

  test('four that committed, two that asked to leave, and one that says nothing look locked once the chain stands', async () => {
    const watch = watchIt({ nodes: here() })
    await polls(watch, 1)
    const height = fleet.head.blockIndex + 1
    for (const index of fleet.nodes.keys()) if (index !== 6) log(index, ['initializing dbft', { height, view: 0, index, role: 'Backup' }])
    for (const index of [0, 1, 2, 3]) log(index, ['sending Commit', { height, view: 0 }])
    for (const index of [4, 5]) log(index, ['request change view', { height, view: 0, new_view: 1 }])
    expect(ids(await polls(watch, 2, { isMoving: false }))).toEqual([])
    clock.advance(9_000)
    const snapshot = await polls(watch, 1, { isMoving: false })
    expect(ids(snapshot)).toEqual(['ALARM_DBFT_LOCK', 'ALARM_STALLED'])
    expect(snapshot.alarms[0]).toMatchObject({ certainty: 'inferred' })
    // In two parts, it would look the same in the logs: then it is no lock.
    for (const index of fleet.nodes.keys()) set(index, { peers: 3 })
    expect(ids(await polls(watch, 1, { isMoving: false }))).toEqual(['ALARM_STALLED'])
  })

  test('a lock in the logs is not waited for until the next poll', async () => {
    const watch = watchIt({ nodes: here(), isManual: false, thresholds: { pollMs: 60_000, answerWithinMs: 5_000 } })
    const first = Promise.withResolvers<void>()
    watch.onSnapshot(() => first.resolve())
    await first.promise
    const raised = Promise.withResolvers<AlarmChange>()
    watch.onAlarm(change => raised.resolve(change))
    const height = fleet.head.blockIndex + 1
    for (const index of fleet.nodes.keys()) log(index, ['initializing dbft', { height, view: 0, index, role: 'Backup' }])
    for (const index of [0, 1, 2]) log(index, ['sending Commit', { height, view: 0 }])
    for (const index of [3, 4, 5, 6]) log(index, ['changing dbft view', { height, view: 1, index, role: 'Backup' }])
    expect((await raised.promise).alarm.code).toBe('ALARM_DBFT_LOCK')
  })

  test.each([
    [2 * 1024 ** 3, 0],
    [2 * 1024 ** 3 - 1, 7],
  ])('%d free bytes', async (free, alarms) => {
    const snapshot = await polls(watchIt({ nodes: here(), diskFree: async () => free }), 2)
    expect(snapshot.alarms.filter(({ code }) => code === 'ALARM_DISK')).toHaveLength(alarms)
    expect(snapshot.nodes[0]!.diskFreeBytes).toBe(free)
  })

  test('a disk that fills is foretold, and the stall that follows', async () => {
    let free = 100 * 1024 ** 3
    const watch = watchIt({ nodes: here(), diskFree: async () => free })
    for (let minute = 0; minute < 12; minute++) {
      clock.advance(60_000)
      free -= 1024 ** 3
      await fleet.grow(1)
      await watch.poll()
    }
    const snapshot = watch.snapshot()
    expect(snapshot.nodes[0]!.diskFullInMs).toBeCloseTo(88 * 60_000, -4)
    expect(snapshot.alarms.filter(({ code, certainty }) => code === 'ALARM_DISK' && certainty === 'inferred')).toHaveLength(7)
    expect(snapshot.forecast).toMatchObject({ level: 'trend', inMs: snapshot.nodes[0]!.diskFullInMs })
  })

  test('a disk that cannot be read is not known', async () => {
    const snapshot = await polls(watchIt({ nodes: here(), diskFree: () => Promise.reject(new Error('no such folder')) }), 2)
    expect(snapshot).toMatchObject({ alarms: [], nodes: expect.arrayContaining([expect.objectContaining({ diskFreeBytes: null })]) })
  })
})

test('view changes are counted from the signed headers, and by whose turn was passed over', async () => {
  const watch = watchIt()
  await polls(watch, 1)
  // Block 7 in view 0; block 8 in view 2, after validators 8 mod 7 = 1 and 0 missed their turns; block 9 in view 1, after 2 did.
  await fleet.grow(1)
  await fleet.grow(1, 2)
  await fleet.grow(1, 1)
  const snapshot = await polls(watch, 1, { isMoving: false })
  expect(fleet.head.blockIndex).toBe(9)
  expect(snapshot.viewChanges).toBe(3)
  expect(snapshot.nodes.map(({ viewChanges }) => viewChanges)).toEqual([1, 1, 1, 0, 0, 0, 0])
  expect(snapshot.nodes.reduce((sum, node) => sum + node.proposed, 0)).toBe(fleet.head.blockIndex + 1)
})

test('nonsense from a node breaks nothing', async () => {
  const nonsense = [null, -1, 1e300, 'x', {}, [], [[]], true, { protocol: null }, { roothash: 7 }, '0x', Number.MAX_SAFE_INTEGER, '\u0000']
  const watch = watchIt()
  await polls(watch, 2)
  let next = 0
  set(0, { answer: () => nonsense[next++ % nonsense.length] })
  for (let poll = 0; poll < 26; poll++) expect((await polls(watch, 1)).height).toBe(fleet.head.blockIndex)
  expect(
    watch
      .snapshot()
      .nodes.slice(1)
      .every(node => node.up),
  ).toBe(true)
})

describe('the rhythm', () => {
  test('polls by itself until it is stopped', async () => {
    const watch = watchIt({ isManual: false, thresholds: { pollMs: 20, answerWithinMs: 5_000 } })
    let seen = 0
    const enough = Promise.withResolvers<void>()
    const end = watch.onSnapshot(() => {
      if (++seen === 5) enough.resolve()
    })
    await enough.promise
    end()
    watch.stop()
    const calls = fleet.calls.length
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(fleet.calls.length - calls).toBeLessThanOrEqual(7 * 6)
    expect(seen).toBe(5)
  })

  test('two who ask at once get one poll', async () => {
    const watch = watchIt()
    await Promise.all([watch.poll(), watch.poll()])
    expect(fleet.calls.filter(call => call === '0 getblockcount')).toHaveLength(1)
  })
})

test('refuses a fleet without nodes, or with two of one name', () => {
  expect(() => watchIt({ nodes: [] })).toThrow(TypeError)
  expect(() => watchIt({ nodes: [fleet.nodes[0]!, { ...fleet.nodes[1]!, name: fleet.nodes[0]!.name }] })).toThrow(TypeError)
})

test('keys in the fixture are in the order of the network', () => {
  const keys = fleet.nodes.map(({ publicKey }) => publicKey!.slice(2))
  expect(keys).toEqual(keys.toSorted())
  expect(bytesToHex(fleet.head.verificationScript)).toContain(fleet.nodes[3]!.publicKey!)
})
