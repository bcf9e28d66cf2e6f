import { flag, integer, list, nothing, optionalText, record, text } from '../shape/shape.ts'
import { endpoint } from './endpoint.ts'
import { address, drawnId, hexHash, optionalAccount, optionalHexHash, optionalName, shortName } from './forms.ts'

// BSN user manual §5.4.4, and BSN's SDKs for what it leaves open. The order of fields is the mac's.

const callAnswer = record({
  /** The call changed nothing: `queryInfo` has what it returned, and there is no transaction. */
  constant: flag,
  queryInfo: optionalText(),
  txId: optionalHexHash,
  blockHash: optionalHexHash,
  blockNumber: integer({ min: -1 }),
  gasUsed: integer(),
  status: optionalText({ maxLength: 64 }),
  from: optionalAccount,
  to: optionalAccount,
  input: optionalText(),
  output: optionalText(),
  logs: optionalText(),
})

const transaction = record({
  txId: hexHash,
  blockHash: hexHash,
  blockNumber: integer(),
  gasUsed: integer(),
  from: optionalAccount,
  to: optionalAccount,
  value: integer(),
  input: optionalText(),
})

const decimal = text({ form: /^\d{1,20}$/ })
const blockQuestion = record({ blockNumber: optionalText({ form: /^\d{1,20}$/ }), blockHash: optionalHexHash })
const hashQuestion = record({ txHash: hexHash })
const eventIdOnly = record({ eventId: drawnId })
const eventFields = {
  eventId: drawnId,
  appCode: optionalName,
  userCode: optionalName,
  notifyUrl: address,
  attachArgs: optionalText(),
  createTime: optionalText({ maxLength: 64 }),
}

function isThatTransaction(request: { readonly txHash: string }, answer: { readonly txId: string }): boolean {
  return answer.txId === request.txHash
}

/** Gateways in front of FISCO BCOS. */
export const fiscoEndpoints = {
  registerUser: endpoint(
    '/api/fiscobcos/v1/user/register',
    record({ userId: shortName }),
    record({ userId: shortName, userAddress: optionalAccount }),
    (request, answer) => answer.userId === request.userId,
  ),
  /** Has the gateway call a contract with a key that it keeps. `funcParam`: arguments as a JSON list in text. */
  callContract: endpoint(
    '/api/fiscobcos/v1/node/reqChainCode',
    record({ userId: optionalName, contractName: shortName, funcName: shortName, funcParam: optionalText() }),
    callAnswer,
  ),
  /** A transaction that the user signed, in hexadecimal; of calls that change nothing, the call alone with address and ABI. */
  sendTransaction: endpoint(
    '/api/fiscobcos/v1/node/trans',
    record({
      contractName: optionalName,
      transData: text({ form: /^(0x)?[0-9a-fA-F]+$/ }),
      contractAddress: optionalAccount,
      contractAbi: optionalText(),
    }),
    callAnswer,
  ),
  getBlockInfo: endpoint(
    '/api/fiscobcos/v1/node/getBlockInfo',
    blockQuestion,
    record({
      blockHash: hexHash,
      blockNumber: integer(),
      parentBlockHash: optionalHexHash,
      blockSize: integer(),
      blockTime: integer(),
      author: optionalText({ maxLength: 256 }),
      transactions: list(transaction),
    }),
    (request, answer) =>
      request.blockHash === '' ? String(answer.blockNumber) === request.blockNumber : answer.blockHash === request.blockHash,
  ),
  getBlockHeight: endpoint('/api/fiscobcos/v1/node/getBlockHeight', nothing, record({ data: decimal })),
  getTransactionCount: endpoint('/api/fiscobcos/v1/node/getTxCount', nothing, record({ data: decimal })),
  getTransactionCountOfBlock: endpoint('/api/fiscobcos/v1/node/getTxCountByBlockNumber', blockQuestion, record({ data: decimal })),
  getTransaction: endpoint('/api/fiscobcos/v1/node/getTxInfoByTxHash', hashQuestion, transaction, isThatTransaction),
  getReceipt: endpoint(
    '/api/fiscobcos/v1/node/getTxReceiptByTxHash',
    hashQuestion,
    record({
      txId: hexHash,
      blockHash: hexHash,
      blockNumber: integer(),
      gasUsed: integer(),
      from: optionalAccount,
      to: optionalAccount,
      contractAddress: optionalAccount,
      logs: optionalText(),
    }),
    isThatTransaction,
  ),
  registerEvent: endpoint(
    '/api/fiscobcos/v1/event/register',
    record({
      /** 1: each block; 2: a contract's. */
      eventType: integer({ min: 1, max: 2 }),
      contractAddress: optionalAccount,
      contractName: optionalName,
      notifyUrl: address,
      attachArgs: optionalText(),
    }),
    eventIdOnly,
  ),
  queryEvents: endpoint(
    '/api/fiscobcos/v1/event/query',
    nothing,
    record({
      blockEvent: list(record(eventFields)),
      contractEvent: list(record({ ...eventFields, contractAddress: optionalAccount })),
    }),
  ),
  removeEvent: endpoint('/api/fiscobcos/v1/event/remove', eventIdOnly, nothing),
} as const

/** What a gateway sends to a `notifyUrl` (§5.4.4.16). `eventData` is JSON in text. */
export const fiscoCallbackBody = record({
  eventId: drawnId,
  orgCode: optionalName,
  attachArgs: optionalText(),
  nonceStr: drawnId,
  eventType: integer({ min: 1, max: 2 }),
  eventData: optionalText(),
})
