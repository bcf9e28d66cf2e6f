import { integer, list, nothing, optionalText, record, text, textMap } from '../shape/shape.ts'
import { endpoint } from './endpoint.ts'
import { address, base64, drawnId, hash, optionalHash, optionalName, shortName, userName } from './forms.ts'

// BSN user manual §5.4.3, and BSN's SDKs for what it leaves open. The order of fields is the mac's.

/** Which block: by its number, or if they are there by its hash or a transaction. Number 0 is sent with both others empty for the first block. */
const blockQuestion = record({ blockNumber: integer(), blockHash: optionalHash, txId: optionalHash, dataType: optionalText() })

const transactionQuestion = record({ txId: hash, dataType: optionalText() })

const callAnswer = record({
  // −1: no block in time; else Fabric's validation code.
  blockInfo: record({ txId: hash, blockHash: optionalHash, status: integer({ min: -1, max: 255 }) }),
  ccRes: record({ ccCode: integer({ max: 999 }), ccData: optionalText() }),
})

const transactionSummary = {
  status: integer({ min: -1, max: 255 }),
  createName: optionalText(),
  timeSpanSec: integer(),
  timeSpanNsec: integer({ max: 999_999_999 }),
}

const registration = record({ chainCode: optionalName, eventKey: optionalText(), notifyUrl: address, attachArgs: optionalText() })

const eventIdOnly = record({ eventId: drawnId })

/** Whether it is the block that was asked for, by number or by hash; by a transaction only `getBlockData` can be checked. */
function isThatBlock(
  request: { readonly blockNumber: number; readonly blockHash: string; readonly txId: string },
  answer: { readonly blockNumber: number; readonly blockHash: string },
): boolean {
  if (request.blockHash !== '') return answer.blockHash === request.blockHash
  return request.txId !== '' || answer.blockNumber === request.blockNumber
}

/** Gateways in front of Hyperledger Fabric. */
export const fabricEndpoints = {
  registerUser: endpoint(
    '/api/fabric/v1/user/register',
    record({ name: userName, secret: optionalText({ maxLength: 256 }), extendProperties: optionalText() }),
    record({ name: userName, secret: optionalText({ maxLength: 256 }) }),
    (request, answer) => answer.name === request.name,
  ),
  enrollUser: endpoint(
    '/api/fabric/v1/user/enroll',
    record({ name: userName, secret: text({ maxLength: 256 }), csrPem: text({ maxLength: 16_384 }) }),
    record({ cert: text({ maxLength: 65_536 }) }),
  ),
  /** Has the gateway call a chaincode with a key that it keeps; answers before there is a block. */
  callChaincode: endpoint(
    '/api/fabric/v1/node/reqChainCode',
    record({
      userName: optionalName,
      /** 24 bytes. */
      nonce: text({ form: /^[A-Za-z0-9+/]{32}$/ }),
      chainCode: shortName,
      funcName: shortName,
      args: list(text()),
      transientData: textMap,
    }),
    callAnswer,
  ),
  /** The same with the user's own signature: `SignedProposal` of protobuf. */
  sendTransaction: endpoint('/api/fabric/v1/node/trans', record({ transData: base64 }), callAnswer),
  /** Names no transaction in its answer, and its numbers have no border between them: `getTransactionData` says both. */
  getTransaction: endpoint(
    '/api/fabric/v1/node/getTransaction',
    transactionQuestion,
    record({ blockHash: hash, blockNumber: integer(), ...transactionSummary }),
  ),
  /** `ProcessedTransaction` of protobuf. */
  getTransactionData: endpoint(
    '/api/fabric/v1/node/getTransdata',
    transactionQuestion,
    record({ txId: hash, transData: base64 }),
    (request, answer) => answer.txId === request.txId,
  ),
  getBlockInfo: endpoint(
    '/api/fabric/v1/node/getBlockInfo',
    blockQuestion,
    record({
      blockHash: hash,
      blockNumber: integer(),
      preBlockHash: optionalHash,
      blockSize: integer(),
      blockTxCount: integer(),
      transactions: list(record({ txId: optionalHash, ...transactionSummary })),
    }),
    (request, answer) =>
      isThatBlock(request, answer) &&
      answer.blockTxCount === answer.transactions.length &&
      (request.txId === '' || answer.transactions.some(({ txId }) => txId === request.txId)),
  ),
  /** `common.Block` of protobuf. */
  getBlockData: endpoint(
    '/api/fabric/v1/node/getBlockData',
    blockQuestion,
    record({ blockHash: hash, blockNumber: integer(), preBlockHash: optionalHash, blockData: base64 }),
    isThatBlock,
  ),
  getLedgerInfo: endpoint(
    '/api/fabric/v1/node/getLedgerInfo',
    nothing,
    // In JSON the height comes last; in the mac it does not.
    record({ blockHash: hash, height: integer({ min: 1 }), preBlockHash: optionalHash }),
  ),
  registerEvent: endpoint('/api/fabric/v1/chainCode/event/register', registration, eventIdOnly),
  registerBlockEvent: endpoint('/api/fabric/v1/chainCode/event/blockRegister', registration, eventIdOnly),
  queryEvents: endpoint(
    '/api/fabric/v1/chainCode/event/query',
    nothing,
    list(
      record({
        eventId: drawnId,
        eventKey: optionalText(),
        notifyUrl: address,
        attachArgs: optionalText(),
        createTime: optionalText({ maxLength: 64 }),
        orgCode: optionalName,
        userCode: optionalName,
        appCode: optionalName,
        chainCode: optionalName,
        eventType: optionalName,
      }),
    ),
  ),
  removeEvent: endpoint('/api/fabric/v1/chainCode/event/remove', eventIdOnly, nothing),
} as const

/** What a gateway sends to a `notifyUrl` of a chaincode's event or of new blocks (§5.4.3.17). */
export const fabricCallbackBody = record({
  chainCode: optionalName,
  orgCode: optionalName,
  eventKey: optionalText(),
  eventId: drawnId,
  attachArgs: optionalText(),
  eventName: optionalText(),
  txId: optionalHash,
  payload: optionalText(),
  blockNumber: integer(),
  nonceStr: drawnId,
  previousHash: optionalHash,
})
