import { generateSigner } from '@hufu/keys'
import { bytesToBase64url, utf8ToBytes } from '@hufu/primitives'
import { beforeAll, describe, expect, test } from 'vitest'
import { counterpartA, counterpartB, GatewayPair } from '../fixture/gateway-pair.ts'
import type { SatpMessage } from './message.ts'
import { messageTypePrefix, messageTypes } from './message-type.ts'
import { openMessage, sealMessage, verifyMessage } from './sealed-message.ts'
import { writePayload } from './write-payload.ts'

const samples = new Map<string, SatpMessage>()
const code = (expected: string) => expect.objectContaining({ code: expected })

beforeAll(async () => {
  const pair = new GatewayPair()
  pair.carry = async (message, deliver) => {
    const answer = await deliver(message)
    for (const text of [message, answer]) if (text !== undefined) samples.set(openMessage(text).message.kind, openMessage(text).message)
    return answer
  }
  const { sessionId } = await pair.a.begin(pair.request())
  await pair.a.advance(sessionId)
  const header = { sessionId, transferContextId: sessionId, hashPrevMessage: 'ab'.repeat(32), timestamp: '2026-01-01T00:00:00.000Z' }
  samples.set('session-abort-msg', { kind: 'session-abort-msg', ...header, reason: 'operator' })
  const prevMessageType = `${messageTypePrefix}lock-assert-msg`
  samples.set('error-msg', { kind: 'error-msg', version: '1.0', ...header, code: 'err_2.2.9', prevMessageType })
})

/** Signs any header and payload with A's key. */
async function forge(payload: unknown, header: Record<string, unknown> = {}): Promise<string> {
  const encode = (value: unknown): string => bytesToBase64url(utf8ToBytes(typeof value === 'string' ? value : JSON.stringify(value)))
  const input = `${encode({ alg: 'ES256', kid: counterpartA.kid, typ: 'satp+jwt', ...header })}.${encode(payload)}`
  return `${input}.${bytesToBase64url(await counterpartB.own.signer.sign(utf8ToBytes(input)))}`
}

/** In canonical order, as it would be signed. */
function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

describe.each(messageTypes)('%s', kind => {
  test('is read as it was written, and is its signer’s', async () => {
    const message = samples.get(kind)!
    const sealed = await sealMessage(message, counterpartB)
    const unchecked = openMessage(sealed.text)
    expect(unchecked.message).toEqual(message)
    expect(unchecked.from).toBe(counterpartA.did)
    expect(await verifyMessage(unchecked, counterpartA)).toEqual(sealed)
  })

  test('is refused with any member missing, one more, or one of another type', async () => {
    const payload = { ...writePayload(samples.get(kind)!) }
    for (const name of Object.keys(payload)) {
      if (name === 'prevMsgType') continue
      const { [name]: _, ...less } = payload
      expect(() => openMessageOf(less)).toThrow(code(name === 'version' ? 'ERR_SATP_VERSION' : 'ERR_SATP_MALFORMED'))
      for (const other of [null, 1.5, [], { a: 1 }, '', 'x y\u0000'])
        expect(() => openMessageOf({ ...payload, [name]: other })).toThrow(/expected/)
    }
    expect(() => openMessageOf({ ...payload, extra: 1 })).toThrow(code('ERR_SATP_MALFORMED'))
  })

  test('is not taken with its signature of another message, another key, or another counterpart’s', async () => {
    const sealed = await sealMessage(samples.get(kind)!, counterpartB)
    const other = await sealMessage({ ...samples.get(kind)!, sessionId: 'ee'.repeat(32) } as SatpMessage, counterpartB)
    const [header, payload] = sealed.text.split('.')
    const mixed = `${header}.${payload}.${other.text.split('.')[2]}`
    await expect(verifyMessage(openMessage(mixed), counterpartA)).rejects.toThrow(code('ERR_SATP_SIGNATURE'))
    const thief = await sealMessage(samples.get(kind)!, { own: { ...counterpartB.own, signer: await generateSigner('P-256') } })
    await expect(verifyMessage(openMessage(thief.text), counterpartA)).rejects.toThrow(code('ERR_SATP_SIGNATURE'))
    const elsewhere = { ...counterpartA, kid: `${counterpartA.did}#for-another` }
    await expect(verifyMessage(openMessage(sealed.text), elsewhere)).rejects.toThrow(code('ERR_SATP_SIGNER'))
  })
})

/** Reads a payload that is signed as it should be. */
function openMessageOf(payload: Record<string, unknown>) {
  const encode = (value: unknown): string => bytesToBase64url(utf8ToBytes(JSON.stringify(value)))
  const header = encode({ alg: 'ES256', kid: counterpartA.kid, typ: 'satp+jwt' })
  const canonical = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? sorted(Object.fromEntries(Object.entries(value).map(([name, member]) => [name, canonical(member)])))
      : value
  return openMessage(`${header}.${encode(canonical(payload))}.${bytesToBase64url(new Uint8Array(64))}`)
}

test('members in another order are another text, and refused though signed', async () => {
  const payload = writePayload(samples.get('ack-commence-msg')!)
  expect(openMessage(await forge(sorted(payload))).message.kind).toBe('ack-commence-msg')
  const turned = Object.fromEntries(Object.entries(sorted(payload)).reverse())
  const text = await forge(turned)
  expect(() => openMessage(text)).toThrow(code('ERR_SATP_MALFORMED'))
  const spaced = await forge(JSON.stringify(sorted(payload), null, 1))
  expect(() => openMessage(spaced)).toThrow(code('ERR_SATP_MALFORMED'))
})

test.each([
  ['no algorithm', { alg: 'none' }],
  ['EdDSA', { alg: 'EdDSA' }],
  ['SM2', { alg: 'SM2SM3' }],
  ['a key of its own', { jwk: {} }],
  ['an extension', { crit: ['b64'] }],
  ['another type', { typ: 'JWT' }],
  ['no key named', { kid: undefined }],
  ['a key that is no DID URL', { kid: 'key-1' }],
])('a header with %s is refused', async (_, header) => {
  const text = await forge(sorted(writePayload(samples.get('ack-commence-msg')!)), header)
  expect(() => openMessage(text)).toThrow(code('ERR_SATP_MALFORMED'))
})

test.each([
  ['a time in another form', 'lock-assert-msg', { lockAssertionExpiration: '2026-01-01T00:00:00Z' }],
  ['a day that does not exist', 'lock-assert-msg', { lockAssertionExpiration: '2026-02-30T00:00:00.000Z' }],
  ['a claim of another format', 'lock-assert-msg', { lockAssertionClaimFormat: 'LOCK_ASSERTION_CLAIM_FORMAT_2' }],
  [
    "the draft's example's spelling",
    'lock-assert-msg',
    { lockAssertionExpiration: undefined, lockAssetionExpiration: '2026-01-01T00:00:00.000Z' },
  ],
  ['a hash in capitals', 'ack-commence-msg', { hashPrevMessage: 'AB'.repeat(32) }],
  ['an unknown type', 'ack-commence-msg', { messageType: `${messageTypePrefix}ack-prepare-msg` }],
  ['a type without its prefix', 'ack-commence-msg', { messageType: 'ack-commence-msg' }],
  ['an unknown error', 'error-msg', { type: 'urn:ietf:params:satp:core:error:err_9.9.9' }],
  ['a status of another error', 'error-msg', { status: 404 }],
  ['a title of another error', 'error-msg', { title: 'bad signature' }],
])('%s is refused', (_, kind, change) => {
  const payload = Object.fromEntries(
    Object.entries({ ...writePayload(samples.get(kind)!), ...change }).filter(([, value]) => value !== undefined),
  )
  expect(() => openMessageOf(payload)).toThrow(code('ERR_SATP_MALFORMED'))
})

test('another version is refused as that', () => {
  const payload = { ...writePayload(samples.get('transfer-proposal-msg')!), version: '1.1' }
  expect(() => openMessageOf(payload)).toThrow(code('ERR_SATP_VERSION'))
})

test('a message too long is refused before anything is read', () => {
  expect(() => openMessage('a'.repeat(524_289))).toThrow(code('ERR_SATP_MALFORMED'))
})
