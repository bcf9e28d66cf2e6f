import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AskNode } from './ask-node.ts'
import { lookAtFleet } from './look-at-fleet.ts'
import { TestValidators } from './validator-fixture.ts'
import { readState } from './validator-folder.ts'

let validators: TestValidators
const ask = { fetch: globalThis.fetch, timeoutMs: 2_000 }

beforeAll(async () => {
  validators = await TestValidators.found(4)
  await validators.startAll()
  await until(async () => (await look()).margin === 1)
})
afterAll(() => validators.stop())

function look() {
  return lookAtFleet(validators.network, ask, Date.now())
}

async function until(isSo: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await isSo()); ) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await sleep(200)
  }
}

test('four validators run from their folders, on the chain whose first block the network file names', async () => {
  const header = await new AskNode(validators.network.validators[2]!.rpcUrl, ask).header(0)
  expect(header.hash).toBe(validators.network.genesis.hash)
  expect(readState(validators.files(0)).heartbeat).not.toBeNull()
  expect((await look()).members.every(member => member.takesPart)).toBe(true)
})
