import { parseNetworkId } from '@hufu/chains'
import { expect, test } from 'vitest'
import { type AskedView, allowedView } from './view-policy.ts'

const network = parseNetworkId('neo3:7')
const bank = 'did:neo:pilot:bank'
const views = [
  { network, contract: 'hufu', path: ['registry.get', '*', 'radiology'], minAssurance: { kind: 'endorsementProof', minEndorsers: 2 } },
  { network, contract: 'hufu', path: ['title.get', '*'], minAssurance: { kind: 'lightClient' }, counterparts: [bank] },
] as const

function asked(changes: Partial<AskedView>, path: readonly string[] = ['registry.get', 'Hospital1MSP', 'radiology']): AskedView {
  return { network, counterpart: 'did:neo:pilot:clinic', address: { contract: 'hufu', path }, ...changes }
}

test('what stands there may be seen, with the assurance that stands there', () => {
  expect(allowedView(views, asked({}))).toEqual({ kind: 'endorsementProof', minEndorsers: 2 })
  expect(allowedView(views, asked({ counterpart: bank }, ['title.get', 'licence-7']))).toEqual({ kind: 'lightClient' })
})

test.each([
  ['another network', asked({ network: parseNetworkId('neo3:8') })],
  ['another contract', asked({ address: { contract: 'hufu2', path: ['registry.get', 'Hospital1MSP', 'radiology'] } })],
  ['another function', asked({}, ['registry.set', 'Hospital1MSP', 'radiology'])],
  ['another last part', asked({}, ['registry.get', 'Hospital1MSP', 'surgery'])],
  ['a part more', asked({}, ['registry.get', 'Hospital1MSP', 'radiology', 'x'])],
  ['a part fewer', asked({}, ['registry.get', 'Hospital1MSP'])],
  ['what only another counterpart may see', asked({}, ['title.get', 'licence-7'])],
  ['a star in what is asked', asked({}, ['registry.get', '*', '*'])],
])('refuses %s', (_, view) => {
  expect(() => allowedView(views, view)).toThrow(expect.objectContaining({ code: 'ERR_GATEWAY_VIEW' }))
})
