import type { Comparison } from '../compare.ts'
import { startLoadNetwork } from '../fixtures/load-network.ts'

const rounds = 7
const writesPerRun = 300
const runs = 2 * (2 * rounds + 1)

/** A registered identifier beside a bare transfer of GAS, through the same client, on seven validators. */
export const registration: Comparison = {
  name: 'registration',
  description: 'register an identifier (450-byte document) or transfer GAS, same client, seven validators',
  rounds,
  measures: [
    { figure: 'perSecond', of: 'A/B', goal: { atLeast: 0.7 } },
    { figure: 'perNodeCpuSecond', of: 'A/B', goal: { atLeast: 0.8 } },
  ],
  async open() {
    const { network, accounts, load, register, transfer } = await startLoadNetwork()
    const unused = await accounts(runs * writesPerRun)
    const take = () => unused.splice(0, writesPerRun)
    return {
      a: { name: 'register', run: () => load(take(), register) },
      b: { name: 'transfer', run: () => load(take(), transfer) },
      close: () => network.stop(),
    }
  },
}
