import { X509Certificate } from 'node:crypto'
import {
  type AnswerOf,
  type FabricTransaction,
  type FabricUser,
  type fabricEndpoints,
  fabricSignature,
  parseFabricBlock,
  parseProcessedTransaction,
  type RequestOf,
  signFabricProposal,
  type standInEndpoints,
} from '@hufu/pcn'
import { base64ToBytes, bytesToBase64, bytesToHex, bytesToUtf8, type Clock, hexToBytes } from '@hufu/primitives'
import { msp } from '@hyperledger/fabric-protos'
import type { EventBook } from './event-book.ts'
import type { EndorsedCall, FabricNode } from './fabric-node.ts'
import { Refusal } from './refusal.ts'
import type { StandInUsers } from './stand-in-users.ts'

/** What the handlers work with. */
export interface FabricHandlersOptions {
  readonly node: FabricNode
  readonly users: StandInUsers
  readonly events: EventBook
  readonly caType: 1 | 2
  readonly userCode: string
  readonly appCode: string
  readonly orgCode: string
  /** In whose name is called if a request names no user. */
  readonly defaultUser: FabricUser
  readonly clock: Clock
}

type FabricEndpoints = typeof fabricEndpoints & typeof standInEndpoints

/** One function for each endpoint. @throws Refusal, by each */
export type FabricHandlers = {
  readonly [Name in keyof FabricEndpoints]: (body: RequestOf<FabricEndpoints[Name]>) => Promise<AnswerOf<FabricEndpoints[Name]>>
}

const chaincodeSuccess = 200
const maxPrepared = 1_000
/** Nothing was sent to the orderer: there will be no block of it by itself. */
const noBlock = -1

/** What the stand-in does at each endpoint for Fabric. */
export function fabricHandlers(options: FabricHandlersOptions): FabricHandlers {
  const { node, users, events, caType, userCode, appCode, orgCode, defaultUser, clock } = options
  const prepared = new Map<string, EndorsedCall>()

  const find = (txId: string): EndorsedCall => {
    const found = prepared.get(txId)
    if (found === undefined) throw new Refusal('txId: no transaction that waits for its signature')
    return found
  }
  const add = (kind: 'chaincode' | 'block') => async (body: RequestOf<typeof fabricEndpoints.registerEvent>) => {
    const { chainCode, eventKey, notifyUrl, attachArgs } = body
    return { eventId: events.add({ kind, chainCode, eventKey, notifyUrl, attachArgs }, clock.nowMs()) }
  }

  return {
    registerUser: async ({ name, secret }) => ({ name, secret: await users.register(name, secret, clock.nowMs()) }),
    enrollUser: async ({ name, secret, csrPem }) => ({ cert: await users.enroll(name, secret, csrPem, clock.nowMs()) }),

    async callChaincode({ userName, nonce, chainCode, funcName, args, transientData }) {
      if (caType !== 1) throw new Refusal('node/reqChainCode is for the mode in which the gateway keeps keys')
      const user = userName === '' ? defaultUser : users.kept(userName)
      const call = { channel: node.channel, chaincode: chainCode, call: [funcName, ...args], transientData }
      const { signedProposal } = await signFabricProposal({ ...call, nonce: base64ToBytes(nonce), nowMs: clock.nowMs() }, user)
      const endorsed = await node.endorse(signedProposal)
      await node.submit(endorsed, await fabricSignature(user, endorsed.payload))
      return answerOf(endorsed, 0)
    },

    async sendTransaction({ transData }) {
      if (caType !== 2) throw new Refusal('node/trans is for the mode in which users keep their keys')
      const endorsed = await node.endorse(base64ToBytes(transData))
      if (prepared.size >= maxPrepared) prepared.delete(prepared.keys().next().value!)
      prepared.set(endorsed.transactionId, endorsed)
      return answerOf(endorsed, noBlock)
    },
    getPrepared: async ({ txId }) => ({ txId, payload: bytesToBase64(find(txId).payload) }),
    async submit({ txId, signature }) {
      const endorsed = find(txId)
      await node.submit(endorsed, base64ToBytes(signature))
      prepared.delete(txId)
      return answerOf(endorsed, 0)
    },

    async getTransaction({ txId }) {
      const block = parseFabricBlock(await node.block({ transactionId: txId }))
      const transaction = block.transactions.find(({ transactionId }) => transactionId === txId)
      if (transaction === undefined) throw new Refusal('txId: there is none')
      return { blockHash: block.hash, blockNumber: block.number, ...summaryOf(transaction) }
    },
    async getTransactionData({ txId }) {
      const bytes = await node.transaction(txId)
      return { txId: parseProcessedTransaction(bytes).transactionId, transData: bytesToBase64(bytes) }
    },
    async getBlockInfo(body) {
      const block = parseFabricBlock(await node.block(questionOf(body)))
      return {
        blockHash: block.hash,
        blockNumber: block.number,
        preBlockHash: block.previousHash,
        blockSize: block.size,
        blockTxCount: block.transactions.length,
        transactions: block.transactions.map(transaction => ({ txId: transaction.transactionId, ...summaryOf(transaction) })),
      }
    },
    async getBlockData(body) {
      const bytes = await node.block(questionOf(body))
      const { hash, number, previousHash } = parseFabricBlock(bytes)
      return { blockHash: hash, blockNumber: number, preBlockHash: previousHash, blockData: bytesToBase64(bytes) }
    },
    async getLedgerInfo() {
      const { height, hash, previousHash } = await node.ledger()
      return { blockHash: bytesToHex(hash), height, preBlockHash: bytesToHex(previousHash) }
    },

    registerEvent: add('chaincode'),
    registerBlockEvent: add('block'),
    queryEvents: async () =>
      events.list().map(({ eventId, kind, chainCode, eventKey, notifyUrl, attachArgs, createTime }) => ({
        eventId,
        eventKey,
        notifyUrl,
        attachArgs,
        createTime,
        orgCode,
        userCode,
        appCode,
        chainCode,
        eventType: kind,
      })),
    async removeEvent({ eventId }) {
      events.remove(eventId)
      return {}
    },
  }
}

function answerOf({ transactionId, result }: EndorsedCall, status: number): AnswerOf<typeof fabricEndpoints.callChaincode> {
  return { blockInfo: { txId: transactionId, blockHash: '', status }, ccRes: { ccCode: chaincodeSuccess, ccData: bytesToUtf8(result) } }
}

/** A number without hash and transaction counts, 0 too. */
function questionOf({ blockNumber, blockHash, txId }: RequestOf<typeof fabricEndpoints.getBlockInfo>) {
  if (blockHash !== '') return { hash: hexToBytes(blockHash) }
  return txId === '' ? { number: blockNumber } : { transactionId: txId }
}

function summaryOf({ validationCode, creator, timeMs, timeNanoseconds }: FabricTransaction) {
  return {
    status: validationCode,
    createName: commonNameOf(creator),
    timeSpanSec: Math.floor(timeMs / 1_000),
    timeSpanNsec: timeNanoseconds,
  }
}

/** The first block is made by nobody with a certificate of a client's. */
function commonNameOf(creator: Uint8Array): string {
  try {
    const certificate = new X509Certificate(msp.SerializedIdentity.deserializeBinary(creator).getIdBytes_asU8())
    return /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? ''
  } catch {
    return ''
  }
}
