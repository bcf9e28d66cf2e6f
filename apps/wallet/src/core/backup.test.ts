import 'fake-indexeddb/auto'
import { base64ToBytes, bytesToBase64, bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import { parsePresentation } from '@hufu/proofs'
import { describe, expect, test } from 'vitest'
import { openWorld, testPasskeys } from './fixture/open-test-wallet.ts'
import { networkFile } from './fixture/test-network.ts'
import { pin, plainQuery, type TestWorld, zkQuery } from './fixture/test-world.ts'
import { WalletDatabase } from './store/wallet-database.ts'
import type { Wallet } from './wallet.ts'

const code = (text: string) => expect.objectContaining({ code: text })
const passphrase = '虎符 correct horse'

async function present(
  world: TestWorld,
  wallet: Wallet,
  dcql: typeof plainQuery | ReturnType<typeof zkQuery>,
  queryId: string,
): Promise<string> {
  const begun = await world.verifier.begin(dcql, queryId)
  const request = await wallet.open(begun.link)
  if (request.kind !== 'request') throw new TypeError(JSON.stringify(request))
  await wallet.answer(request, request.options[0]!.id)
  return begun.answer![0]!.presentation as string
}

test('a second device goes on where the first one was: same pseudonym, copies of its own, the history', async () => {
  const world = await openWorld()
  const first = await world.holder()
  await present(world, first, plainQuery, 'open')
  const pseudonym = parsePresentation(await present(world, first, zkQuery(18), 'adult')).credentials[0]!.nullifier
  const { text, fileName } = await first.backup(passphrase, { pin })
  expect(fileName).toBe('hufu-wallet-2026-11-23.backup')
  expect(text).not.toContain('李明')

  const second = await world.wallet({ passkeys: testPasskeys() })
  await second.restore(text, passphrase, { passkey: true })
  expect([second.state, second.method]).toEqual(['open', 'passkey'])
  const [held] = await second.credentials()
  expect(held).toMatchObject({ copiesLeft: 3, copiesIssued: 8, zk: { state: 'ready' } })
  const actions = (await second.history()).map(({ action }) => action)
  expect(actions.toSorted()).toEqual(['presented', 'presented', 'received', 'restored'])
  expect(parsePresentation(await present(world, second, zkQuery(18), 'adult')).credentials[0]!.nullifier).toEqual(pseudonym)

  // All copies that either device ever shows are different ones.
  const shown: string[] = []
  for (let round = 0; round < 3; round++) shown.push(await present(world, second, plainQuery, 'open'))
  for (let round = 0; round < 4; round++) shown.push(await present(world, first, plainQuery, 'open'))
  expect(new Set(shown.map(each => each.split('~')[0])).size).toBe(7)
  second.lock()
  first.lock()
})

test('a later backup sets nothing more aside', async () => {
  const world = await openWorld()
  const wallet = await world.holder()
  const counts = []
  for (let round = 0; round < 2; round++) {
    const { text } = await wallet.backup(passphrase, { pin })
    const other = await world.wallet()
    await other.restore(text, passphrase, { pin: '314159' })
    counts.push((await other.credentials())[0]!.copiesLeft)
    other.lock()
  }
  expect(counts).toEqual([4, 4])
  expect((await wallet.credentials())[0]!.copiesLeft).toBe(8)
  wallet.lock()
})

describe('a backup is refused', () => {
  test('to whoever does not open the wallet once more, or picks a passphrase that is short', async () => {
    const world = await openWorld()
    const wallet = await world.holder()
    await expect(wallet.backup(passphrase, { pin: '314159' })).rejects.toThrow(code('ERR_WALLET_PIN'))
    for (const weak of ['', 'eleven char', 'aaaaaaaaaaaaaaaaaaaa', '短口令'])
      await expect(wallet.backup(weak, { pin }), weak).rejects.toThrow(code('ERR_WALLET_PASSPHRASE_WEAK'))
    wallet.lock()
    await expect(wallet.backup(passphrase, { pin })).rejects.toThrow(code('ERR_WALLET_LOCKED'))
  })

  test('with another passphrase, damaged, tampered with, of another version or network, and the wallet stays new', async () => {
    const world = await openWorld()
    const wallet = await world.holder()
    const { text } = await wallet.backup(passphrase, { pin })
    wallet.lock()
    const file = JSON.parse(text) as Record<string, string | number>
    const flipped = (base64: string) => {
      const bytes = base64ToBytes(base64)
      bytes[bytes.length >> 1]! ^= 1
      return bytesToBase64(bytes)
    }
    const cases: readonly (readonly [string, string, string])[] = [
      [text, '虎符 correct horsf', 'ERR_WALLET_BACKUP_PASSPHRASE'],
      [text.slice(0, -40), passphrase, 'ERR_WALLET_BACKUP_FORM'],
      ['', passphrase, 'ERR_WALLET_BACKUP_FORM'],
      ['{}', passphrase, 'ERR_WALLET_BACKUP_FORM'],
      [JSON.stringify({ ...file, sealed: flipped(file.sealed as string) }), passphrase, 'ERR_WALLET_BACKUP_FORM'],
      [JSON.stringify({ ...file, more: 1 }), passphrase, 'ERR_WALLET_BACKUP_FORM'],
      [JSON.stringify({ ...file, version: 0 }), passphrase, 'ERR_WALLET_BACKUP_VERSION'],
      [JSON.stringify({ ...file, version: 2 }), passphrase, 'ERR_WALLET_BACKUP_VERSION'],
      [rewritten({ ...file, sealed: flipped(file.sealed as string) }), passphrase, 'ERR_WALLET_BACKUP_PASSPHRASE'],
      [rewritten({ ...file, iv: flipped(file.iv as string) }), passphrase, 'ERR_WALLET_BACKUP_PASSPHRASE'],
      [rewritten({ ...file, iterations: 9 }), passphrase, 'ERR_WALLET_BACKUP_PASSPHRASE'],
      [rewritten({ ...file, iterations: 1e9 }), passphrase, 'ERR_WALLET_BACKUP_FORM'],
    ]
    for (const [spoiled, given, expected] of cases) {
      const fresh = await world.wallet()
      await expect(fresh.restore(spoiled, given, { pin }), expected).rejects.toThrow(code(expected))
      expect(fresh.state).toBe('new')
    }
    const plain = networkFile() as { network: object }
    const elsewhere = await world.wallet({ file: { ...plain, network: { ...plain.network, name: 'other' } } })
    await expect(elsewhere.restore(text, passphrase, { pin })).rejects.toThrow(code('ERR_WALLET_BACKUP_NETWORK'))
    const used = await world.wallet()
    await used.create({ pin })
    await expect(used.restore(text, passphrase, { pin })).rejects.toThrow(code('ERR_WALLET_STATE'))
    used.lock()
  })
})

/** As somebody would who changes a file: with a checksum that fits. */
function rewritten(file: Record<string, unknown>): string {
  const { checksum: _, ...rest } = file
  const sorted = JSON.stringify(Object.entries(rest).toSorted(([left], [right]) => (left < right ? -1 : 1)))
  const checksum = bytesToHex(sha256(utf8ToBytes(sorted)))
  return JSON.stringify({ ...rest, checksum })
}

test('what lies on the disk tells nothing, and a record put in the place of another does not open', async () => {
  const world = await openWorld()
  const wallet = await world.holder({ databaseName: 'disk' })
  const database = await WalletDatabase.open('disk')
  const copies = await database.records('copy')
  const lying = JSON.stringify(
    await Promise.all(['credential', 'copy', 'zk', 'history'].map(kind => database.records(kind as 'copy'))),
    (_, value) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : value),
  )
  for (const secret of ['李明', '1990', 'bureau', 'eyJ', 'Residence']) expect(lying).not.toContain(secret)
  await database.change([{ put: { ...copies[0]!, id: copies[1]!.id } }])
  await expect(wallet.credentials()).rejects.toThrow(code('ERR_WALLET_STORE'))
  wallet.lock()
  database.close()
})
