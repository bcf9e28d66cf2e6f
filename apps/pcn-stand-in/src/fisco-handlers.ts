import type { AnswerOf, fiscoEndpoints, RequestOf } from '@hufu/pcn'
import type { Hex, Transaction, TransactionReceipt } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { EvmNode } from './evm-node.ts'
import { Refusal } from './refusal.ts'

type FiscoEndpoints = typeof fiscoEndpoints

/** One function for each endpoint that the stand-in has. @throws Refusal, by each */
export type FiscoHandlers = {
  readonly [Name in Exclude<keyof FiscoEndpoints, 'sendTransaction' | 'registerEvent' | 'queryEvents' | 'removeEvent'>]: (
    body: RequestOf<FiscoEndpoints[Name]>,
  ) => Promise<AnswerOf<FiscoEndpoints[Name]>>
}

const maxUsers = 1_000
const succeeded = '0x0'
const reverted = '0x16'

/** What the stand-in does at each endpoint for FISCO BCOS, over an EVM chain that is none. */
export function fiscoHandlers(node: EvmNode): FiscoHandlers {
  const { client } = node
  const users = new Map<string, PrivateKeyAccount>()

  const receiptOf = (hash: Hex) => orRefused('txHash: there is none', () => client.getTransactionReceipt({ hash }))
  const blockOf = ({ blockNumber, blockHash }: { readonly blockNumber: string; readonly blockHash: string }) =>
    orRefused('there is no such block', () =>
      blockHash === ''
        ? client.getBlock({ blockNumber: BigInt(blockNumber), includeTransactions: true })
        : client.getBlock({ blockHash: blockHash as Hex, includeTransactions: true }),
    )

  return {
    async registerUser({ userId }) {
      if (users.has(userId) || users.size >= maxUsers) throw new Refusal('userId: there is a user of that name, or there are too many')
      const account = await node.newAccount()
      users.set(userId, account)
      return { userId, userAddress: account.address }
    },

    async callContract({ userId, contractName, funcName, funcParam }) {
      const account = users.get(userId)
      if (account === undefined) throw new Refusal('userId: no user whose key is kept here')
      const outcome = await node.call(account, contractName, funcName, funcParam)
      const none = {
        queryInfo: '',
        txId: '',
        blockHash: '',
        blockNumber: 0,
        gasUsed: 0,
        status: '',
        from: '',
        to: '',
        input: '',
        output: '',
        logs: '',
      }
      if (outcome.isConstant) return { ...none, constant: true, queryInfo: jsonText(outcome.values) }
      const { receipt, input } = outcome
      return {
        ...none,
        constant: false,
        txId: receipt.transactionHash,
        blockHash: receipt.blockHash,
        blockNumber: Number(receipt.blockNumber),
        gasUsed: Number(receipt.gasUsed),
        status: receipt.status === 'success' ? succeeded : reverted,
        from: receipt.from,
        to: receipt.to ?? '',
        input,
        logs: logsText(receipt),
      }
    },

    async getBlockInfo(body) {
      const block = await blockOf(body)
      return {
        blockHash: block.hash,
        blockNumber: Number(block.number),
        parentBlockHash: block.parentHash,
        blockSize: Number(block.size),
        blockTime: Number(block.timestamp) * 1_000,
        author: block.miner,
        transactions: await Promise.all(block.transactions.map(async each => transactionOf(each, await receiptOf(each.hash)))),
      }
    },
    getBlockHeight: async () => ({ data: String(await client.getBlockNumber({ cacheTime: 0 })) }),
    async getTransactionCount() {
      const height = await client.getBlockNumber({ cacheTime: 0 })
      let count = 0
      for (let blockNumber = 0n; blockNumber <= height; blockNumber++) count += await client.getBlockTransactionCount({ blockNumber })
      return { data: String(count) }
    },
    getTransactionCountOfBlock: async body => ({ data: String((await blockOf(body)).transactions.length) }),
    async getTransaction({ txHash }) {
      const receipt = await receiptOf(txHash as Hex)
      return transactionOf(await client.getTransaction({ hash: txHash as Hex }), receipt)
    },
    async getReceipt({ txHash }) {
      const receipt = await receiptOf(txHash as Hex)
      return {
        txId: receipt.transactionHash,
        blockHash: receipt.blockHash,
        blockNumber: Number(receipt.blockNumber),
        gasUsed: Number(receipt.gasUsed),
        from: receipt.from,
        to: receipt.to ?? '',
        contractAddress: receipt.contractAddress ?? '',
        logs: logsText(receipt),
      }
    },
  }
}

function transactionOf({ hash, from, to, value, input }: Transaction, { blockHash, blockNumber, gasUsed }: TransactionReceipt) {
  return {
    txId: hash,
    blockHash,
    blockNumber: Number(blockNumber),
    gasUsed: Number(gasUsed),
    from,
    to: to ?? '',
    value: Number(value),
    input,
  }
}

function logsText({ logs }: TransactionReceipt): string {
  return jsonText(logs.map(({ address, topics, data }) => ({ address, topics, data })))
}

/** Numbers that JSON cannot hold as text. */
function jsonText(value: unknown): string {
  return JSON.stringify(value, (_name, each: unknown) => (typeof each === 'bigint' ? String(each) : each))
}

async function orRefused<T>(text: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch {
    throw new Refusal(text)
  }
}
