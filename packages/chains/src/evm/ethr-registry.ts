import type { EthrBlock, EthrRegistry } from '@hufu/did'
import { type Hex, isAddress, isHex } from 'viem'
import { ChainError } from '../errors.ts'
import { EvmNode, type EvmNodeOptions } from './evm-node.ts'
import { EvmNodes } from './evm-nodes.ts'

/** Settings of {@link ethrRegistry}. */
export interface EthrRegistryOptions {
  readonly chainId: number
  /** Address of the contract of ERC-1056. */
  readonly registry: Hex
  /** Each of another operator. */
  readonly nodes: readonly EvmNodeOptions[]
  /** How many nodes must answer alike; default all. */
  readonly agreeing?: number
  /** Blocks that must lie on top of the one that is read; 0 where a block never goes away. */
  readonly confirmations: number
}

/**
 * A registry of DIDs of method `ethr` on an EVM chain, by the word of its nodes: those that agree count.
 *
 * @throws TypeError: no such address, or more agreeing nodes than there are
 */
export function ethrRegistry({ chainId, registry, nodes, agreeing, confirmations }: EthrRegistryOptions): EthrRegistry {
  if (!isAddress(registry, { strict: false })) throw new TypeError('registry: expected an address')
  const asked = new EvmNodes(
    nodes.map(node => new EvmNode(node)),
    agreeing ?? nodes.length,
  )
  const checkChain = once(async () => {
    const { answer } = await asked.agreed(node => node.chainId())
    if (answer !== chainId) throw new ChainError('ERR_CHAIN_NETWORK', 'the nodes are of another chain')
  })
  const block = async (number: number): Promise<EthrBlock> => asked.block(number)
  return {
    chainId,
    block,
    async head() {
      await checkChain()
      return block(Math.max(0, (await asked.height()) - confirmations))
    },
    async call(data, at) {
      if (!isHex(data) || !isHex(at.hash)) throw new TypeError('expected hexadecimal data and hash')
      const { answer, assurance } = await asked.agreed(node => node.call({ to: registry, data }, at.hash as Hex))
      if ('revert' in answer) throw new ChainError('ERR_CHAIN_ANSWER', 'expected a registry of ERC-1056 at that address')
      return { value: answer.data, assurance: didAssuranceOf(assurance) }
    },
    async logs(blockNumber, identityTopic) {
      const { answer, assurance } = await asked.agreed(async node => {
        const logs = await node.logs(registry, blockNumber, blockNumber, [null, identityTopic as Hex])
        const own = logs.filter(log => log.blockNumber === blockNumber && log.address.toLowerCase() === registry.toLowerCase())
        return own.sort((one, other) => one.logIndex - other.logIndex).map(({ topics, data }) => ({ topics, data }))
      })
      return { value: answer, assurance: didAssuranceOf(assurance) }
    },
  }
}

/** Nodes give no other kinds. */
function didAssuranceOf(assurance: Awaited<ReturnType<EvmNodes['agreed']>>['assurance']) {
  return assurance.kind === 'attested' ? assurance : ({ kind: 'gatewaySigned' } as const)
}

/** What has succeeded is not asked again. */
function once(check: () => Promise<void>): () => Promise<void> {
  let isDone = false
  return async () => {
    if (isDone) return
    await check()
    isDone = true
  }
}
