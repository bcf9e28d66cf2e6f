import { seededRandom } from '@hufu/network'
import type { TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkHistory } from './history/check-history.ts'
import { injectFaults } from './history/faults.ts'
import type { HistoryKind, HistoryWorld } from './history/history-kind.ts'
import { anchorKind } from './history/kinds/anchor-kind.ts'
import { identifierKind } from './history/kinds/identifier-kind.ts'
import { nullifierKind } from './history/kinds/nullifier-kind.ts'
import { treeKind } from './history/kinds/tree-kind.ts'
import { trustKind } from './history/kinds/trust-kind.ts'
import { type ProxiedNetwork, startProxiedNetwork } from './history/proxied-network.ts'
import { readLog } from './history/read-log.ts'
import { foundRegistry } from './history/registry.ts'

// A slice by default; `npm run faults -- history.test --seed long --long` is the run that docs/reliability.md quotes, SECONDS=… any other length. What is done is decided by SEED, when it happens is not.
const isLong = process.env.LONG === '1'
const seconds = Number(process.env.SECONDS ?? (isLong ? 100 : 8))
const seed = process.env.SEED ?? 'tests'
/** Nodes come up again from a disk that others use, too. */
const mostBehindMs = 60_000

/** With fewer of a kind, under faults, nothing was under load, and the run says nothing of it: it goes on until there are, or is void. */
const leastOfEach = { operations: isLong ? 20_000 : 10 * seconds, durable: Math.max(3, seconds / 4), refused: 1 }
const mostSeconds = 3 * seconds + 100

let proxied: ProxiedNetwork
let network: TestNetwork
let kinds: readonly HistoryKind[]
let isOver = false
const lives = [1, 1, 1, 1, 1, 1, 1]

beforeAll(async () => {
  proxied = await startProxiedNetwork()
  network = proxied.network
  const typeIds = Array.from({ length: 60 }, (_, index) => `urn:hufu:type-${index}`)
  const registry = await foundRegistry(network, 6, typeIds)
  const [issuers, others] = [registry.institutions.slice(0, 3), registry.institutions.slice(3)]
  const world: HistoryWorld = {
    ...{ network, seed, lives, isOver: () => isOver },
    client: () => network.client({ waitMs: 30_000 }),
    random: name => seededRandom(`${seed}, ${name}`),
  }
  const ofIssuers = { ...registry, institutions: issuers }
  kinds = await Promise.all([
    identifierKind(world),
    trustKind(world, registry, others, typeIds),
    treeKind(world, ofIssuers),
    anchorKind(world, ofIssuers),
    nullifierKind(world, registry),
  ])
})

afterAll(() => proxied?.stop())

test(`the ledger's order explains every answer of every kind, ${seconds} s with up to two of seven killed, hanging or cut off`, {
  timeout: mostSeconds * 1_000 + 300_000,
}, async () => {
  const firstBlock = await network.ledger.getBlockCount()
  const faults = injectFaults(proxied, seededRandom(seed), { most: 2, lives })
  const started = performance.now()
  const clock = setInterval(() => {
    const passed = (performance.now() - started) / 1_000
    isOver ||= passed > mostSeconds || (passed > seconds && kinds.every(kind => missing(kind).length === 0))
  }, 200)
  try {
    await Promise.all(kinds.flatMap(kind => kind.actors()))
    await Promise.all(kinds.map(kind => kind.recorder.settled()))
  } finally {
    clearInterval(clock)
    isOver = true
    await faults.stop()
  }
  expect(kinds.flatMap(missing), 'too little under load: void').toEqual([])
  await network.nodes.ready()
  await Promise.all(kinds.flatMap(kind => [...lives.keys()].map(node => kind.readAll(node))))

  const contracts = [...new Set(kinds.map(kind => kind.contract))]
  const log = await readLog(network, 0, { contracts, firstBlock })
  for (const node of lives.keys()) expect(await readLog(network, node, { contracts, firstBlock }), `node ${node} has the same`).toEqual(log)
  const ofEachKind = [...Map.groupBy(faults.done, fault => fault.split(' ')[0]!)].map(([fault, those]) => `${those.length} ${fault}`)
  console.log(`seed ${seed}: ${faults.done.length} faults, of these ${ofEachKind.join(', ')}`)
  for (const { name, recorder, close } of kinds) {
    const { initial, writes, reads, model } = recorder
    const history = { model, initial, writes, reads, effects: recorder.effects(log) }
    const { violations, staleness } = checkHistory(history, { mostBehindMs, originMs: performance.timeOrigin })
    const outcomes = Map.groupBy(writes, write => write.outcome.kind)
    const figures = [...outcomes].map(([kind, those]) => `${those.length} ${kind}`)
    console.log(
      `${name}: ${reads.length} read, ${figures.join(', ')}; ${staleness.staleReads} stale reads, at most ${Math.round(staleness.mostMs)} ms behind, ${staleness.staleRefusals} needless refusals`,
    )
    const message = `${name}, seed ${seed}: ${faults.done.join('; ')}`
    expect([...violations, ...(await close())].slice(0, 20), message).toEqual([])
  }
})

function missing({ name, recorder: { writes, reads } }: HistoryKind): readonly string[] {
  const count = (outcome: string) => writes.filter(write => write.outcome.kind === outcome).length
  const found = { operations: writes.length + reads.length, durable: count('durable'), refused: count('refused') }
  // An anchor is never refused.
  const least = { ...leastOfEach, refused: name === 'anchors' ? 0 : leastOfEach.refused }
  const names = ['operations', 'durable', 'refused'] as const
  return names.flatMap(each => (found[each] < least[each] ? [`${name}: ${found[each]} ${each}, expected ${least[each]}`] : []))
}
