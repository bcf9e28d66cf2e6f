import type { Comparison } from '../compare.ts'
import { startEvmRelay } from '../fixtures/evm-relay.ts'
import { startFabricRelay } from '../fixtures/fabric-relay.ts'
import { sharedHospitalChannel } from '../fixtures/hospital-channel.ts'
import { type Registered, type Relay, sharedNeoSource } from '../fixtures/neo-source.ts'
import { timed } from '../fixtures/timed.ts'
import { anvilPeer, fabricPeer, neoPeer } from '../peers.ts'

/** How long what is durable on Neo takes to be found, proven, on a Fabric channel, beside what both chains take by themselves. */
export const relayFabric = relayTo(
  'relay-fabric',
  'an identifier durable on Neo until two hospitals find it on their channel, beside Neo’s next header and a plain Fabric transaction',
  startFabricRelay,
  [sharedNeoSource, sharedHospitalChannel],
  () => `${neoPeer()}, ${fabricPeer()}`,
)

/** The same to an EVM chain. */
export const relayEvm = relayTo(
  'relay-evm',
  'an identifier durable on Neo until it is proven on an EVM chain (anvil, a block each second), beside Neo’s next header and a plain transfer',
  startEvmRelay,
  [sharedNeoSource],
  () => `${neoPeer()}, ${anvilPeer()}`,
)

function relayTo(
  name: string,
  description: string,
  start: () => Promise<Relay>,
  shares: NonNullable<Comparison['shares']>,
  peer: () => string,
): Comparison {
  return {
    name,
    description,
    peer,
    shares,
    measures: [{ figure: 'milliseconds', of: 'A/B', goal: { atMost: 1.3 } }],
    async open() {
      const { neo, relay, plainTransaction, stop } = await start()
      const timeEach = (work: (registered: Registered) => Promise<void>) => async () => {
        const registered = await neo.register()
        const { perSecond, cpuMsEach } = await timed(1, () => work(registered))
        return { milliseconds: 1000 / perSecond, cpuMsEach }
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
