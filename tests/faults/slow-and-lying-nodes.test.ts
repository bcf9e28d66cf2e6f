// One of four nodes is slow, silent, refuses, keeps what it is sent, or lies in one value of its answer; the others are real and honest. What a client calls durable is on the
// ledger, once; what it calls failed is not; what a light client believes is true. SEED=… for other misdeeds, LONG=1 for many more writes.

import { createDid, type DidProver, provenSource } from '@hufu/did'
import { type Account, LedgerClient, LightClient, singleAccount } from '@hufu/ledger'
import { seededRandom } from '@hufu/network'
import { errorCode } from '@hufu/primitives'
import { fixedSigner, startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dishonestFetch, type Misdeeds } from './dishonest-node/dishonest-fetch.ts'

const seed = process.env.SEED ?? 'tests'
const writesOfEachNode = process.env.LONG === '1' ? 200 : 15
const atOnce = 5

let network: TestNetwork

beforeAll(async () => {
  network = await startTestNetwork({ validators: 4 })
})

afterAll(() => network?.stop())

interface Written {
  readonly account: Account
  /** `durable`, or the code that it failed with. */
  readonly outcome: string
}

/** A client all of whose ways lead past the misdeeds of one node. */
function clientsBeside(liar: number): { readonly client: LedgerClient; readonly prover: DidProver; readonly done: Misdeeds } {
  const { descriptor } = network
  const { rpcUrl, metricsUrl } = descriptor.validators[liar]!
  const origins = [rpcUrl, metricsUrl].map(url => new URL(url).origin)
  const { fetch, done } = dishonestFetch(seededRandom(`${seed}, node ${liar}`), origin => origins.includes(origin))
  const nodes = descriptor.validators.map(({ rpcUrl }) => ({ rpcUrl }))
  const options = { network: descriptor, fetch, rpcTimeoutMs: 1_500 }
  const client = new LedgerClient({ ...options, nodes, firstNode: liar, waitMs: 60_000 })
  const nodeUrls = [liar, ...nodes.keys()].map(index => nodes[index]!.rpcUrl)
  return { client, prover: provenSource(new LightClient({ ...options, nodeUrls }), descriptor), done }
}

async function writeMany(client: LedgerClient, name: string): Promise<readonly Written[]> {
  const written: Written[] = []
  const next = Array.from({ length: writesOfEachNode }, (_, index) => `${name} ${index}`)
  const write = async () => {
    for (let label = next.pop(); label !== undefined; label = next.pop()) {
      const account = singleAccount(await fixedSigner(label))
      const outcome = await createDid({ client, network: network.descriptor }, { account, sponsor: network.committee })
        .then(({ durable }) => durable())
        .then(
          () => 'durable',
          error => errorCode(error) ?? String(error),
        )
      written.push({ account, outcome })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, write))
  return written
}

test.each([0, 1, 2, 3])(
  'node %d misbehaves: durable means on the ledger, failed means not on it',
  {
    timeout: 120_000 + writesOfEachNode * 3_000,
  },
  async liar => {
    const { client, prover, done } = clientsBeside(liar)
    const written = await writeMany(client, `beside ${liar}`)
    client.close()
    const counts = Object.entries(Object.groupBy(written, ({ outcome }) => outcome)).map(
      ([outcome, those]) => `${those?.length} ${outcome}`,
    )
    const at = `SEED=${seed}, node ${liar}: ${counts.join(', ')}; ${JSON.stringify(done)}`
    console.log(at)
    // Proofs are of the state before the newest block.
    const blockCount = await network.ledger.getBlockCount()
    await expect.poll(() => network.ledger.getBlockCount(), { timeout: 30_000 }).toBeGreaterThan(blockCount + 1)
    const honest = provenSource(new LightClient({ network: network.descriptor }), network.descriptor)
    let proven = 0
    for (const { account, outcome } of written) {
      const real = await honest.findState(account.scriptHash, 'latest')
      if (outcome === 'durable') expect(real, at).not.toBeNull()
      else {
        expect(outcome, at).toMatch(/^ERR_LEDGER_/)
        if (outcome !== 'ERR_LEDGER_UNKNOWN') expect(real, `${at}: ${outcome}`).toBeNull()
      }
      const believed = await prover.findState(account.scriptHash, 'latest').catch((error: unknown) => {
        expect(errorCode(error), at).toMatch(/^ERR_LEDGER_/)
        return undefined
      })
      // That there is none is a node's word.
      if (believed === undefined || believed === null) continue
      expect(believed, at).toEqual(real)
      proven++
    }
    const durable = written.filter(({ outcome }) => outcome === 'durable').length
    expect(durable, at).toBeGreaterThan(written.length / 3)
    expect(proven, at).toBeGreaterThan(durable / 3)
    expect(
      Object.values(done).reduce((sum, count) => sum + count),
      `${at}: fewer misdeeds say nothing`,
    ).toBeGreaterThan(5)
  },
)
