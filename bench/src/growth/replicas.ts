import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { startPostgres } from '@hufu/testkit'
import { makePerson, signInWithWallet, startServer as startSignInServer } from '../comparisons/sign-in.ts'
import { exchange, makeCodes, startServer as startTokenServer } from '../comparisons/token-endpoint.ts'
import { inFlight } from '../fixtures/in-flight.ts'
import { dropConnections } from '../fixtures/kept-alive.ts'
import { cpuSecondsOf } from '../fixtures/process-cpu.ts'
import { childrenCpuSeconds } from '../fixtures/process-table.ts'
import { quantile } from '../statistics.ts'
import { digits, largestShare, percent, perSecondByCpu } from './bottleneck.ts'
import { SeriesSet } from './curve.ts'
import { postgresCpuSeconds } from './fixtures/postgres-cpu.ts'
import { summaryOf } from './fixtures/summary.ts'
import { withClosing } from './fixtures/with-closing.ts'
import type { GrowthPart } from './growth-part.ts'

const most = 4
const connections = 16
/** Of hosts that have them for a replica, or for PostgreSQL, alone. */
const ownCores = 2
const signInsPerRun = 48
const codesPerRun = 240

/** Servers of one institution behind one PostgreSQL. They share this machine's cores with it and with the client. */
export const replicas: GrowthPart = {
  name: 'replicas',
  description:
    'sign-ins with a wallet (proofs verified natively) and token requests at 1 to 4 replicas behind one PostgreSQL, all on the same cores',
  run: (long, progress) =>
    withClosing(async steps => {
      const postgres = await startPostgres()
      steps.push(() => postgres.stop())
      const started: ChildProcess[] = []
      steps.push(() => end(started))
      const rounds = long ? 9 : 3
      const signIns = await measureSignIns(await postgres.createDatabase(), started, rounds)
      await end(started)
      progress('sign-ins')
      const tokens = await measureTokens(await postgres.createDatabase(), started, rounds)
      progress('token requests')
      return [...curvesOf('sign-ins', 'sign-ins with a wallet', signIns), ...curvesOf('tokens', 'codes exchanged for tokens', tokens)]
    }),
}

async function measureSignIns(databaseUrl: string, started: ChildProcess[], rounds: number): Promise<readonly Figures[]> {
  const person = await makePerson()
  const servers = await startEach(started, () => startSignInServer('ours', databaseUrl))
  const figures = await measure(databaseUrl, servers, rounds, async using => {
    const prepared = await person.prepare(signInsPerRun)
    dropConnections()
    return prepared.map((each, index) => async () => void (await signInWithWallet(using[index % using.length]!.issuer, person, each)))
  })
  await person.close()
  return figures
}

async function measureTokens(databaseUrl: string, started: ChildProcess[], rounds: number): Promise<readonly Figures[]> {
  const servers = await startEach(started, () => startTokenServer('durable', databaseUrl))
  return measure(databaseUrl, servers, rounds, async using => {
    const codes = await Promise.all(using.map(server => makeCodes(server, codesPerRun / using.length)))
    for (const { agent } of using) agent.destroy()
    return codes.flatMap((made, index) =>
      made.map(code => async () => {
        if ((await exchange(using[index]!, code)) !== 200) throw new Error('expected a token for every code')
      }),
    )
  })
}

/** One after the other: the first makes the tables. */
async function startEach<Server extends { readonly child: ChildProcess }>(
  started: ChildProcess[],
  start: () => Promise<Server>,
): Promise<readonly Server[]> {
  const servers: Server[] = []
  for (let index = 0; index < most; index++) {
    const server = await start()
    started.push(server.child)
    servers.push(server)
  }
  return servers
}

async function end(children: ChildProcess[]): Promise<void> {
  for (const child of children.splice(0)) {
    const ended = once(child, 'exit')
    child.kill()
    await ended
  }
}

/** What some replicas did and took, all runs together. */
interface Figures {
  readonly perSecond: number[]
  readonly milliseconds: number[]
  readonly cpuSeconds: Record<'servers' | 'native verifiers' | 'PostgreSQL' | 'client', number>
  count: number
}

/** All replicas run all the time; 1, 2, 3, 4 of them are used, then 4, 3, 2, 1, so that a machine that slows down slows all alike. */
async function measure<Server extends { readonly child: ChildProcess }>(
  databaseUrl: string,
  servers: readonly Server[],
  rounds: number,
  prepare: (using: readonly Server[]) => Promise<readonly (() => Promise<void>)[]>,
): Promise<readonly Figures[]> {
  const pids = servers.map(({ child }) => child.pid!)
  const figures = servers.map((): Figures => {
    return { perSecond: [], milliseconds: [], cpuSeconds: { servers: 0, 'native verifiers': 0, PostgreSQL: 0, client: 0 }, count: 0 }
  })
  const spent = (): Figures['cpuSeconds'] => {
    const { user, system } = process.cpuUsage()
    return {
      servers: cpuSecondsOf(pids),
      'native verifiers': pids.reduce((sum, pid) => sum + childrenCpuSeconds(pid), 0),
      PostgreSQL: postgresCpuSeconds(databaseUrl),
      client: (user + system) / 1e6,
    }
  }
  const upAndDown = [...servers.keys(), ...[...servers.keys()].reverse()]
  // Each alone, unmeasured: what is made and compiled at the first requests is made then.
  for (const server of servers) await inFlight(await prepare([server]), connections, work => work())
  for (let round = 0; round < rounds; round++) {
    for (const index of upAndDown) {
      const work = await prepare(servers.slice(0, index + 1))
      const [into, before, startedAt] = [figures[index]!, spent(), performance.now()]
      const times = await inFlight(work, connections, async each => {
        const from = performance.now()
        await each()
        return performance.now() - from
      })
      into.perSecond.push((1000 * work.length) / (performance.now() - startedAt))
      const after = spent()
      for (const name of Object.keys(before) as (keyof Figures['cpuSeconds'])[]) into.cpuSeconds[name] += after[name] - before[name]
      into.milliseconds.push(...times)
      into.count += work.length
    }
  }
  return figures
}

function curvesOf(name: string, what: string, figures: readonly Figures[]) {
  const [rate, time, cpu] = [new SeriesSet(), new SeriesSet(), new SeriesSet()]
  for (const [index, { perSecond, milliseconds, cpuSeconds, count }] of figures.entries()) {
    const { y, ...range } = summaryOf(perSecond)
    rate.add('all on the same cores', index + 1, y, range)
    time.add('p50', index + 1, quantile(milliseconds, 0.5))
    time.add('p99', index + 1, quantile(milliseconds, 0.99))
    for (const [who, seconds] of Object.entries(cpuSeconds)) if (seconds > 0) cpu.add(who, index + 1, (1000 * seconds) / count)
  }
  const spent = Object.fromEntries(cpu.series.map(series => [series.name, series.points.at(-1)!.y]))
  const biggest = largestShare(spent)
  const total = Object.values(spent).reduce((sum, each) => sum + each, 0)
  // A server's own thread is one core; its verifier has the others.
  const perReplica = perSecondByCpu(spent.servers!, 1)
  const perVerifier =
    spent['native verifiers'] === undefined ? Number.POSITIVE_INFINITY : perSecondByCpu(spent['native verifiers'], ownCores - 1)
  const perPostgres = perSecondByCpu(spent.PostgreSQL!, ownCores)
  const perHost = Math.min(perReplica, perVerifier)
  const axes = { xLabel: 'replicas' }
  return [
    {
      name: `replicas-${name}`,
      ...{ ...axes, yLabel: `${what} a second, at ${connections} connections`, unit: '/s', series: rate.series },
      bottleneck: `The shared cores: each takes ${digits(total)} ms of CPU, ${percent(biggest.share)} of it in ${biggest.name}, so more replicas here gain nothing beyond a core that would be idle; on hosts of ${ownCores} cores of their own a replica bears ${digits(perHost)}/s (its ${perReplica <= perVerifier ? 'own thread' : 'native verifier'}), and PostgreSQL ${digits(perPostgres)}/s, so it comes next, at ${digits(perPostgres / perHost)} replicas.`,
    },
    {
      name: `replicas-${name}-time`,
      ...{ ...axes, yLabel: `time of each: ${what}, at ${connections} connections`, unit: 'ms', series: time.series },
      bottleneck: `Waiting for a core: ${connections} at a time over ${digits(rate.last('all on the same cores'))}/s are ${digits((1000 * connections) / rate.last('all on the same cores'))} ms each, and the median is ${digits(time.last('p50'))} ms; no lock and no pool shows beside it.`,
    },
    {
      name: `replicas-${name}-cpu`,
      ...{ ...axes, yLabel: `CPU of each: ${what}`, unit: 'ms', series: cpu.series },
      bottleneck: `${biggest.name}, ${percent(biggest.share)} of ${digits(total)} ms with ${most} replicas (PostgreSQL ${percent(spent.PostgreSQL! / total)}, client ${percent(spent.client! / total)}); a replica more costs PostgreSQL ${digits(cpu.last('PostgreSQL') / cpu.points('PostgreSQL')[0]!.y)} times what one costs it.`,
    },
  ]
}
