import { scriptHashToBytes, type TrustAnchor } from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'
import { type Abi, encodeDeployData, type Hex, type LocalAccount } from 'viem'
import { ChainError } from '../errors.ts'
import { EvmNode, type EvmNodeOptions, parseNumber } from './evm-node.ts'
import { neoLightClient } from './generated/neo-light-client.ts'
import { prepareTransaction } from './prepare-transaction.ts'

/** A contract that is there. */
export interface DeployedContract {
  readonly address: Hex
  readonly blockNumber: number
  readonly gasUsed: number
}

const pollMs = 100
const maxPolls = 1_200

/** Puts a NeoLightClient on a chain, which trusts this anchor and nobody else. @throws ChainError as `EvmChain.invoke` */
export function deployNeoLightClient(
  node: EvmNodeOptions,
  account: LocalAccount,
  { magic, blockIndex, nextConsensus }: TrustAnchor,
): Promise<DeployedContract> {
  const args = [magic, blockIndex, `0x${bytesToHex(scriptHashToBytes(nextConsensus))}`]
  return deployContract(node, account, { ...neoLightClient, args })
}

/** Puts a contract on a chain. */
export async function deployContract(
  options: EvmNodeOptions,
  account: LocalAccount,
  { abi, bytecode, args }: { readonly abi: Abi; readonly bytecode: Hex; readonly args: readonly unknown[] },
): Promise<DeployedContract> {
  const node = new EvmNode(options)
  const data = encodeDeployData({ abi, bytecode, args })
  const transaction = await prepareTransaction(node, { chainId: await node.chainId(), from: account.address, data })
  const hash = await node.ask('eth_sendRawTransaction', [await account.signTransaction(transaction)])
  for (let polls = 0; polls < maxPolls; polls++) {
    const receipt = (await node.ask('eth_getTransactionReceipt', [hash])) as Readonly<Record<string, Hex>> | null
    if (receipt !== null) {
      if (receipt.status !== '0x1') throw new ChainError('ERR_CHAIN_REFUSED', 'the contract was not deployed')
      const { contractAddress, blockNumber, gasUsed } = receipt
      return { address: contractAddress!, blockNumber: parseNumber(blockNumber), gasUsed: parseNumber(gasUsed) }
    }
    await new Promise(resolve => setTimeout(resolve, pollMs))
  }
  throw new ChainError('ERR_CHAIN_UNKNOWN', 'the contract is not in a block yet')
}
