import { generateSigner, parsePublicKey } from '@hufu/keys'
import { concatBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { multisigAccount, multisigScriptHash, singleAccount } from './account.ts'

const [first, second, third] = await Promise.all([generateSigner('P-256'), generateSigner('P-256'), generateSigner('P-256')])
const keys = [first.publicKey, second.publicKey]

test('gives one account whatever the order of the keys', () => {
  expect(multisigScriptHash(2, keys)).toBe(multisigScriptHash(2, keys.toReversed()))
  expect(multisigScriptHash(1, keys)).not.toBe(multisigScriptHash(2, keys))
})

test('orders the signers as the keys', () => {
  const account = multisigAccount(2, keys, [second, first])
  expect(account.signers.map(signer => signer.publicKey)).toEqual(account.publicKeys)
})

test('refuses thresholds out of range', () => {
  for (const threshold of [0, 3, 1.5, Number.NaN]) expect(() => multisigAccount(threshold, keys)).toThrow(TypeError)
  expect(() => multisigAccount(1, [])).toThrow(TypeError)
})

test('refuses a key that stands twice, or with its negative', () => {
  const [prefix, ...x] = first.publicKey.bytes
  const negative = parsePublicKey('P-256', concatBytes(Uint8Array.of(prefix === 2 ? 3 : 2), Uint8Array.from(x)))
  expect(() => multisigAccount(1, [first.publicKey, first.publicKey])).toThrow(TypeError)
  expect(() => multisigAccount(1, [first.publicKey, negative])).toThrow(TypeError)
})

test('refuses signers whose keys are not in the account, or who come twice', () => {
  expect(() => multisigAccount(1, keys, [third])).toThrow(TypeError)
  expect(() => multisigAccount(1, keys, [first, first])).toThrow(TypeError)
})

test('refuses keys that are not P-256', async () => {
  const ed25519 = await generateSigner('Ed25519')
  expect(() => singleAccount(ed25519)).toThrow(TypeError)
  expect(() => multisigAccount(1, [ed25519.publicKey])).toThrow(TypeError)
})
