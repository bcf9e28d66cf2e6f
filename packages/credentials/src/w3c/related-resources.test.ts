import { describe, expect, test } from 'vitest'
import { checkRelatedResources } from './related-resources.ts'

const id = 'https://www.w3.org/ns/credentials/v2'
const digestSRI = 'sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU'
const check = (value: unknown) => () => checkRelatedResources(value)
const error = (code: string) => expect.objectContaining({ code })

describe('accepts', () => {
  test.each([
    ['Subresource Integrity', { id, digestSRI }],
    ['a multihash', { id, digestMultibase: 'uEiBZlVztZpfWHgPyslVv6-UwirFoQoRvW1htfx963sknNA' }],
    ['a digest alone', { id, digestMultibase: 'uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k' }],
    ['a media type', [{ id, digestSRI, mediaType: 'application/ld+json' }]],
    ['a resource that nobody looks at', { id: 'https://example.org/picture', digestSRI }],
  ])('%s', (_, value) => {
    expect(check(value)).not.toThrow()
  })
})

describe('refuses', () => {
  test.each([
    ['a wrong digest', { id, digestSRI: digestSRI.replace('HrjlB', 'HrjlC') }],
    ['a wrong multihash', { id, digestMultibase: 'uM4RgWQc3RUDtjJCSgTJtTfvpZ7SPEg_LNO0ESlovQC0' }],
    ['one wrong digest beside a right one', { id, digestSRI, digestMultibase: 'uM4RgWQc3RUDtjJCSgTJtTfvpZ7SPEg_LNO0ESlovQC0' }],
    ['a digest that is not compared', { id, digestSRI: `sha512-${'A'.repeat(86)}==` }],
  ])('%s', (_, value) => {
    expect(check(value)).toThrow(error('ERR_CREDENTIAL_RESOURCE'))
  })

  test.each([
    ['text', [id]],
    ['no id', { digestSRI }],
    [
      'an id twice',
      [
        { id, digestSRI },
        { id, digestSRI },
      ],
    ],
    ['no digest', { id }],
    ['a digest of another form', { id, digestSRI: 'sha384-_rCVIV7fSXXTNIvpiq26jRDyj8JG8TDjij-tD0ewLk4JpnXEz6a5AeeY_1qQ0d0P' }],
    ['a media type that is no text', { id, digestSRI, mediaType: 4 }],
    ['an empty list', []],
  ])('%s', (_, value) => {
    expect(check(value)).toThrow(error('ERR_CREDENTIAL_MALFORMED'))
  })
})
