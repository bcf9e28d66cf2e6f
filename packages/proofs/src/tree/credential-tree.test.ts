import { equalBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { bigIntScalarEngine } from '../field/bigint-scalar-engine.ts'
import { type Scalar, scalarFromBytes, scalarModulus } from '../field/scalar-field.ts'
import { scalarsToBytes } from '../field/scalar-vector.ts'
import { domains } from '../poseidon/domains.ts'
import { poseidon } from '../poseidon/poseidon.ts'
import { CredentialTree } from './credential-tree.ts'
import { createNodeHasher, type NodeHasher } from './node-hasher.ts'
import { pastNodes } from './past-nodes.ts'
import { decodeBucket, encodeBucket, leafOfPath, pathInBucket, verifyBucket, verifyPath } from './tree-bucket.ts'
import type { TreeUndo } from './tree-change.ts'
import { bucketOf, type TreeBucket } from './tree-nodes.ts'

const hasher = createNodeHasher(bigIntScalarEngine)

/** Stands in for Poseidon where many nodes are hashed: mixes the children's bytes, and counts. */
function quickHasher(): NodeHasher & { count: number } {
  const quick = {
    count: 0,
    hashNodes(children: Uint8Array) {
      const nodes = new Uint8Array(children.length / 8)
      for (let start = 0; start < children.length; start += 256) {
        quick.count++
        let state = 2166136261
        for (let index = 0; index < 256; index++) state = Math.imul(state ^ (children[start + index]! + index), 16777619)
        for (let index = 0; index < 8; index++) nodes[start / 8 + index] = state >>> (index * 4)
      }
      return nodes
    },
  }
  return quick
}

/** The root as the specification says it, from the leaves alone. */
function plainRoot(leaves: readonly Scalar[]): Scalar {
  let level = [...leaves]
  let empty = 0n
  for (let depth = 0; depth < 11; depth++) {
    const parents: Scalar[] = []
    for (let first = 0; first < Math.max(level.length, 1); first += 8) {
      parents.push(
        poseidon(
          domains.node,
          Array.from({ length: 8 }, (_, child) => level[first + child] ?? empty),
        ),
      )
    }
    empty = poseidon(domains.node, Array<Scalar>(8).fill(empty))
    level = parents
  }
  return level[0]!
}

const leavesOf = (count: number, seed = 1) => Array.from({ length: count }, (_, index) => BigInt(seed * 1_000_003 + index * index + 1))
const code = (name: string) => expect.objectContaining({ code: name })

test('the root is that of the specification: empty, appended to, overwritten', () => {
  const tree = new CredentialTree(hasher)
  expect(scalarFromBytes(tree.root)).toBe(plainRoot([]))
  const leaves = leavesOf(21)
  tree.append(scalarsToBytes(leaves.slice(0, 5)))
  expect(scalarFromBytes(tree.root)).toBe(plainRoot(leaves.slice(0, 5)))
  tree.append(scalarsToBytes(leaves.slice(5)))
  expect(scalarFromBytes(tree.root)).toBe(plainRoot(leaves))
  const before = tree.root
  tree.setLeaves([20, 3], scalarsToBytes([0n, 0n]))
  expect(scalarFromBytes(tree.root)).toBe(plainRoot(leaves.map((leaf, index) => (index === 20 || index === 3 ? 0n : leaf))))
  tree.setLeaves([3, 20], scalarsToBytes([leaves[3]!, leaves[20]!]))
  expect(tree.root).toEqual(before)
  expect(tree.size).toBe(21)
  expect(scalarFromBytes(tree.leaf(20))).toBe(leaves[20]!)
})

test('batches of any size give the same tree', () => {
  const quick = quickHasher()
  const leaves = scalarsToBytes(leavesOf(10_000))
  const whole = new CredentialTree(quick)
  whole.append(leaves)
  const pieces = new CredentialTree(quick)
  for (let first = 0, size = 1; first < 10_000; first += size, size = (size * 7 + 3) % 2_000) {
    pieces.append(leaves.slice(first * 32, (first + size) * 32))
  }
  expect(pieces.size).toBe(10_000)
  expect(pieces.root).toEqual(whole.root)
  expect([...pieces.nodePieces()].map(piece => piece.length)).toEqual([...whole.nodePieces()].map(piece => piece.length))
})

test('a batch costs the nodes above its leaves and no others', () => {
  const quick = quickHasher()
  const tree = new CredentialTree(quick)
  tree.append(scalarsToBytes(leavesOf(9_000)))
  quick.count = 0
  tree.append(scalarsToBytes(leavesOf(8)))
  expect(quick.count).toBe(11)
  quick.count = 0
  tree.setLeaves([0, 1, 7, 8_999], scalarsToBytes([0n, 0n, 0n, 0n]))
  expect(quick.count).toBeLessThanOrEqual(1 + 1 + 2 * 4 + 7)
})

test('what was worked out ahead is what the tree becomes, and fits no later tree', () => {
  const tree = new CredentialTree(hasher)
  const change = tree.stageAppend(scalarsToBytes(leavesOf(3)))
  const empty = tree.root
  const other = tree.stageAppend(scalarsToBytes(leavesOf(2, 9)))
  expect(tree.root).toEqual(empty)
  tree.apply(change)
  expect(tree.root).toEqual(change.root)
  expect(() => tree.apply(other)).toThrow(code('ERR_PROOF_TREE'))
  expect(tree.root).toEqual(change.root)
})

test('of a leaf that is written twice, the later counts', () => {
  const tree = new CredentialTree(hasher)
  tree.apply(tree.stageWrite([1, 0, 1], scalarsToBytes([5n, 6n, 7n])))
  expect(scalarFromBytes(tree.root)).toBe(plainRoot([6n, 7n]))
})

test('refuses what is no leaf of a tree', () => {
  const tree = new CredentialTree(hasher)
  tree.append(scalarsToBytes(leavesOf(2)))
  const { root } = tree
  expect(() => tree.append(scalarsToBytes([1n, scalarModulus]))).toThrow(code('ERR_PROOF_SCALAR'))
  expect(() => tree.append(scalarsToBytes([(1n << 256n) - 1n]))).toThrow(code('ERR_PROOF_SCALAR'))
  expect(() => tree.append(new Uint8Array(33))).toThrow()
  expect(() => tree.setLeaves([0], scalarsToBytes([1n, 2n]))).toThrow(code('ERR_PROOF_SCALAR'))
  for (const index of [2, -1, 0.5, Number.NaN]) expect(() => tree.setLeaves([index], scalarsToBytes([1n]))).toThrow(code('ERR_PROOF_TREE'))
  expect(() => tree.stageWrite([3], scalarsToBytes([1n]))).toThrow(code('ERR_PROOF_TREE'))
  for (const index of [2, -1, 0.5]) {
    expect(() => tree.leaf(index)).toThrow(code('ERR_PROOF_TREE'))
    expect(() => tree.path(index)).toThrow(code('ERR_PROOF_TREE'))
  }
  for (const index of [1, -1, 0.5]) expect(() => tree.bucketAt(index)).toThrow(code('ERR_PROOF_TREE'))
  expect(tree.root).toEqual(root)
  tree.append(scalarsToBytes([scalarModulus - 1n]))
})

test('a path leads from its leaf to the root, and from no other leaf, place or tree', () => {
  const tree = new CredentialTree(hasher)
  const leaves = leavesOf(70)
  tree.append(scalarsToBytes(leaves))
  for (const index of [0, 15, 69]) {
    const path = tree.path(index)
    expect(scalarFromBytes(leafOfPath(path))).toBe(leaves[index]!)
    verifyPath(path, tree.root, hasher)
    for (const wrong of [index + 8, index + 64, index + 8 ** 10]) {
      expect(() => verifyPath({ ...path, index: wrong }, tree.root, hasher)).toThrow(code('ERR_PROOF_TREE_ROOT'))
    }
    for (let level = 0; level < 11; level++) {
      const levels = path.levels.map((children, each) => (each === level ? flipped(children, (level * 37) % 256) : children))
      expect(() => verifyPath({ index, levels }, tree.root, hasher)).toThrow(code('ERR_PROOF_TREE_ROOT'))
    }
    expect(() => verifyPath(path, flipped(tree.root, 0), hasher)).toThrow(code('ERR_PROOF_TREE_ROOT'))
    expect(() => verifyPath({ index, levels: path.levels.slice(1) }, tree.root, hasher)).toThrow(code('ERR_PROOF_TREE'))
  }
})

test('a bucket is checked against the root, and gives the same path as the tree', () => {
  const quick = quickHasher()
  const tree = new CredentialTree(quick)
  tree.append(scalarsToBytes(leavesOf(9_000)))
  for (const bucketIndex of [0, 1, 2]) {
    const bucket = tree.bucketAt(bucketIndex)
    verifyBucket(bucket, tree.root, quick)
    const index = bucketIndex * 4_096 + 777
    expect(pathInBucket(bucket, index, quick)).toEqual(tree.path(index))
    const decoded = decodeBucket(bucketIndex, encodeBucket(bucket))
    expect(decoded).toEqual(bucket)
    for (const damaged of damagedBuckets(bucket)) expect(() => verifyBucket(damaged, tree.root, quick)).toThrow(code('ERR_PROOF_TREE_ROOT'))
    for (const wrong of [index - 4_096, index + 4_096, index + 0.5]) {
      expect(() => pathInBucket(bucket, wrong, quick)).toThrow(code('ERR_PROOF_TREE'))
    }
  }
  const encoded = encodeBucket(tree.bucketAt(2))
  expect(encoded.length).toBe(2 + (9_000 - 8_192) * 32 + 7 * 256)
  for (const length of [0, 1, encoded.length - 1, encoded.length - 32]) {
    expect(() => decodeBucket(2, encoded.slice(0, length))).toThrow(code('ERR_PROOF_TREE'))
  }
  expect(() => decodeBucket(2, new Uint8Array([...encoded, 0]))).toThrow(code('ERR_PROOF_TREE'))
  expect(() => decodeBucket(2 ** 20, encoded)).toThrow(code('ERR_PROOF_TREE'))
})

function flipped(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.map((byte, each) => (each === index ? byte ^ 1 : byte))
}

function damagedBuckets(bucket: TreeBucket): readonly TreeBucket[] {
  const { leaves, upperLevels, bucketIndex } = bucket
  return [
    { ...bucket, bucketIndex: bucketIndex + 1 },
    { ...bucket, leaves: flipped(leaves, 777 * 32) },
    { ...bucket, leaves: flipped(leaves, leaves.length - 32) },
    ...upperLevels.map((_, level) => ({
      ...bucket,
      upperLevels: upperLevels.map((children, each) => (each === level ? flipped(children, 255) : children)),
    })),
  ]
}

test('the tree is still known as it was before its latest changes', () => {
  const quick = quickHasher()
  const tree = new CredentialTree(quick)
  const roots: { root: Uint8Array; buckets: TreeBucket[] }[] = []
  const undos: TreeUndo[] = []
  const steps = [
    () => tree.append(scalarsToBytes(leavesOf(4_000))),
    () => tree.append(scalarsToBytes(leavesOf(200, 2))),
    () => tree.setLeaves([5, 4_050, 4_150], scalarsToBytes([0n, 0n, 0n])),
    () => tree.append(scalarsToBytes(leavesOf(5_000, 3))),
    () => tree.setLeaves([5, 9_000], scalarsToBytes([77n, 0n])),
  ]
  for (const step of steps) {
    undos.push(step())
    roots.push({ root: tree.root, buckets: Array.from({ length: Math.ceil(tree.size / 4_096) }, (_, index) => tree.bucketAt(index)) })
  }
  for (const [position, { root, buckets }] of roots.entries()) {
    const past = pastNodes(tree, new CredentialTree(quick), undos.slice(position + 1))
    for (const bucket of buckets) {
      const then = bucketOf(past, bucket.bucketIndex)
      expect(equalBytes(encodeBucket(then), encodeBucket(bucket))).toBe(true)
      verifyBucket(then, root, quick)
    }
    expect(() => bucketOf(past, buckets.length)).toThrow(code('ERR_PROOF_TREE'))
  }
})

test('loads from its nodes without hashing, and goes on', () => {
  const quick = quickHasher()
  const tree = new CredentialTree(quick)
  tree.append(scalarsToBytes(leavesOf(9_000)))
  const bytes = new Uint8Array([...tree.nodePieces()].flatMap(piece => [...piece]))
  quick.count = 0
  const loaded = new CredentialTree(quick)
  let position = 0
  loaded.loadNodes(tree.size, count => {
    position += count
    return bytes.subarray(position - count, position)
  })
  expect(position).toBe(bytes.length)
  expect(quick.count).toBe(0)
  for (const each of [tree, loaded]) each.append(scalarsToBytes(leavesOf(3, 4)))
  expect(loaded.root).toEqual(tree.root)
  expect(loaded.path(8_191)).toEqual(tree.path(8_191))
  expect(() => loaded.loadNodes(0, () => new Uint8Array())).toThrow(code('ERR_PROOF_TREE'))
})
