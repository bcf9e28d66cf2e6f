import type { TreeUndo } from './tree-change.ts'
import type { TreeNodes } from './tree-nodes.ts'
import { levelWidth, nodeSize, treeDepth } from './tree-shape.ts'

/**
 * A tree as it was before some of its latest changes. To be read before the tree changes again.
 *
 * @param empty - a tree without leaves, for what was empty then
 * @param undos - what the changes since then have overwritten, the earliest first
 */
export function pastNodes(now: TreeNodes, empty: TreeNodes, undos: readonly TreeUndo[]): TreeNodes {
  const [earliest] = undos
  if (earliest === undefined) return now
  const { size } = earliest
  const before = Array.from({ length: treeDepth + 1 }, (_, level) => mergedLevel(undos, level))
  return {
    size,
    copyNodes(level, first, count, target) {
      now.copyNodes(level, first, count, target)
      const width = levelWidth(size, level)
      for (let offset = 0; offset < count; offset++) {
        const index = first + offset
        const place = target.subarray(offset * nodeSize, (offset + 1) * nodeSize)
        const old = before[level]!.get(index)
        // A node beyond the width of then may have come and been overwritten since.
        if (index >= width) empty.copyNodes(level, index, 1, place)
        else if (old !== undefined) place.set(old)
      }
    },
  }
}

/** What each node was before the first of the changes that overwrote it. */
function mergedLevel(undos: readonly TreeUndo[], level: number): ReadonlyMap<number, Uint8Array> {
  const merged = new Map<number, Uint8Array>()
  for (const { levels } of undos) {
    for (const [index, node] of levels[level]!) if (!merged.has(index)) merged.set(index, node)
  }
  return merged
}
