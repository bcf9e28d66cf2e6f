import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Outgoing, type OutgoingCredential } from './outgoing.ts'

let folder: string
let journal: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hufu-outgoing-'))
  journal = join(folder, 'outgoing.journal')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const credential = (line: number): OutgoingCredential => ({ credentialId: `urn:uuid:${line}`, line, credential: `token-${line}` })

function linesOf(file: string): readonly number[] {
  return readFileSync(join(folder, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map(text => (JSON.parse(text) as OutgoingCredential).line)
}

async function run(out: string, work: (outgoing: Outgoing) => Promise<unknown>): Promise<void> {
  const outgoing = await Outgoing.open(journal, join(folder, out))
  await work(outgoing)
  await outgoing.close()
}

test('delivers in the order of the file, behind what was delivered before', async () => {
  await run('a.jsonl', async outgoing => {
    await Promise.all([5, 2].map(line => outgoing.add(credential(line))))
    await outgoing.deliver()
    await outgoing.add(credential(1))
    await outgoing.deliver()
  })
  expect(linesOf('a.jsonl')).toEqual([2, 5, 1])
})

test('what a crash kept back waits for its own file, whatever runs meanwhile', async () => {
  await run('a.jsonl', outgoing => outgoing.add(credential(1)))
  await run('b.jsonl', async outgoing => {
    expect(outgoing.find('urn:uuid:1')).toMatchObject({ credential: 'token-1' })
    await outgoing.add(credential(2))
    expect(await outgoing.deliver()).toEqual([join(folder, 'a.jsonl')])
  })
  expect(linesOf('b.jsonl')).toEqual([2])
  await run('a.jsonl', async outgoing => expect(await outgoing.deliver()).toEqual([]))
  expect(linesOf('a.jsonl')).toEqual([1])
})

test('a crash between writing the file and forgetting doubles nothing', async () => {
  await run('a.jsonl', async outgoing => {
    await outgoing.add(credential(1))
    await outgoing.deliver()
    await outgoing.add(credential(1))
    await outgoing.deliver()
  })
  expect(linesOf('a.jsonl')).toEqual([1])
})
