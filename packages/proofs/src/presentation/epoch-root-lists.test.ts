import { parseScriptHash } from '@hufu/ledger'
import { describe, expect, test } from 'vitest'
import { scalarToBytes } from '../field/scalar-field.ts'
import type { EpochRoots } from '../tree/epoch-roots.ts'
import { epochRootFinder, publishedRootsOf } from './epoch-root-lists.ts'
import { paddedRoots, type RootList } from './root-list.ts'

const accounts = Array.from({ length: 3 }, (_, index) => parseScriptHash(`${index}`.repeat(40)))
const didOf = (account: string) => `did:neo:pilot:${account}`
const entry = (index: number) => ({
  issuer: accounts[index]!,
  root: { rootIndex: 5 + index, size: 1, root: scalarToBytes(BigInt(100 + index)), timeMs: 1, blockIndex: 2 },
})
const epoch: EpochRoots = { typeId: 'urn:hufu:resident', epoch: 7, height: 70, timeMs: 420_000, lists: [[entry(0), entry(1)], [entry(2)]] }
const [published, rest] = publishedRootsOf(epoch, didOf)
const find = epochRootFinder(async (typeId, height) => (typeId === epoch.typeId && height === 70 ? epoch : null), didOf)

describe("an epoch's lists", () => {
  test('name issuers and roots in the order of the epoch', () => {
    expect(published).toEqual({
      list: {
        credentialType: 'urn:hufu:resident',
        height: 70,
        issuers: [
          { issuer: didOf(accounts[0]!), rootIndex: 5 },
          { issuer: didOf(accounts[1]!), rootIndex: 6 },
        ],
      },
      roots: [100n, 101n],
    })
    expect(rest!.roots).toEqual([102n])
  })

  test('are found whole, with the time of the epoch', async () => {
    expect(await find(published!.list)).toEqual({ roots: [100n, 101n], takenAtMs: 420_000, evidence: { epoch: 7, blockIndex: 70 } })
    expect((await find(rest!.list))?.roots).toEqual([102n])
  })

  const { list } = published!
  const [first, second] = list.issuers
  test.each<[string, RootList]>([
    ['of another height', { ...list, height: 71 }],
    ['of another type', { ...list, credentialType: 'urn:x' }],
    ['in another order', { ...list, issuers: [second!, first!] }],
    ['with an issuer less', { ...list, issuers: [first!] }],
    ['with an issuer of another list', { ...list, issuers: [first!, rest!.list.issuers[0]!] }],
    ['with a root from before', { ...list, issuers: [first!, { ...second!, rootIndex: 5 }] }],
  ])('are not found %s', async (_, other) => {
    expect(await find(other)).toBeNull()
  })

  test('are not found where a source answers for another epoch', async () => {
    expect(await epochRootFinder(async () => ({ ...epoch, height: 69 }), didOf)(list)).toBeNull()
  })
})

test('roots are filled up to eight, and no more', () => {
  expect(paddedRoots([1n, 2n])).toEqual([1n, 2n, 0n, 0n, 0n, 0n, 0n, 0n])
  expect(() => paddedRoots([])).toThrow(TypeError)
  expect(() => paddedRoots(new Array(9).fill(1n))).toThrow(TypeError)
})
