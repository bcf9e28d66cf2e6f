import { bytesToHex, randomBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { merkleRootOf, merkleRootOfPath } from '../../pages/src/verify/merkle-root.ts'
import { merklePath } from './merkle-path.ts'

test('leads from every transaction to the root, and from no other place', () => {
  for (const count of [1, 2, 3, 4, 5, 6, 7, 8, 9, 33]) {
    const hashes = Array.from({ length: count }, () => bytesToHex(randomBytes(32)))
    const root = merkleRootOf(hashes)
    for (const [index, hash] of hashes.entries()) {
      const siblings = merklePath(hashes, index)
      expect(merkleRootOfPath(hash, index, siblings)).toBe(root)
      // An odd one out is paired with itself, so it may as well stand in the place after its own.
      if (index < count - 1) expect(merkleRootOfPath(hash, index + 1, siblings)).not.toBe(root)
      expect(merkleRootOfPath(hashes[(index + 1) % count]!, index, siblings) === root).toBe(count === 1)
    }
  }
})
