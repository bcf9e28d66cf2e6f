import { addressOfScriptHash, asBytes, asText, type StackItem } from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'
import type { CallArguments, DescribeCall, Texts } from './call-arguments.ts'
import { type DescribeContext, didOf } from './describe-context.ts'
import { printable } from './printable.ts'

/** Puts into words what the council may set of other networks. */
export const describeGatewayCall: DescribeCall<DescribeContext> = (method, args, context) => {
  switch (method) {
    case 'setFabricNetwork':
      return setFabricNetwork(args)
    case 'setNeoNetwork':
      return setNeoNetwork(args)
    case 'switchNetwork':
      return switchNetwork(args, context)
    case 'setGuardian': {
      const guardian = addressOfScriptHash(args.hash())
      return { en: `Let ${guardian} switch networks off`, 'zh-CN': `准许 ${guardian} 关闭网络` }
    }
    case 'setCounterpart':
      return setCounterpart(args)
    default:
      return undefined
  }
}

/** Puts into words what the council may set of titles. */
export const describeTitlesCall: DescribeCall<DescribeContext> = (method, args, context) => {
  if (method === 'setRegistrar') {
    const [registrar, on] = [didOf(context, args.hash()), args.boolean()]
    return on
      ? { en: `Let ${registrar} issue titles and send them away`, 'zh-CN': `准许 ${registrar} 签发和转出权证` }
      : { en: `Let ${registrar} neither issue titles nor send them away`, 'zh-CN': `不再准许 ${registrar} 签发和转出权证` }
  }
  if (method !== 'setCustodian') return undefined
  const [network, custodian] = [printable(args.text()), didOf(context, args.hash())]
  return { en: `Let ${custodian} look after titles that arrive from ${network}`, 'zh-CN': `由 ${custodian} 保管自 ${network} 转入的权证` }
}

function setFabricNetwork(args: CallArguments): Texts | undefined {
  const [network, channel, chaincode, threshold] = [printable(args.text()), printable(args.text()), printable(args.text()), args.integer()]
  const [mspIds, keys] = [args.array().map(textOf), args.array().map(keyOf)]
  if (mspIds.length !== keys.length) return undefined
  const peers = mspIds.map((mspId, index) => `${mspId} ${keys[index]}`).join(', ')
  const state = stateOf(args.boolean())
  return {
    en: `Trust what ${threshold} organisations sign on the channel ${channel} of the network ${network}, chaincode ${chaincode}: ${peers}; ${state.en}`,
    'zh-CN': `信任网络 ${network} 通道 ${channel} 链码 ${chaincode} 上 ${threshold} 个组织签名的内容：${peers}；${state['zh-CN']}`,
  }
}

function setNeoNetwork(args: CallArguments): Texts {
  const [magic, blockIndex, account, contractId, state] = [
    args.integer(),
    args.integer(),
    addressOfScriptHash(args.hash()),
    args.integer(),
    stateOf(args.boolean()),
  ]
  return {
    en: `Trust the validators with the account ${account}, named by block ${blockIndex} of the network neo3:${magic}, for entries of its contract number ${contractId}; ${state.en}`,
    'zh-CN': `信任网络 neo3:${magic} 第 ${blockIndex} 区块指定的验证者账户 ${account} 所证明的第 ${contractId} 号合约条目；${state['zh-CN']}`,
  }
}

function switchNetwork(args: CallArguments, { network: { contracts } }: DescribeContext): Texts | undefined {
  const [actor, network, on] = [args.hash(), printable(args.text()), args.boolean()]
  // As anybody but itself the council cannot act.
  if (actor !== contracts.council.hash) return undefined
  return on
    ? { en: `Switch the network ${network} on`, 'zh-CN': `开启网络 ${network}` }
    : { en: `Switch the network ${network} off`, 'zh-CN': `关闭网络 ${network}` }
}

function setCounterpart(args: CallArguments): Texts {
  const [did, network, key, on] = [printable(args.text()), printable(args.text()), bytesToHex(args.bytes()), args.boolean()]
  return on
    ? { en: `Talk with ${did} of the network ${network}, by the key ${key}`, 'zh-CN': `与网络 ${network} 的 ${did} 通信，其密钥为 ${key}` }
    : { en: `Talk no more with ${did} of the network ${network}`, 'zh-CN': `不再与网络 ${network} 的 ${did} 通信` }
}

function stateOf(on: boolean): Texts {
  return on ? { en: 'switched on', 'zh-CN': '开启' } : { en: 'switched off', 'zh-CN': '关闭' }
}

function textOf(item: StackItem): string {
  return printable(asText(item))
}

function keyOf(item: StackItem): string {
  return bytesToHex(asBytes(item))
}
