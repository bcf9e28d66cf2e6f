import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isSignatureValid } from '@hufu/keys'
import { utf8ToBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { decryptKey } from './decrypt-key.ts'
import { newWallet, openWalletKey, parseWallet, standardScrypt, walletText, withNewKey, withoutKey } from './validator-wallet.ts'

const password = 'long enough 密码'
const cheap = { n: 2, r: 1, p: 1 }
const code = (name: string) => expect.objectContaining({ code: `ERR_VALIDATOR_${name}` })

test('a new wallet has the standard cost, and only its password opens it', async () => {
  const wallet = parseWallet(walletText(await newWallet('city-1', password)))
  expect(wallet.scrypt).toEqual({ n: 16_384, r: 8, p: 8 })
  const { publicKey } = wallet.keys[0]!
  const signer = await openWalletKey(wallet, publicKey, password)
  const message = utf8ToBytes('hello')
  expect(await isSignatureValid(signer.publicKey, message, await signer.sign(message))).toBe(true)
  await expect(openWalletKey(wallet, publicKey, `${password}.`)).rejects.toEqual(code('PASSWORD'))
})

test('keys of the standard cost are those of neo-go', async () => {
  // A case of neo-go v0.122.0, internal/keytestcases.
  const secret = await decryptKey('6PYUmBuLbdXdnybyNeafUJUrVhoBRZpjHACdY9K2VCNzD5tuX5tXgr9fur', '我的密码', standardScrypt)
  expect(Buffer.from(secret!).toString('hex')).toBe('9ab7e154840daca3a2efadaf0df93cd3a5b51768c632f5433f86909d9b994a69')
})

test('refuses a short password, and a second key under another one', async () => {
  await expect(newWallet('city-1', 'eleven char', cheap)).rejects.toEqual(code('PASSWORD'))
  const wallet = await newWallet('city-1', password, cheap)
  await expect(withNewKey(wallet, 'next', 'another long password')).rejects.toEqual(code('PASSWORD'))
})

test('holds the next key beside the first, and gives the first away', async () => {
  const one = await newWallet('city-1', password, cheap)
  const two = parseWallet(walletText(await withNewKey(one, 'city-1 next', password)))
  expect(two.keys.map(key => key.label)).toEqual(['city-1', 'city-1 next'])
  const rest = withoutKey(two, one.keys[0]!.publicKey)
  expect(rest.keys).toEqual([two.keys[1]])
  expect(() => withoutKey(rest, rest.keys[0]!.publicKey)).toThrow(code('WALLET') as never)
  expect(() => withoutKey(two, `02${'11'.repeat(32)}`)).toThrow(code('WALLET') as never)
})

test('refuses files that are no such wallet, without quoting them', async () => {
  const text = walletText(await newWallet('city-1', password, cheap))
  for (const damaged of [
    '',
    '{}',
    text.slice(0, -20),
    text.replace('"script": "DCE', '"script": "DSE'),
    text.replace('"n": 2', '"n": "x"'),
  ]) {
    expect(() => parseWallet(damaged)).toThrow(code('WALLET') as never)
  }
})

test('neo-go reads the wallet and finds the same address', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-wallet-'))
  try {
    const wallet = await newWallet('city-1', password)
    writeFileSync(join(folder, 'wallet.json'), walletText(wallet))
    const neoGo = join(import.meta.dirname, '..', '..', 'bin', 'neo-go')
    const { stdout } = spawnSync(neoGo, ['wallet', 'dump-keys', '--wallet', join(folder, 'wallet.json')], { encoding: 'utf8' })
    expect(stdout).toContain(wallet.keys[0]!.address)
    expect(stdout).toContain(wallet.keys[0]!.publicKey)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
