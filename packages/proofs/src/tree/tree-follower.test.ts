import { status } from '@hufu/bindings'
import { parseScriptHash, type ScriptHash, scriptHashToBytes } from '@hufu/ledger'
import { compareBytes, concatBytes } from '@hufu/primitives'
import { beforeAll, expect, test } from 'vitest'
import { FakeStatusLedger, statusContract } from '../../test/fake-status-ledger.ts'
import { createScalarEngine } from '../field/scalar-engine.ts'
import { scalarModulus } from '../field/scalar-field.ts'
import { scalarsToBytes } from '../field/scalar-vector.ts'
import { CredentialTree } from './credential-tree.ts'
import type { EpochRoots, IsAccredited } from './epoch-roots.ts'
import { createNodeHasher, type NodeHasher } from './node-hasher.ts'
import { verifyBucket } from './tree-bucket.ts'
import { TreeFollower } from './tree-follower.ts'
import type { TreeAlarm, TreeKey } from './tree-root.ts'

const calls = status(statusContract)
const typeId = 'resident'
const issuers = ['aa', 'bb', 'cc'].map((byte, index) => parseScriptHash(`${'0'.repeat(36)}${byte}0${index}`))
const [first, second] = issuers as [ScriptHash, ScriptHash]
const key: TreeKey = { issuer: first, typeId }
const code = (name: string) => expect.objectContaining({ code: name })
let hasher: NodeHasher

beforeAll(async () => {
  hasher = createNodeHasher(await createScalarEngine())
})

const leavesOf = (count: number, seed: number) =>
  scalarsToBytes(Array.from({ length: count }, (_, index) => BigInt(seed * 100_003 + index + 1)))

/** An issuer that keeps its own tree and submits what becomes of it; `root` in place of the right one. */
function issuing(ledger: FakeStatusLedger, issuer: ScriptHash) {
  const tree = new CredentialTree(hasher)
  return {
    tree,
    append(leaves: Uint8Array, root?: Uint8Array) {
      const firstIndex = BigInt(tree.size)
      tree.append(leaves)
      ledger.addBlock([calls.append({ issuer, typeId, firstIndex, leaves, root: root ?? tree.root })])
    },
    set(indices: readonly number[], leaves: Uint8Array) {
      tree.setLeaves(indices, leaves)
      ledger.addBlock([calls.setLeaves({ issuer, typeId, indices: indices.map(BigInt), leaves, root: tree.root })])
    },
  }
}

function follower(onAlarm?: (alarm: TreeAlarm) => void, isAccredited: IsAccredited = async () => true): TreeFollower {
  return new TreeFollower({
    contract: statusContract,
    hasher,
    isAccredited,
    epochMs: 10_000,
    ...(onAlarm === undefined ? {} : { onAlarm }),
  })
}

/** All that a follower answers. */
async function answers(from: TreeFollower) {
  const epochs: (EpochRoots | null)[] = []
  for (const { epoch } of from.epochs) epochs.push(await from.epochRoots(typeId, epoch))
  const roots = await Promise.all(issuers.map(issuer => from.roots({ issuer, typeId }, { from: 1, limit: 1_000 })))
  return { epochs, roots, alarms: from.alarms, cursor: from.cursor, trees: from.trees }
}

async function busyLedger() {
  const ledger = new FakeStatusLedger()
  const [one, two] = [issuing(ledger, first), issuing(ledger, second)]
  for (let round = 0; round < 20; round++) {
    one.append(leavesOf(300, round))
    two.append(leavesOf(1, 100 + round))
    one.set([round, round * 7 + 1], new Uint8Array(64))
    if (round % 3 === 0) ledger.addBlock()
    one.set([round], leavesOf(1, round))
  }
  return { ledger, one, two }
}

test('rebuilds every tree and finds its roots right', async () => {
  const { ledger, one, two } = await busyLedger()
  const alarms: TreeAlarm[] = []
  const following = follower(alarm => alarms.push(alarm))
  await following.apply(ledger.from(0))
  expect(alarms).toEqual([])
  expect((await following.latestRoot(key))!.root).toEqual(one.tree.root)
  expect((await following.latestRoot({ issuer: second, typeId }))!.root).toEqual(two.tree.root)
  expect(await following.latestRoot({ issuer: first, typeId: 'another' })).toBeNull()
  expect(await following.rootAt(key, 3)).toMatchObject({ rootIndex: 3, size: 300, timeMs: 4_000, blockIndex: 4 })
  expect(await following.rootAt(key, 0)).toBeNull()
  expect(await following.rootAt(key, 61)).toBeNull()
  expect((await following.roots(key, { from: 2, limit: 3 })).map(({ rootIndex }) => rootIndex)).toEqual([2, 3, 4])
})

test('serves buckets of the tree as each root left it', async () => {
  const { ledger } = await busyLedger()
  const following = follower()
  await following.apply(ledger.from(0))
  for (const root of (await following.roots(key, { from: 1, limit: 1_000 })).filter(({ rootIndex }) => rootIndex % 9 === 1)) {
    for (let bucket = 0; bucket * 4_096 < root.size; bucket++) {
      verifyBucket((await following.bucket(key, bucket, root.rootIndex))!, root.root, hasher)
    }
    await expect(following.bucket(key, Math.ceil(root.size / 4_096), root.rootIndex)).rejects.toThrow(code('ERR_PROOF_TREE'))
  }
  expect(await following.bucket(key, 0, 0)).toBeNull()
  expect(await following.bucket(key, 0, 61)).toBeNull()
})

test('forgets what trees were long ago, but not their roots', async () => {
  const { ledger } = await busyLedger()
  const following = new TreeFollower({ contract: statusContract, hasher, isAccredited: async () => true, epochMs: 1_000, historyMs: 5_000 })
  await following.apply(ledger.from(0))
  const count = (await following.latestRoot(key))!.rootIndex
  expect(await following.bucket(key, 0, count - 1)).not.toBeNull()
  expect(await following.bucket(key, 0, 1)).toBeNull()
  expect(await following.rootAt(key, 1)).not.toBeNull()
})

test.each(['root', 'leaf'] as const)('an issuer whose %s is false is alarmed on, and following goes on', async reason => {
  const ledger = new FakeStatusLedger()
  const issuer = issuing(ledger, first)
  issuer.append(leavesOf(5, 1))
  const right = issuer.tree.root
  if (reason === 'root') issuer.append(leavesOf(5, 2), right)
  // Leaves that are no scalars count as 0, so this root would be right.
  else {
    issuer.tree.append(new Uint8Array(32))
    const leaves = scalarsToBytes([scalarModulus])
    ledger.addBlock([calls.append({ issuer: first, typeId, firstIndex: 5n, leaves, root: issuer.tree.root })])
  }
  const expected = issuer.tree.root
  const alarms: TreeAlarm[] = []
  const following = follower(alarm => alarms.push(alarm))
  await following.apply(ledger.from(0))
  const alarm = { ...key, rootIndex: 2, blockIndex: 1, timeMs: 1_000, reason, expected, published: reason === 'root' ? right : expected }
  expect(alarms).toEqual([alarm])
  issuer.append(leavesOf(3, 3))
  await following.apply(ledger.from(2))
  expect(alarms).toHaveLength(1)
  expect(following.alarms).toEqual([alarm])
  expect(await following.latestRoot(key)).toEqual({
    rootIndex: 3,
    size: issuer.tree.size,
    root: issuer.tree.root,
    timeMs: 2_000,
    blockIndex: 2,
  })
})

test('refuses to go on where a block is missing', async () => {
  const ledger = new FakeStatusLedger()
  const issuer = issuing(ledger, first)
  for (let round = 0; round < 3; round++) issuer.append(leavesOf(2, round))
  const following = follower()
  await following.apply(ledger.from(0))
  const late = follower()
  await expect(late.apply(ledger.from(1))).rejects.toThrow(code('ERR_PROOF_TREE'))
})

test('a rebuild, and going on from any snapshot, give the same', async () => {
  const { ledger, one } = await busyLedger()
  one.append(leavesOf(2, 50), one.tree.root)
  one.append(leavesOf(2, 51))
  const whole = follower()
  await whole.apply(ledger.from(0))
  const expected = await answers(whole)
  expect(expected.alarms).toHaveLength(1)
  const stopped = follower()
  let snapshots = 0
  await stopped.apply(ledger.from(0), async isFirstOfEpoch => {
    if (!isFirstOfEpoch) return
    snapshots++
    const { state, trees } = stopped.snapshot()
    const kept = new Map(trees.map(({ name, pieces }) => [name, concatBytes(...pieces())]))
    const resumed = follower()
    await resumed.load(state, async name => kept.get(name)!)
    await resumed.apply(ledger.from(stopped.cursor!.blockIndex + 1))
    expect(await answers(resumed)).toEqual(expected)
    for (const damaged of [state.map((byte, index) => (index === 80 ? byte ^ 1 : byte)), state.slice(1), new Uint8Array()]) {
      await expect(follower().load(damaged, async name => kept.get(name)!)).rejects.toThrow(code('ERR_PROOF_TREE'))
    }
    if (trees.length === 0) return
    for (const damage of [
      (nodes: Uint8Array) => nodes.slice(0, -32),
      (nodes: Uint8Array) => nodes.map((byte, index) => (index === 40 ? byte ^ 1 : byte)),
    ]) {
      await expect(follower().load(state, async name => damage(kept.get(name)!))).rejects.toThrow(code('ERR_PROOF_TREE'))
    }
  })
  expect(snapshots).toBeGreaterThan(5)
})

test('an epoch has the roots as they stood at its first block, of accredited issuers, in the order of their hashes', async () => {
  const ledger = new FakeStatusLedger()
  const [one, two, three] = issuers.map(issuer => issuing(ledger, issuer)) as [
    ReturnType<typeof issuing>,
    ReturnType<typeof issuing>,
    ReturnType<typeof issuing>,
  ]
  for (let block = 0; block < 8; block++) (block % 2 === 0 ? one : two).append(leavesOf(1, block))
  three.append(leavesOf(1, 9))
  two.append(leavesOf(1, 10))
  // Block 10, the first of epoch 1.
  one.append(leavesOf(1, 11))
  const atEpoch = [one.tree.root, two.tree.root, three.tree.root]
  two.append(leavesOf(1, 12))
  const asked: unknown[] = []
  const following = follower(undefined, async (issuer, type, atMs) => {
    asked.push([type, atMs])
    return issuer !== issuers[2]
  })
  await following.apply(ledger.from(0))
  expect(following.epochs.map(({ epoch, blockIndex }) => [epoch, blockIndex])).toEqual([
    [0, 0],
    [1, 10],
  ])
  const roots = (await following.epochRoots(typeId, 'latest'))!
  expect(roots).toMatchObject({ typeId, epoch: 1, height: 10, timeMs: 10_000 })
  expect(roots.lists.map(list => list.map(({ root }) => root.root))).toEqual([[atEpoch[0], atEpoch[1]]])
  expect(asked).toEqual(Array(3).fill([typeId, 10_000]))
  expect(await following.epochRoots(typeId, { height: 10 })).toEqual(roots)
  for (const unknown of [2, { height: 9 }, { height: 11 }]) expect(await following.epochRoots(typeId, unknown)).toBeNull()
  expect((await following.epochRoots('another', 1))!.lists).toEqual([])
  expect((await following.epochRoots(typeId, 0))!.lists.flat().map(({ issuer }) => issuer)).toEqual([first])
})

test('whether issuers were accredited in an epoch is asked once, when the registry is sure to know', async () => {
  const ledger = new FakeStatusLedger()
  issuing(ledger, first).append(leavesOf(1, 1))
  let asked = 0
  const following = follower(undefined, async () => ++asked > 0)
  await following.apply(ledger.from(0))
  for (const expected of [1, 2]) {
    await following.epochRoots(typeId, 0)
    expect(asked).toBe(expected)
  }
  for (let block = 1; block <= 2; block++) {
    ledger.addBlock()
    await following.apply(ledger.from(block))
  }
  for (let call = 0; call < 3; call++) {
    expect((await following.epochRoots(typeId, 0))!.lists).toHaveLength(1)
    expect(asked).toBe(3)
  }
})

test('more than eight issuers stand in several lists, and one whose latest root is false in none', async () => {
  const ledger = new FakeStatusLedger()
  const many = Array.from({ length: 11 }, (_, index) => parseScriptHash(index.toString(16).padStart(2, '0').repeat(20)))
  for (const issuer of many) issuing(ledger, issuer).append(leavesOf(1, 1), issuer === many[4] ? new Uint8Array(32) : undefined)
  const following = new TreeFollower({ contract: statusContract, hasher, isAccredited: async () => true, epochMs: 11_000 })
  await following.apply(ledger.from(0))
  ledger.addBlock()
  await following.apply(ledger.from(11))
  const { lists } = (await following.epochRoots(typeId, 1))!
  expect(lists.map(list => list.length)).toEqual([8, 2])
  const listed = lists.flat().map(({ issuer }) => issuer)
  expect(listed).not.toContain(many[4])
  expect(listed).toEqual(listed.toSorted((left, right) => compareBytes(scriptHashToBytes(left), scriptHashToBytes(right))))
})
