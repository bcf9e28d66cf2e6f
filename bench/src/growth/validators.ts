import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Write } from '@hufu/ledger'
import { inFlight } from '../fixtures/in-flight.ts'
import { startLoadNetwork } from '../fixtures/load-network.ts'
import { cpuSecondsOf } from '../fixtures/process-cpu.ts'
import { quantile } from '../statistics.ts'
import { digits, largestShare, percent, perSecondByCpu } from './bottleneck.ts'
import { SeriesSet } from './curve.ts'
import { diskUsage } from './fixtures/disk-usage.ts'
import { residentMebibytes } from './fixtures/process-memory.ts'
import type { GrowthPart } from './growth-part.ts'

/** As many as bear 0, 1 and 2 faults; all up to these take longer. */
const few = [1, 4, 7]
const all = [1, 2, 3, 4, 5, 6, 7]
/** Registrations as fast as they go, so many times so many; then so many at a steady pace. */
const rounds = 4
const perRound = 500
const steady = 300
const maxUnsent = 64
const steadyEveryMs = 50
/** Of a host that has them for its validator alone. */
const ownCores = 2

/** Registrations on networks of more and more validators, which share this machine's cores. */
export const validators: GrowthPart = {
  name: 'validators',
  description: 'registrations on 1 to 7 validators, which share the cores: rate, finality, CPU of each, disk',
  async run(long, progress) {
    const [rate, finality, cpu, weight] = [new SeriesSet(), new SeriesSet(), new SeriesSet(), new SeriesSet()]
    for (const count of long ? all : few) {
      const measured = await measure(count)
      rate.add('measured, all on these cores', count, measured.perSecond)
      rate.add(`by CPU, each on ${ownCores} cores of its own`, count, perSecondByCpu(measured.nodeMs / count, ownCores))
      for (const [name, times] of [['in a block', measured.inBlockMs] as const, ['durable', measured.durableMs] as const]) {
        finality.add(`${name}, p50`, count, quantile(times, 0.5))
        finality.add(`${name}, p99`, count, quantile(times, 0.99))
      }
      cpu.add('all validators', count, measured.nodeMs)
      cpu.add('each validator', count, measured.nodeMs / count)
      cpu.add('client', count, measured.clientMs)
      weight.add('disk of each validator', count, measured.diskKilobytes)
      progress(`${count} validators; ${Math.round(measured.memory)} MiB resident each`)
    }
    const axes = { xLabel: 'validators' }
    const gap = (index: number) => finality.points('durable, p50').at(index)!.y - finality.points('in a block, p50').at(index)!.y
    const spent = { 'the validators together': cpu.last('all validators'), 'the client': cpu.last('client') }
    const most = largestShare(spent)
    const total = spent['the validators together'] + spent['the client']
    const measuredRate = rate.last('measured, all on these cores')
    const cores = cpus().length
    const byCpu = rate.last(`by CPU, each on ${ownCores} cores of its own`)
    return [
      {
        name: 'validators-rate',
        ...{ ...axes, yLabel: 'registrations durable a second', unit: '/s', series: rate.series },
        bottleneck: `The shared cores: at seven a registration costs ${digits(total)} ms of CPU, ${percent(most.share)} of it by ${most.name}, so ${digits(perSecondByCpu(total, cores))}/s is the most that ${cores} cores give, of which ${digits(measuredRate)}/s were reached beside other work and the wait for the flush; with ${ownCores} cores for each validator the CPU would do for ${digits(byCpu)}/s, and the client's ${digits(perSecondByCpu(cpu.last('client'), 1))}/s a core come first.`,
      },
      {
        name: 'validators-finality',
        ...{ ...axes, yLabel: `a registration at ${1000 / steadyEveryMs} a second`, unit: 'ms', series: finality.series },
        bottleneck: `From its block to durable a write takes ${digits(gap(0))} ms more with one validator and ${digits(gap(-1))} ms with seven, for neo-go flushes once a second; until it is in a block ${digits(finality.points('in a block, p50')[0]!.y)} and ${digits(finality.last('in a block, p50'))} ms, which the shared cores and a network between hosts would make more; none lies between these.`,
      },
      {
        name: 'validators-cpu',
        ...{ ...axes, yLabel: 'CPU of one registration', unit: 'ms', series: cpu.series },
        bottleneck: `What each validator does of its own: ${digits(cpu.points('each validator')[0]!.y)} ms alone, ${digits(cpu.last('each validator'))} ms as one of seven, for each has the block to check, to run and to store, and the consensus' messages come on top; this is the figure that carries over to hosts of their own.`,
      },
      {
        name: 'validators-disk',
        ...{ ...axes, yLabel: 'disk of one registration on each validator', unit: 'kB', series: weight.series },
        bottleneck: `The same for each validator, whatever their number: ${digits(weight.last('disk of each validator'))} kB with seven; small blocks weigh more (each its header with signatures, trie and pages of the database), so it falls where blocks are full.`,
      },
    ]
  },
}

async function measure(count: number) {
  const { network, accounts, submit, register, client } = await startLoadNetwork(count)
  try {
    const unused = await accounts(rounds * perRound + steady + perRound)
    const { pids, files } = network.nodes
    const disk = async () =>
      (await Promise.all(files.nodes.map(({ folder }) => diskUsage(folder)))).reduce((sum, each) => sum + each, 0) / count
    const fee = await client.estimateSystemFee([register(unused[0]!)], { account: unused[0]! })
    const round = async () => {
      const writes = await inFlight(unused.splice(0, perRound), maxUnsent, account => submit(register(account), account, fee))
      await Promise.all(writes.map(write => write.inBlock()))
      return writes
    }
    await Promise.all((await round()).map(write => write.durable()))
    const [nodesBefore, ownBefore, diskBefore] = [cpuSecondsOf(pids), process.cpuUsage(), await disk()]
    const startedAt = performance.now()
    const writes: Write[] = []
    for (let index = 0; index < rounds; index++) writes.push(...(await round()))
    // Earlier rounds become durable while later ones are sent: only the last waits.
    await Promise.all(writes.map(write => write.durable()))
    const seconds = (performance.now() - startedAt) / 1000
    const { user, system } = process.cpuUsage(ownBefore)
    const written = rounds * perRound
    const figures = {
      perSecond: written / seconds,
      nodeMs: (1000 * (cpuSecondsOf(pids) - nodesBefore)) / written,
      clientMs: (user + system) / 1000 / written,
      diskKilobytes: ((await disk()) - diskBefore) / written / 1000,
      memory: pids.reduce<number>((sum, pid) => sum + residentMebibytes(pid!), 0) / count,
    }
    return { ...figures, ...(await paced(unused.splice(0, steady), account => submit(register(account), account, fee))) }
  } finally {
    await network.stop()
  }
}

/** Sends one write after the other at a steady pace. @returns milliseconds of each until it was in a block, and until it was durable */
async function paced<Item>(items: readonly Item[], submit: (item: Item) => Promise<Write>) {
  const [inBlockMs, durableMs]: [number[], number[]] = [[], []]
  const startedAt = performance.now()
  await Promise.all(
    items.map(async (item, index) => {
      await sleep(Math.max(0, startedAt + index * steadyEveryMs - performance.now()))
      const sentAt = performance.now()
      const write = await submit(item)
      await write.inBlock()
      inBlockMs.push(performance.now() - sentAt)
      await write.durable()
      durableMs.push(performance.now() - sentAt)
    }),
  )
  return { inBlockMs, durableMs }
}
