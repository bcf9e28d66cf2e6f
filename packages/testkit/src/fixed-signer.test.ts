import { expect, test } from 'vitest'
import { fixedSigner } from './fixed-signer.ts'

test('gives the same key for the same name, and another one for another name', async () => {
  const [alice, again, bob] = await Promise.all(['alice', 'alice', 'bob'].map(name => fixedSigner(name)))
  expect(again!.publicKey).toBe(alice!.publicKey)
  expect(bob!.publicKey).not.toBe(alice!.publicKey)
})
