import { generateSigner, publicKeyToJwk } from '@hufu/keys'
import { beforeAll, expect, test } from 'vitest'
import { counterpartA, counterpartB, GatewayPair } from '../fixture/gateway-pair.ts'
import type { Capabilities, TransferInitClaim, TransferProposal } from '../message/message.ts'
import { openMessage, sealMessage } from '../message/sealed-message.ts'
import { defaultRules } from '../rules.ts'
import { checkProposal, transferOf } from './terms.ts'

let proposal: TransferProposal
let otherKey: TransferInitClaim['senderGatewaySignaturePublicKey']
const nowMs = Date.UTC(2026, 0, 1)
const inMs = (ms: number): string => new Date(nowMs + ms).toISOString()

beforeAll(async () => {
  const pair = new GatewayPair()
  pair.carry = async message => {
    const opened = openMessage(message).message
    if (opened.kind === 'transfer-proposal-msg') proposal = opened
    throw new Error('stopped')
  }
  const { sessionId } = await pair.a.begin(pair.request())
  await pair.a.advance(sessionId)
  otherKey = publicKeyToJwk((await generateSigner('P-256')).publicKey)
})

function check(changed: TransferProposal, isServed = true): void {
  checkProposal(changed, { counterpart: counterpartA, isServed, rules: defaultRules, nowMs })
}

test('takes what the other gateway proposes, and knows the transfer again', async () => {
  check(proposal)
  expect(transferOf(proposal)).toMatchObject({ transferId: proposal.sessionId, lockUntilMs: nowMs + 600_000 })
})

const claims: readonly (readonly [name: string, change: () => Partial<TransferInitClaim>, code: string])[] = [
  ['another profile', () => ({ assetProfileId: 'urn:hufu:asset-profile:title:2' }), 'err_1.1.12'],
  ['another owner’s key', () => ({ originatorPublicKey: 'did:neo:pilot:NOther' }), 'err_1.1.15'],
  ['another beneficiary’s key', () => ({ beneficiaryPublicKey: 'did:neo:pilot:NOther' }), 'err_1.1.16'],
  ['another key of the sender', () => ({ senderGatewaySignaturePublicKey: otherKey }), 'err_1.1.17'],
  ['another key of ours', () => ({ receiverGatewaySignaturePublicKey: otherKey }), 'err_1.1.18'],
  ['another sender', () => ({ senderGatewayId: 'did:neo:pilot:NOther' }), 'err_1.1.19'],
  ['another recipient', () => ({ recipientGatewayId: 'did:neo:pilot:NOther' }), 'err_1.1.20'],
  ['a network that the sender does not speak for', () => ({ senderGatewayNetworkId: 'neo3:78' as never }), 'err_0.1.2'],
  [
    'the same network on both sides',
    () => ({ recipientGatewayNetworkId: proposal.transferInitClaim.senderGatewayNetworkId }),
    'err_1.1.20',
  ],
  ['a hash lock', () => ({ networkLockType: 'HASH_LOCK' }), 'err_1.1.32'],
  ['a lock too short by a millisecond', () => ({ lockAssertionExpiration: inMs(defaultRules.minLockMs - 1) }), 'err_1.1.33'],
  ['a lock too long by a millisecond', () => ({ lockAssertionExpiration: inMs(defaultRules.maxLockMs + 1) }), 'err_1.1.33'],
]

test.each(claims)('refuses %s', (_, change, code) => {
  const changed = { ...proposal, transferInitClaim: { ...proposal.transferInitClaim, ...change() } }
  expect(() => check(changed)).toThrow(expect.objectContaining({ code: 'ERR_SATP_TERMS', protocolCode: code }))
})

const able: readonly (readonly [name: string, change: Partial<Capabilities>, code: string])[] = [
  ['another signature', { gatewayDefaultSignatureAlgorithm: 'RS256' }, 'err_1.1.31'],
  ['another lock of the network', { networkLockType: 'HASH_TIME_LOCK' }, 'err_1.1.32'],
  ['another TLS scheme', { gatewayTlsScheme: 'TLS_AES_256_GCM_SHA384' }, 'err_1.1.34'],
]

test.each(able)('refuses %s', (_, change, code) => {
  const changed = { ...proposal, gatewayAndNetworkCapabilities: { ...proposal.gatewayAndNetworkCapabilities, ...change } }
  expect(() => check(changed)).toThrow(expect.objectContaining({ code: 'ERR_SATP_TERMS', protocolCode: code }))
})

test('refuses a network that nobody here speaks for, and another transfer’s name', () => {
  expect(() => check(proposal, false)).toThrow(expect.objectContaining({ protocolCode: 'err_1.1.20' }))
  expect(() => check({ ...proposal, transferContextId: 'ee'.repeat(32) })).toThrow(expect.objectContaining({ protocolCode: 'err_1.1.1' }))
})

test('a refusal is signed, opens nothing, and ends the other side’s session', async () => {
  const pair = new GatewayPair()
  pair.carry = async (message, deliver) => {
    const opened = openMessage(message).message
    if (opened.kind !== 'transfer-proposal-msg') return deliver(message)
    const transferInitClaim = { ...opened.transferInitClaim, assetProfileId: 'urn:other' }
    const answer = await deliver((await sealMessage({ ...opened, transferInitClaim }, counterpartB)).text)
    expect(openMessage(answer!).message).toMatchObject({ kind: 'error-msg', code: 'err_1.1.12' })
    throw new Error('stopped')
  }
  const { sessionId } = await pair.a.begin(pair.request())
  await pair.a.advance(sessionId)
  expect(await pair.b.status(sessionId)).toBe(undefined)
})
