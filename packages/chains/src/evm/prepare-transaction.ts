import type { Hex, TransactionSerializable } from 'viem'
import { type EvmNode, parseNumber } from './evm-node.ts'

const gasPercent = 125n

/** A call as a transaction, to be signed: number, gas and fees as the node sees them now. */
export async function prepareTransaction(
  node: EvmNode,
  { chainId, from, to, data }: { readonly chainId: number; readonly from: Hex; readonly to?: Hex; readonly data: Hex },
): Promise<TransactionSerializable> {
  const call = to === undefined ? { from, data } : { from, to, data }
  const [nonce, estimate, block] = await Promise.all([
    node.ask('eth_getTransactionCount', [from, 'pending']),
    node.ask('eth_estimateGas', [call]),
    node.ask('eth_getBlockByNumber', ['latest', false]),
  ])
  const gas = (BigInt(parseNumber(estimate)) * gasPercent) / 100n
  const common = { chainId, nonce: parseNumber(nonce), data, gas, ...(to !== undefined && { to }) }
  const { baseFeePerGas } = block as { readonly baseFeePerGas?: unknown }
  // Chains before EIP-1559.
  if (baseFeePerGas === undefined || baseFeePerGas === null)
    return { ...common, type: 'legacy', gasPrice: BigInt(parseNumber(await node.ask('eth_gasPrice', []))) }
  const maxPriorityFeePerGas = BigInt(parseNumber(await node.ask('eth_maxPriorityFeePerGas', [])))
  return { ...common, type: 'eip1559', maxPriorityFeePerGas, maxFeePerGas: 2n * BigInt(parseNumber(baseFeePerGas)) + maxPriorityFeePerGas }
}
