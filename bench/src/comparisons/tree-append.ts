import { equalBytes, randomBytes } from '@hufu/primitives'
import { CredentialTree, createNodeHasher, createScalarEngine, verifyPath } from '@hufu/proofs'
import type { Comparison } from '../compare.ts'
import { isPlainPathRight, PlainMerkleTree } from '../fixtures/plain-merkle-tree.ts'
import { timed } from '../fixtures/timed.ts'

const leavesBefore = 100_000
const leavesPerRun = 5_000
const pathsPerRun = 30

/** Appends to a large credential tree, and paths made and checked as a wallet does. */
export const treeAppend: Comparison = {
  name: 'tree-append',
  description: `append ${leavesPerRun} leaves to a tree of more than ${leavesBefore}, and make and check paths, or the same tree over BigInt`,
  peer: () => 'the same tree in JavaScript over BigInt, ours too',
  measures: [
    { figure: 'leavesPerSecond', of: 'A/B', goal: { atLeast: 10 } },
    { figure: 'pathsPerSecond', of: 'A/B', goal: { atLeast: 5 } },
    { figure: 'leavesPerSecond', of: 'A' },
  ],
  async open() {
    const hasher = createNodeHasher(await createScalarEngine())
    const tree = new CredentialTree(hasher)
    const plain = new PlainMerkleTree()
    const appendBoth = (leaves: Uint8Array) => {
      tree.append(leaves)
      plain.append(leavesOf(leaves))
      if (!equalBytes(tree.root, plain.root)) throw new Error('expected both trees to have the same root')
    }
    appendBoth(randomLeaves(leavesBefore))
    const batches: Uint8Array[] = []
    const side = (name: string, append: (leaves: Uint8Array) => void, checkPath: (index: number) => void) => {
      let runs = 0
      const run = async () => {
        batches[runs] ??= randomLeaves(leavesPerRun)
        const leaves = batches[runs++]!
        const appended = await timed(leavesPerRun, async () => append(leaves))
        const checked = await timed(pathsPerRun, async () => {
          for (let path = 0; path < pathsPerRun; path++) checkPath((path * 7_919) % leavesBefore)
        })
        return { leavesPerSecond: appended.perSecond, pathsPerSecond: checked.perSecond, cpuMsEach: appended.cpuMsEach }
      }
      return { name, run }
    }
    const checkOurs = (index: number) => verifyPath(tree.path(index), tree.root, hasher)
    const checkPlain = (index: number) => {
      if (!isPlainPathRight(plain.path(index), plain.root)) throw new Error('expected a path that leads to the root')
    }
    return {
      a: side('hufu', leaves => tree.append(leaves), checkOurs),
      b: side('plain JavaScript over BigInt', leaves => plain.append(leavesOf(leaves)), checkPlain),
      async close() {
        if (!equalBytes(tree.root, plain.root)) throw new Error('expected both trees to have the same root')
      },
    }
  },
}

function randomLeaves(count: number): Uint8Array {
  const leaves = new Uint8Array(count * 32)
  // Below the order of the group, as 31 bytes are.
  for (let start = 0; start < leaves.length; start += 32) leaves.set(randomBytes(31), start)
  return leaves
}

function leavesOf(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: bytes.length / 32 }, (_, index) => bytes.subarray(index * 32, index * 32 + 32))
}
