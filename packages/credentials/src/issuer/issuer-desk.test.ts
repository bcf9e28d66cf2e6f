import { generateSigner, type Signer } from '@hufu/keys'
import { beforeAll, expect, test } from 'vitest'
import { parseJwt } from '../jose/parse-jwt.ts'
import { readTokenStatusList, statusListType } from '../status/token-status-list.ts'
import type { IssuanceRecord } from './issuance-record.ts'
import { IssuerDesk } from './issuer-desk.ts'

const issuer = 'did:neo:test:NUVPACMnKFhpuHjsRjhUvXz1XhqfGZYVtY'
const request = { key: 'row-1', credentialType: 'resident', claims: { given_name: 'X' } }
let signer: Signer

beforeAll(async () => {
  signer = await generateSigner('P-256')
})

function open(records: IssuanceRecord[], options: { failAt?: number; listCapacity?: number } = {}): IssuerDesk {
  let appended = 0
  const journal = {
    append: async (record: IssuanceRecord) => {
      if (appended++ === options.failAt) throw new Error('crash')
      records.push(record)
    },
  }
  const listCapacity = options.listCapacity ?? 64
  return new IssuerDesk({
    issuer,
    signer,
    kid: `${issuer}#key-1`,
    journal,
    records: [...records],
    secret: new Uint8Array(32),
    statusListUri: n => `https://bureau.example/lists/list-${n}`,
    listCapacity,
  })
}

async function statusOf(desk: IssuerDesk, list: number, index: number): Promise<number> {
  const published = await desk.publish()
  return (await readTokenStatusList(parseJwt(published[list - 1]!.token, { type: statusListType }))).statuses.get(index)
}

test('one key is one credential, also after a restart', async () => {
  const records: IssuanceRecord[] = []
  const desk = open(records)
  const first = await desk.issue(request)
  expect(first.credential).toMatch(/~$/)
  await desk.delivered('row-1', first.credential!)
  for (const each of [desk, open(records)]) {
    expect(await each.issue(request)).toEqual({ ...first, credential: undefined })
    expect(each.register()).toHaveLength(1)
  }
})

test('what a crash interrupted is completed with the same identifier and status entry', async () => {
  const records: IssuanceRecord[] = []
  const first = await open(records).issue(request)
  const again = await open(records).issue(request)
  expect(again).toMatchObject({ credentialId: first.credentialId, statusIndex: first.statusIndex })
  expect(again.credential).toBeDefined()
})

test('two requests with one key at once are one credential', async () => {
  const desk = open([])
  const [left, right] = await Promise.all([desk.issue(request), desk.issue(request)])
  expect(left.credentialId).toBe(right.credentialId)
  expect(desk.register()).toHaveLength(1)
})

test('nothing is signed if the intent cannot be recorded, and a later try starts anew', async () => {
  const records: IssuanceRecord[] = []
  const desk = open(records, { failAt: 0 })
  await expect(desk.issue(request)).rejects.toThrow('crash')
  expect(desk.register()).toEqual([])
  expect((await desk.issue(request)).credential).toBeDefined()
  expect(records.map(({ kind }) => kind)).toEqual(['intent'])
})

test('refuses other content under a used key: other claims, type, holder or end', async () => {
  const desk = open([])
  await desk.issue(request)
  const { publicKey } = await generateSigner('P-256')
  for (const other of [{ claims: { given_name: 'Y' } }, { credentialType: 'other' }, { holderKey: publicKey }, { expiresAtMs: 1 }]) {
    await expect(desk.issue({ ...request, ...other })).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_CONFLICT' })
  }
})

test('a status is in the next published list, and survives a restart', async () => {
  const records: IssuanceRecord[] = []
  const desk = open(records)
  const { credentialId, statusIndex } = await desk.issue(request)
  expect(await statusOf(desk, 1, statusIndex)).toBe(0)
  await desk.changeStatus(credentialId, 'suspended', 6)
  expect(await statusOf(desk, 1, statusIndex)).toBe(2)
  await desk.changeStatus(credentialId, 'valid', 7)
  expect(await statusOf(desk, 1, statusIndex)).toBe(0)
  await desk.changeStatus(credentialId, 'revoked', 1)
  expect(await statusOf(open(records), 1, statusIndex)).toBe(1)
})

test('revocation is final, and an unknown credential has no status', async () => {
  const desk = open([])
  const { credentialId } = await desk.issue(request)
  await desk.changeStatus(credentialId, 'revoked', 1)
  await expect(desk.changeStatus(credentialId, 'valid', 0)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_REVOKED' })
  await expect(desk.changeStatus('urn:uuid:x', 'revoked', 0)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_UNKNOWN' })
})

test('opens a further list when one is full, and no entry is given out twice', async () => {
  const records: IssuanceRecord[] = []
  const desk = open(records, { listCapacity: 8 })
  for (let row = 0; row < 20; row++) await desk.issue({ ...request, key: `row-${row}` })
  const places = desk.register().map(({ list, statusIndex }) => `${list}:${statusIndex}`)
  expect(new Set(places).size).toBe(20)
  expect(
    desk
      .register()
      .map(({ list }) => list)
      .at(-1),
  ).toBe(3)
  const last = desk.register().at(-1)!
  expect(desk.findByStatus(`https://bureau.example/lists/list-${last.list}`, last.statusIndex)?.credentialId).toBe(last.credentialId)
})

test('the journal holds neither claims nor their plain hash', async () => {
  const records: IssuanceRecord[] = []
  await open(records).issue({ ...request, claims: { given_name: '张伟', resident_number: '990101199001011234' } })
  const text = JSON.stringify(records)
  for (const secret of ['张伟', '990101199001011234', 'given_name']) expect(text).not.toContain(secret)
})

test('claims that change with the day do not make another request, if what is compared stays', async () => {
  const desk = open([])
  const { credentialId } = await desk.issue({ ...request, claims: { over_18: false }, comparedContent: { born: '2008-11-23' } })
  const again = await desk.issue({ ...request, claims: { over_18: true }, comparedContent: { born: '2008-11-23' } })
  expect(again.credentialId).toBe(credentialId)
  await expect(desk.issue({ ...request, comparedContent: { born: '2008-11-24' } })).rejects.toMatchObject({
    code: 'ERR_CREDENTIAL_CONFLICT',
  })
})

test('a key tells nothing of its parts, and other parts have another key', () => {
  const desk = open([])
  const key = desk.keyOf('resident', '990101199001011234')
  expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(desk.keyOf('resident', '990101199001011235')).not.toBe(key)
  expect(desk.keyOf('resident990101199001011234')).not.toBe(key)
})
