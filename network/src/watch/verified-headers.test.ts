import { importSigner } from '@hufu/keys'
import { type Account, trustAnchorOf } from '@hufu/ledger'
import { sha256, utf8ToBytes } from '@hufu/primitives'
import { beforeEach, expect, test } from 'vitest'
import { VerifiedHeaders } from './verified-headers.ts'
import { accountOf, magic, ScriptedFleet } from './watch-fixture.ts'

let fleet: ScriptedFleet
let later: Account
let headers: VerifiedHeaders

beforeEach(async () => {
  fleet = await ScriptedFleet.make(4)
  later = accountOf(await Promise.all([1, 2, 3, 4].map(n => importSigner('P-256', sha256(utf8ToBytes(`later ${n}`))))))
  headers = open(10_000)
})

function open(timeoutMs: number): VerifiedHeaders {
  return new VerifiedHeaders({
    trustAnchor: trustAnchorOf({ magic, validators: fleet.nodes.map(node => ({ ...node, publicKey: node.publicKey! })) }),
    fetch: fleet.fetch,
    timeoutMs,
    maxBlocks: 50,
  })
}

async function advance(): Promise<void> {
  const verdict = await headers.verify(fleet.nodes[0]!, fleet.head.blockIndex)
  if (verdict.kind !== 'true') throw new Error('expected a true header')
  await headers.advance(fleet.nodes[0]!, verdict.header)
}

/** Blocks that the later validators sign, after one that names them. */
async function handOver(count: number): Promise<void> {
  for (let added = 0; added < count; added++) {
    const { blockIndex, hash, timeMs } = fleet.head
    const isChange = added === 0
    fleet.push(
      await fleet.header({
        blockIndex: blockIndex + 1,
        previousHash: hash,
        timeMs: timeMs + 2_000,
        next: later,
        ...(isChange ? {} : { signedBy: later }),
      }),
    )
  }
}

test('follows a change of validators, looks for it once, and then trusts the new ones alone', async () => {
  await fleet.grow(10)
  await advance()
  await handOver(40)
  await advance()
  expect(headers.head!.hash).toBe(fleet.head.hash)
  await handOverMore(1)
  fleet.calls.length = 0
  await advance()
  expect(fleet.calls.filter(call => call.endsWith('getblockheader'))).toHaveLength(1)
  // What those sign who have left is not true any more.
  const { blockIndex, hash, timeMs } = fleet.head
  fleet.push(await fleet.header({ blockIndex: blockIndex + 1, previousHash: hash, timeMs: timeMs + 2_000 }))
  expect(await headers.verify(fleet.nodes[0]!, blockIndex + 1)).toEqual({ kind: 'false' })
  // Blocks from before the change are still theirs.
  expect(await headers.verify(fleet.nodes[0]!, 5)).toMatchObject({ kind: 'true', header: { hash: fleet.headers[5]!.hash } })

  async function handOverMore(count: number): Promise<void> {
    for (let added = 0; added < count; added++) {
      const head = fleet.head
      fleet.push(
        await fleet.header({
          blockIndex: head.blockIndex + 1,
          previousHash: head.hash,
          timeMs: head.timeMs + 2_000,
          signedBy: later,
          next: later,
        }),
      )
    }
  }
})

test('keeps the latest blocks only, and no other than are linked', async () => {
  await fleet.grow(30)
  await advance()
  expect(headers.at(0)!.hash).toBe(fleet.headers[0]!.hash)
  await fleet.grow(120)
  await advance()
  expect(headers.at(fleet.head.blockIndex - 50)).toBeUndefined()
  expect(headers.at(fleet.head.blockIndex - 49)!.hash).toBe(fleet.headers.at(-50)!.hash)
  expect(headers.since(fleet.head.timeMs - 20_000)).toHaveLength(11)
})

test('headers between that do not lead to the head are not taken', async () => {
  await fleet.grow(3)
  await advance()
  await fleet.grow(3)
  const { blockIndex, timeMs } = fleet.headers.at(-2)!
  const loose = await fleet.header({ blockIndex, previousHash: 'ee'.repeat(32), timeMs })
  fleet.behaviours[0] = { headers: new Map([[blockIndex, loose]]) }
  await advance()
  expect(headers.head!.hash).toBe(fleet.head.hash)
  expect(headers.at(blockIndex)).toBeUndefined()
  expect(headers.since(0)).toHaveLength(1)
})

test('tells a refusal from silence', async () => {
  await fleet.grow(3)
  expect(await headers.verify(fleet.nodes[0]!, 9)).toEqual({ kind: 'refused' })
  for (const mode of ['refuses', 'hangs', 'broken', 'error500'] as const) {
    fleet.behaviours[0] = { mode }
    expect(await open(100).verify(fleet.nodes[0]!, 2)).toEqual({ kind: 'silent' })
  }
})
