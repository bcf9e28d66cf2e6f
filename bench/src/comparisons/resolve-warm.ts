import { type Did, type DidSource, ledgerSource, resolveDid } from '@hufu/did'
import { openEmbeddedDatabase, openRegistry } from '@hufu/service'
import type { Comparison } from '../compare.ts'
import { sharedResolvableNetwork } from '../fixtures/resolvable-network.ts'
import { timed } from '../fixtures/timed.ts'
import { neoPeer } from '../peers.ts'

const warmPerRun = 200_000
const coldPerRun = 400

/** What a resolver gains by tables that follow the ledger: an answer as fresh, without asking a node. */
export const resolveWarm: Comparison = {
  name: 'resolve-warm',
  description: "resolve a DID from a registry's tables and cache, fresh to the last block, or from a node; one validator",
  peer: neoPeer,
  shares: [sharedResolvableNetwork],
  measures: [{ figure: 'perSecond', of: 'A/B', goal: { atLeast: 30 } }],
  async open() {
    const { network, dids } = await sharedResolvableNetwork.get()
    const database = await openEmbeddedDatabase()
    const registry = openRegistry({ client: network.ledger, network: network.descriptor, database })
    await registry.refresh()
    const cold = ledgerSource(network.ledger, network.descriptor)
    await expectSame(registry.dids, cold, dids)
    const resolveMany = (source: DidSource, count: number) =>
      timed(count, async () => {
        for (let index = 0; index < count; index++) await resolveDid(source, dids[index % dids.length]!)
      })
    return {
      a: { name: 'warm', run: () => resolveMany(registry.dids, warmPerRun) },
      b: { name: 'cold', run: () => resolveMany(cold, coldPerRun) },
      async close() {
        await registry.close()
        await database.close()
      },
    }
  },
}

async function expectSame(left: DidSource, right: DidSource, dids: readonly Did[]): Promise<void> {
  for (const did of dids) {
    const [one, other] = [await resolveDid(left, did), await resolveDid(right, did)]
    if (JSON.stringify([one.document, one.metadata]) !== JSON.stringify([other.document, other.metadata]))
      throw new Error('expected both sources to resolve a DID to the same')
  }
}
