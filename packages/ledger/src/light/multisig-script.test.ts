import { bytesToHex, hexToBytes } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { validatorSet } from '../../test/synthetic-chain.ts'
import { multisigAccount } from '../account.ts'
import { parseMultisigScript, parseSignatures } from './multisig-script.ts'

const refused = expect.objectContaining({ code: 'ERR_LEDGER_PROOF' })
const set = await validatorSet('a', 7)
const script = bytesToHex(set.verificationScript)
const keyLength = 70 // Hexadecimal digits of a key with its push.
const threshold = script.slice(0, 2)
const keys = script.slice(2, 2 + 7 * keyLength)
const end = script.slice(-12)
const keyAt = (index: number) => keys.slice(index * keyLength, (index + 1) * keyLength)

test.each([1, 4, 15, 16, 17, 21])('reads the script of %i validators as accounts write it', async size => {
  const { verificationScript, publicKeys } = await validatorSet('a', size)
  const parsed = parseMultisigScript(verificationScript)
  expect(parsed.threshold).toBe(size - Math.floor((size - 1) / 3))
  expect(parsed.publicKeys.map(bytesToHex)).toEqual(publicKeys.map(key => bytesToHex(key.bytes)))
})

test('reads a threshold over 15', async () => {
  const { publicKeys } = await validatorSet('a', 21)
  expect(parseMultisigScript(multisigAccount(20, publicKeys).verificationScript).threshold).toBe(20)
})

describe('refuses a script with', () => {
  const negative = keyAt(0).slice(0, 4) + (keyAt(0).slice(4, 6) === '02' ? '03' : '02') + keyAt(0).slice(6)
  test.each<[string, string]>([
    ['its threshold as PUSHINT8', `0005${script.slice(2)}`],
    ['its number of keys as PUSHINT8', `${threshold}${keys}0007${end.slice(2)}`],
    ['its threshold as PUSH16', `20${script.slice(2)}`],
    ['a threshold over the number of keys', `18${script.slice(2)}`],
    ['a threshold of zero', `10${script.slice(2)}`],
    ['a threshold of 128', `0080${script.slice(2)}`],
    ['too high a number of keys', `${threshold}${keys}18${end.slice(2)}`],
    ['too low a number of keys', `${threshold}${keys}16${end.slice(2)}`],
    ['a key less', threshold + keys.slice(keyLength) + end],
    ['keys in another order', threshold + keyAt(1) + keyAt(0) + keys.slice(2 * keyLength) + end],
    ['a key twice', threshold + keyAt(0) + keyAt(0) + keys.slice(2 * keyLength) + end],
    ['a key and its negative', threshold + [keyAt(0), negative].sort().join('') + keys.slice(2 * keyLength) + end],
    ['a push of another kind', `${threshold}0d${keys.slice(2)}${end}`],
    ['a key of another length', `${threshold}0c20${keys.slice(4, keyLength - 2)}${keys.slice(keyLength)}${end}`],
    ['CheckSig for CheckMultisig', `${threshold}${keys}174156e7b327`],
    ['another opcode before the service', `${threshold}${keys}1740${end.slice(4)}`],
    ['an opcode behind', `${script}40`],
    ['a single key', `${keyAt(0)}4156e7b327`],
    ['PUSH1 alone, as in the first block', '11'],
    ['nothing', ''],
  ])('%s', (_, changed) => {
    expect(() => parseMultisigScript(hexToBytes(changed))).toThrow(refused)
  })
})

test('reads exactly so many signatures of 64 bytes', () => {
  const signature = `0c40${'ab'.repeat(64)}`
  expect(parseSignatures(hexToBytes(signature.repeat(2)), 2).map(bytesToHex)).toEqual(['ab'.repeat(64), 'ab'.repeat(64)])
  for (const other of [
    signature,
    signature.repeat(3),
    `${signature}0d${signature.slice(2)}`,
    `${signature}0c3f${'ab'.repeat(63)}`,
    `${signature}0c41${'ab'.repeat(65)}`,
  ]) {
    expect(() => parseSignatures(hexToBytes(other), 2)).toThrow(refused)
  }
})
