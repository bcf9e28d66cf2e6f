import type { Comparison } from '../compare.ts'
import { startEvmRelay } from '../fixtures/evm-relay.ts'
import { median } from '../statistics.ts'

const relaysPerRun = 2

/** How long what is durable on Neo takes to be found, proven, on an EVM chain, beside what both chains take by themselves. */
export const relayEvm: Comparison = {
  name: 'relay-evm',
  description:
    'an identifier durable on Neo until it is proven on an EVM chain (anvil, a block each second), beside Neo’s next header and a plain transfer',
  rounds: 5,
  measures: [{ figure: 'p50Ms', of: 'A/B', goal: { atMost: 1.3 } }],
  async open() {
    const { register, relay, nextHeader, plainTransaction, stop } = await startEvmRelay()
    const timeEach = (work: (registered: Awaited<ReturnType<typeof register>>) => Promise<void>) => async () => {
      const tookMs: number[] = []
      for (let index = 0; index < relaysPerRun; index++) {
        const registered = await register()
        const startedAt = performance.now()
        await work(registered)
        tookMs.push(performance.now() - startedAt)
      }
      return { p50Ms: median(tookMs) }
    }
    return {
      a: { name: 'relay, proven', run: timeEach(({ account, blockIndex }) => relay(account, blockIndex)) },
      b: {
        name: 'both chains by themselves',
        run: timeEach(async ({ blockIndex }) => {
          await nextHeader(blockIndex)
          await plainTransaction()
        }),
      },
      close: stop,
    }
  },
}
