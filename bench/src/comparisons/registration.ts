import type { Comparison } from '../compare.ts'
import { sharedLoadNetwork } from '../fixtures/load-network.ts'
import { neoPeer } from '../peers.ts'

const writesPerRun = 120

/** A registered identifier beside a bare transfer of GAS, through the same client, on seven validators. */
export const registration: Comparison = {
  name: 'registration',
  description: 'register an identifier (450-byte document) or transfer GAS, same client, seven validators',
  peer: neoPeer,
  shares: [sharedLoadNetwork],
  measures: [
    { figure: 'perSecond', of: 'A/B', goal: { atLeast: 0.7 } },
    { figure: 'nodeCpuMsEach', of: 'A/B', goal: { atMost: 1.25 } },
  ],
  async open(runs) {
    const { accounts, load, register, transfer } = await sharedLoadNetwork.get()
    const unused = await accounts(2 * runs * writesPerRun)
    const take = () => unused.splice(0, writesPerRun)
    return {
      a: { name: 'register', run: () => load(take(), register) },
      b: { name: 'transfer', run: () => load(take(), transfer) },
      close: async () => undefined,
    }
  },
}
