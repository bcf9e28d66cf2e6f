import {
  type Abi,
  type AbiFunction,
  createPublicClient,
  createWalletClient,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  http,
  type PublicClient,
  type TransactionReceipt,
} from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { Refusal } from './refusal.ts'

/** A contract that a DApp has, by its name. */
export interface NamedContract {
  readonly address: Hex
  readonly abi: Abi
}

/** What a call did or gave. */
export type EvmOutcome =
  | { readonly isConstant: true; readonly values: readonly unknown[] }
  | { readonly isConstant: false; readonly receipt: TransactionReceipt; readonly input: Hex }

/** The EVM chain that stands where a FISCO BCOS would: anvil, for its accounts need money and FISCO's do not. */
export class EvmNode {
  readonly client: PublicClient
  readonly #url: string
  readonly #contracts: Readonly<Record<string, NamedContract>>

  constructor(url: string, contracts: Readonly<Record<string, NamedContract>>) {
    this.client = createPublicClient({ transport: http(url), pollingInterval: 50 })
    this.#url = url
    this.#contracts = contracts
  }

  /** An account with a new key and money. */
  async newAccount(): Promise<PrivateKeyAccount> {
    const account = privateKeyToAccount(generatePrivateKey())
    await this.client.request({ method: 'anvil_setBalance' as never, params: [account.address, '0x56bc75e2d63100000'] as never })
    return account
  }

  /**
   * Calls a function by its name, as a transaction if it changes something.
   *
   * @param parameters - JSON list
   * @throws Refusal: no such contract or function, arguments of other types, or the contract refuses
   */
  async call(account: PrivateKeyAccount, contractName: string, functionName: string, parameters: string): Promise<EvmOutcome> {
    const contract = Object.hasOwn(this.#contracts, contractName) ? this.#contracts[contractName]! : undefined
    if (contract === undefined) throw new Refusal('contractName: there is none of that name')
    const item = contract.abi.find((each): each is AbiFunction => each.type === 'function' && each.name === functionName)
    if (item === undefined) throw new Refusal('funcName: there is none of that name')
    const data = encodeCall(item, parameters)
    const call = { account, to: contract.address, data }
    try {
      const { data: returned = '0x' } = await this.client.call(call)
      if (item.stateMutability === 'view' || item.stateMutability === 'pure') {
        const result: unknown = decodeFunctionResult({ abi: [item], data: returned })
        return { isConstant: true, values: item.outputs.length === 1 ? [result] : (result as readonly unknown[]) }
      }
      const wallet = createWalletClient({ account, transport: http(this.#url) })
      const hash = await wallet.sendTransaction({ ...call, chain: null })
      return { isConstant: false, receipt: await this.client.waitForTransactionReceipt({ hash }), input: data }
    } catch {
      throw new Refusal('the contract refused')
    }
  }
}

function encodeCall(item: AbiFunction, parameters: string): Hex {
  try {
    const values: unknown = parameters === '' ? [] : JSON.parse(parameters)
    if (!Array.isArray(values)) throw new TypeError('expected a list')
    const args = values.map((value: unknown, index) => (/^u?int/.test(item.inputs[index]?.type ?? '') ? BigInt(value as string) : value))
    return encodeFunctionData({ abi: [item], functionName: item.name, args })
  } catch {
    throw new Refusal('funcParam: expected a list of arguments of the function’s types')
  }
}
