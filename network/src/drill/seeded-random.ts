import { sha256, utf8ToBytes } from '@hufu/primitives'

/** Choices that a seed decides: the same seed makes the same ones in the same order. */
export interface SeededRandom {
  /** A whole number from 0 to below `limit`, which is at most 2³². */
  below(limit: number): number
  pick<Item>(items: readonly Item[]): Item
  /** `count` different items, in an order of their own. */
  sample<Item>(items: readonly Item[], count: number): readonly Item[]
}

/** @param seed - any text; drills print it, so that a run can be made again */
export function seededRandom(seed: string): SeededRandom {
  let drawn = 0
  const below = (limit: number): number => new DataView(sha256(utf8ToBytes(`${seed}/${drawn++}`)).buffer).getUint32(0) % limit
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)]!
  const sample = <Item>(items: readonly Item[], count: number): readonly Item[] => {
    const left = [...items]
    return Array.from({ length: Math.min(count, items.length) }, () => left.splice(below(left.length), 1)[0]!)
  }
  return { below, pick, sample }
}
