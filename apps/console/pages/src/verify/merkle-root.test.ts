import { bytesToHex, concatBytes, doubleSha256, hexToBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { merkleRootOf, merkleRootOfPath } from './merkle-root.ts'

const hashes = [1, 2, 3].map(number => number.toString(16).padStart(64, '0'))
const bytes = hashes.map(hash => hexToBytes(hash).reverse())
const pair = (left: Uint8Array, right: Uint8Array) => doubleSha256(concatBytes(left, right))
const [left, right] = [pair(bytes[0]!, bytes[1]!), pair(bytes[2]!, bytes[2]!)]
const shown = (node: Uint8Array) => bytesToHex(new Uint8Array(node).reverse())
const root = shown(pair(left, right))

test('an odd transaction out is paired with itself; none gives zeros, one itself', () => {
  expect(merkleRootOf(hashes)).toBe(root)
  expect(merkleRootOf([])).toBe('00'.repeat(32))
  expect(merkleRootOf(hashes.slice(0, 1))).toBe(hashes[0])
  expect(merkleRootOf([hashes[1]!, hashes[0]!, hashes[2]!])).not.toBe(root)
})

test('a way leads to the root from its own place alone', () => {
  const siblings = [hashes[0]!, shown(right)]
  expect(merkleRootOfPath(hashes[1]!, 1, siblings)).toBe(root)
  for (const place of [0, 2, 3, 5]) expect(merkleRootOfPath(hashes[1]!, place, siblings)).not.toBe(root)
  expect(merkleRootOfPath(hashes[2]!, 1, siblings)).not.toBe(root)
  expect(merkleRootOfPath(hashes[1]!, 1, siblings.slice(1))).not.toBe(root)
})
