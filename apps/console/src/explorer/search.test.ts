import { expect, test } from 'vitest'
import { findMeanings } from './search.ts'

const kindsOf = (text: string) => findMeanings(text).map(({ kind, path }) => [kind, path])

test.each([
  [
    '7',
    [
      ['block', '/v1/explorer/blocks/7'],
      ['proposal', '/v1/explorer/proposals/7'],
    ],
  ],
  ['0', [['block', '/v1/explorer/blocks/0']]],
  [
    `0x${'AB'.repeat(32)}`,
    [
      ['transaction', `/v1/explorer/transactions/${'ab'.repeat(32)}`],
      ['block', `/v1/explorer/blocks/${'ab'.repeat(32)}`],
    ],
  ],
  [
    'show',
    [
      ['verifyingKey', '/v1/explorer/verifying-keys/show'],
      ['credentialType', '/v1/explorer/credential-types/show'],
    ],
  ],
  [' urn:hufu:resident ', [['credentialType', '/v1/explorer/credential-types/urn%3Ahufu%3Aresident']]],
  ['../../etc/passwd', []],
  ['<script>', []],
])('%j may be %j', (text, expected) => {
  expect(kindsOf(text)).toEqual(expected)
})

test('a DID may be looked at as what it is, asks and issues', () => {
  expect(findMeanings('did:neo:pilot:NWiHm7Zc8QSvcLvq8XPG2T25yXXJwrSXf5').map(({ kind }) => kind)).toEqual(['did', 'query', 'tree'])
})
