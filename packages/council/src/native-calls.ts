import type { PublicKey } from '@hufu/keys'
import { type ContractCall, nativeContracts, type ScriptHash } from '@hufu/ledger'

/** Roles of the native contract RoleManagement. */
export const roles = { StateValidator: 4, Oracle: 8, NeoFSAlphabetNode: 16, P2PNotary: 32 } as const

/** A method of a contract, as its fee can be fixed. */
export interface PricedMethod {
  readonly contract: ScriptHash
  readonly method: string
  readonly argumentCount: number
}

/** Changes of the ledger itself, which its committee signs. Amounts are in datoshi (10⁻⁸ GAS). */
export const nativeCalls = {
  setFeePerByte: (datoshi: bigint): ContractCall => policyNumber('setFeePerByte', datoshi),
  /** Price of the cheapest opcode in 10⁻⁴ datoshi; 300,000 by default. */
  setExecFeeFactor: (factor: bigint): ContractCall => policyNumber('setExecFeeFactor', factor),
  setStoragePrice: (datoshi: bigint): ContractCall => policyNumber('setStoragePrice', datoshi),
  setMillisecondsPerBlock: (milliseconds: bigint): ContractCall => policyNumber('setMillisecondsPerBlock', milliseconds),
  blockAccount: (account: ScriptHash): ContractCall => policyCall('blockAccount', [{ type: 'Hash160', value: account }]),
  unblockAccount: (account: ScriptHash): ContractCall => policyCall('unblockAccount', [{ type: 'Hash160', value: account }]),
  /** Ends a method's fixed fee. */
  removeWhitelistFee: (priced: PricedMethod): ContractCall => policyCall('removeWhitelistFeeContract', pricedArguments(priced)),
  /** Fixes a method's fee. Over a fee that is fixed already it would split the state of the nodes: `openCollection` refuses it. */
  setWhitelistFee: (priced: PricedMethod, datoshi: bigint): ContractCall =>
    policyCall('setWhitelistFeeContract', [...pricedArguments(priced), { type: 'Integer', value: datoshi }]),
  designateAsRole: (role: keyof typeof roles, keys: readonly PublicKey[]): ContractCall => ({
    contract: nativeContracts.roleManagement,
    method: 'designateAsRole',
    args: [
      { type: 'Integer', value: BigInt(roles[role]) },
      { type: 'Array', value: keys.map(key => ({ type: 'PublicKey', value: key.bytes })) },
    ],
  }),
} as const

function policyNumber(method: string, value: bigint): ContractCall {
  return policyCall(method, [{ type: 'Integer', value }])
}

function policyCall(method: string, args: ContractCall['args']): ContractCall {
  return { contract: nativeContracts.policy, method, args }
}

function pricedArguments({ contract, method, argumentCount }: PricedMethod): ContractCall['args'] {
  return [
    { type: 'Hash160', value: contract },
    { type: 'String', value: method },
    { type: 'Integer', value: BigInt(argumentCount) },
  ]
}
