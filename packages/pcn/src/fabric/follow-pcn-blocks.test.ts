import { ChainError, type ChainEvent, parseNetworkId } from '@hufu/chains'
import { bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import type { FabricBlock } from './fabric-block.ts'
import { type BlockSource, followPcnBlocks } from './follow-pcn-blocks.ts'

const network = parseNetworkId(`fabric:hospitals@${'0'.repeat(16)}`)
const withCode = (code: string) => expect.objectContaining({ code })

/** Blocks without transactions, each with the hash of the one before. */
function chainOf(length: number, name = ''): FabricBlock[] {
  const blocks: FabricBlock[] = []
  for (let number = 0; number < length; number++)
    blocks.push({
      number,
      hash: bytesToHex(sha256(utf8ToBytes(`${name}${number}`))),
      previousHash: blocks[number - 1]?.hash ?? '',
      size: 1,
      transactions: [],
    })
  return blocks
}

/** Follows until the source says that it has nothing more. */
async function follow(blocks: readonly FabricBlock[], options: { cursor?: string; source?: Partial<BlockSource> } = {}) {
  const done = new AbortController()
  const asked: number[] = []
  const source: BlockSource = {
    height: async () => blocks.length,
    async block(number) {
      asked.push(number)
      return blocks[number]!
    },
    wait: async () => done.abort(),
    ...options.source,
  }
  const events: ChainEvent[] = []
  const filter = { contract: 'hufu' }
  for await (const event of followPcnBlocks(source, network, { filter, cursor: options.cursor, signal: done.signal })) events.push(event)
  return { asked, events }
}

test('reads every block once, in order, and waits for more', async () => {
  expect((await follow(chainOf(4))).asked).toEqual([0, 1, 2, 3])
})

test('goes on behind a cursor, if the node still has that block', async () => {
  const blocks = chainOf(4)
  expect((await follow(blocks, { cursor: `2:0:${blocks[2]!.hash}` })).asked).toEqual([2, 3])
  await expect(follow(blocks, { cursor: `2:0:${blocks[1]!.hash}` })).rejects.toThrow(withCode('ERR_CHAIN_CURSOR'))
  await expect(follow(blocks, { cursor: `7:0:${blocks[2]!.hash}` })).rejects.toThrow(withCode('ERR_CHAIN_STALE'))
  for (const wrong of ['', '2', `2:0:${blocks[2]!.hash} `, `-1:0:${blocks[2]!.hash}`])
    await expect(follow(blocks, { cursor: wrong })).rejects.toThrow(withCode('ERR_CHAIN_CURSOR'))
})

test.each<[string, (blocks: FabricBlock[]) => void]>([
  ['leaves one out', blocks => void blocks.splice(2, 1)],
  ['gives two in the wrong order', blocks => void blocks.splice(1, 2, blocks[2]!, blocks[1]!)],
  ['gives one twice', blocks => void blocks.splice(2, 0, blocks[1]!)],
  ['exchanges one for another chain’s', blocks => void blocks.splice(2, 1, chainOf(4, 'other')[2]!)],
])('a node that %s is found out', async (_, change) => {
  const blocks = chainOf(4)
  change(blocks)
  await expect(follow(blocks)).rejects.toThrow(withCode('ERR_CHAIN_PROOF'))
})

test('a node that goes back is found out', async () => {
  const heights = [4, 4, 4, 2]
  await expect(follow(chainOf(4), { source: { height: async () => heights.shift()! } })).rejects.toThrow(withCode('ERR_CHAIN_STALE'))
})

test('a node that is away for a while is waited for', async () => {
  const blocks = chainOf(2)
  const done = new AbortController()
  let failures = 2
  const asked: number[] = []
  const source: BlockSource = {
    height: async () => blocks.length,
    async block(number) {
      if (failures-- > 0) throw new ChainError('ERR_CHAIN_UNREACHABLE', 'away')
      asked.push(number)
      return blocks[number]!
    },
    wait: async () => {
      if (asked.length === 2) done.abort()
    },
  }
  for await (const _ of followPcnBlocks(source, network, { filter: { contract: 'hufu' }, cursor: undefined, signal: done.signal }));
  expect(asked).toEqual([0, 1])
})
