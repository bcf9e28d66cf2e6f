import { array, assert, constantFrom, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitRow } from './split-row.ts'

describe('splitRow', () => {
  test('reads back cells that were quoted', async () => {
    const cell = array(constantFrom('a', '张', '"', ',', ' ')).map(parts => parts.join(''))
    await assert(
      property(array(cell, { minLength: 1 }), cells => {
        expect(splitRow(cells.map(text => `"${text.replaceAll('"', '""')}"`).join(','))).toEqual(cells)
      }),
    )
  })

  test.each([
    ['', ['']],
    ['a,b', ['a', 'b']],
    [',', ['', '']],
    ['"",a,', ['', 'a', '']],
    ['"a,b",c', ['a,b', 'c']],
    ['"""a"""', ['"a"']],
  ])('%j has the cells %j', (line, cells) => {
    expect(splitRow(line)).toEqual(cells)
  })

  test.each([
    ['a,"b', 'quote-not-closed', 1],
    ['"', 'quote-not-closed', 0],
    ['"a"",b', 'quote-not-closed', 0],
    ['a,b"c', 'quote-misplaced', 1],
    ['"a"b,c', 'quote-misplaced', 0],
    ['a, "b"', 'quote-misplaced', 1],
    ['"a" ,b', 'quote-misplaced', 0],
  ])('%j breaks %s in cell %i', (line, rule, cell) => {
    expect(splitRow(line)).toEqual({ rule, cell })
  })
})
