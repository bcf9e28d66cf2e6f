import { expect, test } from 'vitest'
import { openVault } from './open-vault.ts'

const secret = new Uint8Array(32).fill(1)
const newer = new Uint8Array(32).fill(2)
const value = { name: '李雷', born: '1990-01-01', more: [1, null, true] }
const sealError = expect.objectContaining({ code: 'ERR_SERVICE_SEAL' })

test('gives back what was sealed, and shows nothing of it', async () => {
  const vault = openVault(secret)
  const sealed = await vault.seal(value, 'application 1')
  expect(await openVault(secret).open(sealed, 'application 1')).toEqual(value)
  expect(Buffer.from(sealed).toString('latin1')).not.toContain('1990')
  expect(await vault.seal(value, 'application 1')).not.toEqual(sealed)
})

test('refuses another context, another key, and any bit flipped or byte missing', async () => {
  const vault = openVault(secret)
  const sealed = await vault.seal(value, 'application 1')
  await expect(vault.open(sealed, 'application 2')).rejects.toEqual(sealError)
  await expect(openVault(newer).open(sealed, 'application 1')).rejects.toEqual(sealError)
  for (let bit = 0; bit < sealed.length * 8; bit += 7) {
    const damaged = sealed.slice()
    damaged[bit >> 3]! ^= 1 << (bit & 7)
    await expect(vault.open(damaged, 'application 1')).rejects.toEqual(sealError)
  }
  for (const length of [0, 1, 20, 48, sealed.length - 1])
    await expect(vault.open(sealed.subarray(0, length), 'application 1')).rejects.toEqual(sealError)
})

test('opens under older secrets after a change, and finds digests again', async () => {
  const before = openVault(secret)
  const sealed = await before.seal(value, 'a')
  const after = openVault([newer, secret])
  expect(await after.open(sealed, 'a')).toEqual(value)
  expect(after.digest('resident', '1')).toBe(before.digest('resident', '1'))
  await expect(before.open(await after.seal(value, 'a'), 'a')).rejects.toEqual(sealError)
})

test('digests depend on the key and on where parts end', () => {
  const vault = openVault(secret)
  expect(vault.digest('ab', 'c')).toBe(vault.digest('ab', 'c'))
  expect(vault.digest('ab', 'c')).not.toBe(vault.digest('a', 'bc'))
  expect(vault.digest('ab', 'c')).not.toBe(vault.digest('abc'))
  expect(vault.digest('ab')).not.toBe(openVault(newer).digest('ab'))
  expect(vault.digest('ab')).toMatch(/^[\w-]{43}$/)
})

test('wants a secret of 32 bytes', () => {
  expect(() => openVault(new Uint8Array(31))).toThrow(expect.objectContaining({ code: 'ERR_SERVICE_CONFIG' }))
})
