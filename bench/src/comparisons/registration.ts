import type { Comparison } from '../compare.ts'
import { startLoadNetwork } from '../fixtures/load-network.ts'

const writesPerRun = 150

/** A registered identifier beside a bare transfer of GAS, through the same client, on seven validators. */
export const registration: Comparison = {
  name: 'registration',
  description: 'register an identifier (450-byte document) vs transfer GAS, seven validators, same client',
  rounds: 9,
  goals: [
    { figure: 'perSecond', ratio: { atLeast: 0.7 } },
    { figure: 'perNodeCpuSecond', ratio: { atLeast: 0.8 } },
  ],
  async open() {
    const { network, accounts, load, register, transfer } = await startLoadNetwork(7)
    return {
      a: { name: 'register', run: async () => load(await accounts(writesPerRun), register) },
      b: { name: 'transfer', run: async () => load(await accounts(writesPerRun), transfer) },
      close: () => network.stop(),
    }
  },
}
