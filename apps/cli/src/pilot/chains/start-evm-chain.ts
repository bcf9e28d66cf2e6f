import { parseNetworkId } from '@hufu/chains'
import { anchoredEntry, deployNeoLightClient, EvmChain } from '@hufu/chains/evm'
import { type NetworkDescriptor, trustAnchorOf } from '@hufu/ledger'
import { startAnvil } from '@hufu/network'
import { bytesToHex } from '@hufu/primitives'
import { privateKeyToAccount } from 'viem/accounts'
import type { OtherChain } from './other-chain.ts'

/** As a chain with blocks of its own would: anvil has no consensus that takes its time. */
const blockSeconds = 1
const pollMs = 50

/**
 * An EVM chain with our contract NeoLightClient, which knows of Neo who its validators were in the beginning.
 *
 * @throws NetworkError, ChainError: it could not be set up
 */
export async function startEvmChain(network: NetworkDescriptor): Promise<OtherChain> {
  const anvil = await startAnvil({ blockSeconds })
  try {
    const nodes = [{ url: anvil.url }]
    const account = privateKeyToAccount(anvil.keys[0]!)
    const { address: lightClient, blockNumber } = await deployNeoLightClient(nodes[0]!, account, trustAnchorOf(network))
    const id = parseNetworkId(`eip155:${anvil.chainId}`)
    const chain = await EvmChain.connect({ network: id, nodes, lightClient, account, confirmations: 0, pollMs, firstBlock: blockNumber })
    return {
      chain,
      setting: {
        en: `a block each second, our NeoLightClient at ${lightClient}: ${id}`,
        'zh-CN': `每秒一个区块，NeoLightClient 合约位于 ${lightClient}：${id}`,
      },
      async held(key) {
        const path = ['entryOf', String(network.contracts.status.id), `0x${bytesToHex(key)}`]
        const view = await chain.read({ contract: lightClient, path }, { minAssurance: { kind: 'gatewaySigned' } })
        const { value, blockIndex } = anchoredEntry(view)
        return { value, neoBlock: blockIndex, assurance: view.assurance }
      },
      stop: () => anvil.stop(),
    }
  } catch (error) {
    await anvil.stop()
    throw error
  }
}
