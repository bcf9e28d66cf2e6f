import { cpus } from 'node:os'
import { identifiers } from '@hufu/bindings'
import { type Did, didOf, ledgerSource, resolveDid } from '@hufu/did'
import { generateSigner } from '@hufu/keys'
import type { Account, ContractCall } from '@hufu/ledger'
import { canonicalJsonBytes } from '@hufu/primitives'
import { openPostgresDatabase, openRegistry } from '@hufu/service'
import { startPostgres, type TestPostgres } from '@hufu/testkit'
import { inFlight } from '../fixtures/in-flight.ts'
import { institutionDocument } from '../fixtures/institution-document.ts'
import { type LoadNetwork, startLoadNetwork } from '../fixtures/load-network.ts'
import { cpuSecondsOf } from '../fixtures/process-cpu.ts'
import { quantile } from '../statistics.ts'
import { digits, growthExponent, largestShare, percent, perSecondByCpu } from './bottleneck.ts'
import { SeriesSet } from './curve.ts'
import { diskUsage } from './fixtures/disk-usage.ts'
import { anonymousMebibytes, residentMebibytes } from './fixtures/process-memory.ts'
import { summaryOf, timeEach } from './fixtures/summary.ts'
import { withClosing } from './fixtures/with-closing.ts'
import type { GrowthPart } from './growth-part.ts'
import { powersOfTen } from './sizes.ts'

/** Accounts and writes that are made at once; the next follow when all are in blocks. */
const atOnce = 1_000
const maxUnsent = 64
const samples = 300

/** Identifiers registered one by one on a real ledger of one validator, resolved from its node, and followed into tables anew. */
export const identifiersOnLedger: GrowthPart = {
  name: 'identifiers-on-ledger',
  description: 'identifiers registered on a real ledger, one validator; resolved from the node; tables rebuilt from it',
  run: (long, progress) =>
    withClosing(async steps => {
      const postgres = await startPostgres()
      steps.push(() => postgres.stop())
      const load = await startLoadNetwork(1)
      steps.push(() => load.network.stop())
      return measure(load, postgres, powersOfTen(long ? 1_000_000 : 10_000), progress)
    }),
}

async function measure(load: LoadNetwork, postgres: TestPostgres, sizes: readonly number[], progress: (what: string) => void) {
  const { network } = load
  const keys = [(await generateSigner('P-256')).publicKey, (await generateSigner('Ed25519')).publicKey]
  const contract = identifiers(network.descriptor.contracts.identifiers.hash)
  const source = ledgerSource(network.ledger, network.descriptor)
  const folder = network.nodes.files.nodes[0]!.folder
  const dids: Did[] = []
  const register = (account: Account): ContractCall => {
    const did = didOf(network.descriptor.name, account.scriptHash)
    dids.push(did)
    return contract.register({
      identifier: account.scriptHash,
      document: canonicalJsonBytes(institutionDocument(did, keys)),
      recovery: null,
      recoveryDelayMs: 0n,
    })
  }
  const [rate, latency, rebuild, disk, memory] = [new SeriesSet(), new SeriesSet(), new SeriesSet(), new SeriesSet(), new SeriesSet()]
  const spent = { validator: 0, client: 0 }
  let written = 0
  for (const size of sizes) {
    const added = size - dids.length
    let [seconds, bytes] = [0, 0]
    for (let first = 0; first < added; first += atOnce) {
      const accounts = await load.accounts(Math.min(atOnce, added - first))
      const [startedAt, ownBefore] = [performance.now(), process.cpuUsage()]
      const [diskBefore, nodeBefore] = [await diskUsage(folder), cpuSecondsOf(network.nodes.pids)]
      const calls = accounts.map(account => ({ account, call: register(account) }))
      const fee = await load.client.estimateSystemFee([calls[0]!.call], { account: calls[0]!.account })
      const writes = await inFlight(calls, maxUnsent, ({ account, call }) => load.submit(call, account, fee))
      await Promise.all(writes.map(write => (first + atOnce < added ? write.inBlock() : write.durable())))
      seconds += (performance.now() - startedAt) / 1000
      // What is in a block may not be on the disk yet.
      await Promise.all(writes.map(write => write.durable()))
      bytes += (await diskUsage(folder)) - diskBefore
      const { user, system } = process.cpuUsage(ownBefore)
      spent.client += (user + system) / 1e6
      spent.validator += cpuSecondsOf(network.nodes.pids) - nodeBefore
      written += accounts.length
    }
    rate.add('registered and durable', size, added / seconds)
    disk.add('validator', size, bytes / added)
    memory.add('validator', size, residentMebibytes(network.nodes.pids[0]!))
    memory.add('validator, its own', size, anonymousMebibytes(network.nodes.pids[0]!))
    progress(`${size} identifiers registered`)
    const step = Math.floor(dids.length / samples)
    const cold = await timeEach(samples, index => expectDocument(resolveDid(source, dids[index * step]!)))
    latency.add('from a node, p50', size, summaryOf(cold).y)
    latency.add('from a node, p99', size, quantile(cold, 0.99))
    rebuild.add('from a real ledger, PostgreSQL', size, await rebuildTables(load, postgres, dids))
    progress(`${size} identifiers followed anew`)
  }
  const axes = { xLabel: 'identifiers', logX: true }
  const largest = sizes.at(-1)!.toLocaleString('en')
  const most = largestShare(spent)
  const [nodeMs, clientMs] = [(1000 * spent.validator) / written, (1000 * spent.client) / written]
  return [
    {
      name: 'identifiers-register-ledger',
      ...{ ...axes, yLabel: 'identifiers registered and durable a second, real ledger of one validator', unit: '/s', series: rate.series },
      bottleneck: `CPU, of which the ${most.name} takes ${percent(most.share)}: ${digits(nodeMs)} ms a registration on the validator, its writing to disk included, and ${digits(clientMs)} ms at the client, so these ${cpus().length} cores bear ${digits(perSecondByCpu(nodeMs + clientMs, cpus().length))}/s for long. The rate is of a thousand at a time, what of their flush comes later not counted. How many identifiers there are hardly matters (exponent ${digits(growthExponent(rate.points('registered and durable')))} at ${largest}).`,
    },
    {
      name: 'identifiers-resolve-ledger',
      ...{ ...axes, yLabel: 'one DID resolved from a node, real ledger', unit: 'ms', series: latency.series },
      bottleneck: `The node's run of the contract and the call over HTTP, not the number of identifiers: ${digits(latency.last('from a node, p50'))} ms at ${largest}, exponent ${digits(growthExponent(latency.points('from a node, p50')))}.`,
    },
    {
      name: 'identifiers-rebuild-ledger',
      ...{ ...axes, yLabel: 'time to fill the tables from nothing, real ledger', unit: 's', series: rebuild.series },
      bottleneck: `One follower, which asks a node for each document and inserts row by row: ${digits(sizes.at(-1)! / rebuild.last('from a real ledger, PostgreSQL'))} identifiers a second, exponent ${digits(growthExponent(rebuild.points('from a real ledger, PostgreSQL')))}.`,
    },
    {
      name: 'identifiers-disk-ledger',
      ...{ ...axes, yLabel: 'disk of one identifier on each validator, real ledger', unit: 'bytes each', series: disk.series },
      bottleneck: `The validators' disks: ${digits(disk.last('validator'))} bytes an identifier (transaction, block, storage, new paths of the state trie, database's own pages), so 10⁷ take ${digits((disk.last('validator') * 1e7) / 2 ** 30)} GiB on each, some ${digits(disk.last('validator') / 1_260)} times what the tables take.`,
    },
    {
      name: 'identifiers-memory-ledger',
      ...{ ...axes, yLabel: 'memory of the validator, real ledger', unit: 'MiB', series: memory.series },
      bottleneck: `What is resident grows with the database, ${digits(memory.last('validator'))} MiB at ${largest}, for its file is mapped, and the kernel takes those pages back when it needs them. The validator's own, the garbage of blocks just worked on, is ${digits(memory.last('validator, its own'))} MiB, exponent ${digits(growthExponent(memory.points('validator, its own')))}.`,
    },
  ]
}

async function expectDocument(resolution: ReturnType<typeof resolveDid>): Promise<void> {
  if ((await resolution).document === null) throw new Error('expected a document')
}

/** Seconds until tables that were empty have all. @throws Error: one is missing */
async function rebuildTables({ network }: LoadNetwork, postgres: TestPostgres, dids: readonly Did[]): Promise<number> {
  const database = openPostgresDatabase(await postgres.createDatabase())
  const startedAt = performance.now()
  const options = { client: network.ledger, network: network.descriptor, database, freshWithinMs: 3_600_000 }
  const registry = openRegistry({ ...options, onError: error => console.error(error) })
  try {
    await registry.refresh()
    const seconds = (performance.now() - startedAt) / 1000
    const [row] = await database.query<{ count: number }>('select count(*)::integer as count from registry_identifiers')
    if (row?.count !== dids.length) throw new Error('expected every identifier in the tables')
    return seconds
  } finally {
    await registry.close()
    await database.close()
  }
}
