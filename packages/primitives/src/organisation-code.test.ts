import { array, assert, constantFrom, property, stringMatching, tuple } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { organisationCheckCharacter, parseOrganisationCode, registryCheckCharacter } from './organisation-code.ts'

const alphabet = [...'0123456789ABCDEFGHJKLMNPQRTUWXY']
// The worked example of GB 32100-2015, amendment 1 of 2016.
const example = '91350100M000100Y43'

const codes = tuple(
  constantFrom('11', '12', '51', '91', '92', 'N2', 'Y1'),
  stringMatching(/^[1-9][0-9]0[1-9][0-9]{2}$/),
  array(constantFrom(...alphabet), { minLength: 8, maxLength: 8 }),
).map(([category, division, body]) => {
  const registry = body.join('')
  const first17 = category + division + registry + registryCheckCharacter(registry)
  return first17 + organisationCheckCharacter(first17)
})

describe('organisation codes', () => {
  test('reads the example of the standard', () => {
    expect(parseOrganisationCode(example)).toMatchObject({
      text: example,
      category: '91',
      divisionCode: '350100',
      registryCode: 'M000100Y4',
    })
  })

  // GB 11714-1997, appendix A.
  test('the example of the older standard inside ends in X', () => {
    expect(registryCheckCharacter('D2143569')).toBe('X')
  })

  test('reads every code with right check characters and notices every wrong character', async () => {
    await assert(
      property(codes, code => {
        expect(parseOrganisationCode(code).text).toBe(code)
        for (let place = 0; place < 18; place++) {
          for (const character of alphabet) {
            if (character === code[place]) continue
            const changed = code.slice(0, place) + character + code.slice(place + 1)
            expect(() => parseOrganisationCode(changed)).toThrow(/./)
          }
        }
      }),
      { numRuns: 20 },
    )
  })

  test('refuses a right outer check character over a wrong inner one', () => {
    const first17 = `${example.slice(0, 16)}5`
    expect(() => parseOrganisationCode(first17 + organisationCheckCharacter(first17))).toThrow(
      expect.objectContaining({ code: 'ERR_CODE_CHECK_DIGIT' }),
    )
  })

  test.each([
    '',
    example.slice(1),
    `${example}0`,
    example.toLowerCase(),
    '91350100I000100Y43',
    '9135010AM000100Y43',
    ` ${example.slice(1)}`,
    `${example}\n`,
  ])('refuses the form of %j', text => {
    expect(() => parseOrganisationCode(text)).toThrow(expect.objectContaining({ code: 'ERR_CODE_FORM' }))
  })

  test('refuses a division that cannot be', () => {
    const first17 = `91000100M000100Y4`
    expect(() => parseOrganisationCode(first17 + organisationCheckCharacter(first17))).toThrow(
      expect.objectContaining({ code: 'ERR_CODE_DIVISION' }),
    )
  })

  test('refuses to make check characters of anything but digits and capitals', () => {
    expect(() => organisationCheckCharacter('91350100')).toThrow(expect.objectContaining({ code: 'ERR_CODE_FORM' }))
    expect(() => registryCheckCharacter('d2143569')).toThrow(expect.objectContaining({ code: 'ERR_CODE_FORM' }))
  })
})
