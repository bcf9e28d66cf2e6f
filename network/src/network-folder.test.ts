import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateSecret, type Signer } from '@hufu/keys'
import { parseNetworkDescriptor } from '@hufu/ledger'
import { bytesToBase64url, bytesToHex } from '@hufu/primitives'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  committeeAccount,
  createNetworkFolder,
  type NetworkFolder,
  networkDescriptor,
  noContracts,
  openNetworkFolder,
  validatorsAccount,
  wipeNetwork,
  writeDescriptor,
} from './network-folder.ts'

let parent: string
let folder: string

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'hufu-network-'))
  folder = join(parent, 'network')
})

afterEach(() => rmSync(parent, { recursive: true, force: true }))

const pilot = { name: 'pilot', magic: 787_878, basePort: 20_400 }
const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven']

/** A folder with public keys in the place of its signers, which cannot be compared. */
function withKeys({ signers, seatSigners, seatAccounts, ...files }: NetworkFolder) {
  const keyOf = (signer: Signer) => signer.publicKey
  return {
    ...files,
    keys: signers.map(keyOf),
    seatKeys: seatSigners.map(keyOf),
    seats: seatAccounts.map(account => [account.scriptHash, account.signers.map(keyOf)]),
  }
}

test('opens again what was made', async () => {
  const made = await createNetworkFolder(folder, { ...pilot, validators: names })
  expect(withKeys(await openNetworkFolder(folder))).toEqual(withKeys(made))
})

test('gives each validator a seat in the council, with a key of its own', async () => {
  const { signers, seatSigners, seatAccounts } = await createNetworkFolder(folder, { ...pilot, validators: names })
  const keys = [...signers, ...seatSigners].map(signer => bytesToHex(signer.publicKey.bytes))
  expect(new Set(keys).size).toBe(14)
  expect(seatAccounts.map(account => account.publicKeys)).toEqual(seatSigners.map(signer => [signer.publicKey]))
})

test('lets nobody but the owner read keys', async () => {
  await createNetworkFolder(folder, { ...pilot, validators: ['one'] })
  const files = ['validators.secret.json', 'one/wallet.json', 'one/config.yml']
  expect(files.map(file => statSync(join(folder, file)).mode & 0o777)).toEqual([0o600, 0o600, 0o600])
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

test('describes itself without keys', async () => {
  const secrets = names.map(() => generateSecret('P-256'))
  const seatSecrets = names.map(() => generateSecret('P-256'))
  const files = await createNetworkFolder(folder, { ...pilot, validators: names, secrets, seatSecrets })
  const descriptor = networkDescriptor(files, noContracts)
  await writeDescriptor(files, descriptor)
  const text = readFileSync(join(folder, 'network.json'), 'utf8')
  expect(parseNetworkDescriptor(text)).toEqual(descriptor)
  expect(descriptor.validators[6]).toMatchObject({
    name: 'seven',
    rpcUrl: 'http://127.0.0.1:20419',
    metricsUrl: 'http://127.0.0.1:20420/metrics',
  })
  for (const secret of [...secrets, ...seatSecrets]) expect(text).not.toContain(bytesToBase64url(secret))
})

test.each([
  [1, 1, 1],
  [4, 3, 3],
  [7, 5, 4],
])('%d validators: %d make a block, %d own the contracts', async (count, quorum, majority) => {
  const files = await createNetworkFolder(folder, { ...pilot, validators: names.slice(0, count) })
  expect(validatorsAccount(files).threshold).toBe(quorum)
  expect(committeeAccount(files).threshold).toBe(majority)
})

test('refuses to make a network where something is', async () => {
  mkdirSync(folder)
  await expect(createNetworkFolder(folder, { ...pilot, validators: ['one'] })).rejects.toMatchObject({ code: 'ERR_NETWORK_EXISTS' })
})

test('makes a network once if two try at the same moment', async () => {
  const attempts = [1, 2, 3].map(() => createNetworkFolder(folder, { ...pilot, validators: ['one'] }))
  const results = await Promise.allSettled(attempts)
  expect(results.map(result => result.status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected'])
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'ERR_NETWORK_EXISTS' })
  expect(readdirSync(parent)).toEqual(['network'])
})

test.each([
  ['no validators', { validators: [] }],
  ['eight validators', { validators: [...names, 'eight'] }],
  ['a name that stands twice', { validators: ['one', 'one'] }],
  ['a name that is a path', { validators: ['../one'] }],
  ['a network name that is no label', { name: 'Pilot!', validators: ['one'] }],
  ['ports over the last one', { validators: names, basePort: 65_530 }],
])('refuses %s and leaves nothing', async (_, network) => {
  await expect(createNetworkFolder(folder, { ...pilot, ...network })).rejects.toThrow(TypeError)
  expect(readdirSync(parent)).toEqual([])
})

test('leaves nothing if it fails half way', async () => {
  const secrets = [generateSecret('P-256'), new Uint8Array(32)]
  await expect(createNetworkFolder(folder, { ...pilot, validators: ['one', 'two'], secrets })).rejects.toThrow()
  await expect(createNetworkFolder(folder, { ...pilot, validators: ['one', 'two'], seatSecrets: secrets })).rejects.toThrow()
  expect(readdirSync(parent)).toEqual([])
})

test('clears away what a process left that was killed while it made this network, and nothing of one at work', async () => {
  const dead = `${folder}.new-${2 ** 22 + 1}`
  const atWork = `${folder}.new-${process.ppid}`
  for (const leftover of [dead, atWork]) {
    mkdirSync(leftover)
    writeFileSync(join(leftover, 'validators.secret.json'), '{')
  }
  await createNetworkFolder(folder, { ...pilot, validators: ['one'] })
  expect(existsSync(dead)).toBe(false)
  expect(existsSync(atWork)).toBe(true)
})

test('says that there is no network, or that it is damaged, without a word of the keys in it', async () => {
  await expect(openNetworkFolder(folder)).rejects.toMatchObject({ code: 'ERR_NETWORK_MISSING' })
  await expect(wipeNetwork(folder)).rejects.toMatchObject({ code: 'ERR_NETWORK_MISSING' })
  await createNetworkFolder(folder, { ...pilot, validators: ['one'] })
  const file = join(folder, 'validators.secret.json')
  const content = readFileSync(file, 'utf8')
  writeFileSync(file, content.slice(0, -10))
  const failure = (await openNetworkFolder(folder).catch((error: unknown) => error)) as Error & { code: string }
  expect(failure.code).toBe('ERR_NETWORK_DAMAGED')
  const { secret } = (JSON.parse(content) as { validators: { secret: string }[] }).validators[0]!
  expect(failure.message).not.toContain(secret.slice(0, 8))
  expect(failure.cause).toBeUndefined()
  await wipeNetwork(folder)
  expect(readdirSync(parent)).toEqual([])
})
