import { council } from '@hufu/bindings'
import { type Council, type DescribeContext, decodePayload, prepareCouncilCall, printable } from '@hufu/council'
import { parsePublicKey } from '@hufu/keys'
import {
  type Account,
  type Argument,
  type ContractCall,
  type LedgerClient,
  type NetworkDescriptor,
  readTransaction,
  type StackItem,
  singleAccount,
  transactionId,
  transactionMessage,
} from '@hufu/ledger'
import { base64ToBytes, bytesToBase64, hexToBytes } from '@hufu/primitives'
import type { Texts } from '@hufu/trust'
import type { Prepared, PrepareRequest, Proposal } from '../api-types.ts'
import { ConsoleError } from '../errors.ts'
import { callsOf } from './shown-proposal.ts'

/** What preparing works with. */
export interface PrepareContext extends DescribeContext {
  readonly network: NetworkDescriptor
  readonly client: Pick<LedgerClient, 'prepare'>
  readonly council: Council
  /** The proposal that it is about, if it is about one. */
  readonly proposal: Proposal | undefined
}

/** Blocks in which it may land: some ten minutes to look at it and sign. */
const validBlocks = 300

/**
 * Prepares what a member of the council is to sign: the contract has said that it would take it, and the words say what it does.
 *
 * @throws ConsoleError `ERR_CONSOLE_SEAT`: there is no such seat, or the key is not the seat's; CouncilError: the contract would refuse
 */
export async function prepareSeatCall(request: PrepareRequest, context: PrepareContext): Promise<Prepared> {
  const { client, network } = context
  const account = accountOfKey(request.publicKey)
  const seat = context.council.seats.find(({ name }) => name === request.seat)
  if (seat === undefined) throw new ConsoleError('ERR_CONSOLE_SEAT', 'seat: expected one of the council')
  if (seat.account !== account.scriptHash) throw new ConsoleError('ERR_CONSOLE_SEAT', "publicKey: expected the key of the seat's account")
  const transaction = await prepareCouncilCall(client, callOf(request, network), { account, validBlocks })
  return {
    says: wordsOf(request, context),
    ...{ seat: request.seat, account: account.scriptHash, payloadHash: 'payloadHash' in request ? request.payloadHash : null },
    ...{ transaction: bytesToBase64(transaction), transactionHash: transactionId(transaction) },
    signedMessage: bytesToBase64(transactionMessage(transaction, network.magic)),
    validUntilBlock: readTransaction(transaction).validUntilBlock,
    command: commandOf(request),
  }
}

/** The account of a key that is elsewhere. @throws ConsoleError `ERR_CONSOLE_SEAT`: it is no key */
export function accountOfKey(publicKey: string): Account {
  try {
    return singleAccount({
      publicKey: parsePublicKey('P-256', hexToBytes(publicKey)),
      // The console has no key of any seat.
      sign: () => Promise.reject(new TypeError('this key is not here')),
    })
  } catch (cause) {
    throw new ConsoleError('ERR_CONSOLE_SEAT', 'publicKey: expected a compressed P-256 key', { cause })
  }
}

function callOf(request: PrepareRequest, network: NetworkDescriptor): ContractCall {
  const contract = council(network.contracts.council.hash)
  const { seat } = request
  switch (request.action) {
    case 'vote':
      return contract.vote({ seat, id: BigInt(request.id), payloadHash: hexToBytes(request.payloadHash), agrees: request.agrees })
    case 'veto':
      return contract.veto({ seat, id: BigInt(request.id), payloadHash: hexToBytes(request.payloadHash) })
    case 'execute':
      return contract.execute({ seat, id: BigInt(request.id), payloadHash: hexToBytes(request.payloadHash) })
    case 'retract':
      return contract.retract({ seat, id: BigInt(request.id) })
    case 'withdraw':
      return contract.withdraw({ seat, id: BigInt(request.id) })
    case 'request-stop':
      return contract.requestStop({ seat, reason: BigInt(request.reason) })
    case 'propose': {
      const calls = decodePayload(base64ToBytes(request.payload)).map(
        ({ contract: called, method, args }): Argument => ({
          type: 'Array',
          value: [
            { type: 'Hash160', value: called },
            { type: 'String', value: method },
            { type: 'Array', value: args.map(argumentOf) },
          ],
        }),
      )
      return contract.propose({ seat, calls, title: request.title })
    }
  }
}

function argumentOf(item: StackItem): Argument {
  switch (item.type) {
    case 'Any':
      return { type: 'Any', value: null }
    case 'Boolean':
      return { type: 'Boolean', value: item.value }
    case 'Integer':
      return { type: 'Integer', value: item.value }
    case 'ByteString':
    case 'Buffer':
      return { type: 'ByteArray', value: item.value }
    case 'Array':
    case 'Struct':
      return { type: 'Array', value: item.value.map(argumentOf) }
    case 'Map':
      throw new ConsoleError('ERR_CONSOLE_REQUEST', 'payload: expected calls without maps')
  }
}

const deeds: Readonly<Record<'veto' | 'execute' | 'retract' | 'withdraw', Texts>> = {
  veto: { en: 'Veto: ask for the longer delay of', 'zh-CN': '否决（要求更长等待期）' },
  execute: { en: 'Execute', 'zh-CN': '执行' },
  retract: { en: 'Take back the agreeing vote on', 'zh-CN': '撤回赞成票：' },
  withdraw: { en: 'Withdraw', 'zh-CN': '撤回议案' },
}

function wordsOf(request: PrepareRequest, context: PrepareContext): Texts {
  const seat = printable(request.seat)
  if (request.action === 'request-stop')
    return {
      en: `Seat ${seat}: ask for an emergency stop, reason ${request.reason}`,
      'zh-CN': `席位 ${seat}：请求紧急停止，原因 ${request.reason}`,
    }
  if (request.action === 'propose') {
    const calls = callsOf(base64ToBytes(request.payload), context)
    return {
      en: `Seat ${seat}: propose “${printable(request.title)}”: ${calls.map(({ says }) => says.en).join('; ')}`,
      'zh-CN': `席位 ${seat}：提出议案“${printable(request.title)}”：${calls.map(({ says }) => says['zh-CN']).join('；')}`,
    }
  }
  const deed = request.action === 'vote' ? voteWords(request.agrees) : deeds[request.action]
  const calls = context.proposal?.calls ?? []
  return {
    en: `Seat ${seat}: ${deed.en} proposal ${request.id}: ${calls.map(({ says }) => says.en).join('; ')}`,
    'zh-CN': `席位 ${seat}：${deed['zh-CN']}第 ${request.id} 号议案：${calls.map(({ says }) => says['zh-CN']).join('；')}`,
  }
}

function voteWords(agrees: boolean): Texts {
  return agrees ? { en: 'Agree to', 'zh-CN': '赞成' } : { en: 'Vote against', 'zh-CN': '反对' }
}

/** The same at the command line; payload and title of a new proposal are made there. */
function commandOf(request: PrepareRequest): string {
  const seat = `--seat ${request.seat}`
  switch (request.action) {
    case 'vote':
      return `hufu council vote ${request.id} ${seat} --payload ${request.payloadHash}${request.agrees ? '' : ' --against'}`
    case 'veto':
    case 'execute':
      return `hufu council ${request.action} ${request.id} ${seat} --payload ${request.payloadHash}`
    case 'retract':
    case 'withdraw':
      return `hufu council ${request.action} ${request.id} ${seat}`
    case 'request-stop':
      return `hufu council stop ${seat} --reason ${request.reason} --attempt CASE`
    case 'propose':
      return `hufu council propose CHANGE ${seat} --title TITLE`
  }
}
