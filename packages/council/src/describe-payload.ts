import { addressOfScriptHash, type CallOnStack, readCallScript, readTransaction, type StackItem } from '@hufu/ledger'
import { bytesToHex, errorCode } from '@hufu/primitives'
import { CallArguments, type DescribeCall, type Texts } from './call-arguments.ts'
import { contractName, type DescribeContext, digest } from './describe-context.ts'
import { describeCouncilCall, describeUpdate } from './describe-council-call.ts'
import { describeGatewayCall, describeTitlesCall } from './describe-gateway-call.ts'
import { describeNativeCall } from './describe-native-call.ts'
import { describeTrustCall } from './describe-trust-call.ts'
import { decodeCalls, decodePayload } from './payload.ts'
import { printable } from './printable.ts'

/** One call in plain words. */
export interface DescribedCall {
  readonly texts: Texts
  /** False: nobody can tell from here what it would do. The words say so loudly. */
  readonly known: boolean
}

/** Says what a proposal would do, call by call. @throws CouncilError `ERR_COUNCIL_PAYLOAD` */
export function describePayload(payload: Uint8Array, context: DescribeContext): readonly DescribedCall[] {
  return describeCalls(decodePayload(payload), context)
}

/** A transaction that the committee is asked to sign, in plain words. */
export interface DescribedTransaction {
  readonly calls: readonly DescribedCall[]
  /** Whose signature it needs, and how far it reaches. */
  readonly signers: readonly Texts[]
  readonly validUntilBlock: number
  readonly feeDatoshi: bigint
}

/** Says what a transaction would do that is to be signed. @throws LedgerError `ERR_LEDGER_TRANSACTION`: it does more than call contracts: do not sign it */
export function describeTransaction(unsignedBytes: Uint8Array, context: DescribeContext): DescribedTransaction {
  const { script, signers, validUntilBlock, systemFeeDatoshi, networkFeeDatoshi } = readTransaction(unsignedBytes)
  return {
    calls: describeCalls(readCallScript(script), context),
    signers: signers.map(signer => {
      const account = addressOfScriptHash(signer.account)
      if (signer.scope === 'None') return { en: `${account} pays only`, 'zh-CN': `${account} 仅付费` }
      if (signer.allowedContracts.length === 0) return { en: `${account}, for these calls alone`, 'zh-CN': `${account}，仅限上述调用` }
      const names = signer.allowedContracts.map(contract => contractName(context, contract))
      return { en: `${account}, also within ${names.join(', ')}`, 'zh-CN': `${account}，并及于 ${names.join('、')}` }
    }),
    validUntilBlock,
    feeDatoshi: systemFeeDatoshi + networkFeeDatoshi,
  }
}

function describeCalls(calls: readonly CallOnStack[], context: DescribeContext): readonly DescribedCall[] {
  return calls.flatMap(call => {
    const founded = foundedCalls(call, context)
    if (founded === undefined) return [describeCall(call, context)]
    return describeCalls(founded, context).map(({ texts, known }) => ({
      known,
      texts: { en: `As the council, without a vote: ${texts.en}`, 'zh-CN': `未经表决，以理事会名义：${texts['zh-CN']}` },
    }))
  })
}

/** The calls within a call of `found`; undefined for every other call. */
function foundedCalls({ contract, method, args }: CallOnStack, { network }: DescribeContext): readonly CallOnStack[] | undefined {
  if (contract !== network.contracts.council.hash || method !== 'found') return undefined
  return orUndefined(() => {
    const given = new CallArguments(args)
    const calls = decodeCalls(given.array())
    given.end()
    return calls
  })
}

function describeCall(call: CallOnStack, context: DescribeContext): DescribedCall {
  const texts = orUndefined(() => {
    const args = new CallArguments(call.args)
    const described = describer(call, context)?.(call.method, args, context, call)
    if (described !== undefined) args.end()
    return described
  })
  return texts === undefined ? { texts: unknownCall(call, context), known: false } : { texts, known: true }
}

function describer({ contract, method }: CallOnStack, context: DescribeContext): DescribeCall<DescribeContext> | undefined {
  const { council, trust, proofs, gateway, titles } = context.network.contracts
  const isOurs = Object.values(context.network.contracts).some(({ hash }) => hash === contract)
  if (isOurs && method === 'update') return (_, args) => describeUpdate(contractName(context, contract), args)
  if (contract === council.hash) return describeCouncilCall
  if (contract === trust.hash) return describeTrustCall
  if (contract === proofs.hash) return describeProofsCall
  if (contract === gateway?.hash) return describeGatewayCall
  if (contract === titles?.hash) return describeTitlesCall
  return describeNativeCall(contract) ?? describeBallotCall(contract, context)
}

const describeProofsCall: DescribeCall<DescribeContext> = (method, args) => {
  if (method !== 'setVerifyingKey') return undefined
  const [circuit, version, key] = [printable(args.text()), args.integer(), args.bytes()]
  // Head of a verifying key's file: HFVK, format, flags, of which the first bit says that anybody could forge proofs under it.
  const isDevelopment = key[5] === 1
  const kind = isDevelopment
    ? { en: ' It is a DEVELOPMENT KEY: anybody can forge proofs under it', 'zh-CN': '此为【开发密钥】：任何人都可伪造证明' }
    : { en: ' Compare it with what the ceremony made', 'zh-CN': '请与仪式产出比对' }
  return {
    en: `Make the verifying key with the SHA-256 ${digest(key)} version ${version} of the circuit ${circuit}.${kind.en}`,
    'zh-CN': `将 SHA-256 为 ${digest(key)} 的验证密钥设为电路 ${circuit} 的第 ${version} 版。${kind['zh-CN']}`,
  }
}

/** A ballot holds a seat's share of NEO; what it may do is known only of those that seats name. */
function describeBallotCall(contract: CallOnStack['contract'], context: DescribeContext): DescribeCall<DescribeContext> | undefined {
  const seat = context.seats?.find(({ ballot }) => ballot === contract)
  if (seat === undefined) return undefined
  return (method, args) => {
    if (method === 'update') return describeUpdate(`ballot of ${seat.name}`, args)
    if (method !== 'transfer') return undefined
    const [token, to, amount] = [args.hash(), addressOfScriptHash(args.hash()), args.integer()]
    return {
      en: `Move ${amount} of the token 0x${token} from the ballot of the seat ${seat.name} to ${to}`,
      'zh-CN': `从席位 ${seat.name} 的选票合约向 ${to} 转出 ${amount} 单位代币 0x${token}`,
    }
  }
}

function unknownCall(call: CallOnStack, context: DescribeContext): Texts {
  const called = `${contractName(context, call.contract)}.${printable(call.method)}`
  const args = call.args.map(shown).join(', ')
  return {
    en: `UNKNOWN CALL ${called}(${args}). Find out what it does before you agree`,
    'zh-CN': `【未知调用】${called}(${args})。同意之前务必查明其作用`,
  }
}

function shown(item: StackItem): string {
  switch (item.type) {
    case 'Any':
      return 'null'
    case 'Boolean':
    case 'Integer':
      return String(item.value)
    case 'ByteString':
    case 'Buffer':
      return item.value.length <= 64 ? `0x${bytesToHex(item.value)}` : `${item.value.length} bytes of SHA-256 ${digest(item.value)}`
    case 'Array':
    case 'Struct':
      return `[${item.value.map(shown).join(', ')}]`
    case 'Map':
      return `{${item.value.map(([key, value]) => `${shown(key)}: ${shown(value)}`).join(', ')}}`
  }
}

/** What a stranger wrote may have any form: what does not fit is unknown, and no error. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}
