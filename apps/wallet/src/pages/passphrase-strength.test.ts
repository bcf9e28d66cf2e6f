import { expect, test } from 'vitest'
import { makePassphrase, passphraseStrength } from './passphrase-strength.ts'

test('what is short, repeats or is all digits is weak', () => {
  expect(passphraseStrength('')).toBe('weak')
  expect(passphraseStrength('Aa1!Aa1!Aa1')).toBe('weak')
  expect(passphraseStrength('aaaaaaaaaaaaaaaaaaaaaaaa')).toBe('weak')
  expect(passphraseStrength('123456123456')).toBe('weak')
})

test('more characters and more kinds make it stronger', () => {
  expect(passphraseStrength('lantern river copper')).toBe('strong')
  expect(passphraseStrength('lanternriver')).toBe('fair')
  expect(passphraseStrength('灯笼河流铜虎远山春雨石桥')).toBe('strong')
})

test('a made-up passphrase is strong, legible and another every time', () => {
  const many = Array.from({ length: 200 }, makePassphrase)
  expect(new Set(many).size).toBe(200)
  for (const passphrase of many) {
    expect(passphrase).toMatch(/^[2-9a-hjkmnp-z]{5}(-[2-9a-hjkmnp-z]{5}){3}$/)
    expect(passphraseStrength(passphrase)).toBe('strong')
  }
})
