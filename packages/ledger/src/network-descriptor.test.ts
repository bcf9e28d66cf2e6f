import { expect, test } from 'vitest'
import { parseNetworkDescriptor } from './network-descriptor.ts'

const refused = expect.objectContaining({ code: 'ERR_LEDGER_DESCRIPTOR' })
const key = '038e71ca9d7a62917be7f0db9896b47bf9b91c8b86628eed55d47fe750e65e5bcb'
const validator = {
  name: 'city-1',
  publicKey: key,
  rpcUrl: 'http://127.0.0.1:1',
  wsUrl: 'ws://127.0.0.1:1/ws',
  metricsUrl: 'https://city.example/metrics',
}
const contract = (id: number) => ({ hash: 'ab'.repeat(20), id })
const good = {
  name: 'pilot',
  magic: 5,
  validators: [validator],
  contracts: { council: contract(5), identifiers: contract(1), trust: contract(2), status: contract(-3), proofs: contract(4) },
}

test('gives back what it has parsed', () => {
  expect(parseNetworkDescriptor(JSON.stringify(good))).toEqual(good)
  expect(parseNetworkDescriptor(JSON.stringify({ ...good, epochMs: 2_000 })).epochMs).toBe(2_000)
  const withGateway = { ...good, contracts: { ...good.contracts, gateway: contract(6), titles: contract(7) } }
  expect(parseNetworkDescriptor(JSON.stringify(withGateway))).toEqual(withGateway)
  const { wsUrl: _, ...silent } = validator
  expect(parseNetworkDescriptor(JSON.stringify({ ...good, validators: [silent] })).validators).toEqual([silent])
})

test.each([
  ['not JSON', '{'],
  ['a list', []],
  ['no name', { ...good, name: undefined }],
  ['capital letters in the name', { ...good, name: 'Pilot' }],
  ['a dash at the end of the name', { ...good, name: 'pilot-' }],
  ['a long name', { ...good, name: 'a'.repeat(33) }],
  ['a magic of more than 32 bits', { ...good, magic: 2 ** 32 }],
  ['a magic that is no integer', { ...good, magic: 1.5 }],
  ['an epoch of no time', { ...good, epochMs: 0 }],
  ['an epoch that is no number', { ...good, epochMs: '2000' }],
  ['an unknown member', { ...good, more: 1 }],
  ['no validators', { ...good, validators: [] }],
  ['a validator twice', { ...good, validators: [validator, validator] }],
  ['a key off the curve', { ...good, validators: [{ ...validator, publicKey: `02${'ff'.repeat(32)}` }] }],
  ['a key in capitals', { ...good, validators: [{ ...validator, publicKey: key.toUpperCase() }] }],
  ['a URL of another kind', { ...good, validators: [{ ...validator, rpcUrl: 'file:///etc/passwd' }] }],
  ['a URL with a password', { ...good, validators: [{ ...validator, rpcUrl: 'http://user:word@host/' }] }],
  ['no metrics', { ...good, validators: [{ ...validator, metricsUrl: undefined }] }],
  [
    'a contract missing',
    { ...good, contracts: { council: contract(5), identifiers: contract(1), trust: contract(2), status: contract(3) } },
  ],
  ['a short hash of the gateway', { ...good, contracts: { ...good.contracts, gateway: { hash: 'ab', id: 1 } } }],
  ['an unknown contract', { ...good, contracts: { ...good.contracts, other: contract(6) } }],
  ['a short contract hash', { ...good, contracts: { ...good.contracts, trust: { hash: 'ab', id: 1 } } }],
])('refuses %s', (_, json) => {
  expect(() => parseNetworkDescriptor(typeof json === 'string' ? json : JSON.stringify(json))).toThrow(refused)
})

test('refuses a name that stands twice in the text', () => {
  expect(() => parseNetworkDescriptor(`{"magic":6,${JSON.stringify(good).slice(1)}`)).toThrow(refused)
})
