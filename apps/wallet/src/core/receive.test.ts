import 'fake-indexeddb/auto'
import { issueSdJwtVc, type JsonObject } from '@hufu/credentials'
import { generateSigner } from '@hufu/keys'
import { describe, expect, test } from 'vitest'
import { openWorld } from './fixture/open-test-wallet.ts'
import { networkFile } from './fixture/test-network.ts'
import { pin, type TestWorld, typeId } from './fixture/test-world.ts'
import type { Offer, Progress, Wallet } from './wallet.ts'

const code = (text: string) => expect.objectContaining({ code: text })

async function offered(world: TestWorld, wallet: Wallet): Promise<Offer> {
  const offer = await wallet.open(world.issuer.offerLink)
  if (offer.kind !== 'offer') throw new TypeError(`expected an offer, not ${JSON.stringify(offer)}`)
  return offer
}

test('an offer is shown before anything is asked for, then collected with its code, and the zero-knowledge form comes later', async () => {
  const world = await openWorld()
  const wallet = await world.wallet()
  await wallet.create({ pin })
  const offer = await offered(world, wallet)
  expect(offer).toMatchObject({
    trusted: true,
    issuer: { name: { en: 'City bureau' }, nameVerified: true, origin: 'https://bureau.example' },
    warnings: [],
    credentials: [
      { typeId, title: { 'zh-CN': '居住凭证', en: 'Residence credential' }, copies: 8, replaces: false, formats: ['dc+sd-jwt', 'hufu_zk'] },
    ],
    txCode: { length: 6, numeric: true },
  })
  expect(offer.credentials[0]!.fields.map(({ en }) => en)).toEqual(['Name', 'Sex', 'Date of birth', 'City', 'Age over'])
  expect(world.web.asked.some(route => route.includes('/token'))).toBe(false)

  const progress: Progress[] = []
  await expect(wallet.accept(offer, { txCode: '123457' })).rejects.toThrow(code('ERR_WALLET_TX_CODE'))
  const accepted = await wallet.accept(offer, { txCode: '123456', onProgress: step => progress.push(step) })
  expect(accepted).toMatchObject({ zkWaiting: true })
  expect(progress.at(-1)).toMatchObject({ step: 'done', fraction: 1 })
  expect(progress.every(({ fraction }, index) => fraction >= (progress[index - 1]?.fraction ?? 0))).toBe(true)
  const [held] = await wallet.credentials()
  expect(held).toMatchObject({ id: accepted.credentialIds[0], status: 'valid', copiesLeft: 8, copiesIssued: 8, zk: { state: 'waiting' } })
  expect(held!.claims.map(({ title, text }) => [title.en, text.en])).toEqual([
    ['Name', '李明'],
    ['Sex', 'male'],
    ['Date of birth', '1990-05-01'],
    ['City', '990100'],
    ['Age over 18', 'yes'],
    ['Age over 60', 'no'],
  ])
  expect(world.issuer.notifications).toEqual(['credential_accepted'])
  world.clock.advance(1_001)
  await wallet.refresh()
  expect((await wallet.credentials())[0]!.zk.state).toBe('waiting')
  world.issuer.isLeafDurable = true
  world.clock.advance(1_001)
  await wallet.refresh()
  expect((await wallet.credentials())[0]!.zk.state).toBe('ready')
  expect((await wallet.history()).map(({ action }) => action)).toEqual(['received'])
  wallet.lock()
})

test('keys, commitments and status places of one wallet have nothing in common', async () => {
  const world = await openWorld()
  const wallet = await world.holder()
  await world.collect(wallet)
  expect(new Set(world.issuer.indices).size).toBe(16)
  expect(new Set(world.issuer.commitments).size).toBe(2)
  expect(await wallet.credentials()).toHaveLength(1)
  wallet.lock()
})

describe('an offer is refused', () => {
  test.each([
    [
      'of an issuer that may not issue the type',
      (world: TestWorld) => world.ledger.grant({ kind: 'issue', subject: world.issuer.party.account, name: typeId }, 'suspended'),
      'ERR_WALLET_ISSUER_UNTRUSTED',
    ],
    [
      'of an institution that is suspended',
      (world: TestWorld) => world.ledger.grant({ kind: 'institution', subject: world.issuer.party.account }, 'suspended'),
      'ERR_WALLET_ISSUER_UNTRUSTED',
    ],
    [
      'whose right ended a millisecond ago',
      (world: TestWorld) =>
        world.ledger.grant({ kind: 'issue', subject: world.issuer.party.account, name: typeId }, 'active', world.clock.nowMs()),
      'ERR_WALLET_ISSUER_UNTRUSTED',
    ],
    ['while nothing answers', (world: TestWorld) => (world.web.isOffline = true), 'ERR_WALLET_OFFLINE'],
  ])('%s', async (_, spoil, expected) => {
    const world = await openWorld()
    const wallet = await world.wallet()
    await wallet.create({ pin })
    spoil(world)
    const refusal = await wallet.open(world.issuer.offerLink)
    expect(refusal).toMatchObject({ kind: 'refused', code: expected, retry: expected === 'ERR_WALLET_OFFLINE' })
    wallet.lock()
  })

  test('of an address that no institution names', async () => {
    const world = await openWorld()
    const wallet = await world.wallet({ file: networkFile() })
    await wallet.create({ pin })
    expect(await wallet.open(world.issuer.offerLink)).toMatchObject({ kind: 'refused', code: 'ERR_WALLET_ISSUER_UNTRUSTED' })
    wallet.lock()
  })

  test('that is no link of this kind, or was used', async () => {
    const world = await openWorld()
    const wallet = await world.wallet()
    await wallet.create({ pin })
    for (const text of ['', 'hello', 'https://example.com', 'openid-credential-offer://?x=1', 'javascript:alert(1)'])
      expect(await wallet.open(text), text).toMatchObject({ kind: 'refused' })
    const first = await offered(world, wallet)
    await wallet.accept(first, { txCode: '123456' })
    await expect(wallet.accept(first, { txCode: '123456' })).rejects.toThrow(code('ERR_WALLET_STATE'))
    wallet.lock()
  })
})

describe('what is handed over is not kept', () => {
  type Spoil = (world: TestWorld, copies: readonly string[]) => Promise<readonly string[]>
  const issuedBy = async (world: TestWorld, changes: Partial<Parameters<typeof issueSdJwtVc>[0]>) => {
    const { party, claims, expiresAtMs } = world.issuer
    const options = { signer: party.signer, kid: party.kid, issuer: party.did, credentialType: typeId, claims, expiresAtMs }
    return issueSdJwtVc({ ...options, issuedAtMs: world.clock.nowMs(), ...changes })
  }
  const spoiled: readonly (readonly [string, Spoil])[] = [
    [
      'one copy for a key of somebody else',
      async (world, copies) => [...copies.slice(1), await issuedBy(world, { holderKey: (await generateSigner('P-256')).publicKey })],
    ],
    ['copies in another order than the keys', async (_, copies) => copies.toReversed()],
    ['one copy twice', async (_, copies) => [copies[0]!, ...copies.slice(0, -1)]],
    ['a copy without a key', async (world, copies) => [await issuedBy(world, {}), ...copies.slice(1)]],
    [
      'signed by another key',
      async (world, copies) => [await issuedBy(world, { signer: await generateSigner('P-256') }), ...copies.slice(1)],
    ],
    [
      'one bit changed',
      async (_, copies) => [
        copies[0]!.replace(/\.([A-Za-z0-9_-])/, (_match, first: string) => `.${first === 'A' ? 'B' : 'A'}`),
        ...copies.slice(1),
      ],
    ],
    ['fewer than asked for', async (_, copies) => copies.slice(1)],
  ]
  test.each(spoiled)('%s', async (_, spoil) => {
    const world = await openWorld()
    const wallet = await world.wallet()
    await wallet.create({ pin })
    const offer = await offered(world, wallet)
    world.issuer.spoil = copies => spoil(world, copies)
    await expect(wallet.accept(offer, { txCode: '123456' })).rejects.toThrow(code('ERR_WALLET_CREDENTIAL'))
    expect(await wallet.credentials()).toEqual([])
    wallet.lock()
  })
})

test.each([
  [
    'says something else than the copies',
    (delivery: JsonObject) => ({ ...delivery, claims: { ...(delivery.claims as object), city_code: '990200' } }),
  ],
  ['counts more than a month longer', (delivery: JsonObject) => ({ ...delivery, expires: '2028-02-01' })],
  ['is of another issuer', (delivery: JsonObject) => ({ ...delivery, issuer: 'did:neo:test:NbTiM6h8r99kpRtb428XcsUk1TzKed2gTc' })],
  ['is of another type', (delivery: JsonObject) => ({ ...delivery, credentialType: 'urn:hufu:other' })],
  ['is of another version of the schema', (delivery: JsonObject) => ({ ...delivery, schemaVersion: 2 })],
  ['brings what hides the secret', (delivery: JsonObject) => ({ ...delivery, blinding: delivery.salt! })],
  ['has a salt that is not random', (delivery: JsonObject) => ({ ...delivery, salt: 'AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' })],
])('a zero-knowledge form that %s is not kept, and the copies are', async (_, spoil) => {
  const world = await openWorld()
  world.issuer.spoilDelivery = spoil
  const wallet = await world.holder()
  expect(await wallet.credentials()).toMatchObject([{ copiesLeft: 8, zk: { state: 'none' } }])
  wallet.lock()
})

test('a credential that is suspended, reinstated and revoked is noticed, and told once each', async () => {
  const world = await openWorld()
  const wallet = await world.holder()
  const statuses: string[] = []
  wallet.subscribe(event => event.type === 'status-changed' && statuses.push(event.status))
  for (const status of ['suspended', 'suspended', 'valid', 'revoked', 'revoked'] as const) {
    world.issuer.setStatus(status)
    world.clock.advance(5_000)
    await wallet.refresh()
    expect((await wallet.credentials())[0]!.status).toBe(status)
  }
  expect(statuses).toEqual(['suspended', 'valid', 'revoked'])
  expect((await wallet.history()).filter(({ action }) => action === 'status-changed')).toHaveLength(3)
  wallet.lock()
})

test('a credential expires with its last millisecond, and a removed one is gone', async () => {
  const world = await openWorld()
  const wallet = await world.holder()
  const [held] = await wallet.credentials()
  await wallet.updateSettings({ autoLockMs: 0 })
  world.clock.advance(held!.expiresAtMs! - world.clock.nowMs() - 1)
  expect((await wallet.credentials())[0]!.status).toBe('valid')
  world.clock.advance(1)
  expect((await wallet.credentials())[0]!.status).toBe('expired')
  await wallet.remove(held!.id)
  expect(await wallet.credentials()).toEqual([])
  expect((await wallet.history())[0]).toMatchObject({ action: 'removed', credentials: [{ en: 'Residence credential' }] })
  wallet.lock()
})
