import { expect, test } from 'vitest'
import { parseNetworkId } from '../network-id.ts'
import { isBornOn, isForeignHolder, isHex32, isHolder, isTitleId, titleLabel } from './title-form.ts'

const neo = parseNetworkId('neo3:77')
const fabric = parseNetworkId('fabric:hospitals@0123456789abcdef')

test('titles begin with the network that they were issued on', () => {
  expect(titleLabel(neo)).toBe('neo3-77')
  expect(titleLabel(fabric)).toBe('fabric-0123456789abcdef')
  expect(() => titleLabel(parseNetworkId('eip155:1'))).toThrow(expect.objectContaining({ code: 'ERR_CHAIN_NETWORK' }))
  expect(isBornOn(neo, 'neo3-77.licence')).toBe(true)
  expect(isBornOn(neo, 'neo3-77.')).toBe(false)
  expect(isBornOn(neo, 'neo3-77')).toBe(false)
  expect(isBornOn(neo, 'neo3-777.licence')).toBe(false)
  expect(isBornOn(parseNetworkId('neo3:7'), 'neo3-77.licence')).toBe(false)
  expect(isBornOn(fabric, 'neo3-77.licence')).toBe(false)
})

test('identifiers, hashes and holders have one form', () => {
  expect(isTitleId('neo3-77.licence')).toBe(true)
  for (const wrong of ['', 'A', 'a b', 'a/b', 'a'.repeat(64), undefined]) expect(isTitleId(wrong)).toBe(false)
  expect(isHex32('0a'.repeat(32))).toBe(true)
  for (const wrong of ['0A'.repeat(32), '0a'.repeat(31), `${'0a'.repeat(32)}\n`, 7]) expect(isHex32(wrong)).toBe(false)
  expect(isHolder('did:neo:test:NUVPACMnKFhpuHjsRjhUvXz1XhqfGZYVtY')).toBe(true)
  expect(isHolder('did:web:hospital.example')).toBe(true)
  for (const wrong of [
    'did:neo',
    'did:Neo:a',
    'did:neo:a#key',
    'did:neo:a b',
    'did:web:a%3A8443',
    `did:neo:${'a'.repeat(121)}`,
    'neo:a',
    null,
  ])
    expect(isHolder(wrong)).toBe(false)
  for (const right of ['did:neo:test:N1', 'Hospital', 'a'.repeat(128)]) expect(isForeignHolder(right)).toBe(true)
  for (const wrong of ['', 'a b', 'a'.repeat(129), 'é']) expect(isForeignHolder(wrong)).toBe(false)
})
