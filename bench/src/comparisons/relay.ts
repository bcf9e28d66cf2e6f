import type { Comparison } from '../compare.ts'
import { startEvmRelay } from '../fixtures/evm-relay.ts'
import { startFabricRelay } from '../fixtures/fabric-relay.ts'
import type { Registered, Relay } from '../fixtures/neo-source.ts'
import { median } from '../statistics.ts'

const relaysPerRun = 2

/** How long what is durable on Neo takes to be found, proven, on a Fabric channel, beside what both chains take by themselves. */
export const relayFabric = relayTo(
  'relay-fabric',
  'an identifier durable on Neo until two hospitals find it on their channel, beside Neo’s next header and a plain Fabric transaction',
  startFabricRelay,
)

/** The same to an EVM chain. */
export const relayEvm = relayTo(
  'relay-evm',
  'an identifier durable on Neo until it is proven on an EVM chain (anvil, a block each second), beside Neo’s next header and a plain transfer',
  startEvmRelay,
)

function relayTo(name: string, description: string, start: () => Promise<Relay>): Comparison {
  return {
    name,
    description,
    rounds: 5,
    measures: [{ figure: 'p50Ms', of: 'A/B', goal: { atMost: 1.3 } }],
    async open() {
      const { neo, relay, plainTransaction, stop } = await start()
      const timeEach = (work: (registered: Registered) => Promise<void>) => async () => {
        const tookMs: number[] = []
        for (let index = 0; index < relaysPerRun; index++) {
          const registered = await neo.register()
          const startedAt = performance.now()
          await work(registered)
          tookMs.push(performance.now() - startedAt)
        }
        return { p50Ms: median(tookMs) }
      }
      return {
        a: { name: 'relay, proven', run: timeEach(relay) },
        b: {
          name: 'both chains by themselves',
          run: timeEach(async ({ blockIndex }) => {
            await neo.nextHeader(blockIndex)
            await plainTransaction()
          }),
        },
        close: stop,
      }
    },
  }
}
