import { assert, date, integer, property, stringMatching, tuple } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseResidentNumber, residentCheckCharacter } from './resident-number.ts'

const clock = { nowMs: () => Date.parse('2026-11-23T04:00:00Z') }

const numbers = tuple(
  stringMatching(/^[1-9][0-9]0[1-9][0-9]{2}$/),
  date({ min: new Date('1900-01-01'), max: new Date('2026-11-23'), noInvalidDate: true }),
  integer({ min: 1, max: 999 }),
).map(([division, birth, sequence]) => {
  const digits = `${division}${birth.toISOString().slice(0, 10).replaceAll('-', '')}${String(sequence).padStart(3, '0')}`
  return digits + residentCheckCharacter(digits)
})

function withCheckCharacter(digits: string): string {
  return digits + residentCheckCharacter(digits)
}

describe('resident numbers', () => {
  // The two examples of GB 11643-1999, appendix A; the second person was born in 1880.
  test('reads the example of the standard', () => {
    expect(parseResidentNumber('11010519491231002X', clock)).toEqual({
      text: '11010519491231002X',
      divisionCode: '110105',
      birthDate: '1949-12-31',
      sex: '2',
    })
    expect(residentCheckCharacter('44052418800101001')).toBe('4')
  })

  test('reads every right number; ISO 7064 MOD 11-2 notices one wrong digit and two neighbours that changed places', async () => {
    await assert(
      property(numbers, number => {
        const { text, birthDate, sex } = parseResidentNumber(number, clock)
        expect([text, birthDate.replaceAll('-', ''), Number(sex) % 2]).toEqual([number, number.slice(6, 14), Number(number[16]) % 2])
        for (let place = 0; place < 17; place++) {
          const swapped = number.slice(0, place) + number[place + 1]! + number[place]! + number.slice(place + 2)
          const changed = number.slice(0, place) + ((Number(number[place]) + 1) % 10) + number.slice(place + 1)
          for (const neighbour of [swapped, changed])
            if (neighbour !== number) expect(() => parseResidentNumber(neighbour, clock)).toThrow(/./)
        }
      }),
    )
  })

  test('today in China is a birth date, tomorrow is not', () => {
    const born = withCheckCharacter('99010120261124001')
    const refusal = expect.objectContaining({ code: 'ERR_CODE_BIRTH_DATE_FUTURE' })
    expect(() => parseResidentNumber(born, { nowMs: () => Date.parse('2026-11-23T15:59:59Z') })).toThrow(refusal)
    expect(parseResidentNumber(born, { nowMs: () => Date.parse('2026-11-23T16:00:00Z') }).birthDate).toBe('2026-11-24')
  })

  test.each([
    ['ERR_CODE_FORM', '110105491231002'],
    ['ERR_CODE_FORM', '11010519491231002x'],
    ['ERR_CODE_FORM', '１１０１０５１９４９１２３１００２Ｘ'],
    ['ERR_CODE_FORM', '11010519491231002X '],
    ['ERR_CODE_FORM', '1101051949123100X2'],
    ['ERR_CODE_FORM', ''],
    ['ERR_CODE_CHECK_DIGIT', '110105194912310021'],
    ['ERR_CODE_DIVISION', withCheckCharacter('00010119491231002')],
    ['ERR_CODE_DIVISION', withCheckCharacter('99000119491231002')],
    ['ERR_CODE_BIRTH_DATE', '440524188001010014'],
    ['ERR_CODE_BIRTH_DATE', withCheckCharacter('99010119900230002')],
    ['ERR_CODE_BIRTH_DATE', withCheckCharacter('99010119001301002')],
    ['ERR_CODE_BIRTH_DATE', withCheckCharacter('99010119900100002')],
    ['ERR_CODE_BIRTH_DATE_FUTURE', withCheckCharacter('99010120310501002')],
  ])('%s: %j', (code, text) => {
    expect(() => parseResidentNumber(text, clock)).toThrow(expect.objectContaining({ code }))
  })

  test('does not repeat the number in its errors', () => {
    for (const text of ['110105194912310021', '440524188001010014', '11010519491231002x']) {
      expect(() => parseResidentNumber(text, clock)).not.toThrow(/\d{6}/)
    }
  })
})
