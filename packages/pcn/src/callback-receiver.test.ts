import { describe, expect, test } from 'vitest'
import {
  CallbackReceiver,
  type CallbackReceiverOptions,
  callbackSuccess,
  type EventRegistration,
  type FabricCallback,
  type FiscoCallback,
} from './callback-receiver.ts'
import { fabricCallbackBody } from './endpoints/fabric-endpoints.ts'
import { fiscoCallbackBody } from './endpoints/fisco-endpoints.ts'
import { sealRequest } from './envelope/request-envelope.ts'
import { importMacSigner } from './mac/mac-signer.ts'
import { importMacVerifier } from './mac/mac-verifier.ts'

const header = { userCode: 'USER0001', appCode: 'app0001' }
const gateway = await importMacSigner('R1', new Uint8Array(32).fill(2))
const stranger = await importMacSigner('R1', new Uint8Array(32).fill(3))
const withCode = (code: string) => expect.objectContaining({ code })

const chaincodeEvent: FabricCallback = {
  chainCode: 'cc',
  orgCode: 'ORG1',
  eventKey: 'registry\\..*',
  eventId: '0a'.repeat(16),
  attachArgs: 'a=1',
  eventName: 'registry.changed',
  txId: 'cd'.repeat(32),
  payload: '{"id":"radiology"}',
  blockNumber: 12,
  nonceStr: '34'.repeat(16),
  previousHash: '',
}
const blockEvent: FabricCallback = {
  ...chaincodeEvent,
  eventId: '0b'.repeat(16),
  ...{ chainCode: '', eventKey: '', eventName: '', txId: '', payload: '', previousHash: 'ef'.repeat(32) },
}
const fiscoEvent: FiscoCallback = {
  eventId: '0c'.repeat(16),
  orgCode: 'ORG1',
  attachArgs: 'a=1',
  nonceStr: '56'.repeat(16),
  eventType: 1,
  eventData: '{"blockNumber":17}',
}
const registrations: Readonly<Record<string, EventRegistration>> = {
  [chaincodeEvent.eventId]: { kind: 'chaincode', chainCode: 'cc', eventKey: 'registry\\..*', orgCode: 'ORG1', attachArgs: 'a=1' },
  [blockEvent.eventId]: { kind: 'block', orgCode: 'ORG1', attachArgs: 'a=1' },
  [fiscoEvent.eventId]: { kind: 'fisco', eventType: 1, orgCode: 'ORG1', attachArgs: 'a=1' },
}

function receiverOf(options: Partial<CallbackReceiverOptions> = {}) {
  const seen = new Set<string>()
  const delivered: (FabricCallback | FiscoCallback)[] = []
  const receiver = new CallbackReceiver({
    ...header,
    gateway: importMacVerifier('R1', gateway.publicKey),
    seen: { has: async key => seen.has(key), add: async key => void seen.add(key) },
    findRegistration: async eventId => registrations[eventId],
    deliver: async callback => void delivered.push(callback),
    ...options,
  })
  return { receiver, delivered }
}

const sealed = (body: FabricCallback, signer = gateway) => sealRequest(fabricCallbackBody, header, body, signer)

describe('a callback', () => {
  test('of each kind is dealt with once, however often it is told, also at the same time', async () => {
    const { receiver, delivered } = receiverOf()
    const texts = [
      await sealed(chaincodeEvent),
      await sealed(blockEvent),
      await sealRequest(fiscoCallbackBody, header, fiscoEvent, gateway),
    ]
    for (const text of texts) expect(await receiver.receive(text)).toBe(callbackSuccess)
    expect(await Promise.all([...texts, ...texts].map(text => receiver.receive(text)))).toEqual(Array(6).fill(callbackSuccess))
    expect(delivered).toEqual([chaincodeEvent, blockEvent, fiscoEvent])
    // Another event of the same registration has a nonce of its own.
    expect(await receiver.receive(await sealed({ ...chaincodeEvent, nonceStr: '35'.repeat(16) }))).toBe(callbackSuccess)
    expect(delivered).toHaveLength(4)
  })

  test('told twice before it is dealt with is dealt with once', async () => {
    let count = 0
    const { receiver } = receiverOf({
      deliver: async () => {
        await new Promise(resolve => setTimeout(resolve, 5))
        count++
      },
    })
    const text = await sealed(chaincodeEvent)
    await Promise.all([receiver.receive(text), receiver.receive(text), receiver.receive(text)])
    expect(count).toBe(1)
  })

  test('that could not be dealt with is not answered with success, and is dealt with when it is told again', async () => {
    const outcomes = [new Error('database is away'), undefined]
    const { receiver } = receiverOf({
      deliver: async () => {
        const failure = outcomes.shift()
        if (failure !== undefined) throw failure
      },
    })
    const text = await sealed(chaincodeEvent)
    await expect(receiver.receive(text)).rejects.toThrow('database is away')
    expect(await receiver.receive(text)).toBe(callbackSuccess)
    expect(outcomes).toEqual([])
  })

  test('without a true mac is refused', async () => {
    const { receiver, delivered } = receiverOf()
    const text = await sealed(chaincodeEvent)
    const falseMac = withCode('ERR_PCN_MAC')
    await expect(receiver.receive(await sealed(chaincodeEvent, stranger))).rejects.toThrow(falseMac)
    await expect(receiver.receive(text.replace(/"mac":"[^"]+"/, '"mac":""'))).rejects.toThrow(falseMac)
    await expect(receiver.receive(text.replace('radiology', 'radiologY'))).rejects.toThrow(falseMac)
    await expect(receiver.receive(text.replace('USER0001', 'USER0002'))).rejects.toThrow(falseMac)
    await expect(receiver.receive(text.replace(/34/g, '35'))).rejects.toThrow(falseMac)
    expect(delivered).toEqual([])
  })

  test('of another form is refused', async () => {
    const { receiver } = receiverOf()
    const text = await sealed(chaincodeEvent)
    for (const wrong of [
      '',
      '[]',
      'null',
      '{}',
      text.slice(1),
      text.replace('"blockNumber"', '"more":1,"blockNumber"'),
      text.replace('"body"', '"mac":"a","body"'),
    ])
      await expect(receiver.receive(wrong), wrong.slice(0, 40)).rejects.toThrow(withCode('ERR_PCN_REQUEST'))
  })

  test.each<[string, Partial<FabricCallback>]>([
    ['of no registration', { eventId: '0d'.repeat(16) }],
    ['of another node', { orgCode: 'ORG2' }],
    ['with other arguments', { attachArgs: 'a=2' }],
    ['of another chaincode', { chainCode: 'dd' }],
    ['of another key', { eventKey: '.*' }],
    ['without a transaction', { txId: '' }],
    ['of a chaincode, with a hash as blocks have it', { previousHash: 'ef'.repeat(32) }],
  ])('%s is refused, though the gateway signed it', async (_, changes) => {
    const { receiver, delivered } = receiverOf()
    await expect(receiver.receive(await sealed({ ...chaincodeEvent, ...changes }))).rejects.toThrow(withCode('ERR_PCN_CALLBACK'))
    expect(delivered).toEqual([])
  })

  test('with its borders moved under the same mac cannot come again as another event', async () => {
    const { receiver, delivered } = receiverOf()
    const text = await sealed({ ...chaincodeEvent, payload: 'x1' })
    await receiver.receive(text)
    // "1" of the payload moved into the number: the same joined text, and the same nonce, so dealt with before.
    expect(await receiver.receive(text.replace('"x1"', '"x"').replace(':12,', ':112,'))).toBe(callbackSuccess)
    // The nonce's border cannot be moved: it has one length.
    const moved = text.replace(':12,', ':123,').replace('"nonceStr":"3', '"nonceStr":"')
    await expect(receiver.receive(moved)).rejects.toThrow(withCode('ERR_PCN_REQUEST'))
    expect(delivered).toHaveLength(1)
  })
})
