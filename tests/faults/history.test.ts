import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '@hufu/network'
import { startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkHistory, type FinalVersion, type RecordedOperation } from './history/check-history.ts'
import { injectFaults } from './history/faults.ts'
import { Registers } from './history/registers.ts'

// A slice by default; `SECONDS=300 npm run test:chain -- tests/faults/history` is the run that docs/reliability.md quotes. What is done is decided by SEED, when it happens is not.
const seconds = Number(process.env.SECONDS ?? 15)
const seed = process.env.SEED ?? 'tests'
const registerCount = 12
const writersOfEach = 2
const readersOfEach = 1

/** With fewer operations a second than this nothing was under load, and the run says nothing. */
const leastPerSecond = 10

let network: TestNetwork

beforeAll(async () => {
  network = await startTestNetwork({ validators: 7 })
})

afterAll(() => network.stop())

test(`one order of the writes explains every answer, ${seconds} s with up to two of seven killed or hanging`, {
  timeout: seconds * 1_000 + 240_000,
}, async () => {
  const registers = await Registers.make(network, registerCount)
  const operations: RecordedOperation[] = []
  const untilMs = performance.now() + seconds * 1_000
  const faults = injectFaults(network.nodes, seededRandom(seed), { most: 2 })

  async function keepWriting(register: number, writer: number): Promise<void> {
    const did = registers.names[register]!
    const client = network.client({ waitMs: 30_000 })
    for (let turn = 0; performance.now() < untilMs; turn++) {
      const node = (register + writer + turn) % faults.lives.length
      const before = await registers.read(node, did, faults.lives)
      if (before === undefined) {
        await sleep(50)
        continue
      }
      operations.push(before, await registers.write(client, did, before.version, `${register}.${writer}.${turn}`))
    }
  }

  async function keepReading(register: number): Promise<void> {
    const random = seededRandom(`${seed}, reader ${register}`)
    while (performance.now() < untilMs) {
      const read = await registers.read(random.below(faults.lives.length), registers.names[register]!, faults.lives)
      if (read === undefined) await sleep(20)
      else operations.push(read)
    }
  }

  const actors = registers.names
    .keys()
    .flatMap(register => [
      ...Array.from({ length: writersOfEach }, (_, writer) => keepWriting(register, writer)),
      ...Array.from({ length: readersOfEach }, () => keepReading(register)),
    ])
  await Promise.all([...actors])
  await faults.stop()
  await network.nodes.ready()

  const finals = await finalsOn(registers, 0)
  for (const node of faults.lives.keys()) expect(await finalsOn(registers, node), `node ${node} has the same`).toEqual(finals)
  const { violations, staleness } = checkHistory(operations, finals)
  const counts = Object.groupBy(operations, operation => (operation.kind === 'read' ? 'read' : operation.outcome.kind))
  const figures = Object.entries(counts).map(([kind, those]) => `${those.length} ${kind}`)
  console.log(
    `seed ${seed}: ${figures.join(', ')}; ${faults.done.length} faults; ${staleness.staleConflicts} conflicts told by nodes that were behind, ${staleness.staleReads} stale reads, at most ${Math.round(staleness.mostMs)} ms behind`,
  )
  expect(violations, faults.done.join('; ')).toEqual([])
  expect(operations.length / seconds, 'operations a second: fewer say nothing').toBeGreaterThan(leastPerSecond)
  expect(counts.durable?.length ?? 0).toBeGreaterThan(10)
  const conflicts = counts.conflict?.length ?? 0
  expect(conflicts).toBeGreaterThan(0)
  expect(staleness.staleConflicts, 'most conflicts are with somebody').toBeLessThan(Math.max(3, conflicts / 5))
})

async function finalsOn(registers: Registers, node: number): Promise<ReadonlyMap<string, readonly FinalVersion[]>> {
  return new Map(await Promise.all(registers.names.map(async did => [did, await registers.finals(node, did)] as const)))
}
