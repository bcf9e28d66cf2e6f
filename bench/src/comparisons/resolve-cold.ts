import { accountOfDid, type Did, ledgerSource, resolveDid } from '@hufu/did'
import type { TestNetwork } from '@hufu/testkit'
import type { Comparison } from '../compare.ts'
import { sharedResolvableNetwork } from '../fixtures/resolvable-network.ts'
import { timed } from '../fixtures/timed.ts'
import { neoPeer } from '../peers.ts'

const resolutionsPerRun = 400

/** What our client, decoding and checking of the document cost beside a node's bare answer. */
export const resolveCold: Comparison = {
  name: 'resolve-cold',
  description: 'resolve a DID from a node, one after the other, or ask the node by fetch with invokefunction; one validator',
  peer: neoPeer,
  shares: [sharedResolvableNetwork],
  measures: [{ figure: 'msEach', of: 'A/B', goal: { atMost: 1.3 } }],
  async open() {
    const { network, dids } = await sharedResolvableNetwork.get()
    const source = ledgerSource(network.ledger, network.descriptor)
    const each = async (work: (did: Did) => Promise<unknown>) => {
      const { perSecond, cpuMsEach } = await timed(resolutionsPerRun, async () => {
        for (let index = 0; index < resolutionsPerRun; index++) await work(dids[index % dids.length]!)
      })
      return { msEach: 1000 / perSecond, cpuMsEach }
    }
    return {
      a: { name: 'resolve', run: () => each(did => resolveDid(source, did)) },
      b: { name: 'invokefunction', run: () => each(did => invokeResolve(network, did)) },
      close: async () => undefined,
    }
  },
}

async function invokeResolve({ descriptor }: TestNetwork, did: Did): Promise<void> {
  const args = [
    { type: 'Hash160', value: accountOfDid(did) },
    { type: 'Integer', value: '0' },
  ]
  const response = await fetch(descriptor.validators[0]!.rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'invokefunction',
      params: [descriptor.contracts.identifiers.hash, 'resolve', args],
    }),
  })
  const { result } = (await response.json()) as { result: { state: string; stack: readonly unknown[] } }
  if (result.state !== 'HALT' || result.stack.length !== 1) throw new Error('expected the contract to answer')
}
