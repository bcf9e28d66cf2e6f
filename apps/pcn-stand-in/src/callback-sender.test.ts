import { type FabricCallback, fabricCallbackBody, importMacSigner, importMacVerifier, openRequest } from '@hufu/pcn'
import { parseJson } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { CallbackSender } from './callback-sender.ts'

const header = { userCode: 'USER0001', appCode: 'app0001' }
const signer = await importMacSigner('R1', new Uint8Array(32).fill(2))
const body: FabricCallback = {
  chainCode: 'cc',
  orgCode: 'ORG1',
  eventKey: '.*',
  eventId: '0a'.repeat(16),
  attachArgs: '',
  eventName: 'registry.changed',
  txId: 'cd'.repeat(32),
  payload: '{}',
  blockNumber: 12,
  nonceStr: '34'.repeat(16),
  previousHash: '',
}

/** Delivers one callback; time passes as fast as it is waited for. */
async function deliver(answers: (string | Error)[]) {
  const told: { readonly atSeconds: number; readonly text: string }[] = []
  let nowMs = 0
  const sender = new CallbackSender({
    header,
    signer,
    sleep: async ms => {
      nowMs += ms
    },
    async post(url, text) {
      expect(url).toBe('http://127.0.0.1:1/told')
      told.push({ atSeconds: nowMs / 1_000, text })
      const answer = answers.shift() ?? 'never'
      if (answer instanceof Error) throw answer
      return answer
    },
  })
  sender.send({ notifyUrl: 'http://127.0.0.1:1/told', body })
  await expect.poll(() => told.length).toBeGreaterThan(0)
  await sender.idle()
  return told
}

describe('a callback', () => {
  test('that is taken is told once, with a mac', async () => {
    const told = await deliver(['{"msg":"success"}'])
    expect(told).toHaveLength(1)
    const expected = { ...header, verifier: importMacVerifier('R1', signer.publicKey) }
    expect(await openRequest(fabricCallbackBody, parseJson(told[0]!.text), expected)).toEqual(body)
  })

  test('that is not taken is told again after 3, 12, 27 and 48 seconds, each time the same, and then no more', async () => {
    const told = await deliver(['failure', new Error('away'), '', 'succes'])
    expect(told.map(({ atSeconds }) => atSeconds)).toEqual([0, 3, 12, 27, 48])
    expect(new Set(told.map(({ text }) => text)).size).toBe(1)
  })

  test('is told until it is taken', async () => {
    expect(await deliver([new Error('away'), 'success'])).toHaveLength(2)
  })

  test('is given up when the stand-in ends', async () => {
    let told = 0
    const sender = new CallbackSender({
      header,
      signer,
      sleep: (_ms, signal) => new Promise(resolve => signal.addEventListener('abort', () => resolve())),
      post: async () => {
        told++
        return ''
      },
    })
    sender.send({ notifyUrl: 'http://127.0.0.1:1/told', body })
    await expect.poll(() => told).toBe(1)
    await sender.stop()
    expect(told).toBe(1)
  })

  test('goes to nobody outside of the machine', async () => {
    let waits = 0
    const sender = new CallbackSender({ header, signer, sleep: async () => void waits++ })
    sender.send({ notifyUrl: 'http://192.0.2.1/told', body })
    await sender.idle()
    expect(waits).toBe(4)
  })
})
