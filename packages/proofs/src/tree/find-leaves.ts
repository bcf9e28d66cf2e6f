import { bytesToHex } from '@hufu/primitives'
import type { CredentialTree } from './credential-tree.ts'
import { bucketSize, nodeSize } from './tree-shape.ts'

/**
 * Where leaves stand in a tree, by their hexadecimal form; those that are not in it are left out.
 *
 * @param from - first index to look at
 */
export function findLeaves(tree: CredentialTree, leaves: Uint8Array, from = 0): ReadonlyMap<string, number> {
  const wanted = new Set<string>()
  // Four bytes tell nearly all leaves apart, and a number is quicker to look up than a text.
  const beginnings = new Set<number>()
  const view = new DataView(leaves.buffer, leaves.byteOffset, leaves.byteLength)
  for (let start = 0; start < leaves.length; start += nodeSize) {
    wanted.add(bytesToHex(leaves.subarray(start, start + nodeSize)))
    beginnings.add(view.getUint32(start))
  }
  const found = new Map<string, number>()
  const nodes = new Uint8Array(bucketSize * nodeSize)
  const words = new DataView(nodes.buffer)
  for (let first = Math.floor(from / bucketSize) * bucketSize; first < tree.size; first += bucketSize) {
    tree.copyNodes(0, first, bucketSize, nodes)
    const count = Math.min(bucketSize, tree.size - first)
    for (let offset = Math.max(0, from - first); offset < count; offset++) {
      if (!beginnings.has(words.getUint32(offset * nodeSize))) continue
      const leaf = bytesToHex(nodes.subarray(offset * nodeSize, (offset + 1) * nodeSize))
      if (wanted.has(leaf)) found.set(leaf, first + offset)
    }
  }
  return found
}
