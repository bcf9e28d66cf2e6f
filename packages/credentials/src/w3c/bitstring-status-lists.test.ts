import { sha256, utf8ToBytes } from '@hufu/primitives'
import { beforeAll, describe, expect, test } from 'vitest'
import { CredentialError } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'
import { StatusList } from '../status/status-list.ts'
import { bitstringStatusOf, readBitstringStatusEntry } from './bitstring-status-entry.ts'
import { minBitstringEntries, signBitstringStatusList } from './bitstring-status-list.ts'
import { BitstringStatusLists, type BitstringStatusListsOptions } from './bitstring-status-lists.ts'
import { credentialWith, type FixedParty, fixedClock, fixedNowMs, fixedParty, openPolicy } from './fixture.ts'
import { issueW3cCredential } from './issue-w3c-credential.ts'
import { resolveDidKey } from './verification-method.ts'
import { verifyW3cCredential } from './verify-w3c-credential.ts'

const uri = 'https://bureau.example/status/1'
const maxAgeMs = 3_600_000
let issuer: FixedParty
let other: FixedParty

beforeAll(async () => {
  issuer = await fixedParty('P-256', 1)
  other = await fixedParty('P-256', 2)
})

interface Publishing {
  readonly purpose?: string
  readonly by?: FixedParty
  readonly issuedAtMs?: number
  readonly expiresAtMs?: number
  readonly entries?: number
  readonly set?: readonly number[]
}

async function publish({
  purpose = 'revocation',
  by = issuer,
  issuedAtMs = fixedNowMs,
  expiresAtMs,
  entries = minBitstringEntries,
  set = [],
}: Publishing = {}) {
  const list = new StatusList({ capacity: entries, size: 1, order: 'msb' })
  for (const index of set) list.set(index, 1)
  const period = { issuedAtMs, expiresAtMs: expiresAtMs ?? issuedAtMs + 86_400_000, ttlMs: 60_000 }
  return signBitstringStatusList({ list, purpose, uri, issuer: by.did, key: by.key, ...period })
}

async function issue(index: number, status: JsonObject | readonly JsonObject[] = bitstringStatusOf({ uri, index, purpose: 'revocation' })) {
  return issueW3cCredential(credentialWith({ issuer: issuer.did, credentialStatus: status }), { key: issuer.key, createdMs: fixedNowMs })
}

function listsOf(text: string, options: Partial<BitstringStatusListsOptions> = {}): BitstringStatusLists {
  return new BitstringStatusLists({ fetchStatusList: async () => text, resolveIssuerKey: resolveDidKey, clock: fixedClock, ...options })
}

async function verify(credential: JsonObject, lists: BitstringStatusLists) {
  return verifyW3cCredential(credential, { ...openPolicy, status: { lists, maxAgeMs } })
}

async function refusal(credential: JsonObject, lists: BitstringStatusLists): Promise<CredentialError> {
  const error = await verify(credential, lists).then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (!(error instanceof CredentialError)) throw new Error('expected a refusal', { cause: error })
  return error
}

test('a credential whose entry is not set', async () => {
  const verified = await verify(await issue(7), listsOf(await publish({ set: [6, 8] })))
  expect(verified.statuses).toEqual([{ purpose: 'revocation', status: 0 }])
  expect(verified.receipt.rules.map(rule => rule.rule)).toEqual(expect.arrayContaining(['status-list', 'status-age', 'status']))
})

test('the first and the last entry of a list', async () => {
  const last = minBitstringEntries - 1
  const lists = listsOf(await publish({ set: [0, last] }))
  for (const index of [0, last]) expect(await refusal(await issue(index), lists)).toMatchObject({ code: 'ERR_CREDENTIAL_REVOKED' })
  for (const index of [1, last - 1]) await expect(verify(await issue(index), lists)).resolves.toBeDefined()
})

test('a published list is a credential of its own that anyone can read', async () => {
  const list = JSON.parse(await publish({ set: [1] })) as JsonObject
  expect(list).toMatchObject({
    id: uri,
    type: ['VerifiableCredential', 'BitstringStatusListCredential'],
    credentialSubject: { type: 'BitstringStatusList', statusPurpose: 'revocation', ttl: 60_000 },
  })
  await expect(verifyW3cCredential(list, openPolicy)).resolves.toMatchObject({ issuer: issuer.did })
})

test('several lists, each for its purpose', async () => {
  const status = [bitstringStatusOf({ uri, index: 5, purpose: 'suspension' }), bitstringStatusOf({ uri, index: 5, purpose: 'revocation' })]
  const text = await publish({ purpose: 'suspension', set: [5] })
  expect(await refusal(await issue(5, status), listsOf(text))).toMatchObject({ code: 'ERR_CREDENTIAL_SUSPENDED' })
})

test('tells a message without refusing', async () => {
  const status = {
    ...bitstringStatusOf({ uri, index: 3, purpose: 'message' }),
    statusSize: 2,
    statusMessage: ['pending', 'accepted', 'rejected', 'undefined'].map((message, value) => ({ status: `0x${value}`, message })),
  }
  const text = await publish({ purpose: 'message', entries: minBitstringEntries * 2, set: [6] })
  expect((await verify(await issue(3, status), listsOf(text))).statuses).toEqual([{ purpose: 'message', status: 2, message: 'rejected' }])
})

describe('refuses', () => {
  test('a list of another issuer, of another address, or for another purpose', async () => {
    const credential = await issue(1)
    expect(await refusal(credential, listsOf(await publish({ by: other })))).toMatchObject({ code: 'ERR_CREDENTIAL_STATUS_INVALID' })
    const elsewhere = await issue(1, bitstringStatusOf({ uri: `${uri}0`, index: 1, purpose: 'revocation' }))
    expect(await refusal(elsewhere, listsOf(await publish()))).toMatchObject({ code: 'ERR_CREDENTIAL_STATUS_INVALID' })
    expect(await refusal(credential, listsOf(await publish({ purpose: 'suspension' })))).toMatchObject({
      code: 'ERR_CREDENTIAL_STATUS_INVALID',
    })
  })

  test('a forged list, and one that says another issuer signed it', async () => {
    const credential = await issue(1)
    const list = JSON.parse(await publish({ set: [1] })) as { credentialSubject: JsonObject }
    const { credentialSubject } = JSON.parse(await publish()) as { credentialSubject: JsonObject }
    expect(await refusal(credential, listsOf(JSON.stringify({ ...list, credentialSubject })))).toMatchObject({
      code: 'ERR_CREDENTIAL_STATUS_INVALID',
    })
    const renamed = { ...(JSON.parse(await publish({ by: other })) as JsonObject), issuer: issuer.did }
    expect(await refusal(credential, listsOf(JSON.stringify(renamed)))).toMatchObject({ code: 'ERR_CREDENTIAL_STATUS_INVALID' })
  })

  test('a list that is too small to hide in, and an index beyond its end', async () => {
    expect(await refusal(await issue(1), listsOf(await publish({ entries: minBitstringEntries - 8 })))).toMatchObject({
      code: 'ERR_CREDENTIAL_STATUS_INVALID',
      message: expect.stringContaining('131072'),
    })
    expect(await refusal(await issue(minBitstringEntries), listsOf(await publish()))).toMatchObject({
      code: 'ERR_CREDENTIAL_STATUS_INVALID',
    })
  })

  test('a list that is too old, over, or from the future', async () => {
    const credential = await issue(1)
    expect(await refusal(credential, listsOf(await publish({ issuedAtMs: fixedNowMs - maxAgeMs - 1000 })))).toMatchObject({
      code: 'ERR_CREDENTIAL_STATUS_STALE',
    })
    await expect(verify(credential, listsOf(await publish({ issuedAtMs: fixedNowMs - maxAgeMs })))).resolves.toBeDefined()
    expect(await refusal(credential, listsOf(await publish({ issuedAtMs: fixedNowMs - 2000, expiresAtMs: fixedNowMs })))).toMatchObject({
      code: 'ERR_CREDENTIAL_STATUS_STALE',
    })
    expect(await refusal(credential, listsOf(await publish({ issuedAtMs: fixedNowMs + 120_000 })))).toMatchObject({
      code: 'ERR_CREDENTIAL_STATUS_INVALID',
    })
  })

  test.each([
    ['no JSON', 'gone'],
    ['no object', '[]'],
    ['another credential', JSON.stringify(credentialWith({ id: uri }))],
    ['a name twice', '{"id":1,"id":2}'],
  ])('what is no list: %s', async (_, text) => {
    expect(await refusal(await issue(1), listsOf(text))).toMatchObject({ code: 'ERR_CREDENTIAL_STATUS_INVALID' })
  })

  test('a list that expands to more than two mebibytes', async () => {
    const text = await publish({ entries: 2 ** 24 + 8 })
    expect(await refusal(await issue(1), listsOf(text))).toMatchObject({ code: 'ERR_CREDENTIAL_STATUS_INVALID' })
  })

  test('a list that the ledger does not know, or knows a newer one of', async () => {
    const credential = await issue(1)
    const text = await publish()
    const anchoredWith = (supersededAtMs: number | null) =>
      listsOf(text, {
        findStatusAnchor: async query =>
          Buffer.from(query.sha256).equals(Buffer.from(sha256(utf8ToBytes(text)))) ? { supersededAtMs, evidence: {} } : null,
      })
    await expect(verify(credential, anchoredWith(null))).resolves.toBeDefined()
    await expect(verify(credential, anchoredWith(fixedNowMs - maxAgeMs))).resolves.toBeDefined()
    expect(await refusal(credential, anchoredWith(fixedNowMs - maxAgeMs - 1))).toMatchObject({ code: 'ERR_CREDENTIAL_STATUS_STALE' })
    expect(await refusal(credential, listsOf(text, { findStatusAnchor: async () => null }))).toMatchObject({
      code: 'ERR_CREDENTIAL_STATUS_NOT_ANCHORED',
    })
  })

  test('a credential without status, unless that is asked for', async () => {
    const credential = await issueW3cCredential(credentialWith({ issuer: issuer.did }), { key: issuer.key, createdMs: fixedNowMs })
    const lists = listsOf(await publish())
    expect(await refusal(credential, lists)).toMatchObject({ code: 'ERR_CREDENTIAL_STATUS_MISSING' })
    await expect(verifyW3cCredential(credential, { ...openPolicy, status: { lists, maxAgeMs, optional: true } })).resolves.toBeDefined()
  })
})

test('says that a list cannot be had, which is no refusal', async () => {
  const lists = listsOf('', { fetchStatusList: () => Promise.reject(new Error('connection refused')) })
  expect(await refusal(await issue(1), lists)).toMatchObject({ code: 'ERR_CREDENTIAL_STATUS_UNAVAILABLE' })
})

describe('an entry', () => {
  const entry = bitstringStatusOf({ uri, index: 94567, purpose: 'revocation' })

  test('is read back', () => {
    expect(readBitstringStatusEntry(entry)).toEqual({ uri, index: 94567, purpose: 'revocation', size: 1, messages: undefined })
  })

  test.each([
    ['another type', { type: 'TokenStatusListEntry' }],
    ['no list', { statusListCredential: undefined }],
    ['a list that is no URL', { statusListCredential: 'one' }],
    ['the URL of the list as id', { id: uri }],
    ['no purpose', { statusPurpose: undefined }],
    ['a purpose that is a list', { statusPurpose: ['revocation'] }],
    ['an index that is a number', { statusListIndex: 5 }],
    ['an index that is negative', { statusListIndex: '-1' }],
    ['an index with a leading zero', { statusListIndex: '01' }],
    ['an index in hexadecimal', { statusListIndex: '0x1' }],
    ['an index that no computer counts to', { statusListIndex: '9'.repeat(16) }],
    ['a size of zero', { statusSize: 0 }],
    ['a size that is text', { statusSize: '1' }],
    ['a size that does not divide a byte', { statusSize: 3, statusMessage: new Array(8).fill({ status: '0x0', message: '' }) }],
    ['two bits without messages', { statusSize: 2 }],
    ['two bits with three messages', { statusSize: 2, statusMessage: [0, 1, 2].map(value => ({ status: `0x${value}`, message: '' })) }],
    [
      'a message twice',
      {
        statusMessage: [
          { status: '0x0', message: '' },
          { status: '0x0', message: '' },
        ],
      },
    ],
    ['a message without text', { statusMessage: [{ status: '0x0' }, { status: '0x1', message: '' }] }],
    [
      'a status in decimal',
      {
        statusMessage: [
          { status: '0', message: '' },
          { status: '1', message: '' },
        ],
      },
    ],
    ['a reference that is no URL', { statusReference: 'see there' }],
  ])('refuses %s', (_, members) => {
    const bent = Object.fromEntries(Object.entries({ ...entry, ...members }).filter(([, value]) => value !== undefined)) as JsonObject
    expect(() => readBitstringStatusEntry(bent)).toThrow(expect.objectContaining({ code: 'ERR_CREDENTIAL_STATUS_INVALID' }))
  })
})
