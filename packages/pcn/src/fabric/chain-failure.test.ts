import { describe, expect, test } from 'vitest'
import { PcnError, type PcnErrorCode } from '../errors.ts'
import { chainFailure } from './chain-failure.ts'

describe('what a node’s failure means', () => {
  test.each<[PcnErrorCode, string, string]>([
    // Of a question, and of a call that may have taken effect: only what was not sent, or was refused, certainly has not.
    ['ERR_PCN_UNREACHABLE', 'ERR_CHAIN_UNREACHABLE', 'ERR_CHAIN_UNREACHABLE'],
    ['ERR_PCN_PIN', 'ERR_CHAIN_UNREACHABLE', 'ERR_CHAIN_UNREACHABLE'],
    ['ERR_PCN_REFUSED', 'ERR_CHAIN_REFUSED', 'ERR_CHAIN_REFUSED'],
    ['ERR_PCN_UNKNOWN', 'ERR_CHAIN_UNREACHABLE', 'ERR_CHAIN_UNKNOWN'],
    ['ERR_PCN_ANSWER', 'ERR_CHAIN_ANSWER', 'ERR_CHAIN_UNKNOWN'],
    ['ERR_PCN_MAC', 'ERR_CHAIN_PROOF', 'ERR_CHAIN_UNKNOWN'],
    ['ERR_PCN_OTHER_ANSWER', 'ERR_CHAIN_PROOF', 'ERR_CHAIN_UNKNOWN'],
    ['ERR_PCN_REQUEST', 'ERR_PCN_REQUEST', 'ERR_PCN_REQUEST'],
  ])('%s', (code, ofQuestion, ofCall) => {
    const error = new PcnError(code, 'text', { reason: 'outside' })
    expect(chainFailure(error, false)).toMatchObject({ code: ofQuestion, reason: 'outside' })
    expect(chainFailure(error, true)).toMatchObject({ code: ofCall, reason: 'outside' })
  })

  test.each([
    ['10 ABORTED: chaincode response 500, ERR_CHAINCODE_ABSENT: the registry has no such entry', 'ERR_CHAIN_ABSENT'],
    ['ERR_CHAINCODE_IDEMPOTENCY: the key was used for another call', 'ERR_CHAIN_IDEMPOTENCY'],
    ['ERR_CHAINCODE_ROLLBACK: an older state', 'ERR_CHAIN_ROLLBACK'],
    ['ERR_CHAINCODE_PROOF: false', 'ERR_CHAIN_REFUSED'],
    ['no such user', 'ERR_CHAIN_REFUSED'],
  ])('a refusal for the chaincode’s reason: %s', (reason, code) => {
    expect(chainFailure(new PcnError('ERR_PCN_REFUSED', 'text', { reason }), true)).toMatchObject({ code, reason })
  })

  test('nothing else is changed', () => {
    const error = new TypeError('a mistake')
    expect(chainFailure(error, true)).toBe(error)
  })
})
