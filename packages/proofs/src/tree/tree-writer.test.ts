import { status } from '@hufu/bindings'
import { type Account, LedgerError, parseScriptHash } from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'
import { beforeAll, expect, test } from 'vitest'
import { FakeStatusLedger, statusContract } from '../../test/fake-status-ledger.ts'
import { createScalarEngine } from '../field/scalar-engine.ts'
import { scalarsToBytes } from '../field/scalar-vector.ts'
import { CredentialTree } from './credential-tree.ts'
import { createNodeHasher, type NodeHasher } from './node-hasher.ts'
import { TreeFollower } from './tree-follower.ts'
import { MemoryTreeLog, type TreeLogEntry } from './tree-log.ts'
import type { TreeAlarm } from './tree-root.ts'
import { TreeWriter } from './tree-writer.ts'

const key = { issuer: parseScriptHash('aa'.repeat(20)), typeId: 'resident' }
const code = (name: string) => expect.objectContaining({ code: name })
const zero = new Uint8Array(32)
let hasher: NodeHasher

beforeAll(async () => {
  hasher = createNodeHasher(await createScalarEngine())
})

const leavesOf = (count: number, seed = 1) =>
  scalarsToBytes(Array.from({ length: count }, (_, index) => BigInt(seed * 100_003 + index + 1)))
const leafAt = (leaves: Uint8Array, index: number) => leaves.slice(index * 32, index * 32 + 32)

/** A writer that begins with nothing but the ledger and its log, as after a crash. */
async function open(ledger: FakeStatusLedger, log = new MemoryTreeLog()) {
  const alarms: TreeAlarm[] = []
  const follower = new TreeFollower({
    contract: statusContract,
    hasher,
    isAccredited: async () => true,
    onAlarm: alarm => alarms.push(alarm),
  })
  let next = 0
  const refresh = async () => {
    if (next > ledger.height) return
    const first = next
    next = ledger.height + 1
    await follower.apply(ledger.from(first))
  }
  const source = { followedTree: follower.followedTree.bind(follower), refresh, reached: refresh }
  const client = { submit: ledger.submit.bind(ledger), resume: async () => new Map() }
  const clock = { nowMs: () => 42 }
  const writer = await TreeWriter.open({ client, contract: statusContract, key, account: {} as Account, source, hasher, log, clock })
  return { writer, follower, alarms, refresh, tree: () => follower.followedTree(key)!.tree }
}

test('appends in batches of 2,000 and sets in batches of 500, with right roots', async () => {
  const ledger = new FakeStatusLedger()
  const { writer, alarms, tree } = await open(ledger)
  const leaves = leavesOf(4_100)
  expect(await writer.append(leaves)).toEqual(Array.from({ length: 4_100 }, (_, index) => index))
  expect(ledger.blocks).toHaveLength(3)
  await writer.revokeLeaves(
    Array.from({ length: 501 }, (_, index) => index * 8),
    'moved away',
  )
  expect(ledger.blocks).toHaveLength(5)
  expect(await writer.append(leavesOf(2, 2))).toEqual([4_100, 4_101])
  expect(alarms).toEqual([])
  const expected = new CredentialTree(hasher)
  expected.append(leaves)
  expected.setLeaves(
    Array.from({ length: 501 }, (_, index) => index * 8),
    new Uint8Array(501 * 32),
  )
  expected.append(leavesOf(2, 2))
  expect(tree().root).toEqual(expected.root)
})

test('a root that is put right undoes no revocation that another writer makes meanwhile', async () => {
  const ledger = new FakeStatusLedger()
  const other = await open(ledger)
  await other.writer.append(leavesOf(3))
  const submit = ledger.submit.bind(ledger)
  const revoked: number[] = []
  // Before each of the first two calls of the one, the other revokes a leaf.
  ledger.submit = async (calls, options) => {
    const index = [1, 0][revoked.length]
    if (index !== undefined) {
      revoked.push(index)
      await other.writer.revokeLeaves([index], 'moved away')
    }
    return submit(calls, options)
  }
  const { writer, tree, follower } = await open(ledger)
  await writer.append(leavesOf(1, 2))
  expect(revoked).toEqual([1, 0])
  expect([tree().leaf(0), tree().leaf(1)]).toEqual([zero, zero])
  expect(follower.followedTree(key)!.roots.at(-1)!.fault).toBeUndefined()
})

test('what was asked for at the same time is done in turn', async () => {
  const { writer, alarms, tree } = await open(new FakeStatusLedger())
  const indices = await Promise.all([writer.append(leavesOf(3, 1)), writer.append(leavesOf(2, 2)), writer.append(leavesOf(1, 3))])
  expect(indices).toEqual([[0, 1, 2], [3, 4], [5]])
  await Promise.all([writer.suspendLeaves([0], 'a'), writer.append(leavesOf(1, 4)), writer.revokeLeaves([1], 'b')])
  expect(alarms).toEqual([])
  expect(tree().size).toBe(7)
})

test('revokes for good; suspends, and reinstates what was suspended; the log says why', async () => {
  const entries: TreeLogEntry[] = []
  const log = new MemoryTreeLog([], async entry => void entries.push(entry))
  const { writer, alarms, tree } = await open(new FakeStatusLedger(), log)
  const leaves = leavesOf(4)
  await writer.append(leaves)
  const { root } = tree()
  await writer.suspendLeaves([2, 0], 'lost phone')
  expect([tree().leaf(0), tree().leaf(2), tree().leaf(1)]).toEqual([zero, zero, leafAt(leaves, 1)])
  await writer.reinstateLeaves([0, 2], 'found again')
  expect(tree().root).toEqual(root)
  await writer.suspendLeaves([3], 'doubt')
  await writer.revokeLeaves([3, 1], 'fraud')
  await expect(writer.reinstateLeaves([3], 'mistake')).rejects.toThrow(code('ERR_PROOF_TREE'))
  await expect(writer.suspendLeaves([1], 'again')).rejects.toThrow(code('ERR_PROOF_TREE'))
  await writer.reinstateLeaves([2], 'once more')
  expect([tree().leaf(1), tree().leaf(3)]).toEqual([zero, zero])
  expect(alarms).toEqual([])
  expect(entries.slice(0, 2)).toEqual([
    {
      action: 'suspend',
      reason: 'lost phone',
      atMs: 42,
      leaves: [2, 0].map(index => ({ index, leaf: bytesToHex(leafAt(leaves, index)) })),
    },
    {
      action: 'reinstate',
      reason: 'found again',
      atMs: 42,
      leaves: [0, 2].map(index => ({ index, leaf: bytesToHex(leafAt(leaves, index)) })),
    },
  ])
  // The leaf of a credential that was suspended first is kept with its revocation too.
  expect(entries.find(({ reason }) => reason === 'fraud')!.leaves[0]).toEqual({ index: 3, leaf: bytesToHex(leafAt(leaves, 3)) })
})

test('refuses leaves and indices that cannot be meant', async () => {
  const ledger = new FakeStatusLedger()
  const { writer } = await open(ledger)
  await writer.append(leavesOf(2))
  const blocks = ledger.blocks.length
  const refusals = [
    writer.append(new Uint8Array(32)),
    writer.append(scalarsToBytes([7n, 8n, 7n])),
    writer.revokeLeaves([2], 'x'),
    writer.revokeLeaves([0, 0], 'x'),
    writer.suspendLeaves([-1], 'x'),
    writer.reinstateLeaves([0], 'x'),
    writer.reinstateLeaves([5], 'x'),
  ]
  for (const refusal of refusals) await expect(refusal).rejects.toThrow(code('ERR_PROOF_TREE'))
  await expect(writer.append(new Uint8Array(32).fill(255))).rejects.toThrow(code('ERR_PROOF_SCALAR'))
  expect(ledger.blocks).toHaveLength(blocks)
})

test('a crash at any moment, and the same call again, leave every leaf once', async () => {
  const leaves = leavesOf(4_500)
  for (const crash of [0, 1, 2, 3]) {
    for (const moment of ['beforeSubmit', 'afterBlock'] as const) {
      const ledger = new FakeStatusLedger()
      const first = await open(ledger)
      let calls = 0
      ledger[moment] = () => {
        if (calls++ === crash) throw new Error('crash')
      }
      await first.writer.append(leaves).catch(error => expect(error.message).toBe('crash'))
      ledger[moment] = () => undefined
      const { writer, alarms, tree } = await open(ledger)
      expect(await writer.append(leaves)).toEqual(Array.from({ length: 4_500 }, (_, index) => index))
      expect(tree().size).toBe(4_500)
      expect(alarms).toEqual([])
    }
  }
})

test('a crash while leaves are suspended or reinstated can be repeated', async () => {
  for (const moment of ['beforeSubmit', 'afterBlock'] as const) {
    const ledger = new FakeStatusLedger()
    const entries: TreeLogEntry[] = []
    const keep = async (entry: TreeLogEntry) => void entries.push(entry)
    const first = await open(ledger, new MemoryTreeLog([], keep))
    await first.writer.append(leavesOf(3))
    const { root } = first.tree()
    const crash = () => {
      ledger[moment] = () => undefined
      throw new Error('crash')
    }
    ledger[moment] = crash
    await expect(first.writer.suspendLeaves([1], 'a')).rejects.toThrow('crash')
    const second = await open(ledger, new MemoryTreeLog(entries, keep))
    await second.writer.suspendLeaves([1], 'a')
    expect(second.tree().leaf(1)).toEqual(zero)
    ledger[moment] = crash
    await expect(second.writer.reinstateLeaves([1], 'b')).rejects.toThrow('crash')
    const third = await open(ledger, new MemoryTreeLog(entries, keep))
    await third.writer.reinstateLeaves([1], 'b')
    expect(third.tree().root).toEqual(root)
    expect(third.alarms).toEqual([])
  }
})

test('where another writer was quicker, the change is worked out again, and a root that became false is put right', async () => {
  const ledger = new FakeStatusLedger()
  const { writer, alarms, follower, tree } = await open(ledger)
  await writer.append(leavesOf(5))
  const other = new CredentialTree(hasher)
  other.append(leavesOf(5))
  const calls = status(statusContract)
  const once = (call: () => void) => {
    ledger.beforeSubmit = () => {
      ledger.beforeSubmit = () => undefined
      call()
    }
  }
  once(() => {
    other.append(leavesOf(3, 2))
    ledger.addBlock([calls.append({ ...key, firstIndex: 5n, leaves: leavesOf(3, 2), root: other.root })])
  })
  expect(await writer.append(leavesOf(2, 3))).toEqual([8, 9])
  expect(alarms).toEqual([])
  other.append(leavesOf(2, 3))
  once(() => {
    other.setLeaves([0], zero)
    ledger.addBlock([calls.setLeaves({ ...key, indices: [0n], leaves: zero, root: other.root })])
  })
  await writer.revokeLeaves([1], 'x')
  expect(alarms.map(({ reason }) => reason)).toEqual(['root'])
  expect((await follower.latestRoot(key))!.fault).toBeUndefined()
  expect([tree().leaf(0), tree().leaf(1)]).toEqual([zero, zero])
})

test('does nothing while an earlier write may still land', async () => {
  const ledger = new FakeStatusLedger()
  let isUnknown = true
  const submit = ledger.submit.bind(ledger)
  ledger.submit = async (calls, options) => {
    const write = await submit(calls, options)
    const inBlock = async () => {
      if (isUnknown) throw new LedgerError('ERR_LEDGER_UNKNOWN', 'may still land')
      return write.inBlock()
    }
    return { ...write, inBlock }
  }
  const { writer, alarms, tree } = await open(ledger)
  await expect(writer.append(leavesOf(2))).rejects.toThrow(code('ERR_LEDGER_UNKNOWN'))
  await expect(writer.append(leavesOf(1, 2))).rejects.toThrow(code('ERR_LEDGER_UNKNOWN'))
  expect(ledger.keys).toHaveLength(1)
  isUnknown = false
  expect(await writer.append(leavesOf(1, 2))).toEqual([2])
  expect(tree().size).toBe(3)
  expect(alarms).toEqual([])
})
