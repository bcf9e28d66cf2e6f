import type { Account, ContractCall } from '@hufu/ledger'
import type { Comparison } from '../compare.ts'
import { type LoadNetwork, sharedLoadNetwork } from '../fixtures/load-network.ts'
import { cpuSince } from '../fixtures/process-cpu.ts'
import { neoPeer } from '../peers.ts'
import { median } from '../statistics.ts'

const writesPerRun = 3

/** How long a lone write takes on a network that has nothing else to do. */
export const finality: Comparison = {
  name: 'finality',
  description: 'a lone registration or a lone transfer of GAS, from submit to its end, seven idle validators',
  peer: neoPeer,
  shares: [sharedLoadNetwork],
  measures: [
    { figure: 'inBlockP50Ms', of: 'A/B', goal: { atMost: 1.1 } },
    { figure: 'durableP50Ms', of: 'A/B' },
  ],
  async open(runs) {
    const loadNetwork = await sharedLoadNetwork.get()
    const unused = await loadNetwork.accounts(2 * runs * writesPerRun)
    const take = () => unused.splice(0, writesPerRun)
    return {
      a: { name: 'register', run: () => writeEach(loadNetwork, take(), loadNetwork.register) },
      b: { name: 'transfer', run: () => writeEach(loadNetwork, take(), loadNetwork.transfer) },
      close: async () => undefined,
    }
  },
}

/** One after the other, each after the one before is on disk: by then the network has come to rest. */
async function writeEach({ submit }: LoadNetwork, accounts: readonly Account[], callOf: (account: Account) => ContractCall) {
  const inBlockMs: number[] = []
  const durableMs: number[] = []
  const cpuSeconds = cpuSince()
  for (const account of accounts) {
    const startedAt = performance.now()
    const write = await submit(callOf(account), account)
    await write.inBlock()
    inBlockMs.push(performance.now() - startedAt)
    await write.durable()
    durableMs.push(performance.now() - startedAt)
  }
  const cpuMsEach = (1000 * cpuSeconds()) / accounts.length
  return { inBlockP50Ms: median(inBlockMs), durableP50Ms: median(durableMs), cpuMsEach }
}
