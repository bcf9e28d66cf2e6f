import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseScriptHash } from '@hufu/ledger'
import { CredentialTree, createNodeHasher, createScalarEngine, FollowedTree, type NodeHasher, type TreeRoot } from '@hufu/proofs'
import { digits, extrapolated, growthExponent, sizeAtLimit } from './bottleneck.ts'
import { SeriesSet } from './curve.ts'
import { ownMebibytes } from './fixtures/process-memory.ts'
import { randomLeaves } from './fixtures/random-leaves.ts'
import { summaryOf, timeEach } from './fixtures/summary.ts'
import type { GrowthPart } from './growth-part.ts'
import { powersOfTen } from './sizes.ts'

/** The most that one call on the ledger appends. */
const leavesPerBatch = 2_000
const leavesPerBucket = 4_096
const leafSize = 32
const leastToWeigh = 10_000
const samples = 300
const key = { issuer: parseScriptHash('00'.repeat(20)), typeId: 'growth' }
/** A small host's memory, for all trees. */
const mebibytesOfHost = 4_096

/** One tree in memory, as issuers and followers keep it. */
export const leavesInMemory: GrowthPart = {
  name: 'leaves-in-memory',
  description: 'one credential tree in memory: append, path, bucket, rebuild, memory',
  async run(_long, progress) {
    const hasher = createNodeHasher(await createScalarEngine())
    const [rate, time, rebuild, memory] = [new SeriesSet(), new SeriesSet(), new SeriesSet(), new SeriesSet()]
    let cpuMicroseconds = 0
    const tree = new CredentialTree(hasher)
    const roots: Uint8Array[] = []
    const batches: Uint8Array[] = []
    for (const size of powersOfTen(1_000_000)) {
      const appended = size - tree.size
      const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()]
      while (tree.size < size) {
        const leaves = randomLeaves(Math.min(leavesPerBatch, size - tree.size))
        tree.append(leaves)
        roots.push(tree.root)
        batches.push(leaves)
      }
      rate.add('append in batches of 2,000', size, (1000 * appended) / (performance.now() - startedAt))
      const { user, system } = process.cpuUsage(cpuBefore)
      cpuMicroseconds = (user + system) / appended
      const places = (count: number) => (index: number) => Math.floor(((index * 0.618_033_988_7) % 1) * count)
      const [leafAt, bucketAt] = [places(size), places(Math.ceil(size / leavesPerBucket))]
      time.add('path', size, ...asPoint(await timeEach(samples, index => tree.path(leafAt(index)))))
      time.add('bucket', size, ...asPoint(await timeEach(samples, index => tree.bucketAt(bucketAt(index)))))
      rebuild.add('from a snapshot', size, await fromSnapshot(tree, hasher))
      const followed = followAnew(batches, roots, hasher)
      rebuild.add('from its leaves', size, followed.seconds)
      // What else comes and goes in this process is larger than a small tree.
      if (size >= leastToWeigh) {
        memory.add('all of it of the last hour', size, followed.withHistory)
        memory.add('an hour later', size, followed.without)
      }
      progress(`${size} leaves`)
    }
    const largest = 10_000_000
    const bytesEach = (memory.last('an hour later') * 2 ** 20) / tree.size
    return [
      {
        name: 'leaves-append',
        ...{
          xLabel: 'leaves in the tree',
          yLabel: 'leaves appended a second, in memory',
          unit: 'leaves/s',
          logX: true,
          series: rate.series,
        },
        bottleneck: `Hashing: a leaf of a batch costs ${digits(cpuMicroseconds)} µs of CPU at 10⁶ leaves, and the rate grows with the exponent ${digits(growthExponent(rate.points('append in batches of 2,000')))}; the ledger's rate (leaves-on-ledger) is reached long before.`,
      },
      {
        name: 'leaves-path',
        ...{ xLabel: 'leaves in the tree', yLabel: 'time of one answer', unit: 'µs', logX: true, series: time.series },
        bottleneck: `None in sight: a path takes ${digits(time.last('path'))} µs and a bucket ${digits(time.last('bucket'))} µs at 10⁶ leaves (growth's exponent ${digits(growthExponent(time.points('path')))} and ${digits(growthExponent(time.points('bucket')))}), for the depth is fixed; what a bucket weighs on the wire, 131 kB, comes first.`,
      },
      {
        name: 'leaves-rebuild',
        ...{ xLabel: 'leaves in the tree', yLabel: 'time until a tree stands again', unit: 's', logX: true, series: rebuild.series },
        bottleneck: `Hashing on one thread: a follower without a snapshot takes ${digits(rebuild.last('from its leaves'))} s for 10⁶ leaves (exponent ${digits(growthExponent(rebuild.points('from its leaves')))}), so some ${digits(extrapolated(rebuild.points('from its leaves'), largest))} s for 10⁷; with one, ${digits(rebuild.last('from a snapshot'))} s.`,
      },
      {
        name: 'leaves-memory',
        ...{ xLabel: 'leaves in the tree', yLabel: 'memory of a tree that is followed', unit: 'MiB', logX: true, series: memory.series },
        bottleneck: `Memory of whoever follows every tree: ${digits(bytesEach)} bytes a leaf, and while leaves are new what is kept of the last hour (${digits(memory.last('all of it of the last hour'))} MiB instead of ${digits(memory.last('an hour later'))} if all 10⁶ came within it): a host of 4 GiB holds ${digits(sizeAtLimit(memory.points('an hour later'), mebibytesOfHost) / 1e6)} million leaves, ${digits(sizeAtLimit(memory.points('all of it of the last hour'), mebibytesOfHost) / 1e6)} million of one hour.`,
      },
    ]
  },
}

/** In microseconds. */
function asPoint(milliseconds: readonly number[]): readonly [y: number, range: { readonly low: number; readonly high: number }] {
  const { y, ...range } = summaryOf(milliseconds.map(each => each * 1000))
  return [y, range]
}

/** Seconds to read a tree's nodes from a file, as a follower does at its start. */
async function fromSnapshot(tree: CredentialTree, hasher: NodeHasher): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'hufu-growth-'))
  try {
    const handle = await open(join(folder, 'nodes'), 'w')
    for (const piece of tree.nodePieces()) await handle.writeFile(piece)
    await handle.close()
    const startedAt = performance.now()
    const nodes = await readFile(join(folder, 'nodes'))
    const loaded = new CredentialTree(hasher)
    let position = 0
    loaded.loadNodes(tree.size, count => {
      position += count
      return nodes.subarray(position - count, position)
    })
    return (performance.now() - startedAt) / 1000
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Takes in all leaves again as a follower of the ledger does, root by root. @throws Error: the roots are others */
function followAnew(batches: readonly Uint8Array[], roots: readonly Uint8Array[], hasher: NodeHasher) {
  const before = ownMebibytes().used
  const followed = new FollowedTree(key, hasher)
  const startedAt = performance.now()
  let size = 0
  for (const [index, leaves] of batches.entries()) {
    followed.write(size, leaves)
    size += leaves.length / leafSize
    const published: TreeRoot = { rootIndex: index + 1, size, root: roots[index]!, timeMs: 1, blockIndex: index }
    if (followed.publish(published).fault !== undefined) throw new Error('expected the same roots again')
  }
  const seconds = (performance.now() - startedAt) / 1000
  const withHistory = ownMebibytes().used - before
  followed.forgetBefore(2)
  const without = ownMebibytes().used - before
  // Until here it is needed: what nobody needs any more weighs nothing.
  if (followed.tree.size !== size) throw new Error('expected all leaves')
  return { seconds, withHistory, without }
}
