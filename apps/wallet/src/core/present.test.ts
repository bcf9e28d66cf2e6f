import 'fake-indexeddb/auto'
import { verifySdJwtVc } from '@hufu/credentials'
import { generateSigner } from '@hufu/keys'
import { parsePresentation } from '@hufu/proofs'
import { mayIssue } from '@hufu/trust'
import { describe, expect, test } from 'vitest'
import type { Begun } from './fixture/fake-verifier.ts'
import { openWorld } from './fixture/open-test-wallet.ts'
import { claims, contentOf, pin, plainQuery, type TestWorld, typeId, zkQuery } from './fixture/test-world.ts'
import type { PresentationRequest, Wallet } from './wallet.ts'

const code = (text: string) => expect.objectContaining({ code: text })

async function asked(wallet: Wallet, { link }: Begun, from: 'link' | 'scan' = 'link'): Promise<PresentationRequest> {
  const request = await wallet.open(link, { from })
  if (request.kind !== 'request') throw new TypeError(request.kind === 'refused' ? request.code : request.kind)
  return request
}

/** Verifies the answer as a verifier does. */
async function verified({ issuer, ledger, clock }: TestWorld, begun: Begun) {
  const [answer] = begun.answer!
  const { audience, nonce } = begun.binding('residence')
  const { trust } = await ledger.now()
  return verifySdJwtVc(answer!.presentation as string, {
    credentialTypes: [typeId],
    keyBinding: { audience, nonce, maxAgeMs: 60_000 },
    status: 'unchecked',
    resolveIssuerKey: async () => ({ controller: issuer.party.did, publicKey: issuer.party.signer.publicKey, evidence: {} }),
    mayIssue: async ({ atMs }) => ({ allowed: (await mayIssue(trust, issuer.party.account, typeId, atMs)).allowed, evidence: {} }),
    clock,
  })
}

test('shows who asks what for, then just that, by a copy that is never shown again', async () => {
  const world = await openWorld()
  const wallet = await world.holder()
  const begun = await world.verifier.begin(plainQuery, 'open', {}, { redirectUri: 'https://bank.example/done?code=1' })
  const request = await asked(wallet, begun)
  expect(request).toMatchObject({
    verifier: { did: world.verifier.party.did, nameVerified: false, origin: 'https://bank.example' },
    query: { id: 'open', version: 1, purpose: { en: 'open an account' }, retentionDays: 30 },
    returns: 'same-device',
    transaction: [],
  })
  expect(request.warnings.map(({ id }) => id)).toEqual(['name-unverified'])
  expect(request.checks.map(({ id }) => id)).toContain('query')
  const [option] = request.options
  const shown = [
    [['city_code'], '990100'],
    [['level', '18'], true],
    [['level', '60'], false],
  ]
  expect(option!.credentials[0]!.shows.map(({ path, value }) => [path, value])).toEqual(shown)
  expect(begun.answer).toBeUndefined()

  const sent = await wallet.answer(request, option!.id)
  expect(sent.redirectUri).toBe('https://bank.example/done?code=1')
  const first = await verified(world, begun)
  expect(first.claims).toEqual({ city_code: '990100', level: claims.level })
  expect((await wallet.credentials())[0]!.copiesLeft).toBe(7)
  expect((await wallet.history())[0]).toMatchObject({
    id: sent.historyId,
    action: 'presented',
    queryId: 'open',
    shown: option!.credentials[0]!.shows,
  })

  const again = await world.verifier.begin(plainQuery, 'open')
  const second = await asked(wallet, again, 'scan')
  expect(second.returns).toBe('cross-device')
  expect(await wallet.answer(second, second.options[0]!.id)).not.toHaveProperty('redirectUri')
  const parts = [begun, again].map(({ answer }) => (answer![0]!.presentation as string).split('~')[0])
  expect(parts[0]).not.toBe(parts[1])
  expect((await verified(world, again)).holderKey!.bytes).not.toEqual(first.holderKey!.bytes)
  await expect(wallet.answer(request, option!.id)).rejects.toThrow(code('ERR_WALLET_STATE'))
  wallet.lock()
})

test('proves without showing: bound to verifier and nonce, with the same pseudonym at one verifier and a commitment of its own each time', async () => {
  const world = await openWorld()
  const wallet = await world.holder()
  const answers = []
  for (let round = 0; round < 2; round++) {
    const begun = await world.verifier.begin(zkQuery(18), 'adult')
    const request = await asked(wallet, begun)
    const [shown] = request.options[0]!.credentials
    expect(shown!.format).toBe('hufu_zk')
    expect(shown!.shows.map(({ path, text }) => [path, text.en])).toEqual([[['city_code'], '990100']])
    expect(shown!.statement!.en.proves.join()).toMatch(/18 years or older/)
    expect(request.warnings.map(({ id }) => id)).toContain('recognises-you')
    await wallet.answer(request, request.options[0]!.id)
    const presentation = parsePresentation(begun.answer![0]!.presentation as string)
    expect(presentation).toMatchObject({ verifier: world.verifier.party.did, nonce: begun.nonce, today: '2026-11-23' })
    answers.push(presentation.credentials[0]!)
  }
  expect(answers[0]!.nullifier).toEqual(answers[1]!.nullifier)
  expect(answers[0]!.commitment).not.toEqual(answers[1]!.commitment)
  expect(JSON.stringify(answers.map(({ disclosed }) => disclosed))).not.toContain('1990')
  expect((await wallet.credentials())[0]!.copiesLeft).toBe(8)
  wallet.lock()
})

test('what the person agrees to besides is shown, and bound to the answer in either form', async () => {
  const world = await openWorld()
  const wallet = await world.holder()
  const transactionData = [
    {
      ...{ type: 'urn:hufu:hand-over', credential_ids: ['residence'], record: 'vaccinations', receiver: world.issuer.party.did },
      ...{ until_ms: Date.UTC(2026, 11, 31), remark: 'as is' },
    },
  ]
  for (const [dcql, queryId] of [[plainQuery, 'open'] as const, [zkQuery(18), 'adult'] as const]) {
    const begun = await world.verifier.begin(dcql, queryId, { transactionData })
    const request = await asked(wallet, begun)
    expect(request.transaction.map(({ title, text }) => [title.en, text.en])).toEqual([
      ['Matter', 'Consent to hand over a record'],
      ['Record', 'vaccinations'],
      ['Handed to', 'City bureau'],
      ['Until', '2026-12-31'],
      ['remark', 'as is'],
    ])
    const { historyId } = await wallet.answer(request, request.options[0]!.id)
    expect((await wallet.history()).find(({ id }) => id === historyId)!.transaction).toEqual(request.transaction)
    const { transactionDataHashes, challenge } = begun.binding('residence')
    const presentation = begun.answer![0]!.presentation as string
    if (queryId === 'adult') expect(parsePresentation(presentation).transaction).toBe(challenge.transaction)
    else {
      const keyBinding = JSON.parse(Buffer.from(presentation.split('~').at(-1)!.split('.')[1]!, 'base64url').toString()) as object
      expect(keyBinding).toMatchObject({ transaction_data_hashes: transactionDataHashes })
    }
  }
  wallet.lock()
})

test('a proof is made while the person reads, and not again by the answer', async () => {
  const world = await openWorld()
  const wallet = await world.holder()
  await asked(wallet, await world.verifier.begin(zkQuery(18), 'adult'))
  await expect.poll(async () => (await wallet.credentials())[0]!.zk.preparedProofs).toBe(1)
  world.leaf = 'absent'
  const request = await asked(wallet, await world.verifier.begin(zkQuery(18), 'adult'))
  expect(request.options[0]!.credentials[0]!.prepared).toBe(true)
  await wallet.answer(request, request.options[0]!.id)
  expect((await wallet.credentials())[0]!.zk.preparedProofs).toBe(0)
  wallet.lock()
})

describe('a request is refused, and stands in the history', () => {
  type Spoil = (world: TestWorld) => Promise<Begun> | Begun
  const bank = (world: TestWorld) => world.verifier.party
  const excessive = { credentials: [{ ...plainQuery.credentials[0]!, claims: [...plainQuery.credentials[0]!.claims, { path: ['name'] }] }] }
  const cases: readonly (readonly [string, Spoil, string])[] = [
    ['that asks for one claim more than registered', world => world.verifier.begin(excessive, 'open'), 'ERR_WALLET_QUERY_EXCESSIVE'],
    [
      'that names an earlier version of its query',
      world => {
        world.ledger.setQuery(bank(world), 'open', contentOf(plainQuery))
        return world.verifier.begin(plainQuery, 'open')
      },
      'ERR_WALLET_QUERY_EXCESSIVE',
    ],
    ['of a query that is not registered', world => world.verifier.begin(plainQuery, 'close'), 'ERR_WALLET_QUERY_UNREGISTERED'],
    [
      'that names no query',
      world => world.verifier.begin(plainQuery, 'open', { registeredQuery: undefined } as object),
      'ERR_WALLET_QUERY_UNREGISTERED',
    ],
    [
      'whose right to ask is suspended',
      world => {
        world.ledger.grant({ kind: 'ask', subject: bank(world).account, name: 'open' }, 'suspended')
        return world.verifier.begin(plainQuery, 'open')
      },
      'ERR_WALLET_VERIFIER_SUSPENDED',
    ],
    [
      'of an institution that is suspended',
      world => {
        world.ledger.grant({ kind: 'institution', subject: bank(world).account }, 'suspended')
        return world.verifier.begin(plainQuery, 'open')
      },
      'ERR_WALLET_VERIFIER_SUSPENDED',
    ],
    [
      'of an institution whose authority is revoked',
      world => {
        world.ledger.grant({ kind: 'authority', subject: world.ledger.authority }, 'revoked')
        return world.verifier.begin(plainQuery, 'open')
      },
      'ERR_WALLET_VERIFIER_SUSPENDED',
    ],
    [
      'that another key signed',
      async world => {
        const signer = await generateSigner('P-256')
        return world.verifier.begin(plainQuery, 'open', { key: { id: bank(world).kid, signer } })
      },
      'ERR_WALLET_REQUEST',
    ],
    [
      'that another institution signed',
      world => world.verifier.begin(plainQuery, 'open', { key: { id: world.issuer.party.kid, signer: world.issuer.party.signer } }),
      'ERR_WALLET_REQUEST',
    ],
    [
      'whose answer would go elsewhere',
      world => world.verifier.begin(plainQuery, 'open', { responseUri: 'https://bank.example.evil.example/response' }),
      'ERR_WALLET_REQUEST',
    ],
    [
      'that is not made for this wallet',
      world => world.verifier.begin(plainQuery, 'open', { walletNonce: 'somebody-elses-nonce' }),
      'ERR_WALLET_REQUEST',
    ],
    [
      'that has expired',
      world =>
        world.verifier.begin(plainQuery, 'open', { issuedAtMs: world.clock.nowMs() - 600_000, expiresAtMs: world.clock.nowMs() - 120_000 }),
      'ERR_WALLET_REQUEST_EXPIRED',
    ],
    ['whose condition the person does not meet', world => world.verifier.begin(zkQuery(60), 'old'), 'ERR_WALLET_NOT_SATISFIED'],
    [
      'while the credential is suspended',
      async world => {
        world.issuer.setStatus('suspended')
        return world.verifier.begin(plainQuery, 'open')
      },
      'ERR_WALLET_CREDENTIAL_SUSPENDED',
    ],
    [
      'while the credential is revoked',
      async world => {
        world.issuer.setStatus('revoked')
        return world.verifier.begin(zkQuery(18), 'adult')
      },
      'ERR_WALLET_CREDENTIAL_REVOKED',
    ],
  ]
  test.each(cases)('%s', async (_, begin, expected) => {
    const world = await openWorld()
    const wallet = await world.holder()
    const begun = await begin(world)
    world.clock.advance(2_000)
    await wallet.refresh()
    world.clock.advance(1)
    expect(await wallet.open(begun.link)).toMatchObject({ kind: 'refused', code: expected, party: { did: world.verifier.party.did } })
    expect((await wallet.history())[0]).toMatchObject({ action: 'refused', code: expected })
    expect(begun.answer).toBeUndefined()
    expect((await wallet.credentials())[0]!.copiesLeft).toBe(8)
    wallet.lock()
  })

  test('of somebody who is no institution of this network', async () => {
    const world = await openWorld()
    const wallet = await world.holder()
    const link = (await world.verifier.begin(plainQuery, 'open')).link
    const stranger = link.replace(
      encodeURIComponent(world.verifier.party.did),
      encodeURIComponent('did:neo:other:NbTiM6h8r99kpRtb428XcsUk1TzKed2gTc'),
    )
    expect(await wallet.open(stranger)).toMatchObject({ kind: 'refused' })
    wallet.lock()
  })

  test('by a wallet that has nothing, or whose copies are used up', async () => {
    const world = await openWorld()
    const empty = await world.wallet()
    await empty.create({ pin })
    expect(await empty.open((await world.verifier.begin(plainQuery, 'open')).link)).toMatchObject({ code: 'ERR_WALLET_NO_MATCH' })
    empty.lock()
    const wallet = await world.holder()
    for (let round = 0; round < 8; round++) {
      const request = await asked(wallet, await world.verifier.begin(plainQuery, 'open'))
      expect(request.warnings.some(({ id }) => id === 'last-copy')).toBe(round === 7)
      await wallet.answer(request, request.options[0]!.id)
    }
    expect(await wallet.open((await world.verifier.begin(plainQuery, 'open')).link)).toMatchObject({ code: 'ERR_WALLET_COPIES_USED' })
    expect(await wallet.open((await world.verifier.begin(zkQuery(18), 'adult')).link)).toMatchObject({ kind: 'request' })
    wallet.lock()
  })
})

test('an emptied leaf cannot be proven from, whatever the status list says', async () => {
  const world = await openWorld()
  const wallet = await world.holder()
  world.leaf = 'empty'
  const request = await asked(wallet, await world.verifier.begin(zkQuery(18), 'adult'))
  await expect(wallet.answer(request, request.options[0]!.id)).rejects.toThrow(code('ERR_WALLET_CREDENTIAL_REVOKED'))
  world.leaf = 'absent'
  await expect(wallet.answer(request, request.options[0]!.id)).rejects.toThrow(code('ERR_WALLET_NOT_IN_TREE_YET'))
  world.leaf = 'present'
  await wallet.answer(request, request.options[0]!.id)
  wallet.lock()
})

test('a request expires while it is read, and is declined without a word about the person', async () => {
  const world = await openWorld()
  const wallet = await world.holder()
  await wallet.updateSettings({ autoLockMs: 0 })
  const late = await asked(wallet, await world.verifier.begin(plainQuery, 'open'))
  world.clock.advance(300_000)
  await expect(wallet.answer(late, late.options[0]!.id)).rejects.toThrow(code('ERR_WALLET_REQUEST_EXPIRED'))
  const begun = await world.verifier.begin(plainQuery, 'open')
  await wallet.decline(await asked(wallet, begun))
  expect([begun.error, begun.answer]).toEqual(['access_denied', undefined])
  expect((await wallet.history())[0]).toMatchObject({ action: 'declined', shown: [], credentials: [] })
  wallet.lock()
})

test('an answer that is refused, or led elsewhere, stands in the history as failed, and its copy is used up', async () => {
  const world = await openWorld()
  const wallet = await world.holder()
  for (const sent of [{ status: 400 }, { redirectUri: 'https://evil.example/' }]) {
    const request = await asked(wallet, await world.verifier.begin(plainQuery, 'open', {}, sent))
    await expect(wallet.answer(request, request.options[0]!.id)).rejects.toThrow(code('ERR_WALLET_ANSWER_REFUSED'))
    expect((await wallet.history())[0]).toMatchObject({ action: 'failed', code: 'ERR_WALLET_ANSWER_REFUSED' })
  }
  const request = await asked(wallet, await world.verifier.begin(plainQuery, 'open'))
  const before = (await wallet.credentials())[0]!.copiesLeft
  await expect(wallet.answer(request, 'another')).rejects.toThrow(code('ERR_WALLET_STATE'))
  const cancelled = AbortSignal.abort()
  await expect(wallet.answer(request, request.options[0]!.id, { signal: cancelled })).rejects.toThrow(code('ERR_WALLET_CANCELLED'))
  expect([before, (await wallet.credentials())[0]!.copiesLeft]).toEqual([6, 6])
  world.web.isOffline = true
  expect(await wallet.open((await world.verifier.begin(plainQuery, 'open')).link)).toMatchObject({
    code: 'ERR_WALLET_OFFLINE',
    retry: true,
  })
  expect((await wallet.credentials())[0]).toMatchObject({ status: 'valid' })
  wallet.lock()
})
