import { describe, expect, test } from 'vitest'
import { counterpartA, counterpartB, GatewayPair } from '../fixture/gateway-pair.ts'
import type { SatpMessage } from '../message/message.ts'
import { type MessageType, messageTypes } from '../message/message-type.ts'
import { openMessage, sealMessage } from '../message/sealed-message.ts'
import { acceptedAnswers } from './judge-answer.ts'
import { acceptedRequests, type BeneficiaryPhase, phaseOf } from './judge-request.ts'
import { OpenSession } from './open-session.ts'

type Request = Extract<MessageType, `${string}-msg`>

/** Which new message counts in which phase, written down a second time: by the draft's figure, and by what docs/gateways.md adds. */
const expected: Readonly<Record<BeneficiaryPhase, readonly Request[]>> = {
  opened: [],
  agreed: ['transfer-commence-msg', 'session-abort-msg'],
  commenced: ['lock-assert-msg', 'commit-final-msg', 'session-abort-msg'],
  asserted: ['commit-prepare-msg', 'commit-final-msg', 'session-abort-msg'],
  ready: ['commit-final-msg', 'session-abort-msg'],
  acknowledged: ['commit-transfer-complete-msg', 'commit-final-msg'],
  completed: ['commit-final-msg'],
  aborted: ['commit-final-msg'],
}

/** The last message that goes through before each phase is looked at. */
const reached: Readonly<Partial<Record<BeneficiaryPhase, MessageType>>> = {
  agreed: 'transfer-proposal-msg',
  commenced: 'transfer-commence-msg',
  asserted: 'lock-assert-msg',
  ready: 'commit-prepare-msg',
  acknowledged: 'commit-final-msg',
  completed: 'commit-transfer-complete-msg',
}

/** A pair whose beneficiary is in a phase, what A would say next, and every message that was said. */
async function inPhase(phase: BeneficiaryPhase) {
  const pair = new GatewayPair()
  const said = new Map<MessageType, SatpMessage>()
  const last = reached[phase === 'aborted' ? 'asserted' : phase]
  let isStopped = false
  pair.carry = async (message, deliver) => {
    if (isStopped) throw new Error('stopped')
    const answer = await deliver(message)
    for (const text of [message, answer]) if (text !== undefined) said.set(openMessage(text).message.kind, openMessage(text).message)
    isStopped = openMessage(message).message.kind === last
    return answer
  }
  const { sessionId } = await pair.a.begin(pair.request())
  await pair.a.advance(sessionId)
  if (phase === 'aborted') {
    const { transfer } = (await pair.b.status(sessionId))!
    pair.clock.advanceTo(transfer.lockUntilMs + 600_001)
    await pair.b.resume()
  }
  const state = (await OpenSession.read(sessionId, pair.logB, pair.clock))!.state
  expect(phaseOf(state)).toBe(phase)
  return { pair, sessionId, state, said }
}

/** A whole honest transfer's messages, for contents; each is then put into the session at hand. */
const samples = await (async () => {
  const { said, sessionId } = await inPhase('completed')
  const header = { sessionId, transferContextId: sessionId, hashPrevMessage: 'ab'.repeat(32) }
  const timestamp = '2026-01-01T00:00:00.000Z'
  said.set('session-abort-msg', { kind: 'session-abort-msg', ...header, reason: 'operator', timestamp })
  said.set('error-msg', { kind: 'error-msg', version: '1.0', ...header, code: 'err_0.1.1', prevMessageType: undefined, timestamp })
  return said
})()

test('there is a sample of each type of message', () => {
  expect([...samples.keys()].sort()).toEqual([...messageTypes].sort())
})

describe.each(Object.keys(reached).concat('aborted') as BeneficiaryPhase[])('in the phase %s of a beneficiary', phase => {
  test.each(messageTypes)('%s', async kind => {
    const { pair, sessionId, state, said } = await inPhase(phase)
    const sample = said.get(kind) ?? samples.get(kind)!
    const isInPlace = expected[phase].includes(kind)
    // New, in its place in the chain of hashes, and of this session: only its type decides.
    const message = {
      ...sample,
      sessionId,
      transferContextId: sessionId,
      ...('hashPrevMessage' in sample ? { hashPrevMessage: state.lastHash } : {}),
      ...('hashTransferInitClaim' in sample && isInPlace
        ? { hashTransferInitClaim: (said.get('proposal-receipt-msg') as { hashTransferInitClaim: string }).hashTransferInitClaim }
        : {}),
      ...('hashTransferCommence' in sample && isInPlace
        ? { hashTransferCommence: state.received['transfer-commence-msg']?.hash }
        : 'hashTransferCommence' in sample
          ? { hashTransferCommence: 'ee'.repeat(32) }
          : {}),
      ...('timestamp' in sample ? { timestamp: '2026-01-01T00:00:00.001Z' } : {}),
    } as SatpMessage
    const fresh = refresh(message)
    const { text } = await sealMessage(fresh, counterpartB)
    const reply = await pair.b.receive(text).catch((error: unknown) => error as Error)
    const records = (await pair.logB.read(sessionId)).length
    expect(acceptedRequests[phase].includes(kind)).toBe(isInPlace)
    const hasArrived = phase === 'acknowledged' || phase === 'completed'
    if (isInPlace && (kind !== 'commit-final-msg' || hasArrived)) {
      expect(reply).toMatchObject({ status: expect.toBeOneOf([200, 204]) })
      expect(records).toBeGreaterThan(state.records)
      return
    }
    if (isInPlace) {
      // The proof of another session's transfer: looked at, and refused by the chain.
      expect(pair.quarantineB.map(item => item.code)).toEqual(['ERR_SATP_PROOF'])
      return
    }
    expect(records).toBe(state.records)
    expect(pair.quarantineB.map(item => item.code)).toEqual(['ERR_SATP_STATE'])
    if (kind === 'error-msg') expect(reply).toMatchObject({ code: 'ERR_SATP_STATE' })
    else expect(openMessage((reply as { body: string }).body).message).toMatchObject({ kind: 'error-msg', code: 'err_0.1.1' })
  })
})

/** Another text than any that was answered, so that it is no repetition. */
function refresh(message: SatpMessage): SatpMessage {
  switch (message.kind) {
    case 'transfer-proposal-msg':
      return {
        ...message,
        transferInitClaim: { ...message.transferInitClaim, assetLockExpirationTime: message.transferInitClaim.assetLockExpirationTime + 1 },
      }
    case 'lock-assert-msg':
      return { ...message, lockAssertionClaim: { ...message.lockAssertionClaim, transactionId: '0xother' } }
    case 'commit-final-msg': {
      const { burnAssertionClaim } = message
      return {
        ...message,
        burnAssertionClaim: { ...burnAssertionClaim, proof: { ...burnAssertionClaim.proof, evidence: { transferId: 'ee'.repeat(32) } } },
      }
    }
    default:
      return message
  }
}

/** What answers each request, written down a second time. */
const expectedAnswers: Readonly<Record<string, MessageType>> = {
  'transfer-proposal-msg': 'proposal-receipt-msg',
  'transfer-commence-msg': 'ack-commence-msg',
  'lock-assert-msg': 'assertion-receipt-msg',
  'commit-prepare-msg': 'commit-ready-msg',
  'commit-final-msg': 'ack-commit-final-msg',
}

describe.each([...Object.keys(expectedAnswers), 'commit-transfer-complete-msg'] as MessageType[])('in answer to %s', request => {
  test.each(messageTypes)('%s', async kind => {
    const isAnswer = kind === expectedAnswers[request] || kind === 'session-abort-msg' || kind === 'error-msg'
    expect(acceptedAnswers(request).includes(kind)).toBe(isAnswer)
    if (isAnswer) return
    const pair = new GatewayPair()
    pair.carry = async (text, deliver) => {
      const { message, hash } = openMessage(text)
      if (message.kind !== request) return deliver(text)
      const { sessionId } = message
      const lie = { ...samples.get(kind)!, sessionId, transferContextId: sessionId }
      const chained = 'hashPrevMessage' in lie ? { ...lie, hashPrevMessage: hash } : lie
      return (await sealMessage(chained as SatpMessage, counterpartA)).text
    }
    const { sessionId } = await pair.a.begin(pair.request())
    const { problem, status } = await pair.a.advance(sessionId)
    expect(problem).toMatchObject({ code: 'ERR_SATP_STATE' })
    expect(status.outcome).toBe(null)
    expect(pair.quarantineA.map(item => [item.code, item.direction, item.signedBy])).toEqual([
      ['ERR_SATP_STATE', 'answer', counterpartB.did],
    ])
    expect((await pair.logA.read(sessionId)).length).toBe(status.records)
  })
})
