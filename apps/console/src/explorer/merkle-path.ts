import { bytesToHex, concatBytes, doubleSha256, hexToBytes } from '@hufu/primitives'

/** The hashes beside a transaction's way up to its block's Merkle root, from below; an odd one out is paired with itself. Hexadecimal, as displayed. */
export function merklePath(hashes: readonly string[], index: number): readonly string[] {
  const siblings: string[] = []
  let level = hashes.map(hash => hexToBytes(hash).reverse())
  for (let place = index; level.length > 1; place = Math.floor(place / 2)) {
    const sibling = level[place % 2 === 0 ? place + 1 : place - 1] ?? level[place]!
    siblings.push(bytesToHex(new Uint8Array(sibling).reverse()))
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, pair) =>
      doubleSha256(concatBytes(level[pair * 2]!, level[pair * 2 + 1] ?? level[pair * 2]!)),
    )
  }
  return siblings
}
