import { type Abi, decodeErrorResult, decodeFunctionResult, encodeDeployData, encodeFunctionData, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

// For tests: contracts on anvil, called without the adapter.

/** What of testkit's anvil is needed. */
interface Anvil {
  readonly url: string
  readonly keys: readonly Hex[]
  call(method: string, params?: readonly unknown[]): Promise<unknown>
}

/** A contract on anvil: what a call returns or the name of the error that it is refused with, and the gas that a transaction takes. */
export interface TrialContract {
  readonly address: Hex
  readonly deployGas: number
  ask(name: string, args: readonly unknown[]): Promise<unknown>
  /** @returns the name of the error; `accepted` if there is none */
  refusal(name: string, args: readonly unknown[]): Promise<string>
  send(name: string, args: readonly unknown[]): Promise<number>
}

export async function trialContract(
  anvil: Anvil,
  { abi, bytecode }: { readonly abi: Abi; readonly bytecode: Hex },
  args: readonly unknown[],
): Promise<TrialContract> {
  const from = privateKeyToAccount(anvil.keys[0]!).address
  const mined = async (transaction: object) => {
    const hash = await anvil.call('eth_sendTransaction', [{ from, ...transaction }])
    for (;;) {
      const receipt = await anvil.call('eth_getTransactionReceipt', [hash])
      if (receipt !== null) return receipt as { gasUsed: Hex; contractAddress: Hex; status: Hex }
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  }
  const deployed = await mined({ data: encodeDeployData({ abi, bytecode, args }) })
  const to = deployed.contractAddress
  const call = async (name: string, args: readonly unknown[]): Promise<{ readonly data: Hex } | { readonly revert: Hex }> => {
    const body = {
      jsonrpc: '2.0',
      id: 1,
      method: 'eth_call',
      params: [{ from, to, data: encodeFunctionData({ abi, functionName: name, args }) }],
    }
    const answer = await fetch(anvil.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    const { result, error } = (await answer.json()) as { result?: Hex; error?: { data?: Hex; message: string } }
    if (result !== undefined) return { data: result }
    if (error?.data === undefined) throw new Error(error?.message)
    return { revert: error.data }
  }
  const refusal = async (name: string, args: readonly unknown[]): Promise<string> => {
    const outcome = await call(name, args)
    return 'data' in outcome ? 'accepted' : decodeErrorResult({ abi, data: outcome.revert }).errorName
  }
  return {
    address: to,
    deployGas: Number(deployed.gasUsed),
    refusal,
    async ask(name, args) {
      const outcome = await call(name, args)
      if ('revert' in outcome) throw new Error(decodeErrorResult({ abi, data: outcome.revert }).errorName)
      return decodeFunctionResult({ abi, functionName: name, data: outcome.data })
    },
    async send(name, args) {
      const { gasUsed, status } = await mined({ to, data: encodeFunctionData({ abi, functionName: name, args }) })
      if (status !== '0x1') throw new Error(`${name} failed`)
      return Number(gasUsed)
    },
  }
}
