import { singleAccount } from '@hufu/ledger'
import { gasTransfer } from '@hufu/network'
import { fixedSigner, startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

// A shorter run by default; `ROUNDS=50 npm run faults -- kill-all`, which is `--long`, is the one that docs/reliability.md quotes. Nothing in it is left to a seed: all die at the worst moment.
const rounds = Number(process.env.ROUNDS ?? (process.env.LONG === '1' ? 50 : 5))

let network: TestNetwork

beforeAll(async () => {
  network = await startTestNetwork({ validators: 7, contracts: false })
})

afterAll(() => network.stop())

test(`loses nothing durable when all seven validators are killed right after the acknowledgement, ${rounds} times`, {
  timeout: rounds * 20_000,
}, async () => {
  const receiver = singleAccount(await fixedSigner('receiver')).scriptHash
  const lost: number[] = []
  for (let round = 0; round < rounds; round++) {
    const client = network.client()
    const write = await client.submit([gasTransfer(network.committee.scriptHash, receiver, BigInt(round + 1))], {
      account: network.committee,
      idempotencyKey: `round ${round}`,
    })
    const { transactionHash, blockIndex } = await write.durable()
    const acknowledgedAt = performance.now()
    // All seven signals are sent before this returns; waiting for the processes to be gone comes after.
    const gone = network.nodes.killAll()
    expect(performance.now() - acknowledgedAt).toBeLessThan(100)
    await gone
    client.close()
    for (const index of network.nodes.files.nodes.keys()) network.nodes.startNode(index)
    await network.nodes.ready()
    const found = await Promise.all(network.descriptor.validators.map(({ rpcUrl }) => blockOf(rpcUrl, transactionHash)))
    if (found.some(index => index !== blockIndex)) lost.push(round)
  }
  expect(lost).toEqual([])
})

/** Asks the node itself: nothing of ours stands between. */
async function blockOf(rpcUrl: string, transactionHash: string): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'gettransactionheight', params: [`0x${transactionHash}`] })
  const response = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return ((await response.json()) as { result?: unknown }).result
}
