import { join } from 'node:path'
import { type BitstringStatusEntry, minBitstringEntries, readBitstringStatusEntry } from '@hufu/credentials'
import { expect, test } from 'vitest'
import { newFolder, partyOf } from '../fixture.ts'
import { StatusKeeper, type StatusKeeperOptions } from './status-keeper.ts'

const bureau = await partyOf('bureau', 'P-256', 7)
const publicUrl = 'https://bureau.example'
const startMs = Date.UTC(2026, 10, 23, 12)

function optionsIn(folder: string, more: Partial<StatusKeeperOptions> = {}): StatusKeeperOptions {
  return { journalFile: join(folder, 'statuses.journal'), parties: [bureau], publicUrl, nowMs: () => startMs, ...more }
}

async function give(keeper: StatusKeeper, id: string | undefined): Promise<readonly BitstringStatusEntry[]> {
  return (await keeper.giveOut(bureau, id)).map(readBitstringStatusEntry)
}

async function bitOf(keeper: StatusKeeper, { uri, index }: BitstringStatusEntry): Promise<number> {
  const list = JSON.parse((await keeper.signedList(keeper.nameOf(uri)!))!) as { credentialSubject: { encodedList: string } }
  const packed = new Response(Buffer.from(list.credentialSubject.encodedList.slice(1), 'base64url')).body!
  const bytes = new Uint8Array(await new Response(packed.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer())
  expect(bytes.length * 8).toBe(minBitstringEntries)
  return (bytes[Math.floor(index / 8)]! >> (7 - (index % 8))) & 1
}

test('gives out one place for revocation and one for suspension, never the same twice', async () => {
  const keeper = await StatusKeeper.open(optionsIn(newFolder()))
  const entries = []
  for (let n = 0; n < 20; n++) entries.push(...(await give(keeper, `urn:x:${n}`)))
  expect(entries.slice(0, 2).map(({ purpose }) => purpose)).toEqual(['revocation', 'suspension'])
  expect(new Set(entries.map(({ uri, index }) => `${uri} ${index}`)).size).toBe(40)
  await keeper.close()
})

test('sets one bit and no other; a suspension can be taken back, a revocation cannot', async () => {
  const keeper = await StatusKeeper.open(optionsIn(newFolder()))
  const [revocation, suspension] = await give(keeper, 'urn:x:1')
  const [neighbour] = await give(keeper, 'urn:x:2')
  await keeper.change('urn:x:1', 'suspension', true)
  expect([await bitOf(keeper, suspension!), await bitOf(keeper, revocation!)]).toEqual([1, 0])
  await keeper.change('urn:x:1', 'suspension', false)
  expect(await bitOf(keeper, suspension!)).toBe(0)
  await keeper.change('urn:x:1', 'revocation', true)
  await keeper.change('urn:x:1', 'revocation', true)
  expect([await bitOf(keeper, revocation!), await bitOf(keeper, neighbour!)]).toEqual([1, 0])
  await expect(keeper.change('urn:x:1', 'revocation', false)).rejects.toMatchObject({ code: 'ERR_SERVICE_CONFLICT' })
  await keeper.close()
})

test('every credential issued under an id changes with it', async () => {
  const keeper = await StatusKeeper.open(optionsIn(newFolder()))
  const [first] = await give(keeper, 'urn:x:1')
  const [second] = await give(keeper, 'urn:x:1')
  await keeper.change('urn:x:1', 'revocation', true)
  expect([await bitOf(keeper, first!), await bitOf(keeper, second!)]).toEqual([1, 1])
  await keeper.close()
})

test('remembers after a restart what was given out and what was set', async () => {
  const folder = newFolder()
  const before = await StatusKeeper.open(optionsIn(folder))
  const [revocation] = await give(before, 'urn:x:1')
  await give(before, undefined)
  await before.change('urn:x:1', 'revocation', true)
  await before.close()
  const after = await StatusKeeper.open(optionsIn(folder))
  expect(await bitOf(after, revocation!)).toBe(1)
  await expect(after.change('urn:x:1', 'revocation', false)).rejects.toMatchObject({ code: 'ERR_SERVICE_CONFLICT' })
  await after.close()
})

test('does not know ids and lists of others', async () => {
  const keeper = await StatusKeeper.open(optionsIn(newFolder()))
  await give(keeper, undefined)
  await expect(keeper.change('urn:x:1', 'revocation', true)).rejects.toMatchObject({ code: 'ERR_SERVICE_NOT_FOUND' })
  expect(await keeper.signedList('bureau-revocation-2')).toBeUndefined()
  expect(await keeper.signedList('__proto__')).toBeUndefined()
  expect(keeper.nameOf('https://other.example/status-lists/bureau-revocation-1')).toBeUndefined()
  await keeper.close()
})

test('will not open with the lists of an issuer that is no longer configured', async () => {
  const folder = newFolder()
  const keeper = await StatusKeeper.open(optionsIn(folder))
  await give(keeper, 'urn:x:1')
  await keeper.close()
  const other = await partyOf('other', 'P-256', 8)
  await expect(StatusKeeper.open(optionsIn(folder, { parties: [other] }))).rejects.toMatchObject({ code: 'ERR_SERVICE_CONFIG' })
})

test('signs a list again when it has changed or an hour has passed, not each time it is asked for', async () => {
  let nowMs = startMs
  const keeper = await StatusKeeper.open(optionsIn(newFolder(), { nowMs: () => nowMs }))
  await give(keeper, 'urn:x:1')
  const name = 'bureau-revocation-1'
  const first = await keeper.signedList(name)
  nowMs += 3_599_000
  expect(await keeper.signedList(name)).toBe(first)
  nowMs += 1000
  expect(await keeper.signedList(name)).toBe(first)
  await expect.poll(() => keeper.signedList(name)).not.toBe(first)
  const second = await keeper.signedList(name)
  await keeper.change('urn:x:1', 'revocation', true)
  expect(await keeper.signedList(name)).not.toBe(second)
  await keeper.close()
})

test('changes made while a list is being published go into the next one, anchored after it', async () => {
  const anchored: string[] = []
  let release: (() => void) | undefined
  const anchor: StatusKeeperOptions['anchor'] = async (_, { uri, text }) => {
    if (!uri.includes('revocation')) return
    anchored.push(text)
    if (anchored.length === 1)
      await new Promise<void>(resolve => {
        release = resolve
      })
  }
  const keeper = await StatusKeeper.open(optionsIn(newFolder(), { anchor }))
  const [first] = await give(keeper, 'urn:x:1')
  const [second] = await give(keeper, 'urn:x:2')
  await expect.poll(() => release).toBeDefined()
  const changes = ['urn:x:1', 'urn:x:2'].map(id => keeper.change(id, 'revocation', true))
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(anchored.length).toBe(1)
  release!()
  await Promise.all(changes)
  expect(anchored.at(-1)).toBe(await keeper.signedList('bureau-revocation-1'))
  expect([await bitOf(keeper, first!), await bitOf(keeper, second!)]).toEqual([1, 1])
  await keeper.close()
})

test('gives out a list once its hash is on the ledger, and tries again if that failed', async () => {
  const anchored = new Set<string>()
  let ledgerIsDown = true
  const anchor: StatusKeeperOptions['anchor'] = async (_, { text }) => {
    if (ledgerIsDown) throw new Error('all nodes down')
    anchored.add(text)
  }
  const keeper = await StatusKeeper.open(optionsIn(newFolder(), { anchor }))
  await give(keeper, 'urn:x:1')
  await expect(keeper.signedList('bureau-revocation-1')).rejects.toThrow('all nodes down')
  await expect(keeper.change('urn:x:1', 'revocation', true)).rejects.toThrow('all nodes down')
  ledgerIsDown = false
  const text = await keeper.signedList('bureau-revocation-1')
  expect(anchored).toContain(text)
  await keeper.close()
})
