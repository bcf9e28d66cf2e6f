import { bytesToHex, concatBytes, doubleSha256, hexToBytes } from '@hufu/primitives'

/** Root over a block's transactions, as Neo makes it: an odd one out is paired with itself. Hashes are hexadecimal, as displayed (big-endian). */
export function merkleRootOf(hashes: readonly string[]): string {
  if (hashes.length === 0) return '00'.repeat(32)
  let level = hashes.map(fromShown)
  while (level.length > 1) {
    const above: Uint8Array[] = []
    for (let index = 0; index < level.length; index += 2)
      above.push(doubleSha256(concatBytes(level[index]!, level[index + 1] ?? level[index]!)))
    level = above
  }
  return toShown(level[0]!)
}

/** Root that a transaction at a place leads to, with the hashes beside its way up. */
export function merkleRootOfPath(hash: string, index: number, siblings: readonly string[]): string {
  let node = fromShown(hash)
  let place = index
  for (const sibling of siblings) {
    node = doubleSha256(place % 2 === 0 ? concatBytes(node, fromShown(sibling)) : concatBytes(fromShown(sibling), node))
    place = Math.floor(place / 2)
  }
  // A place outside of the tree has the same way as one in it.
  return place === 0 ? toShown(node) : ''
}

function fromShown(hash: string): Uint8Array {
  return hexToBytes(hash).reverse()
}

function toShown(hash: Uint8Array): string {
  return bytesToHex(new Uint8Array(hash).reverse())
}
