import type { ChainProof, View } from '@hufu/chains'
import { generateSigner } from '@hufu/keys'
import { utf8ToBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { counterpartA, counterpartB, destinationNetwork, HandClock, originNetwork } from '../fixture/gateway-pair.ts'
import { readViewRequest, signView, type ViewRequest, verifyView } from './view.ts'

const request: ViewRequest = {
  network: destinationNetwork,
  address: { contract: 'hufu', path: ['registry.get', 'Hospital1MSP', 'radiology'] },
  nonce: 'bm9uY2Utb2YtYS10ZXN0',
}
const proof: ChainProof = { format: 'fabric-endorsement/1', network: destinationNetwork, evidence: { transaction: 'AA==' } }
const shown: View = {
  network: destinationNetwork,
  address: request.address,
  value: utf8ToBytes('{}'),
  height: 7,
  timeMs: null,
  assurance: { kind: 'endorsementProof', endorsers: ['Hospital1MSP', 'Hospital2MSP'] },
}
const code = (expected: string) => expect.objectContaining({ code: expected })
const clock = new HandClock()

/** B answers, A checks. */
function check(signed: string, change: Partial<Parameters<typeof verifyView>[1]> = {}) {
  return verifyView(signed, {
    request,
    counterpart: counterpartB,
    verify: async () => shown,
    minAssurance: { kind: 'endorsementProof', minEndorsers: 2 },
    clock,
    maxAgeMs: 30_000,
    ...change,
  })
}

const signed = await signView(request, proof, counterpartA, clock)

test('what a counterpart answers is what its proof shows', async () => {
  expect(await check(signed)).toEqual({ view: shown, proof, gateway: counterpartB.did, signedAtMs: clock.nowMs() })
})

test.each([
  ['nonce', { nonce: 'bm9uY2Utb2YtYS10ZXN1' }],
  ['network', { network: originNetwork }],
  ['contract', { address: { ...request.address, contract: 'other' } }],
  ['path', { address: { ...request.address, path: ['registry.get', 'Hospital1MSP', 'surgery'] } }],
])('an answer to a question of another %s is refused', async (_, change) => {
  await expect(check(signed, { request: { ...request, ...change } })).rejects.toThrow(code('ERR_SATP_VIEW'))
})

test('an answer for another, of another, or of a stranger’s key is refused', async () => {
  const did = 'did:neo:pilot:NGatewayC'
  await expect(check(await signView(request, proof, { ...counterpartA, did }, clock))).rejects.toThrow(code('ERR_SATP_VIEW'))
  const own = { ...counterpartA.own, signer: await generateSigner('P-256') }
  await expect(check(await signView(request, proof, { ...counterpartA, own }, clock))).rejects.toThrow(code('ERR_SATP_SIGNATURE'))
  const otherKey = { ...counterpartA.own, kid: `${counterpartA.own.did}#other` }
  await expect(check(await signView(request, proof, { ...counterpartA, own: otherKey }, clock))).rejects.toThrow(code('ERR_SATP_SIGNER'))
})

test('an answer is refused a millisecond after its time, and as long before', async () => {
  const at = new HandClock()
  const fresh = await signView(request, proof, counterpartA, at)
  at.advance(30_000)
  await check(fresh, { clock: at })
  at.advance(1)
  await expect(check(fresh, { clock: at })).rejects.toThrow(code('ERR_SATP_VIEW'))
  await expect(check(await signView(request, proof, counterpartA, at))).rejects.toThrow(code('ERR_SATP_VIEW'))
})

test('a bit flipped anywhere is refused', async () => {
  for (let at = 0; at < signed.length; at += 7) {
    const flipped = `${signed.slice(0, at)}${signed[at] === 'A' ? 'B' : 'A'}${signed.slice(at + 1)}`
    await expect(check(flipped)).rejects.toThrow(/expected/)
  }
})

test('a proof that is false, of something else, or less than asked for is refused', async () => {
  const refusal = new Error('false')
  await expect(check(signed, { verify: () => Promise.reject(refusal) })).rejects.toBe(refusal)
  await expect(check(signed, { verify: async () => ({ ...shown, network: originNetwork }) })).rejects.toThrow(code('ERR_SATP_VIEW'))
  const elsewhere = { ...shown, address: { ...request.address, path: [] } }
  await expect(check(signed, { verify: async () => elsewhere })).rejects.toThrow(code('ERR_SATP_VIEW'))
  await expect(check(signed, { minAssurance: { kind: 'endorsementProof', minEndorsers: 3 } })).rejects.toThrow(code('ERR_CHAIN_ASSURANCE'))
})

test('a question is read strictly', () => {
  expect(readViewRequest(JSON.parse(JSON.stringify(request)))).toEqual(request)
  for (const wrong of [
    null,
    { ...request, more: 1 },
    { ...request, nonce: 'short' },
    { ...request, network: 'nowhere' },
    { ...request, address: { contract: 'hufu' } },
    { ...request, address: { contract: 'hufu', path: [1] } },
    { ...request, address: { contract: 'hufu', path: Array(33).fill('') } },
  ])
    expect(() => readViewRequest(wrong)).toThrow(code('ERR_SATP_MALFORMED'))
})
