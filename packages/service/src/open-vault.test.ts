import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openVault } from './open-vault.ts'
import { openVaultFile } from './open-vault-file.ts'

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

describe('with SM4-GCM', () => {
  const sm4 = { secret, cipher: 'sm4-gcm' } as const

  test('gives back what was sealed, and refuses any bit flipped or byte missing', async () => {
    const vault = openVault([sm4])
    const sealed = await vault.seal(value, 'application 1')
    expect(sealed[0]).toBe(2)
    expect(await openVault([sm4]).open(sealed, 'application 1')).toEqual(value)
    await expect(vault.open(sealed, 'application 2')).rejects.toEqual(sealError)
    for (let bit = 0; bit < sealed.length * 8; bit += 11) {
      const damaged = sealed.slice()
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      await expect(vault.open(damaged, 'application 1')).rejects.toEqual(sealError)
    }
    for (const length of [0, 33, 48, sealed.length - 16, sealed.length - 1])
      await expect(vault.open(sealed.subarray(0, length), 'application 1')).rejects.toEqual(sealError)
  })

  test('neither cipher opens what the other sealed under the same secret, whatever the value says', async () => {
    const vaults = [openVault(secret), openVault([sm4])] as const
    for (const [sealing, opening] of [vaults, vaults.toReversed()] as const) {
      const sealed = await sealing!.seal(value, 'a')
      for (const version of [1, 2]) {
        const relabelled = sealed.slice()
        relabelled[0] = version
        await expect(opening!.open(relabelled, 'a')).rejects.toEqual(sealError)
        if (version !== sealed[0]) await expect(sealing!.open(relabelled, 'a')).rejects.toEqual(sealError)
      }
    }
  })

  test('a value is not taken under the name of a key of the other cipher', async () => {
    const both = openVault([sm4, { secret: newer, cipher: 'aes-256-gcm' }])
    const [sm4Value, aesValue] = [await both.seal(value, 'a'), await openVault(newer).seal(value, 'a')]
    expect(await both.open(aesValue, 'a')).toEqual(value)
    const swapped = aesValue.slice()
    swapped.set(sm4Value.subarray(1, 9), 1)
    await expect(both.open(swapped, 'a')).rejects.toEqual(sealError)
  })

  test('opens under older secrets after a change from AES, and finds digests again', async () => {
    const before = openVault(secret)
    const after = openVault([{ secret: newer, cipher: 'sm4-gcm' }, secret])
    expect(await after.open(await before.seal(value, 'a'), 'a')).toEqual(value)
    expect((await after.seal(value, 'a'))[0]).toBe(2)
    expect(after.digest('resident', '1')).toBe(before.digest('resident', '1'))
  })
})

describe('of a file', () => {
  async function ofFile(content: string) {
    const dataFolder = mkdtempSync(join(tmpdir(), 'hufu-vault-'))
    const vaultKeyFile = join(dataFolder, 'keys')
    writeFileSync(vaultKeyFile, content)
    return openVaultFile({ vaultKeyFile, dataFolder })
  }
  const [line, newerLine] = ['01'.repeat(32), '02'.repeat(32)]

  test('a line says which cipher its key is for', async () => {
    const sealed = await (await ofFile(`sm4-gcm:${newerLine}\n${line}\n`)).seal(value, 'a')
    expect(sealed[0]).toBe(2)
    expect(await (await ofFile(`${line}\nsm4-gcm:${newerLine}`)).open(sealed, 'a')).toEqual(value)
    await expect((await ofFile(`${newerLine}\n${line}`)).open(sealed, 'a')).rejects.toEqual(sealError)
    expect((await (await ofFile(line)).seal(value, 'a'))[0]).toBe(1)
  })

  test.each(['', `sm4:${line}`, `SM4-GCM:${line}`, `aes-256-gcm:${line}`, `sm4-gcm: ${line}`, `sm4-gcm:${line.slice(2)}`, `${line}00`])(
    'refuses the line %j',
    async content => {
      await expect(ofFile(content)).rejects.toThrow(expect.objectContaining({ code: 'ERR_SERVICE_CONFIG' }))
    },
  )
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
