import { describe, expect, test } from 'vitest'
import { divisionLevel, parseDivisionCode, prefectureOf } from './division-code.ts'

describe('division codes', () => {
  test.each([
    ['110000', 'province', '110000'],
    ['440300', 'prefecture', '440300'],
    ['440305', 'county', '440300'],
    ['429004', 'county', '429000'],
    ['990101', 'county', '990100'],
  ] as const)('%s names a %s', (text, level, prefecture) => {
    const code = parseDivisionCode(text)
    expect([divisionLevel(code), prefectureOf(code)]).toEqual([level, prefecture])
  })

  test.each(['', '99010', '9901010', '99010a', '９９０１０１', ' 990101', '990101\n'])('refuses the form of %j', text => {
    expect(() => parseDivisionCode(text)).toThrow(expect.objectContaining({ code: 'ERR_CODE_FORM' }))
  })

  test.each(['000000', '090100', '990001'])('refuses the levels of %s', text => {
    expect(() => parseDivisionCode(text)).toThrow(expect.objectContaining({ code: 'ERR_CODE_DIVISION' }))
  })
})
