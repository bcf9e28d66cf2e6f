import { bytesToHex, hexToBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { rawSignature } from './der-signature.ts'

const [r, s] = [`7f${'11'.repeat(31)}`, `01${'22'.repeat(31)}`]
const [rInteger, sInteger] = [`0220${r}`, `0220${s}`]
const sequence = (content: string, length = content.length / 2) => `30${length.toString(16).padStart(2, '0')}${content}`

test('reads the one form of DER', () => {
  expect(bytesToHex(rawSignature(hexToBytes(sequence(rInteger + sInteger)))!)).toBe(r + s)
  // A high bit has a zero in front, and leading zeros are left out.
  expect(bytesToHex(rawSignature(hexToBytes(sequence(`022100${'ff'.repeat(32)}020101`)))!)).toBe(
    `${'ff'.repeat(32)}${'1'.padStart(64, '0')}`,
  )
})

test.each([
  ['nothing', ''],
  ['an empty sequence', '3000'],
  ['a long form of its length', `3081${((rInteger + sInteger).length / 2).toString(16)}${rInteger}${sInteger}`],
  ['a length without end', `3080${rInteger}${sInteger}0000`],
  ['a length one less', sequence(rInteger + sInteger, 67)],
  ['a byte behind', `${sequence(rInteger + sInteger)}00`],
  ['a byte behind, inside', sequence(`${rInteger}${sInteger}00`)],
  ['one integer', sequence(rInteger)],
  ['a third integer', sequence(`${rInteger}${sInteger}020101`)],
  ['a set', `31${sequence(rInteger + sInteger).slice(2)}`],
  ['r as an octet string', sequence(`04${rInteger.slice(2)}${sInteger}`)],
  ['a zero in front of r', sequence(`022100${r}${sInteger}`)],
  ['a zero in front of s', sequence(`${rInteger}022100${s}`)],
  ['r without digits', sequence(`0200${sInteger}`)],
  ['r = 0', sequence(`020100${sInteger}`)],
  ['s = 0', sequence(`${rInteger}020100`)],
  ['r negative', sequence(`0220ff${'11'.repeat(31)}${sInteger}`)],
  ['s negative', sequence(`${rInteger}0201ff`)],
  ['r of 257 bits', sequence(`022101${'00'.repeat(32)}${sInteger}`)],
  ['the higher of two s', sequence(`${rInteger}022100${'ee'.repeat(32)}`)],
  ['raw', r + s],
])('refuses %s', (_, der) => {
  expect(rawSignature(hexToBytes(der))).toBeUndefined()
})
