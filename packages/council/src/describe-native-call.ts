import { addressOfScriptHash, asBytes, nativeContracts, type ScriptHash } from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'
import type { CallArguments, DescribeCall, Texts } from './call-arguments.ts'
import { contractName, type DescribeContext, duration } from './describe-context.ts'
import { roles } from './native-calls.ts'
import { printable } from './printable.ts'

/** Puts into words what the ledger's committee may change of the ledger itself. */
export function describeNativeCall(contract: ScriptHash): DescribeCall<DescribeContext> | undefined {
  switch (contract) {
    case nativeContracts.policy:
      return policy
    case nativeContracts.roleManagement:
      return roleManagement
    case nativeContracts.neoToken:
      return neoToken
    case nativeContracts.gasToken:
      return (method, args) => (method === 'transfer' ? transfer('GAS', 100_000_000n, args) : undefined)
    default:
      return undefined
  }
}

const numbers: Readonly<Record<string, Texts>> = {
  setFeePerByte: { en: 'fee for a byte of a transaction (10⁻⁸ GAS)', 'zh-CN': '交易每字节费用（10⁻⁸ GAS）' },
  setExecFeeFactor: { en: 'price of execution (10⁻⁴ of a unit)', 'zh-CN': '执行价格（单位的 10⁻⁴）' },
  setStoragePrice: { en: 'price of a byte of storage (10⁻⁸ GAS)', 'zh-CN': '每字节存储价格（10⁻⁸ GAS）' },
  setMaxValidUntilBlockIncrement: { en: 'blocks in which a transaction may land', 'zh-CN': '交易可入块的区块数' },
  setMaxTraceableBlocks: { en: 'blocks that contracts can look back', 'zh-CN': '合约可追溯的区块数' },
}

const policy: DescribeCall<DescribeContext> = (method, args, context) => {
  const number = Object.hasOwn(numbers, method) ? numbers[method] : undefined
  if (number !== undefined) {
    const value = args.integer()
    return { en: `Set the ${number.en} to ${value}`, 'zh-CN': `将${number['zh-CN']}设为 ${value}` }
  }
  switch (method) {
    case 'setMillisecondsPerBlock': {
      const time = duration(args.number())
      return { en: `Set the time between blocks to ${time.en}`, 'zh-CN': `将出块间隔设为 ${time['zh-CN']}` }
    }
    case 'blockAccount':
    case 'unblockAccount': {
      const account = addressOfScriptHash(args.hash())
      return method === 'blockAccount'
        ? { en: `BLOCK the account ${account}: it can send nothing any more`, 'zh-CN': `【封禁】账户 ${account}，其不能再发送交易` }
        : { en: `Unblock the account ${account}`, 'zh-CN': `解封账户 ${account}` }
    }
    case 'setWhitelistFeeContract':
    case 'removeWhitelistFeeContract':
      return whitelist(method, args, context)
    default:
      return undefined
  }
}

function whitelist(method: string, args: CallArguments, context: DescribeContext): Texts {
  const [contract, name, count] = [contractName(context, args.hash()), printable(args.text()), args.integer()]
  const called = `${contract}.${name}/${count}`
  if (method === 'removeWhitelistFeeContract') return { en: `End the fixed fee of ${called}`, 'zh-CN': `取消 ${called} 的固定费用` }
  const fee = args.integer()
  return { en: `Fix the fee of ${called} at ${fee} × 10⁻⁸ GAS`, 'zh-CN': `将 ${called} 的费用固定为 ${fee} × 10⁻⁸ GAS` }
}

const roleManagement: DescribeCall<DescribeContext> = (method, args) => {
  if (method !== 'designateAsRole') return undefined
  const role = args.number()
  const name = Object.entries(roles).find(([, number]) => number === role)?.[0]
  if (name === undefined) return undefined
  const keys = args.array().map(key => bytesToHex(asBytes(key)))
  return { en: `Give the role ${name} to the keys ${keys.join(', ')}`, 'zh-CN': `将角色 ${name} 授予公钥 ${keys.join('、')}` }
}

const neoToken: DescribeCall<DescribeContext> = (method, args) => {
  switch (method) {
    case 'transfer':
      return transfer('NEO', 1n, args)
    case 'setGasPerBlock':
    case 'setRegisterPrice': {
      const value = args.integer()
      return method === 'setGasPerBlock'
        ? { en: `Make ${value} × 10⁻⁸ GAS with each block`, 'zh-CN': `每个区块新增 ${value} × 10⁻⁸ GAS` }
        : {
            en: `Set the price of becoming a candidate to ${value} × 10⁻⁸ GAS`,
            'zh-CN': `将登记为候选节点的价格设为 ${value} × 10⁻⁸ GAS`,
          }
    }
    default:
      return undefined
  }
}

function transfer(token: string, unit: bigint, args: CallArguments): Texts | undefined {
  const [from, to, amount] = [addressOfScriptHash(args.hash()), addressOfScriptHash(args.hash()), args.integer()]
  if (!args.isNull() || amount < 0n) return undefined
  const rest = amount % unit
  const shown = `${amount / unit}${rest === 0n ? '' : `.${rest.toString().padStart(8, '0').replace(/0+$/, '')}`} ${token}`
  return { en: `Transfer ${shown} from ${from} to ${to}`, 'zh-CN': `从 ${from} 向 ${to} 转账 ${shown}` }
}
