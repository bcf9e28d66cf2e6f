import { parseScriptHash } from '@hufu/ledger'
import { expect, test } from 'vitest'
import { account, did } from './did-fixtures.ts'
import { accountOfDid, didOf, networkOfDid, parseDid } from './parse-did.ts'
import { parseDidUrl } from './parse-did-url.ts'

const address = did.split(':')[3]!

test('reads network and account back from a DID', () => {
  const parsed = parseDid(didOf('pilot-2', account))
  expect(networkOfDid(parsed)).toBe('pilot-2')
  expect(accountOfDid(parsed)).toBe(account)
  expect(didOf('n', parseScriptHash('00'.repeat(20)))).toMatch(/^did:neo:n:N/)
})

test.each([
  ['', 'nothing'],
  ['not-a-did', 'no scheme'],
  ['did:neo', 'too few parts'],
  ['did:example', 'no identifier'],
  ['did:neo:', 'an empty identifier'],
  ['did::test:x', 'no method'],
  ['DID:neo:test:x', 'a scheme in capitals'],
  ['did:NEO:test:x', 'a method in capitals'],
  [`did:neo:${address}`, 'no network'],
  [`did:neo:test:${address}:x`, 'a part too many'],
  [`did:neo:Test:${address}`, 'a network in capitals'],
  [`did:neo:-test:${address}`, 'a network with a leading hyphen'],
  [`did:neo:${'a'.repeat(33)}:${address}`, 'a network of 33 characters'],
  [`did:neo:test:${address.slice(0, -1)}`, 'an address cut short'],
  [`did:neo:test:${address.slice(0, -1)}${address.endsWith('x') ? 'y' : 'x'}`, 'an address whose checksum does not hold'],
  ['did:neo:test:AXaXZjZGA3qhQRTCsyG5uFKr9HeShgVhTF', 'an address of Neo Legacy'],
  ['did:neo:test:1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', 'an address of another chain'],
  [`did:neo:te%73t:${address}`, 'a percent-encoded network'],
  [`${did} `, 'a space behind'],
  [`${did}\n`, 'a line end behind'],
  [`${did}#key-1`, 'a fragment'],
  [`${did}?versionId=1`, 'a query'],
  [`did:neo:test:${'N'.repeat(3000)}`, 'thousands of characters'],
])('refuses %j as a DID: %s', text => {
  expect(() => parseDid(text)).toThrow(expect.objectContaining({ code: 'ERR_DID_SYNTAX' }))
})

test.each(['did:example:123', 'did:key:z6Mk', 'did:web:a.example:b', 'did:x:a%20b', 'did:x::a'])(
  'tells %j, a DID of another method, from a malformed one',
  text => {
    expect(() => parseDid(text)).toThrow(expect.objectContaining({ code: 'ERR_DID_METHOD' }))
  },
)

test('takes a DID URL apart', () => {
  const url = parseDidUrl(`${did}/a/b%20c?service=files&relativeRef=%2Fx%3Fy%3D1&flag#key-1`)
  expect(url).toMatchObject({ did, path: '/a/b%20c', fragment: 'key-1' })
  expect([...url.parameters]).toEqual([
    ['service', 'files'],
    ['relativeRef', '/x?y=1'],
    ['flag', ''],
  ])
  expect(parseDidUrl(did)).toMatchObject({ did, path: '', fragment: undefined })
  expect(parseDidUrl(`${did}#`)).toMatchObject({ fragment: '' })
})

test.each([
  [`${did}?service=a&service=b`, 'a parameter that stands twice'],
  [`${did}?=a`, 'a parameter without a name'],
  [`${did}?a=%zz`, 'a broken percent-encoding'],
  [`${did}?a=%ff`, 'percent-encoded bytes that are not UTF-8'],
  [`${did}?a=b c`, 'a space'],
  [`${did}#a#b`, 'two fragments'],
  [`${did}/é`, 'a letter beyond ASCII'],
  ['/path', 'no DID'],
  ['did:neo:test:x#key', 'a malformed DID'],
])('refuses %j as a DID URL: %s', text => {
  expect(() => parseDidUrl(text)).toThrow(expect.objectContaining({ code: 'ERR_DID_URL_SYNTAX' }))
})
