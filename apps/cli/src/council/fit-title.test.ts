import { utf8ToBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { fitTitle } from './fit-title.ts'

test('leaves a title of 128 bytes as it is, and cuts a longer one between characters', () => {
  expect(fitTitle('a'.repeat(128))).toBe('a'.repeat(128))
  expect(fitTitle('a'.repeat(129))).toBe(`${'a'.repeat(125)}…`)
  const cut = fitTitle('字'.repeat(43))
  expect(cut).toBe(`${'字'.repeat(41)}…`)
  expect(utf8ToBytes(fitTitle('𠀀'.repeat(40))).length).toBeLessThanOrEqual(128)
})
