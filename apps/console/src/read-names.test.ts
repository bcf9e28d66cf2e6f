import { expect, test } from 'vitest'
import { readNames } from './read-names.ts'

const did = 'did:neo:pilot:NWiHm7Zc8QSvcLvq8XPG2T25yXXJwrSXf5'
const name = { 'zh-CN': '银行', en: 'Bank' }

test('reads names by DID', () => {
  expect(readNames(JSON.stringify({ [did]: name }))).toEqual({ [did]: name })
  expect(readNames('{}')).toEqual({})
})

test.each([
  ['no JSON', '{'],
  ['no object', '[1]'],
  ['a key that is no DID', JSON.stringify({ bank: name })],
  ['a DID of another method', JSON.stringify({ 'did:web:bank.example': name })],
  ['one language', JSON.stringify({ [did]: { en: 'Bank' } })],
  ['another member', JSON.stringify({ [did]: { ...name, link: 'https://evil.example' } })],
  ['an empty name', JSON.stringify({ [did]: { ...name, en: '' } })],
])('refuses %s', (_, text) => {
  expect(() => readNames(text)).toThrow(expect.objectContaining({ code: 'ERR_SERVICE_CONFIG' }))
})
