import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { status } from '@hufu/bindings'
import { fundAccounts } from '@hufu/network'
import { CredentialTree, createNodeHasher, createScalarEngine, encodeBucket, type TreeKey } from '@hufu/proofs'
import { openTrees } from '@hufu/service'
import type { TestNetwork } from '@hufu/testkit'
import { accreditedIssuers, typeId } from '../comparisons/leaves.ts'
import { type LoadNetwork, startLoadNetwork } from '../fixtures/load-network.ts'
import { cpuSecondsOf } from '../fixtures/process-cpu.ts'
import { digits, growthExponent, largestShare, percent } from './bottleneck.ts'
import { SeriesSet } from './curve.ts'
import { diskUsage } from './fixtures/disk-usage.ts'
import { ownMebibytes, residentMebibytes } from './fixtures/process-memory.ts'
import { randomLeaves } from './fixtures/random-leaves.ts'
import { summaryOf, timeEach } from './fixtures/summary.ts'
import type { GrowthPart } from './growth-part.ts'
import { powersOfTen } from './sizes.ts'

/** The most that one call takes. */
const leavesPerBatch = 2_000
const leavesPerBucket = 4_096
const samples = 100
/** In datoshi. */
const gas = 100_000_000n
const append = 'one issuer, batches of 2,000'
const disk = 'disk of the validator'

/** One issuer's tree on a real ledger of one validator, with true roots, and those who rebuild it from there. */
export const leavesOnLedger: GrowthPart = {
  name: 'leaves-on-ledger',
  description: 'one credential tree through the status contract, one validator; rebuilt from the ledger',
  async run(long, progress) {
    const load = await startLoadNetwork(1)
    try {
      return await measure(load, powersOfTen(long ? 1_000_000 : 100_000), progress)
    } finally {
      await load.network.stop()
    }
  },
}

async function measure(load: LoadNetwork, sizes: readonly number[], progress: (what: string) => void) {
  const { network } = load
  const [{ issuer, account } = await Promise.reject(new Error('expected an issuer'))] = await accreditedIssuers(load, 1)
  // A million leaves cost more than an issuer of the comparisons has.
  await (await fundAccounts(network.ledger, network.committee, [account.scriptHash], 10_000n * gas, 'growth: fund the issuer')).durable()
  const contract = status(network.descriptor.contracts.status.hash)
  const tree = new CredentialTree(createNodeHasher(await createScalarEngine()))
  const key = { issuer, typeId }
  const [rate, rebuild, weight, answers] = [new SeriesSet(), new SeriesSet(), new SeriesSet(), new SeriesSet()]
  const spent = { validator: 0, client: 0 }
  let waitedMs = 0
  const folder = network.nodes.files.nodes[0]!.folder
  for (const size of sizes) {
    const [appended, diskBefore, startedAt] = [size - tree.size, await diskUsage(folder), performance.now()]
    const [nodeBefore, clientBefore] = [cpuSecondsOf(network.nodes.pids), process.cpuUsage()]
    let last: Awaited<ReturnType<LoadNetwork['submit']>> | undefined
    while (tree.size < size) {
      const leaves = randomLeaves(Math.min(leavesPerBatch, size - tree.size))
      const firstIndex = BigInt(tree.size)
      tree.append(leaves)
      last = await load.submit(contract.append({ ...key, firstIndex, leaves, root: tree.root }), account)
      const submittedAt = performance.now()
      await last.inBlock()
      waitedMs += performance.now() - submittedAt
    }
    await last?.durable()
    rate.add(append, size, (1000 * appended) / (performance.now() - startedAt))
    const { user, system } = process.cpuUsage(clientBefore)
    spent.client += (user + system) / 1e6
    spent.validator += cpuSecondsOf(network.nodes.pids) - nodeBefore
    weight.add(disk, size, ((await diskUsage(folder)) - diskBefore) / appended)
    weight.add('memory of the validator', size, (residentMebibytes(network.nodes.pids[0]!) * 2 ** 20) / size)
    await rebuildFrom(network, key, size, { rebuild, weight, answers })
    progress(`${size} leaves`)
  }
  const most = largestShare(spent)
  const waitedShare =
    waitedMs / 1000 / sizes.reduce((sum, size, index) => sum + (size - (sizes[index - 1] ?? 0)) / rate.points(append)[index]!.y, 0)
  const axes = { xLabel: 'leaves in the tree', logX: true }
  const largest = `10${exponentOf(sizes.at(-1)!)}`
  return [
    {
      name: 'leaves-on-ledger',
      ...{ ...axes, yLabel: 'leaves durable a second, real ledger of one validator', unit: 'leaves/s', series: rate.series },
      bottleneck: `${waitedShare > 0.5 ? "One issuer's turns" : `The CPU of the ${most.name}`}: ${percent(waitedShare)} of the time each batch waits for the block of the one before, and of the CPU, ${digits((1e6 * (spent.client + spent.validator)) / sizes.at(-1)!)} µs a leaf, the ${most.name} takes ${percent(most.share)} (the client hashes the tree); ${digits(rate.last(append))}/s at ${largest} leaves. Issuers at once each have turns of their own (comparison "leaves": seven).`,
    },
    {
      name: 'leaves-from-ledger',
      ...{ ...axes, yLabel: 'time to rebuild all trees from the ledger, real ledger', unit: 's', series: rebuild.series },
      bottleneck: `Reading, decoding and hashing on one thread: ${digits(rebuild.last('no snapshot'))} s for ${largest} leaves, growing with the exponent ${digits(growthExponent(rebuild.points('no snapshot')))}; a snapshot spares all but what came after it.`,
    },
    {
      name: 'leaves-bucket-served',
      ...{ ...axes, yLabel: 'bucket answered by a follower, real ledger', unit: 'ms', series: answers.series },
      bottleneck: `Asking for a tree as it was costs in proportion to what changed since: ${digits(answers.last('as of the first root'))} ms as of the first root beside ${digits(answers.last('as of the latest root'))} ms as of the latest at ${largest} leaves, for all changes in between are put together anew for each answer.`,
    },
    {
      name: 'leaves-on-ledger-weight',
      ...{ ...axes, yLabel: 'weight of a leaf on a real ledger', unit: 'bytes each', series: weight.series },
      bottleneck: `The validators' disks: ${digits(weight.last(disk))} bytes a leaf on each for 32 bytes of leaf, so 10⁹ leaves take ${digits((weight.last(disk) * 1e9) / 2 ** 30)} GiB on every validator; blocks are kept for ever.`,
    },
  ]
}

/** Follows anew from the first block, with an empty folder, and asks for buckets. @throws Error: the tree is another */
async function rebuildFrom(
  network: TestNetwork,
  key: TreeKey,
  size: number,
  { rebuild, weight, answers }: Readonly<Record<'rebuild' | 'weight' | 'answers', SeriesSet>>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hufu-growth-'))
  const before = ownMebibytes().used
  const startedAt = performance.now()
  const trees = await openTrees({
    client: network.ledger,
    network: network.descriptor,
    folder: join(folder, 'trees'),
    trust: { findGrant: async () => null, findCredentialType: async () => null, findQuery: async () => null },
    freshWithinMs: 3_600_000,
    onError: error => console.error(error),
  })
  try {
    await trees.refresh()
    rebuild.add('no snapshot', size, (performance.now() - startedAt) / 1000)
    const root = await trees.latestRoot(key)
    if (root?.size !== size || trees.alarms.length > 0) throw new Error('expected the tree with all its leaves, and true roots')
    weight.add('memory of a follower', size, ((ownMebibytes().used - before) * 2 ** 20) / size)
    const ask = (rootIndex: number, buckets: number) => (index: number) =>
      trees.bucket(key, index % buckets, rootIndex).then(bucket => encodeBucket(bucket!))
    const latest = summaryOf(await timeEach(samples, ask(root.rootIndex, Math.ceil(size / leavesPerBucket))))
    answers.add('as of the latest root', size, latest.y, latest)
    const first = summaryOf(await timeEach(Math.min(samples, 10), ask(1, 1)))
    answers.add('as of the first root', size, first.y, first)
  } finally {
    await trees.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function exponentOf(size: number): string {
  return [...String(Math.round(Math.log10(size)))].map(digit => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!).join('')
}
